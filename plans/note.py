"""The words around the tasks: the title, the years, what notes count and what marks mean, when unit plans are due."""

import itertools
import re
from collections.abc import Iterable, Sequence
from datetime import date
from unicodedata import normalize

from models import Words
from plans.checked import CheckedTask
from plans.findings import Findings
from plans.grid import Paragraph
from plans.rows.kinds import MARKS, is_area, is_caption, is_note

_NAMES = (
    "通知|意见|方案|计划|要点|措施|举措|决定|规划|办法|纲要|清单|台账|分工|分解|分解表|任务表|一览表|指标表|明细表|"
    "汇总表|责任表|安排表|任务书|安排|任务|"
    "指引|通报|报告|目标|事项|责任制|路线图|时间表|推进表|进度表|表"
)
_ENDS_AS_TITLE = re.compile(rf"(?:{_NAMES})(?:[（(].{{0,30}}[）)])?$")
_SHORTEST = 7  # characters: what is shorter is a button of the page
_NO_TITLE = re.compile(
    r"^(?:索\s*引\s*号|主题分类|发文|成文|标\s*题|发布|主\s*题\s*词|来源|时间|字号|文号|联系|电话|附件?|抄送|"
    r"各.{0,60}[:：]$|当前位置|首页|20\d\d年\d{1,2}月\d{1,2}日$)|[:：]$|〔\d{4}〕|[。；]$"
)
_ANNEX = re.compile(r"^附(?:件|表)\s*[\d一二三四五六七八九十]{0,3}\s*[:：]\s*(?=\S{7})")  # before the title itself
_YEAR_LINE = re.compile(r"^[（(【].{0,12}20\d\d.{0,20}[）)】]$")
_PRINTED = re.compile(
    r"(?:印发|下发|转发|发布|公布)(?:了)?(?:《(?P<name>[^》]{4,80})》|(?P<bare>[^《》]{6,80})(?=的通知))"
)
_YEARS = re.compile(r"(20\d\d)\s*(?:年)?\s*(?:[-—–－~～]{1,2}|至|到)\s*((?:20)?\d\d)(?!\d)")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_ISSUE_DAY = re.compile(r"^(20\d\d)年\d{1,2}月\d{1,2}日$|〔(20\d\d)〕")
_TOTAL = re.compile(
    r"(?:任务|举措|措施|事项|项目|清单|工作|条目|要点|指标)[^。；;，,]{0,14}?共(?:计)?\s*(\d{1,6})\s*[项条个]"
)
_OF_NOTE = re.compile(r"共(?:计)?\s*(\d{1,6})\s*项")
_OF_AREA = re.compile(r"[（(]\s*(?:共(?:计)?)?\s*(\d{1,4})\s*[项条个]\s*[）)]\s*$")
# Gaps are bounded: a note is a few lines, and a search must not take long over anything else.
_OTHER = re.compile(r"其[他它余][^，,。；;]{0,80}?[（(](\d{1,6})\s*项[)）]")
_MEANING = (
    r"[^，,。；;（(]{0,60}?(?:为|是|表示|代表|系|属于|指)(?P<meaning>[^，,。；;（(]{1,60})(?:[（(]"
    r"(?P<count>\d{1,6})\s*项[)）])?"
)
_PLAN_DUE = re.compile(
    r"(?:(?P<year>20\d\d)年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})日(?:之?前|以前)?[^。；;]{0,80}?(?:实施|工作|推进|"
    r"办理|落实|细化)方案"
)


def read_title(preamble: Sequence[Paragraph], before_table: bool) -> str:
    """The title of the paper; "" where there is none. Of several before a table the last is the table's own."""
    lines = [_ANNEX.sub("", paragraph.text) for paragraph in preamble]
    titles = _titles(lines)
    if not titles:
        before_items = itertools.takewhile(lambda line: not is_area(line), lines)
        return next((line for line in before_items if _could_be_title(line)), "")
    if before_table:
        return titles[-1]
    named = _PRINTED.search(titles[0])
    return (named["name"] or named["bare"]) if named else titles[0]


def plan_years(title: str) -> list[int]:
    """The years that a title names, a run of them in full."""
    title = normalize("NFKC", title)
    run = _YEARS.search(title)
    if run:
        first, last = int(run[1]), int(run[2]) if len(run[2]) == 4 else int(run[1][:2] + run[2])
        return list(range(first, last + 1)) if first <= last <= first + 20 else []
    return sorted({int(year) for year in _YEAR.findall(re.sub(r"[〔\[]20\d\d[〕\]]", "", title))})


