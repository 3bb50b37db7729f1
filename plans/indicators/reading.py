"""Figures in a requirement → indicators: amount, unit, comparison, kind, and what it was before."""

import re
from dataclasses import dataclass, replace

from plans.checked import CheckedMilestone, Indicator
from plans.indicators.figures import Figure, figures_in, number_in

_INCREASE = re.compile("增长|增幅|增速|涨幅|(?:增加|提高|提升|上升|下降|降低|减少|压减|缩短|压缩)(?![到至])|降幅")
_TOTAL = re.compile("累计|总量|总数|总规模|总面积|总额|共建成|达到|保有量|存量")
_LEVEL = re.compile(
    "率|占比|比重|比例|覆盖|系数|指数|浓度|强度|水平|人均|每千人|每万人|标准|巩固|达标|合格|满意|提高到|提升[到至]|"
    "稳定在|保持在|控制在|参保|入学"
)
_LEVEL_OF_COUNT = re.compile("人均|每千人|每万人|系数|指数|(?<!高)标准(?!化)|水平|浓度")
_EACH_YEAR = re.compile("每年|年均|新增|新建|新改建|当年")
_DONE = re.compile(
    "改建|扩建|完成|建设|建成|创建|培育|改造|实施|开展|发展|举办|打造|引进|培训|组织|配备|推出|命名|选派|投入|安排|"
    "整治|修建|种植|复垦|招引"
)
_VERB = re.compile(
    "(?:完成|新增|新建|建成|建设|新改建|改造|累计|力争|确保|实现|增长|增加|下降|提高|达到|共|约|全年|年度|投资|"
    "减少|降低){1,3}"
)
_NAME = 60  # characters


@dataclass(frozen=True)
class Measured:
    """What stands beside the words: the task's name and content, the columns of unit and baseline.

    `yearly`: the paper asks something of several years, so that what is done in one of them is its own amount.
    """

    title: str
    content: str
    measure: str
    baseline: str
    yearly: bool


def read_indicators(text: str, measured: Measured) -> tuple[Indicator, ...]:
    """Each name once, in the order of the text."""
    found: dict[str, Indicator] = {}
    for figure in figures_in(text):
        name = _name(figure, measured)
        number = 2
        unique = name
        while unique in found:
            unique, number = f"{name}（{number}）", number + 1
        found[unique] = _indicator(unique, figure, measured)
    return tuple(found.values())


def _indicator(name: str, figure: Figure, measured: Measured) -> Indicator:
    unit = figure.unit or measured.measure
    baseline = figure.baseline if figure.baseline is not None else number_in(measured.baseline)
    kind = kind_of(figure, unit, measured)
    return Indicator(name, figure.amount, unit, figure.comparison, kind, baseline, figure.clause)


def kind_of(figure: Figure, unit: str, measured: Measured) -> str:
    """By the figure's own clause, and where that says nothing by the task's name and content; "" where neither does."""
    own = figure.before + figure.after
    for words in (own, measured.title, measured.content):
        if not words:
            continue
        if _INCREASE.search(words):
            return "increase"
        if unit in ("%", "‰"):
            if _LEVEL.search(words) or figure.amount == 100:
                return "level"
            continue
        kind = _of_amount(words, measured.yearly)
        if kind:
            return kind
    return "level" if unit in ("%", "‰") and (figure.amount == 100 or figure.after) else ""


def _of_amount(words: str, yearly: bool) -> str:
    if "累计" in words:
        return "total"
    if _EACH_YEAR.search(words):
        return "yearly"
    if _LEVEL_OF_COUNT.search(words):
        return "level"
    if _TOTAL.search(words):
        return "total"
    return "yearly" if yearly and _DONE.search(words) else ""


def carried_on(milestones: list[CheckedMilestone]) -> list[CheckedMilestone]:
    """「配套率达到95%」 in the first year, 「97%」 in the next: the same indicator, said in full only once."""
    found: list[CheckedMilestone] = []
    for milestone in milestones:
        before = found[-1].indicators if found else ()
        own = milestone.indicators
        if len(before) == len(own) == 1 and own[0].unit == before[0].unit and _bare(own[0]):
            own = (replace(own[0], name=before[0].name, kind=own[0].kind or before[0].kind),)
        found.append(replace(milestone, indicators=own))
    return found


def _bare(indicator: Indicator) -> bool:
    return not re.sub(r"[\d.,，。\s≥≤><以上下内左右约]", "", indicator.text.replace(indicator.unit, ""))


def _name(figure: Figure, measured: Measured) -> str:
    """The words before it; with those after it where a verb alone stands before; else the task's own name."""
    before, after = figure.before, figure.after.lstrip("的")
    after_it = re.sub("[“”\"]", "", after)
    name = before if len(before) > 4 else (before + after_it).strip()
    if len(name) < 2 or not after and _VERB.fullmatch(name):
        name = measured.title or measured.content
    return name[:_NAME]
