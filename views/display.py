"""How things are said on a page: words, dates, sizes, in the reader's language. Registered as template filters."""

from datetime import date, datetime

from flask import Flask

from models import Role, Words
from views.context import language, say
from workflow.calendar import CHINA

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")
_WEEKDAYS = {
    "zh": "一二三四五六日",
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


def register(app: Flask) -> None:
    for filter_ in (say, say_all, day, moment, weekday, size, short_hash, role, figure_line):
        app.add_template_filter(filter_)
    app.add_template_global(language, "language")


def say_all(words: list[Words]) -> str:
    """Several sentences after one another: English sets a space between them."""
    return (" " if language() == "en" else "").join(say(it) for it in words)


def day(value: date | None) -> str:
    """2018年7月25日, 25 July 2018."""
    if value is None:
        return ""
    if language() == "en":
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
    return f"{value.year}年{value.month}月{value.day}日"


def weekday(value: date) -> str:
    if language() == "en":
        return _WEEKDAYS["en"][value.weekday()]
    return f"星期{_WEEKDAYS['zh'][value.weekday()]}"


def moment(value: datetime | None) -> str:
    """A time to the minute, in China."""
    if value is None:
        return ""
    local = value.astimezone(CHINA)
    return f"{day(local.date())} {local:%H:%M}"


def size(count: int) -> str:
    """Bytes, as people read them: 86 KB, 2.4 MB."""
    if count < 1024:
        return f"{count} B"
    if count < 2**20:
        return f"{count / 1024:.0f} KB"
    return f"{count / 2**20:.1f} MB"


def short_hash(value: str | None) -> str:
    return f"{value[:4]}…{value[-4:]}" if value else ""


def figure_line(line: dict) -> tuple[str, str, str]:
    """A reported figure as its form has it: name, amount, unit."""
    return line["name"], line["amount"], line["unit"]


def role(value: str) -> str:
    """The name of a role that is stored by its code."""
    return say(Role(value).label)
