"""Numbers of a workbook as they are displayed: 0.97 as 97%, 43306 as 2018-07-25, 3.0 as 3.

Only the commas between thousands are left out, so that a number is one word.
"""

import re
from datetime import datetime, timedelta
from math import isfinite

# Built-in formats by their number; those of dates as Chinese Excel shows them.
_BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 14: "yyyy-mm-dd",
    15: "yyyy-mm-dd", 16: "m月d日", 17: "yyyy年m月", 22: "yyyy-mm-dd", 27: "yyyy年m月", 28: "m月d日", 29: "m月d日",
    30: "yyyy-mm-dd", 31: "yyyy年m月d日", 36: "yyyy年m月", 50: "yyyy年m月", 51: "m月d日", 52: "yyyy年m月", 53: "m月d日",
    54: "m月d日", 55: "yyyy年m月", 56: "m月d日", 57: "yyyy年m月", 58: "m月d日",
}
_QUOTED = re.compile(r'"([^"]*)"|\\(.)|\[[^\]]*\]|[_*].')
_DATE_SIGNS = re.compile(r"[yYdD年月日]|(?<![a-zA-Z])[mM]{1,4}(?![a-zA-Z])")
_NUMBER = re.compile(r"[#0?][#0?,]*(?:\.([0#?]+))?")


def displayed(value: str, form: str | int, since_1904: bool = False) -> str:
    """`value` as the file has it, `form` its format or a built-in one's number. What is no number stays as it is."""
    try:
        number = float(value)
    except ValueError:
        return value
    if not isfinite(number):
        return value
    code = _BUILT_IN.get(form, "General") if isinstance(form, int) else form
    code = code.split(";")[0]  # the form of positive numbers
    bare = _QUOTED.sub("", code)
    if _is_date(code, bare):
        return _date(number, code, since_1904) or _plain(number)
    if "%" in bare:
        return _with_places(number * 100, bare) + "%"
    if _NUMBER.search(bare) and "E" not in bare:
        before, after = _around(code)
        return before + _with_places(number, bare) + after
    return _plain(number)


def _is_date(code: str, bare: str) -> bool:
    words = "".join(found[1] or found[2] or "" for found in _QUOTED.finditer(code))
    return bool(_DATE_SIGNS.search(bare)) and not _NUMBER.search(bare) or bool(
        re.search("[yY]", bare) and re.search("[年月]", words)
    )


def _plain(number: float) -> str:
    """Without the digits that only the machine sees."""
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    return f"{number:.10g}"


def _with_places(number: float, bare: str) -> str:
    found = _NUMBER.search(bare)
    if not found:
        return _plain(number)
    wanted = found[1] or ""
    printed = f"{number:.{len(wanted)}f}"
    optional = len(wanted) - len(wanted.rstrip("#?"))
    while optional and printed.endswith("0"):
        printed, optional = printed[:-1], optional - 1
    return printed.rstrip(".")


def _around(code: str) -> tuple[str, str]:
    """Words printed before and after the number: 0"个"."""
    pieces = re.split(r"[#0?][#0?,.]*", code, maxsplit=1)
    kept = [_QUOTED.sub(lambda found: found[1] or found[2] or "", piece) for piece in pieces]
    return kept[0].strip(), kept[1].strip() if len(kept) > 1 else ""


def _date(number: float, code: str, since_1904: bool) -> str | None:
    """A day as 2018-07-25; as year and month, or month and day, where the format shows only those."""
    if not 1 <= number < 2_900_000:  # within the years that have four digits, whichever the first day
        return None
    epoch = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)
    day = epoch + timedelta(days=number)
    letters = _QUOTED.sub("", code).lower()
    year, month, date = "y" in letters, "m" in letters, "d" in letters
    if year and month and not date:
        return f"{day.year}年{day.month}月"
    if month and date and not year:
        return f"{day.month}月{day.day}日"
    if year and not month and not date:
        return f"{day.year}年" if "年" in code else str(day.year)
    if not year and not date:
        return None
    return day.strftime("%Y-%m-%d")
