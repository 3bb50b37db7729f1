"""The scope of what is done with an address: a draw, a document, many at one go.

A page leaves out a filter that it cannot read, and shows more. Whatever is drawn, written or begun must not: there, a
filter that is no possible value, or asks for what does not exist, is refused, and nothing becomes one of everything.
"""

from werkzeug.datastructures import MultiDict

from models import ActionArea, Plan, Unit, Words
from reports.ledger import NO_YEAR, Filters, plan_choices
from reports.returns import BACKWARDS
from views.context import reading, today
from views.ledger import EARLIEST, MOST_WORDS, read_filters
from workflow.clocks import CLOCK_ORDER
from workflow.days import read_day
from workflow.errors import Incomplete

WRONG = Words(
    "「{label}」的值「{value}」有误或不存在，未办理。请重新选择范围。",
    "“{label}” cannot be “{value}”, so nothing was done. Please choose the scope again.",
)
FUTURE = Words("「截至某日」不得晚于今天。", "“As of” cannot be later than today.")
FILTERS = {
    "plan": Words("方案", "Plan"), "area": Words("行动", "Action area"), "unit": Words("单位", "Unit"),
    "part": Words("职责", "Part"), "state": Words("状态", "State"), "light": Words("亮灯", "Light"),
    "year": Words("年度", "Year"), "starred": Words("省清单", "From the province's list"),
    "words": Words("搜索", "Search"), "figure": Words("统计口径", "Figure"), "answer": Words("配合反馈", "Answer"),
    "quarter": Words("期限所在季度", "Quarter of the deadline"), "asof": Words("截至某日", "As of"),
    "dropped": Words("不再列入", "No longer listed"),
    "since": Words("起始日期", "From"), "until": Words("截止日期", "To"),
    "clock": Words("审核时限", "Reviewer's clock"),
}
_ROWS = {"plan": Plan, "area": ActionArea, "unit": Unit}


def check_scope(given: MultiDict) -> None:
    """Raises Incomplete, by parameter, where `wrong_scope` finds something."""
    if wrong := wrong_scope(given):
        raise Incomplete(wrong)


def wrong_scope(given: MultiDict) -> dict[str, Words]:
    """What is wrong with the filters of an address, or of a form with them, by parameter; blank ones ask nothing."""
    found = read_filters(given)
    asked = {name: text for name in FILTERS if (text := (given.get(name) or "").strip())}
    wrong = {
        name: said_wrong(FILTERS[name], text) for name, text in asked.items() if not _possible(name, text, found)
    }
    asof = read_day(asked.get("asof"))
    if asof and asof > today():
        wrong["asof"] = FUTURE
    since, until = (read_day(asked.get(name)) for name in ("since", "until"))
    if since and until and since > until:
        wrong["until"] = BACKWARDS
    return wrong


def said_wrong(label: Words, value: str) -> Words:
    """That a filter has no such value."""
    return WRONG.format(label=label, value=value[:60])


def _possible(name: str, text: str, found: Filters) -> bool:
    """Whether the value was read as what it says, and there is such a thing."""
    if name in _ROWS:
        row_id = getattr(found, name)
        return bool(row_id) and reading().get(_ROWS[name], row_id) is not None
    if name in ("asof", "since", "until"):
        day = read_day(text)
        return day is not None and day > EARLIEST
    if name == "words":
        return len(text) <= MOST_WORDS
    if name == "year":
        return found.year == NO_YEAR or any(found.year in plan.years for plan in plan_choices(reading()))
    if name == "clock":
        return text in {light.code for light in CLOCK_ORDER}
    return bool(getattr(found, name))
