"""Checked plans as bytes and back: how a draft and an edition are kept in the database.

Nothing here names a field: what a dataclass declares is what is written, and a field that came later takes
its default when an older text is read. Unknown fields of a newer text are passed over.
"""

import gzip
import json
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from plans.checked import CheckedPlan


def dump(plan: CheckedPlan) -> bytes:
    """Compressed JSON, the same bytes for the same plan."""
    return gzip.compress(json.dumps(to_data(plan), ensure_ascii=False, separators=(",", ":")).encode(), mtime=0)


def load(kept: bytes) -> CheckedPlan:
    """The plan that `dump` wrote."""
    return from_data(CheckedPlan, json.loads(gzip.decompress(kept)))


def to_data(value: Any) -> Any:
    """Plain JSON of a dataclass and everything in it."""
    if is_dataclass(value):
        return {f.name: to_data(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, (list, tuple)):
        return [to_data(item) for item in value]
    if isinstance(value, dict):
        return [[to_data(key), to_data(item)] for key, item in value.items()]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def from_data(kind: Any, data: Any) -> Any:
    """`data` as a value of the type `kind`; the reverse of `to_data`."""
    if data is None:
        return None
    if is_dataclass(kind):
        return _object(kind, data)
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return from_data(next(arg for arg in args if arg is not NoneType), data)
    if origin is tuple:
        if len(args) == 2 and args[1] is Ellipsis:
            return tuple(from_data(args[0], item) for item in data)
        return tuple(from_data(arg, item) for arg, item in zip(args, data, strict=True))
    if origin is dict:
        return {from_data(args[0], key): from_data(args[1], item) for key, item in data}
    if origin is list:
        return [from_data(args[0], item) for item in data]
    return _plain(kind, data)


def _plain(kind: Any, data: Any) -> Any:
    if kind is date:
        return date.fromisoformat(data)
    if isinstance(kind, type) and issubclass(kind, list):  # a list of one kind, by its declaration
        base = next(base for base in kind.__orig_bases__ if get_origin(base) is list)
        return kind(from_data(get_args(base)[0], item) for item in data)
    if isinstance(kind, type) and issubclass(kind, (Enum, Decimal)):
        return kind(data)
    return data


def _object(kind: type, data: dict) -> Any:
    given = {name: from_data(hint, data[name]) for name, hint, _needed in _shape(kind) if name in data}
    for name, _hint, needed in _shape(kind):
        if needed:
            given.setdefault(name, None)
    return kind(**given)


@lru_cache(maxsize=64)
def _shape(kind: type) -> list[tuple[str, Any, bool]]:
    """Name, type and whether it has no default, of each field that the constructor takes."""
    hints = get_type_hints(kind)
    return [
        (f.name, hints[f.name], f.default is MISSING and f.default_factory is MISSING) for f in fields(kind) if f.init
    ]
