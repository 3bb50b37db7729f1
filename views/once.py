"""The mark of a form that does something once (workflow/once.py), in the address at which it was opened.

So the form that the browser goes back to is the same form, also where the page is asked for anew.
"""

import secrets
from collections.abc import Iterable
from urllib.parse import urlencode

from flask import abort, redirect

from workflow.once import LONGEST

MARK = "once"


def mark_of(given) -> str:
    """The mark that an address or a form has; "" where it has none. What no form of ours has is refused."""
    mark = given.get(MARK, "")
    if mark and not (mark.isascii() and mark.isalnum() and len(mark) <= LONGEST):
        abort(400)
    return mark


def new_mark() -> str:
    return secrets.token_hex(12)


def opened_anew(address: str, given: Iterable[tuple[str, str | int]]):
    """To the form at this address, opened anew: with these parameters, and a mark of its own."""
    return redirect(f"{address}?{urlencode([*given, (MARK, new_mark())])}")
