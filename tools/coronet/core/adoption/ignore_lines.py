"""Adding to .gitignore what trials leave behind."""

_HEADING = b"# What coronet and MLflow leave behind when they are tried on a laptop."
_LINES = (b".demo/", b"mlruns/", b"mlartifacts/", b"mlflow.db", b"/evidence.json")


def add_ignore_lines(before: bytes | None) -> bytes:
    """`before` with every line of ours that it lacks at its end."""
    data = before or b""
    there = {line.strip() for line in data.splitlines()}
    missing = [line for line in _LINES if line not in there]
    if not missing:
        return data
    newline = b"\r\n" if b"\r\n" in data else b"\n"
    gap = b"" if not data else newline if data.endswith(b"\n") else newline * 2
    return data + gap + newline.join([_HEADING, *missing]) + newline
