"""`python -m tests.cli` writes the golden answers anew; read the difference before you commit it."""

import shutil
import tempfile
from pathlib import Path

from tests.cli.cases import CASES, GOLDEN, Shelf, answers

with tempfile.TemporaryDirectory() as folder:
    shelf = Shelf(Path(folder))
    for name, case in CASES.items():
        shutil.rmtree(GOLDEN / name, ignore_errors=True)
        (GOLDEN / name).mkdir(parents=True)
        for file, text in answers(shelf, case).items():
            (GOLDEN / name / file).write_bytes(text.encode())
