"""Whole numbers that come from outside: never larger than the database's, whatever stands in an address or a form."""

from werkzeug.routing import IntegerConverter

LARGEST = 2**31 - 1


def whole(text: str) -> int:
    """For `args.get(name, type=whole)`; ValueError, and so the default, for anything but 0 … 2³¹ − 1."""
    if not (text.isascii() and text.isdecimal()) or len(text) > 10 or int(text) > LARGEST:
        raise ValueError(text)
    return int(text)


class RowNumber(IntegerConverter):
    """`<int:…>` in an address: what no row can have is no address (404)."""

    def __init__(self, map, *arguments, **options):
        super().__init__(map, *arguments, **({"max": LARGEST} | options))
