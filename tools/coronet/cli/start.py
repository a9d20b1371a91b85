"""Where the process begins."""

import gc

# A command lives for a fraction of a second and makes thousands of objects that stay: looking for garbage
# among them as often as Python does by itself costs a tenth of the time that `coronet gate` takes.
gc.set_threshold(100_000)

from coronet.cli.main import main  # noqa: E402 - what is imported is most of what is made

__all__ = ["main"]
