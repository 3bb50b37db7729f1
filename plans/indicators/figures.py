"""Figures in words: 「饮用水卫生合格率≥90%」, 「新建2万亩」, 「由60%提高到70%以上」, 「全覆盖」."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_MEASURES = (
    "平方公里|平方千米|平方米|立方米|千瓦时|个百分点|人次|人天|张床位|床位|公顷|公里|千米|公斤|千克|千瓦|兆瓦|小时|"
    "分钟|工作日|标准煤|蒸吨|亩|米|吨|元|户|人|名|家|个|条|所|座|处|台|辆|套|"
    "项|件|次|场|期|批|张|间|天|类|门|部|册|例|只|头|株|棵|盏|宗|对|片|幢|栋|岁|升|度|村|镇|篇|集|款|支|艘|架|班|倍"
)
_UNIT = (
    rf"(?P<unit>[%％‰]|[百千万亿]{{0,2}}(?:{_MEASURES})(?:/[\u4e00-\u9fff]{{1,4}})?|[万亿]"
    rf"(?![\u4e00-\u9fff]{{0,2}}[级号]))(?:[（(][\u4e00-\u9fff]{{1,3}}[）)])?"
)
_NUMBER = (
    r"(?:(?P<low>\d+(?:\.\d+)?)\s*(?:至|到|[-—–－~～]{1,2})\s*)?(?P<amount>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+"
    r"(?:\.\d+)?)"
)
_LEAST = "≥|>=|＞|>|不少于|不低于|不小于|超过|突破|至少|大于|高于|多于"
_MOST = "≤|<=|＜|<|不超过|不高于|不大于|不多于|控制在|低于|小于|少于"
_ABOUT = "约|大约|大致"
_BEFORE = rf"(?:(?P<least>{_LEAST})|(?P<most>{_MOST})|(?P<about>{_ABOUT}))?\s*"
_AFTER = r"\s*(?P<after>及?以上|以内|及?以下|之内|左右|上下)?"
_FIGURE = re.compile(
    rf"(?<![\d.第《A-Za-z—–~-]){_BEFORE}(?<![\d.第A-Za-z]){_NUMBER}\s*(?:{_UNIT})?{_AFTER}"
    rf"(?!\s*[年月日号级线型网时点A-Za-z：:])"
)
_FROM = re.compile(
    rf"[由从](?P<amount>\d+(?:\.\d+)?)\s*(?:[%％‰]|[万亿]?(?:{_MEASURES}))?\s*(?:提高|增加|提升|上升|增长|下降|降低|"
    rf"减少|压减|压缩|缩短)[到至]"
)
_CLAUSES = re.compile(r"[，,；;。\n]|、(?=[^、，]{0,20}\d)")
_REACHES = re.compile(
    r"(?:分别)?(?:力争|确保|实现|均|全面|总体|基本)*(?:达到|达|提高到|提升到|提升至|提高至|增加到|增长到|下降到|"
    r"降至|降到|稳定在|保持在|维持在|控制在|为|至|到|≥|≤|[:：=]|以上)*\s*$"
)
_COVERS = re.compile(r"(?P<what>[^，,；;。\n]{0,30}?)(?:实现)?全覆盖")
_MOST_FIGURES = 20  # of one requirement


@dataclass(frozen=True)
class Figure:
    """`before` and `after` are the words around it in its clause; `unit` is "" for a bare number."""

    amount: Decimal
    unit: str
    comparison: str
    before: str
    after: str
    clause: str
    baseline: Decimal | None = None


def figures_in(text: str) -> list[Figure]:
    return list(_figures(text))[:_MOST_FIGURES]


def number_in(text: str) -> Decimal | None:
    """The first number of a cell."""
    found = re.search(r"\d+(?:\.\d+)?", text.replace(",", ""))
    return Decimal(found.group()) if found else None


def _figures(text: str) -> Iterator[Figure]:
    for clause in _CLAUSES.split(text):
        start = _FROM.search(clause)
        baseline = Decimal(start["amount"]) if start else None
        found = [match for match in _FIGURE.finditer(clause) if _counts(match, clause, start)]
        first = 0
        if len(found) > 1 and found[-1]["unit"] in ("%", "％", "‰") and _leads_on(found[-2], found[-1], clause):
            first = found.pop(-2).end()  # 「3个村50%以上达标」 counts a share of them
        for at, match in enumerate(found):
            begin = max(found[at - 1].end() if at else 0, first)
            end = found[at + 1].start() if at + 1 < len(found) else len(clause)
            yield Figure(
                Decimal((match["low"] or match["amount"]).replace(",", "")), (match["unit"] or "").replace("％", "%"),
                _comparison(match), _stripped(clause[min(begin, match.start()) : match.start()]),
                clause[match.end() : end].strip(),
                clause.strip(), baseline,
            )
        if not found and (covers := _COVERS.search(clause)):
            yield Figure(Decimal(100), "%", "at_least", covers["what"].strip().removeprefix("实现"), "", clause.strip())


def _leads_on(first: re.Match, second: re.Match, clause: str) -> bool:
    between = clause[first.end() : second.start()]
    counted = first["unit"] not in ("%", "％", "‰", None)
    return counted and 0 < len(between) <= 12 and not re.search("达|到|至|≥", between)


def _counts(match: re.Match, clause: str, start: re.Match | None) -> bool:
    """A bare number counts only where it is all there is, or where the words call for one."""
    if start and start.start() <= match.start() < start.end() - 3:
        return False
    before, after = clause[: match.start()], clause[match.end() :]
    if re.search(r"[《（(“][^》）)”]*$", before) and not re.search("[》）)”]", before[-1:]):
        return False
    if match["unit"] in ("分钟", "小时", "天", "岁"):
        return bool(match["after"]) or not after.strip()  # 「15分钟生活圈」 is a name
    if match["unit"]:
        return True
    alone = not _stripped(before) and not after.strip()
    return alone or bool(re.search(
        "(?:系数|指数|比|得分|评分|值|率|密度|强度)(?:提高到|达到|达|不低于|保持在|控制在|稳定在|为|降至|以上|≥|"
        "≤)*$", before.strip()))


def _comparison(match: re.Match) -> str:
    after = match["after"] or ""
    if match["about"] or after in ("左右", "上下"):
        return "about"
    if match["most"] or after.endswith(("以内", "以下", "之内")):
        return "at_most"
    return "at_least"


def _stripped(before: str) -> str:
    """The words before a figure without those that only lead up to it."""
    return re.sub("[“”\"]", "", _REACHES.sub("", before.strip())).strip().removeprefix("和")
