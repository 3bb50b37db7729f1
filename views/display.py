"""How things are said on a page: words, dates, sizes, in the reader's language. Registered as template filters."""

from datetime import date, datetime
from functools import lru_cache
from urllib.parse import urlencode

from flask import Flask, g, url_for
from flask_babel import gettext as _

from evidence import MOST_PAGES, PIECE, Look
from models import Evidence, Role, Words
from reports.ledger import Filters
from views.context import language, pictures, say
from workflow.actor import title_words
from workflow.audit.words import action_words
from workflow.calendar import CHINA
from workflow.definitions.milestone import MILESTONE

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")
_WEEKDAYS = {
    "zh": "一二三四五六日",
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


def register(app: Flask) -> None:
    for filter_ in (
        say, say_all, area_name, person, day, moment, weekday, size, short_hash, role, action, grade, look,
        photographed, figure_line,
    ):
        app.add_template_filter(filter_)
    app.add_template_global(language, "language")
    app.add_template_global(task_url, "task_url")
    app.add_template_global(ledger_url, "ledger_url")
    app.add_template_global(MOST_PAGES, "most_pages")
    app.add_template_global(PIECE, "piece_bytes")


def task_url(task) -> str:
    """The page of a task: its serial and plan say which, its place where the serial does not."""
    return url_for("tasks.show", number=task.number or "-", plan=task.plan_id, at=task.position)


def ledger_url(filters: Filters, figure: str | None = None) -> str:
    """The ledger's page with these filters, or of what the figure counts within them.

    A page of the monitor has a thousand: the address is looked up once a request, and what follows it once at all.
    """
    if "ledger_at" not in g:
        g.ledger_at = url_for("ledger.show")
    query = _query(filters, figure)
    return f"{g.ledger_at}?{query}" if query else g.ledger_at


@lru_cache(maxsize=20_000)
def _query(filters: Filters, figure: str | None) -> str:
    return urlencode((filters.counting(figure) if figure else filters).query())


def area_name(title: str) -> str:
    """An action area's title; a plan without areas keeps its tasks in one that has none."""
    return title or _("（未分行动）")


def say_all(words: list[Words]) -> str:
    """Several sentences after one another: English sets a space between them."""
    return (" " if language() == "en" else "").join(say(it) for it in words)


def day(value: date | datetime | None) -> str:
    """2018年7月25日, 25 July 2018; of a moment, the day that it is in China."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(CHINA).date()
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


def look(piece: Evidence) -> Look | None:
    """What is known of how a file looks; None where it has not been looked at yet."""
    return pictures().known(piece.sha256) if piece.kind == Evidence.FILE else None


def photographed(seen: Look) -> str:
    """When and where, as the photograph states it: nobody has checked that."""
    told = []
    if seen.taken_at:
        told.append(f"{day(seen.taken_at.date())} {seen.taken_at:%H:%M}")
    if seen.latitude is not None and seen.longitude is not None:
        told += [_degrees(seen.latitude, "北纬", "南纬", "N", "S"), _degrees(seen.longitude, "东经", "西经", "E", "W")]
    return " · ".join(told)


def _degrees(value: float, zh: str, zh_below: str, en: str, en_below: str) -> str:
    if language() == "en":
        return f"{abs(value):.5f}° {en if value >= 0 else en_below}"
    return f"{zh if value >= 0 else zh_below} {abs(value):.5f}°"


def person(title: str) -> str:
    """Who did something, as the trail has it; a command's own words in the reader's language."""
    return say(title_words(title))


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


def action(code: str) -> str:
    """What an event's action is called."""
    return say(action_words(MILESTONE, code))


_GRADES = {
    "error": Words("错误", "Error"), "doubt": Words("疑点", "Doubt"), "note": Words("提示", "Note"),
}


def grade(code: str) -> str:
    """What a finding's grade is called."""
    return say(_GRADES[code])
