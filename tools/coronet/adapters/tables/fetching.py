"""The bytes at a path or a URL."""

import re
from pathlib import Path

from coronet.errors import InvalidInput, Unavailable

_PASSWORD = re.compile(r"(?<=://)[^/@]*@")
_LOCAL = ("file", "local")


def shown(location: str) -> str:
    """`location` as messages may show it: without a name and password, and without a query that may be a key."""
    return _PASSWORD.sub("", location).partition("?")[0] if "://" in location else location


def fetch(location: str, root: Path) -> bytes:
    """All bytes there; InvalidInput where nothing can be had, Unavailable where asking again may help."""
    if not location:
        raise InvalidInput("a table's place is empty", hint="name a path or a URL")
    return _download(location) if "://" in location else _read(root / location, location)


def _read(path: Path, location: str) -> bytes:
    if path.is_dir():
        raise InvalidInput(f"{location} is a folder", hint="name one CSV or Parquet file")
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InvalidInput(f"there is no file {location}", hint="name a CSV or Parquet file by path or URL") from error
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{location} cannot be read: {error}", hint="name a file that you may read") from error


def _download(url: str) -> bytes:
    import fsspec

    scheme, name = url.partition("://")[0].lower(), shown(url)
    if "::" in url or scheme in _LOCAL:
        # Data are named in pull requests: what lies on the machine of a job is none of theirs.
        raise InvalidInput(f"{name} is no URL of a table", hint="name a path of the repository, or an https: URL")
    try:
        with fsspec.open(url, "rb") as file:
            data: bytes = file.read()
            return data
    except FileNotFoundError as error:
        raise InvalidInput(f"there is no file {name}", hint="see whether the URL is right") from error
    except ImportError as error:
        raise InvalidInput(f"{scheme}: URLs need a package that is not installed", hint=str(error)) from error
    except ValueError as error:
        raise InvalidInput(f"{name} is no URL that can be read", hint="name a path, or an https: or s3: URL") from error
    except Exception as error:
        # Every file system has errors of its own; those of the web carry the answer's status.
        if isinstance(error, PermissionError) or getattr(error, "status", None) in (401, 403):
            raise InvalidInput(f"{name} may not be read", hint="see whether the job has the right to") from error
        raise Unavailable(f"{name} cannot be read now: {type(error).__name__}", hint="try again") from error
