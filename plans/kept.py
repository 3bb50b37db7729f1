"""Checked plans as bytes and back: how a draft and an edition are kept in the database.

Nothing here names a field: what a dataclass declares is what is written, and a field that came later takes
its default when an older text is read. Unknown fields of a newer text are passed over.
"""

import gzip
import io
import json
from collections.abc import Callable, Iterator
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
    written = io.BytesIO()
    with gzip.GzipFile(fileobj=written, mode="wb", mtime=0, compresslevel=6) as out:
        for piece in _pieces(plan):
            out.write(piece.encode())
    return written.getvalue()


def _pieces(plan: CheckedPlan) -> Iterator[str]:
    """Its JSON, task by task and finding by finding: all of it at once would be as large as the plan again."""
    for at, name in enumerate(_names(type(plan))):
        value = getattr(plan, name)
        yield f'{"," if at else "{"}{_json(name)}:'
        if isinstance(value, list):
            yield "["
            yield from (("," if n else "") + _json(to_data(item)) for n, item in enumerate(value))
            yield "]"
        else:
            yield _json(to_data(value))
    yield "}"


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def load(kept: bytes) -> CheckedPlan:
    """The plan that `dump` wrote."""
    return from_data(CheckedPlan, json.loads(gzip.decompress(kept)))


def to_data(value: Any) -> Any:
    """Plain JSON of a dataclass and everything in it."""
    if value is None or type(value) in (str, int, bool):
        return value
    if isinstance(value, (list, tuple)):
        return [to_data(item) for item in value]
    if is_dataclass(value):
        return {name: to_data(getattr(value, name)) for name in _names(type(value))}
    if isinstance(value, dict):
        return [[to_data(key), to_data(item)] for key, item in value.items()]
    return _said(value)


def _said(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


@lru_cache(maxsize=64)
def _names(kind: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind))


def from_data(kind: Any, data: Any) -> Any:
    """`data` as a value of the type `kind`; the reverse of `to_data`."""
    return None if data is None else _reader(kind)(data)


Reader = Callable[[Any], Any]


@lru_cache(maxsize=256)
def _reader(kind: Any) -> Reader:
    """What makes a value of this type from its JSON: looked up once for each type, used for each value."""
    if is_dataclass(kind):
        return _of_object(kind)
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _reader(next(arg for arg in args if arg is not NoneType))
    if origin is tuple:
        return _of_tuple(args)
    if origin is dict:
        return lambda data: {from_data(args[0], key): from_data(args[1], item) for key, item in data}
    if origin is list:
        return lambda data: [from_data(args[0], item) for item in data]
    return _of_plain(kind)


def _of_tuple(args: tuple) -> Reader:
    if len(args) == 2 and args[1] is Ellipsis:
        return lambda data: tuple([from_data(args[0], item) for item in data])
    return lambda data: tuple(from_data(arg, item) for arg, item in zip(args, data, strict=True))


def _of_plain(kind: Any) -> Reader:
    if kind is date:
        return date.fromisoformat
    if isinstance(kind, type) and issubclass(kind, list):  # a list of one kind, by its declaration
        item = get_args(next(base for base in kind.__orig_bases__ if get_origin(base) is list))[0]
        return lambda data: kind([from_data(item, each) for each in data])
    if isinstance(kind, type) and issubclass(kind, (Enum, Decimal)):
        return kind
    return lambda data: data


def _of_object(kind: type) -> Reader:
    """Fields that the text does not have take their default, or None where they have none."""
    hints = get_type_hints(kind)
    taken = [(f.name, _reader(hints[f.name])) for f in fields(kind) if f.init]
    needed = [f.name for f in fields(kind) if f.init and f.default is MISSING and f.default_factory is MISSING]

    def read(data: dict) -> Any:
        given = {
            name: None if data[name] is None else reader(data[name]) for name, reader in taken if name in data
        }
        for name in needed:
            given.setdefault(name, None)
        return kind(**given)

    return read
