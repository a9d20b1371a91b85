from pathlib import Path

import pytest

from tests.stage.quick import QuickStage
from tests.stage.stage import Stage


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A governed model without any version, on real git."""
    return Stage(tmp_path)


@pytest.fixture
def quick() -> QuickStage:
    """The same on a remote in memory."""
    return QuickStage(Path("unused"))
