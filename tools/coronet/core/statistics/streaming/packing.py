"""Values as bytes, to be sent from one machine to another: JSON for what is small, and arrays beside it.

Nothing that is read here runs: there are names, numbers and arrays of numbers, and no code.
"""

import json
import types
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

Value = TypeVar("Value")

_MARK = b"coronet\x01"
_LENGTH = 8
# Most of what is sent is zeros, of which the quickest compression leaves nothing, too.
_QUICKEST = 1
_KINDS = "biuf"


def pack(value: Any, arrays: Sequence[NDArray[Any]] = ()) -> bytes:
    """A frozen dataclass, or a collection, of such; `arrays` are sent beside it."""
    found: list[NDArray[Any]] = [*arrays]
    document = _describe(value, found)
    bodies = [zlib.compress(np.ascontiguousarray(each).data, _QUICKEST) for each in found]
    listed = [
        {"type": each.dtype.str, "shape": each.shape, "bytes": len(body)}
        for each, body in zip(found, bodies, strict=True)
    ]
    header = json.dumps({"value": document, "arrays": listed, "beside": len(arrays)}).encode()
    return b"".join((_MARK, len(header).to_bytes(_LENGTH, "little"), header, *bodies))


def unpack(kind: type[Value], data: bytes) -> tuple[Value, list[NDArray[Any]]]:
    """The value, which is of `kind`, and the arrays beside it; raises ValueError for any other bytes."""
    start = len(_MARK) + _LENGTH
    if data[: len(_MARK)] != _MARK:
        raise ValueError("these bytes are no packed value")
    end = start + int.from_bytes(data[len(_MARK) : start], "little")
    try:
        header = json.loads(data[start:end])
        arrays = []
        for each in header["arrays"]:
            arrays.append(_read(each, data[end : end + each["bytes"]]))
            end += each["bytes"]
        return _restore(kind, header["value"], arrays), arrays[: header["beside"]]
    except (AttributeError, KeyError, TypeError, IndexError, zlib.error) as error:
        raise ValueError(f"these bytes are no {getattr(kind, '__name__', kind)}: {error}") from error


def _read(listed: Mapping[str, Any], body: bytes) -> NDArray[Any]:
    type_ = np.dtype(listed["type"])
    if type_.kind not in _KINDS:
        raise ValueError(f"an array of the type {type_.str} is no array of numbers")
    shape = tuple(int(size) for size in listed["shape"])
    wanted = int(np.prod(shape, dtype=np.int64)) * type_.itemsize
    # No more than was announced, whatever the bytes would become.
    raw = zlib.decompressobj().decompress(body, wanted + 1)
    if len(raw) != wanted:
        raise ValueError(f"an array has {len(raw)} bytes, and {wanted} were announced")
    return np.frombuffer(raw, dtype=type_).reshape(shape).copy()


def _describe(value: Any, arrays: list[NDArray[Any]]) -> Any:
    """What JSON can hold of it; of an array its place among `arrays`, to which it is added."""
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return len(arrays) - 1
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return {each.name: _describe(getattr(value, each.name), arrays) for each in fields(value)}
    if isinstance(value, Mapping):
        return [[_describe(key, arrays), _describe(each, arrays)] for key, each in value.items()]
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, (tuple, list)):
        return [_describe(each, arrays) for each in value]
    if value is None or isinstance(value, (str, int, float)):
        return value
    raise TypeError(f"a {type(value).__name__} cannot be sent")


def _restore(kind: Any, document: Any, arrays: Sequence[NDArray[Any]]) -> Any:
    """The other way round, by the types that the fields of dataclasses have."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        (kind,) = (each for each in inner if each is not type(None))
        return None if document is None else _restore(kind, document, arrays)
    # From Python 3.12 on, NumPy's name for arrays of a type is an alias with a value of its own.
    if get_origin(getattr(origin, "__value__", origin)) is np.ndarray or origin is np.ndarray:
        return arrays[document]
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{name: _restore(hints[name], each, arrays) for name, each in document.items()})  # type: ignore[operator]
    if origin is not None and issubclass(origin, Mapping):
        key_kind, value_kind = inner if len(inner) > 1 else (inner[0], int)
        pairs = {_restore(key_kind, key, arrays): _restore(value_kind, each, arrays) for key, each in document}
        return origin(pairs) if origin is Counter else pairs
    if origin in (tuple, list, frozenset):
        kinds = inner if origin is tuple and inner[-1] is not Ellipsis else [inner[0]] * len(document)
        return origin(_restore(each_kind, each, arrays) for each_kind, each in zip(kinds, document, strict=True))
    if issubclass(kind, Enum):
        return kind(document)
    if not isinstance(document, (int, float) if kind is float else kind):
        raise TypeError(f"{document!r} is no {kind.__name__}")
    return document
