"""Which column is what: told by the words of the headers, whatever their order."""

import re
from dataclasses import dataclass
from unicodedata import normalize

from plans.grid import Row

SERIAL, TITLE, CONTENT, UNITS = "serial", "title", "content", "units"

_WORDS = {
    SERIAL: ("序号", "编号"),
    TITLE: ("项目名称", "任务名称", "工作任务", "重点任务", "重点工作", "工作项目", "项目", "任务"),
    CONTENT: ("工作内容", "主要内容", "具体内容", "工作措施", "工作要求", "内容"),
    UNITS: ("责任单位", "责任部门", "牵头及配合单位", "承办单位"),
}
MOST_COLUMNS = 60
_ROLES = {word: role for role, words in _WORDS.items() for word in words}
_YEAR = re.compile(r"(?:19|20)\d\d(?=年?度?$)")


@dataclass(frozen=True)
class Columns:
    """Where each role stands, from 0. `unknown` are headers that are not understood."""

    count: int
    serial: int
    title: int
    content: int | None
    units: int | None
    years: dict[int, int]  # year → column
    unknown: tuple[str, ...]


def is_header(row: Row) -> bool:
    """A row whose cells are at least two known header words, the serial's among them."""
    roles = [_ROLES.get(_plain(cell.text)) for cell in row.cells]
    return SERIAL in roles and sum(role is not None for role in roles) >= 2


def is_years(row: Row) -> bool:
    """The second row of a header: years, and nothing else."""
    return bool(row.filled) and all(_year(cell.text) for cell in row.filled)


def read_columns(header: Row, years: Row | None) -> Columns | None:
    """The columns of a header of one row, or of two; None where no serial, task or year is among them.

    In the first of two rows a header over several years is one cell: a run of years takes one label.
    """
    labels = [_plain(cell.text) for cell in header.cells]
    names = labels if years is None else _spread(labels, years)
    roles: dict[str, int] = {}
    found_years: dict[int, int] = {}
    unknown = []
    for position, name in enumerate(names):
        year = _year(name)
        role = _ROLES.get(name)
        if year and year not in found_years:
            found_years[year] = position
        elif role and role not in roles:
            roles[role] = position
        elif name:
            unknown.append(name)
    title = roles.get(TITLE, roles.get(CONTENT))
    if SERIAL not in roles or title is None or not found_years or len(names) > MOST_COLUMNS:
        return None
    content = roles.get(CONTENT)
    return Columns(
        len(names), roles[SERIAL], title, content if content != title else None, roles.get(UNITS), found_years,
        tuple(unknown),
    )


def _spread(labels: list[str], years: Row) -> list[str]:
    names, waiting, in_years = [], list(labels), False
    for cell in years.cells:
        if cell.text:
            if not in_years and waiting:
                waiting.pop(0)
            names.append(_plain(cell.text))
        else:
            names.append(waiting.pop(0) if waiting else "")
        in_years = bool(cell.text)
    return names


def _plain(text: str) -> str:
    return "".join(normalize("NFKC", text).split())


def _year(text: str) -> int | None:
    found = _YEAR.match(_plain(text))
    return int(found.group()) if found else None
