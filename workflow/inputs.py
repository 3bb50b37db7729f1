"""What an action asks of the person who takes it: the fields as data, and reading them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from unicodedata import category

from sqlalchemy import Select
from sqlalchemy.orm import Session

from models import Words
from workflow.errors import Incomplete

REQUIRED = Words("请填写「{label}」。", "Please fill in “{label}”.")
TOO_LONG = Words("「{label}」最多 {most} 字。", "“{label}” takes at most {most} characters.")
NOT_A_CHOICE = Words("请从列表中选择「{label}」。", "Please choose “{label}” from the list.")
TOO_MANY = Words("「{label}」最多 {most} 条。", "“{label}” takes at most {most} items.")


@dataclass(frozen=True)
class Text:
    """Free words. `most` is in characters."""

    name: str
    label: Words
    required: bool = True
    most: int = 2000

    def read(self, raw: Any) -> str:
        text = clean(raw)
        if self.required and not text:
            raise _wrong(self, REQUIRED)
        if len(text) > self.most:
            raise _wrong(self, TOO_LONG)
        return text


@dataclass(frozen=True)
class Choice:
    """One of a maintained list of codes."""

    name: str
    label: Words
    choices: Mapping[str, Words] = field(default_factory=dict, hash=False)
    required: bool = True

    def read(self, raw: Any) -> str:
        if not raw:
            raise _wrong(self, REQUIRED)
        if raw not in self.choices:
            raise _wrong(self, NOT_A_CHOICE)
        return raw


@dataclass(frozen=True)
class Listed:
    """One of a list that an administrator keeps.

    `offered(session)` gives what may be chosen now, by code; `chosen` selects the words (Chinese, English) of the code
    "chosen", where it is offered. What was chosen keeps its words: they stand beside the code as `said`, whatever
    becomes of the list. `former` are the words of codes from before words were kept.
    """

    name: str
    label: Words
    offered: Callable[[Session], Mapping[str, Words]]
    chosen: Select
    former: Mapping[str, Words] = field(default_factory=dict, hash=False)
    required: bool = True

    @property
    def said(self) -> str:
        """What the words of the choice are called beside its code."""
        return f"{self.name}_words"

    def read(self, raw: Any, session: Session) -> dict[str, Any]:
        """The code and its words. A statement, where `found_beside` did not say it already."""
        if not raw:
            raise _wrong(self, REQUIRED)
        if not isinstance(raw, str):
            raise _wrong(self, NOT_A_CHOICE)
        found = session.info.get(_BESIDE, {})
        words = found[raw] if raw in found else session.execute(self.chosen, {"chosen": raw}).one_or_none()
        if words is None:
            raise _wrong(self, NOT_A_CHOICE)
        return {self.name: raw, self.said: list(words)}


_BESIDE = "chosen beside"  # in a session's `info`: a transition's session is its own


def found_beside(session: Session, code: str, words: tuple[str, str] | None) -> None:
    """Keep what another statement has found of a code: its words, None where it is not offered."""
    session.info[_BESIDE] = {code: words}


@dataclass(frozen=True)
class Lines:
    """Several short texts; blank ones are passed over."""

    name: str
    label: Words
    required: bool = True
    most: int = 20
    most_each: int = 500

    def read(self, raw: Any) -> list[str]:
        if not isinstance(raw, (list, tuple, type(None))):
            raise _wrong(self, REQUIRED)
        lines = [line for line in (clean(item) for item in raw or ()) if line]
        if self.required and not lines:
            raise _wrong(self, REQUIRED)
        if len(lines) > self.most:
            raise _wrong(self, TOO_MANY)
        if any(len(line) > self.most_each for line in lines):
            raise Incomplete({self.name: TOO_LONG.format(label=self.label, most=self.most_each)})
        return lines


Field = Text | Choice | Listed | Lines

_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


def clean(raw: Any) -> str:
    """Text as it is kept: line ends as one sign, nothing that cannot be seen, no blanks at the ends.

    Control signs (PostgreSQL refuses NUL) and signs without width (zero-width spaces, marks that turn the
    direction of writing round) would make text that looks empty, or like another.
    """
    if not isinstance(raw, str):
        return ""
    lines = raw.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in lines if sign in "\n\t" or category(sign) not in _UNSEEN).strip()


def read_input(fields: tuple[Field, ...], raw: Mapping[str, Any], session: Session) -> dict[str, Any]:
    """Only the fields that are asked for, cleaned. Raises Incomplete with words for every one that is wrong.

    `session` is asked for what lists that are kept say.
    """
    taken, errors = {}, {}
    for asked in fields:
        given = raw.get(asked.name)
        try:
            if isinstance(asked, Listed):
                taken |= asked.read(given, session)
            else:
                taken[asked.name] = asked.read(given)
        except Incomplete as wrong:
            errors |= wrong.errors
    if errors:
        raise Incomplete(errors)
    return taken


def _wrong(asked: Field, words: Words) -> Incomplete:
    return Incomplete({asked.name: words.format(label=asked.label, most=getattr(asked, "most", 0))})
