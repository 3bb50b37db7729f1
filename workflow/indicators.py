"""A milestone's indicators: set by the system administrator until something was submitted against them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Comparison, Database, Indicator, IndicatorKind, Milestone, Role, Words
from workflow.actor import Actor
from workflow.audit.chain import append
from workflow.directory import changing
from workflow.errors import Incomplete, NotNow, NotVisible, Reason
from workflow.figures import Amount, amount_of, too_long
from workflow.inputs import clean
from workflow.measures import missing_of, progress_of

MOST = 12
NOT_A_NUMBER = Words("「{name}」的{what}「{amount}」不是数字。", "The {what} of “{name}”, “{amount}”, is not a number.")
TARGET, BASELINE = Words("目标", "target"), Words("基数", "baseline")
NO_NAME = Words("指标须有名称和目标。", "An indicator has a name and a target.")
TWICE = Words("「{name}」出现两次。", "“{name}” is there twice.")
TOO_MANY = Words("最多 {most} 个指标。", "At most {most} indicators.")
UNKNOWN = Words("请从列表中选择类型和比较。", "Choose kind and comparison from their lists.")
SUBMITTED = Words(
    "该节点已有报送，指标只能经变更申请修改。",
    "Something was submitted for this milestone: its indicators change only through a change request.",
)


@dataclass(frozen=True)
class Measure:
    """An indicator as it is typed, or read from a plan: amounts as text, `baseline` may be blank."""

    name: str
    target: str
    unit: str = ""
    kind: str = IndicatorKind.YEARLY
    comparison: str = Comparison.AT_LEAST
    baseline: str = ""


def set_indicators(database: Database, actor: Actor, milestone_id: int, measures: Sequence[Measure]) -> None:
    """Make these the milestone's indicators. Raises Incomplete; NotNow once a round was submitted."""
    with changing(database, actor, Role.SYSTEM_ADMIN) as (session, acting, at):
        session.execute(select(Milestone.id).where(Milestone.id == milestone_id).with_for_update())
        milestone = session.get(Milestone, milestone_id)
        if milestone is None:
            raise NotVisible()
        if milestone.round.frozen or milestone.round_number > 1:
            raise NotNow([Reason("submitted", SUBMITTED)])
        rows = _checked(measures, milestone_id)
        before = [_plain(it) for it in milestone.indicators]
        if before == [_plain(it) for it in rows]:
            return
        for it in list(milestone.indicators):
            session.delete(it)
        session.flush()
        session.add_all(rows)
        content = milestone.round
        content.figures_missing = missing_of(rows, content.reported)
        content.put_progress(progress_of(rows, content.reported), at)
        detail = {"before": before, "after": [_plain(it) for it in rows]}
        append(session, milestone, acting, at, "set-indicators", role=Role.SYSTEM_ADMIN, detail=detail)


def add_imported(session: Session, milestone_id: int, found: Sequence) -> int:
    """Store what a reader found in the paper; how many there are.

    Each of `found` has `name`, `amount`, `unit`, `comparison`, `kind` and `baseline` (all but the first two may be
    missing or blank). One whose amount is no number is passed over: the paper keeps it in words.
    """
    rows = found_rows(milestone_id, found)
    session.add_all(rows)
    return len(rows)


def take_up(session: Session, milestone: Milestone, found: Sequence) -> None:
    """Follow what a new edition asks to be measured: targets change, new ones come.

    Those that it no longer has go only where nothing was submitted against them.
    """
    present, content = {it.name: it for it in milestone.indicators}, milestone.round
    rows = {row.name: row for row in found_rows(milestone.id, found)}
    reported = content.frozen or milestone.round_number > 1
    for name, row in rows.items():
        if name not in present:
            session.add(row)
            continue
        for column in ("target", "unit", "kind", "comparison", "baseline", "position"):
            setattr(present[name], column, getattr(row, column))
    for name, it in present.items():
        if name not in rows and not reported:
            session.delete(it)
    session.flush()
    session.expire(milestone, ["indicators"])
    if not content.frozen:
        content.figures_missing = missing_of(milestone.indicators, content.reported)
        content.progress = progress_of(milestone.indicators, content.reported)


def in_words(indicators: Sequence[Indicator]) -> str:
    """What is measured, one a line."""
    return "\n".join(f"{it.name} {it.comparison_words.zh} {it.target}{it.unit}" for it in indicators)


def found_rows(milestone_id: int, found: Sequence) -> list[Indicator]:
    """What `add_imported` would store."""
    rows: list[Indicator] = []
    for it in found:
        measure = Measure(
            str(it.name), str(it.amount), str(getattr(it, "unit", "") or ""),
            _known(IndicatorKind, getattr(it, "kind", ""), IndicatorKind.YEARLY),
            _known(Comparison, getattr(it, "comparison", ""), Comparison.AT_LEAST),
            "" if getattr(it, "baseline", None) is None else str(it.baseline),
        )
        try:
            rows += _checked([measure], milestone_id, len(rows) + 1, {row.name for row in rows})
        except Incomplete:
            continue
    return rows[:MOST]


def read_target(indicator: Indicator, raw: str) -> str:
    """Another target for an indicator, as it is kept: a number in its own unit. Raises Incomplete."""
    return _amount(indicator.name, TARGET, raw, indicator.unit).text


def _known(kinds, value, otherwise: str) -> str:
    return str(value) if value in set(kinds) else otherwise


def _plain(it: Indicator) -> list[str]:
    return [it.name, it.target, it.unit, str(it.kind), str(it.comparison), it.baseline]


def _checked(
    measures: Sequence[Measure], milestone_id: int, position: int = 1, taken: set[str] | None = None
) -> list[Indicator]:
    rows: list[Indicator] = []
    names = set(taken or ())
    for it in measures:
        name = clean(it.name)
        if not name and not clean(it.target):
            continue
        if not name or not clean(it.target):
            raise Incomplete({"name": NO_NAME})
        if name in names:
            raise Incomplete({"name": TWICE.format(name=name[:40])})
        if it.kind not in set(IndicatorKind) or it.comparison not in set(Comparison):
            raise Incomplete({"kind": UNKNOWN})
        names.add(name)
        unit = clean(it.unit)
        if wrong := too_long(name, unit):
            raise Incomplete({"name": wrong})
        target = _amount(name, TARGET, it.target, unit)
        baseline = _amount(name, BASELINE, it.baseline, target.unit(unit)).text if clean(it.baseline) else ""
        rows.append(Indicator(
            milestone_id=milestone_id, position=position + len(rows), name=name, unit=target.unit(unit),
            kind=str(it.kind), comparison=str(it.comparison), target=target.text, baseline=baseline,
        ))
    if len(rows) > MOST:
        raise Incomplete({"name": TOO_MANY.format(most=MOST)})
    return rows


def _amount(name: str, what: Words, raw: str, unit: str) -> Amount:
    found = amount_of(raw)
    wrong = found.wrong_unit(name, unit) if found else NOT_A_NUMBER.format(name=name[:40], what=what, amount=raw[:40])
    if wrong:
        raise Incomplete({"amount": wrong})
    return found
