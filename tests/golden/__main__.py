"""`python -m tests.golden` writes the answers of every case anew; read the difference before you commit it."""

from tests.golden.cases import FOLDER, answers, find_cases

for case in find_cases():
    for name, data in answers(case).items():
        (FOLDER / case / name).write_bytes(data)
