"""What kind of row or paragraph something is: an area's heading, a note, a total, a serial."""

import re
from unicodedata import normalize

from plans.grid import Cell, Paragraph, Row

_NUMBER = "[一二三四五六七八九十百零〇]{1,10}"
# 「一、」「（一）」「第一部分」: how action areas are numbered.
_AREA = re.compile(rf"^(?:{_NUMBER}[、.．]|[（(]{_NUMBER}[）)]、?|第{_NUMBER}[章节部篇类][分]?)")
_SERIAL = re.compile(
    rf"^[（(【\[]?(?:[A-Za-z]{{0,2}}[-]?\d{{1,6}}(?:[-.—–~]\d{{1,4}}){{0,3}}|{_NUMBER}|[①-⑳])[）)】\]]?[.．、。]?$"
)
_NUMERAL = re.compile(rf"^[（(]?{_NUMBER}[）)]?[、.．]?$")
_NOTE = re.compile(r"^(?:[*＊]?注\d{0,2}|备注|说明|填[表报]说明|附注)\s*[:：]|^注[:：]|^(?:带|标)[有注]?[*＊★▲“]")
_TOTAL = re.compile(r"^(?:合计|总计|小计|共计|总和)$")
_CAPTION = re.compile(
    r"^(?:附(?:件|表|录)?\s*[\d一二三四五六七八九十]*\s*[:：]?|表\s*[\d一二三四五六七八九十]+.{0,40}|"
    r"[（(]?单位[:：].{0,20})$"
)
_LABEL = re.compile(
    r"^(?:表\s*[\d一二三四五六七八九十]+.{0,40}|[（(]?(?:计量|金额)?单位\s*[:：].{0,20}|填[表报](?:单位|日期|时间|"
    r"人)\s*[:：].{0,40})$"
)
MARKS = "*＊★☆※▲△●◆■◎"
_MARKS = re.compile(rf"^[{MARKS}\s]+|[{MARKS}\s]+$")
_LONGEST_AREA = 80  # characters
# The foot of a web page: its registration, and lines about those who keep it.
_SITE = re.compile(r"ICP备|公网安备|网站标识码|版权所有|[Cc]opyright|技术支持[:：]")
_KEEPER = re.compile(
    r"^(?:网站)?(?:主办|承办|主管|协办|维护|运维|管理|建设)(?:单位)?\s*[:：]|^(?:地址|邮编|邮箱|电话|联系电话|联系我们|网站地图)"
)


def is_area(text: str) -> bool:
    return bool(_AREA.match(text)) and len(text) <= _LONGEST_AREA


def is_heading(text: str) -> bool:
    """Short, and no sentence: what stands as a caption or a chapter before a table."""
    return 2 <= len(text) <= 40 and text[-1] not in "。；;，,：:" and not is_note(text) and not is_caption(text)


def is_note(text: str) -> bool:
    return bool(_NOTE.match(text))


def is_label(text: str) -> bool:
    """「表2 …」「单位：万元」: it stands between a heading and its table."""
    return bool(_LABEL.match(text))


def is_caption(text: str) -> bool:
    """「附件1」「表2 …」「单位：万元」: it stands with a table, and names no area."""
    return bool(_CAPTION.match(text))


def without_site(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """Without the foot of the web page that a paper was saved from: what keeps the site is not in charge of tasks."""
    foot = next((at for at, it in enumerate(paragraphs) if _SITE.search(it.text)), None)
    if foot is None or any(_AREA.match(it.text) for it in paragraphs[foot:]):
        return paragraphs
    while foot and _KEEPER.match(paragraphs[foot - 1].text):
        foot -= 1
    return paragraphs[:foot]


def is_total(row: Row) -> bool:
    return any(_TOTAL.match(cell.plain) for cell in row.filled[:2])


def is_serial(cell: Cell) -> bool:
    return bool(_SERIAL.match(without_marks(normalize("NFKC", cell.plain))))


def is_numeral(cell: Cell) -> bool:
    """「一」, 「（二）」: what numbers areas rather than tasks."""
    return bool(_NUMERAL.match(normalize("NFKC", cell.plain)))


def without_marks(text: str) -> str:
    return _MARKS.sub("", text)


def marks_of(text: str) -> tuple[str, ...]:
    """The marks before or after a text, each once, full width read as half."""
    return tuple(dict.fromkeys(
        normalize("NFKC", sign) for found in _MARKS.findall(text) for sign in found if sign in MARKS
    ))


def ordinal_of(serial: str | None) -> int | None:
    """The number that a serial counts with, None where it is not plainly one."""
    text = normalize("NFKC", serial or "").strip("()[]., 、")
    if text.isdecimal():
        return int(text)
    return number_of(text)


def number_of(text: str) -> int | None:
    """「五十三」 → 53; None for what is no numeral up to 999."""
    digits = {sign: value for value, sign in enumerate("〇一二三四五六七八九")} | {"零": 0}
    total, current = 0, 0
    for sign in text:
        if sign in digits:
            current = digits[sign]
        elif sign in "十百":
            total += (current or 1) * (10 if sign == "十" else 100)
            current = 0
        else:
            return None
    return total + current if text else None