def only_year(deadlines: Iterable[str]) -> int | None:
    """The year that all deadlines name which name any."""
    years = {int(year) for words in deadlines for year in _YEAR.findall(words)}
    return years.pop() if len(years) == 1 else None


def issue_year(texts: Iterable[Paragraph]) -> int | None:
    """The year in which the document was issued, by its date line or its number."""
    for paragraph in texts:
        found = _ISSUE_DAY.search("".join(paragraph.text.split()))
        if found:
            return int(found[1] or found[2])
    return None


def read_plan_due(texts: Iterable[Paragraph], years: Sequence[int], findings: Findings) -> date | None:
    """The day by which every unit's implementation plan is due: in the first year of the plan."""
    for paragraph in texts:
        found = _PLAN_DUE.search(paragraph.text)
        if found and "各" in paragraph.text and (found["year"] or years):
            try:
                return date(int(found["year"] or min(years)), int(found["month"]), int(found["day"]))
            except ValueError:
                findings.add("date-impossible", paragraph.lines, text=f"{found['month']}月{found['day']}日")
    return None


def read_marks(notes: Iterable[Paragraph]) -> dict[str, tuple[str, int | None, tuple[int, int]]]:
    """For each mark that a note explains: what it means, how many the note counts, and where."""
    found = {}
    for paragraph in notes:
        text = normalize("NFKC", paragraph.text)
        for mark in dict.fromkeys(normalize("NFKC", sign) for sign in MARKS):
            told = re.search(re.escape(mark) + _MEANING, text)
            if told and mark not in found:
                count = int(told["count"]) if told["count"] else None
                found[mark] = (told["meaning"].strip(), count, paragraph.lines)
    return found


def check_counts(preamble: Sequence[Paragraph], tasks: list[CheckedTask], marks: dict, findings: Findings) -> None:
    """What notes and headings count against what the plan has."""
    total, marked = len(tasks), sum(bool(task.marks) for task in tasks)

    def check(stated: int, counted: int, what: Words, lines: tuple[int, int]) -> None:
        if stated != counted:
            findings.add("count-differs", lines, stated=stated, counted=counted, what=what)

    for paragraph in preamble:
        pattern = _OF_NOTE if is_note(paragraph.text) else _TOTAL
        found = pattern.search(paragraph.text)
        if found:
            check(int(found[1]), total, Words("总数", "in all"), paragraph.lines)
        other = _OTHER.search(paragraph.text)
        if other and marks:
            check(int(other[1]), total - marked, Words("不带标记", "unmarked"), paragraph.lines)
    for mark, (_, stated, lines) in marks.items():
        if stated is not None:
            check(stated, sum(mark in task.marks for task in tasks), Words(f"带「{mark}」", f"marked {mark}"), lines)
    _check_areas(tasks, check)


def _check_areas(tasks: list[CheckedTask], check) -> None:
    for area in dict.fromkeys(task.area for task in tasks):
        found = _OF_AREA.search(area)
        of_area = [task for task in tasks if task.area == area]
        if found:
            check(int(found[1]), len(of_area), Words(f"「{area}」", f"“{area}”"),
                  (of_area[0].first_line, of_area[-1].last_line))


def _could_be_title(line: str) -> bool:
    return bool(line) and len(line) <= 80 and not (
        _NO_TITLE.search(line) or is_note(line) or is_caption(line) or is_area(line)
    )


def _titles(lines: list[str]) -> list[str]:
    """Titles may be broken over several lines: those without an ending go with the next."""
    found, waiting = [], []
    for before, line in zip(["", *lines], lines, strict=False):
        if not _could_be_title(line) or len(waiting) > 3:
            waiting = []
        elif found and _YEAR_LINE.match(line) and before == found[-1][-len(before):]:
            found[-1] += line
        elif _ENDS_AS_TITLE.search(line) and len("".join([*waiting, line])) >= _SHORTEST:
            found.append("".join([*waiting, line]))
            waiting = []
        elif waiting or "关于" in line or re.search("20\\d\\d年", line) and len(line) < 40:
            waiting.append(line)
    return found
