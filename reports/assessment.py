"""Assessment (考核): what each unit is given points for, line by line, each with the events that it is read from.

Only figures of `reports.figures` decide what a milestone or an answer comes to; `OUTCOMES` and `ANSWERED` say what
each of them counts. Nothing here reads sign-ins, evidence or words. Points are exact fractions, rounded once, where
they are shown.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models import (
    ADJUSTMENT,
    Assessment,
    AssessmentItem,
    AssessmentLine,
    AssessmentObjection,
    AssessmentRule,
    AuditEvent,
    ContributionRequest,
    Database,
    Milestone,
    Part,
    Plan,
    Responsibility,
    Role,
    Round,
    Task,
    Unit,
    Words,
)
from reports.figures import ANSWER, FIGURE, STOOD, Kind, kind_columns
from reports.forms import UNCHANGED, forms_between
from workflow.actor import Actor
from workflow.assessing import Taken, rules_of
from workflow.calendar import day_begins, local_day
from workflow.definitions.assessment import ASSESSMENT
from workflow.definitions.contribution import CONTRIBUTION
from workflow.definitions.milestone import MILESTONE
from workflow.definitions.objection import OBJECTION
from workflow.lights import BY_CODE, CANCELLED, RETURNS, Day
from workflow.periods import is_quarter, period_days
from workflow.subjects import milestone_rows, request_rows

FULL = 100
ACCEPT = next(action.trigger for action in MILESTONE.actions if action.seal)
SUBMIT = next(
    a.trigger for a in MILESTONE.actions if a.source == MILESTONE.initial.name and MILESTONE.is_onward(a)
)
_ANSWERING = {
    a.trigger for a in CONTRIBUTION.actions
    if a.source == CONTRIBUTION.initial.name and a.target != a.source and a.by == Role.HANDLER
}


@dataclass(frozen=True)
class Outcome:
    """What one milestone or request comes to. `holds` of its kind; for an item either a part of one, or None: aside.

    The first of a list that holds is taken.
    """

    code: str
    label: Words
    holds: Callable[[Any], bool]
    completion: int | None = None
    on_time: int | None = None


def _figure(name: str) -> Callable[[Kind], bool]:
    return FIGURE[name].holds


BEFORE_OPENING = Outcome("before-opening", BY_CODE["before-opening"].word, _figure("before-opening"))
NOT_DUE = Outcome("not_due", Words("期限未到", "Not due yet"), lambda kind: True)
OUTCOMES: tuple[Outcome, ...] = (
    Outcome("on_time", FIGURE["on_time"].label, _figure("on_time"), completion=1, on_time=1),
    Outcome("late_done", FIGURE["late_done"].label, _figure("late_done"), completion=1, on_time=0),
    Outcome("overdue", FIGURE["overdue"].label, _figure("overdue"), completion=0, on_time=0),
    Outcome(
        "held_late", Words("逾期报送，他人办理中", "Submitted late, in others' hands"),
        lambda kind: FIGURE["held"].holds(kind) and kind.late, completion=0, on_time=0,
    ),
    # What was submitted in time never counts against the unit while others hold it.
    Outcome("held", Words("按期报送，他人办理中", "Submitted in time, in others' hands"), _figure("held")),
    Outcome("cancelled", BY_CODE["cancelled"].word, lambda kind: kind.state in CANCELLED),
    BEFORE_OPENING,
    NOT_DUE,
)
MEANINGS = {
    AssessmentItem.COMPLETION: Words(
        "牵头的、期限在本期内的节点中已办结的。按期报送、他人办理中的，以及期限未到、已取消、启用前到期的不计。",
        "Of the milestones that it leads and that fell due in the period, those signed off. Not counted: submitted in "
        "time and in others' hands, not due yet, cancelled, due before the ledger was opened.",
    ),
    AssessmentItem.ON_TIME: Words(
        "上述节点中按期办结的；办结、逾期未报和逾期报送的为基数。",
        "Of those that were signed off, are overdue or came in late: the ones done in time.",
    ),
    AssessmentItem.QUALITY: Words(
        "上述节点中已办结或被退回过的，每退回一次按规则扣除，扣完为止。",
        "Of those signed off or ever returned: each return takes its share of a milestone, down to nothing.",
    ),
    AssessmentItem.SUPPORTING: Words(
        "反馈期限在本期内的配合提请中按期反馈的；待反馈和不再提请的不计。",
        "Of the requests to be answered in the period: those answered in time. Not counted: still to be answered, and "
        "those no longer asked.",
    ),
}
# Of a milestone that was judged: what quality says of it, and of an answer by `reports.figures.ANSWERS`.
FIRST_TIME = Words("未被退回", "Never returned")
RETURNED = Words("退回 {n} 次", "Returned {n} time(s)")
ANSWERED = {"in_time": 1, "answered_late": 0, "lapsed": 0, "waiting": None}
_LABELS = {
    **{it.code: it.label for it in OUTCOMES}, **{name: ANSWER[name].label for name in ANSWERED},
    "upheld": Words("异议成立", "Objection upheld"),
}


def outcome_words(code: str) -> Words:
    """The outcome of a line in words; "returned-2" holds how often."""
    if code.startswith("returned-"):
        count = int(code.removeprefix("returned-"))
        return RETURNED.format(n=count) if count else FIRST_TIME
    return _LABELS[code]


@dataclass
class _Unit:
    """One unit while its lines are gathered."""

    id: int
    name: str
    lines: list[dict[str, Any]] = field(default_factory=list)


def draft(database: Database, plan_id: int, period: str) -> Taken | None:
    """Measure a period of a plan at this moment, under the rule in force; None where there is no such period.

    Reads one moment, so that all its numbers belong together.
    """
    days = period_days(period)
    if days is None:
        return None
    with database.snapshot() as session:
        at = database.clock()
        rule = rules_of(session, plan_id)[0]
        last_event = session.scalar(select(func.coalesce(func.max(AuditEvent.id), 0)))
        units = _units(session, plan_id, days, rule, Day(local_day(at)))
        # Who filled in what until the period's end, or until now.
        until = day_begins(days[1] + timedelta(1))
        forms = forms_between(session, day_begins(days[0]), min(until, at))
    scores = [
        {"unit_id": it.id, "name": it.name, "forms": _filled_in(forms.get(it.id, {})), **score(it.lines, rule)}
        for it in units
    ]
    lines = [{"unit_id": it.id, **line} for it in units for line in it.lines]
    return Taken(plan_id, period, rule.number, at, last_event, scores, lines)


def _filled_in(counts: dict[str, int]) -> int:
    return sum(count for name, count in counts.items() if name != UNCHANGED)


def score(lines: Sequence[dict[str, Any]], rule: AssessmentRule) -> dict[str, Any]:
    """`items` and `points` of one unit, from its lines; each line is given its exact share of the points.

    An item without anything that counts does not apply: its weight is shared out among the others, by theirs.
    """
    sums = {}
    for item in AssessmentItem:
        own = [line for line in lines if line["item"] == item]
        of = sum(line["of"] for line in own)
        if of and rule.weights[item]:
            sums[item] = sum((Fraction(line["part"]) for line in own), Fraction(0)), of
    whole = sum(rule.weights[item] for item in sums)
    items: dict[str, dict | None] = {}
    for item in AssessmentItem:
        if item not in sums:
            items[item] = None
            continue
        part, of = sums[item]
        weight = Fraction(FULL * rule.weights[item], whole)
        items[item] = {"part": str(part), "of": of, "weight": str(weight), "points": str(weight * part / of)}
    for line in lines:
        given = items[line["item"]] if line["of"] else None
        share = Fraction(given["weight"]) * Fraction(line["part"]) / given["of"] if given else Fraction(0)
        line["points"] = str(share)
    points = sum((Fraction(it["points"]) for it in items.values() if it), Fraction(0))
    return {"items": items, "points": str(points) if sums else None}


def total(points: str | None, added: Iterable[str] = ()) -> Fraction | None:
    """The exact points of a unit with what objections added; None where nothing applied."""
    return None if points is None else sum(map(Fraction, added), Fraction(points))


def shown(value: Fraction | str | None, places: int = 2) -> str:
    """An exact number as it is shown: rounded once, halves up; "—" for none."""
    if value is None:
        return "—"
    exact = Fraction(value)
    sign = "-" if exact < 0 else ""
    scaled = (abs(exact) * 10**places + Fraction(1, 2)).__floor__()
    return f"{sign}{Decimal(scaled).scaleb(-places).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)}"


def counted(part: str) -> str:
    """What counts of a base, as it is shown: parts are in hundredths by the rule, so nothing is rounded."""
    return f"{Decimal(int(Fraction(part) * 100)) / 100:f}"


def placed(totals: dict[int, Fraction | None]) -> dict[int, int]:
    """The place of each unit that has points; equal points have equal places."""
    known = [value for value in totals.values() if value is not None]
    return {
        unit: 1 + sum(other > value for other in known) for unit, value in totals.items() if value is not None
    }


def _units(
    session: Session, plan_id: int, days: tuple[date, date], rule: AssessmentRule, day: Day
) -> list[_Unit]:
    """Every unit with something due in the period, by the order of the directory. Four statements."""
    found: dict[int, _Unit] = {}
    _lead_lines(session, plan_id, days, rule, day, found)
    _support_lines(session, plan_id, days, day, found)
    order = {str(item): place for place, item in enumerate(AssessmentItem)}
    for unit in found.values():
        unit.lines.sort(key=lambda line: order[line["item"]])
    return sorted(found.values(), key=lambda unit: unit.id)


def _lead_lines(session, plan_id, days, rule, day, found: dict[int, _Unit]) -> None:
    within = (Task.plan_id == plan_id, Milestone.due.between(*days), Milestone.dropped_in.is_(None))
    kinds = kind_columns(day)
    query = (
        milestone_rows(
            Unit.id.label("unit_id"), Unit.name.label("unit"), Milestone.id, Milestone.version, Milestone.chain_head,
            Task.number, Task.title, Milestone.year, Milestone.due, Plan.opened_on, *kinds,
        )
        .join(Responsibility, Responsibility.task_id == Task.id).join(Unit, Unit.id == Responsibility.unit_id)
        .where(Responsibility.part == Part.LEAD, *within).order_by(Unit.id, Task.position, Milestone.id)
    )
    rows = session.execute(query).all()
    ids = milestone_rows(Milestone.id).where(*within)
    wanted = AuditEvent.action.in_([SUBMIT, ACCEPT, *RETURNS])
    events = _events(session, Milestone, ids, wanted)
    for row in rows:
        told = events[row.id]
        kind = Kind(row.state, row.light, row.over, row.late)
        outcome = next(it for it in OUTCOMES if it.holds(kind))
        if outcome is NOT_DUE and row.due < row.opened_on:  # returned meanwhile: its light tells that
            outcome = BEFORE_OPENING
        unit = found.setdefault(row.unit_id, _Unit(row.unit_id, row.unit))
        about = _about(row, Milestone, _milestone_title(row), row.due)
        last = [told[-1]] if told else []
        sealed = [it for it in told if it.action == ACCEPT][-1:] if outcome.completion else last
        unit.lines.append(_line(about, AssessmentItem.COMPLETION, outcome.code, outcome.completion, sealed))
        if outcome.on_time is not None:
            submitted = [it for it in told if it.action == SUBMIT][-1:]
            # Nothing was submitted by the deadline: the chain's end shows that nothing is there.
            read = submitted if outcome.code != "overdue" else last
            unit.lines.append(_line(about, AssessmentItem.ON_TIME, outcome.code, outcome.on_time, read))
        returns = [it for it in told if it.action in RETURNS]
        if returns or outcome.completion:
            kept = max(Fraction(0), 1 - Fraction(rule.per_return * len(returns), 100))
            unit.lines.append(_line(
                about, AssessmentItem.QUALITY, f"returned-{len(returns)}", kept, returns or sealed
            ))


def _support_lines(session, plan_id, days, day, found: dict[int, _Unit]) -> None:
    within = (
        Task.plan_id == plan_id, ContributionRequest.due.between(*days), STOOD, Milestone.dropped_in.is_(None),
    )
    query = (
        request_rows(
            Unit.id.label("unit_id"), Unit.name.label("unit"), ContributionRequest.id, ContributionRequest.version,
            ContributionRequest.chain_head, ContributionRequest.state, ContributionRequest.due,
            ContributionRequest.answered_at, Round.submitted_at, Round.number.label("round"),
            Task.number, Task.title, Milestone.year,
        )
        .join(Unit, Unit.id == ContributionRequest.unit_id).where(*within)
        .order_by(Unit.id, Task.position, ContributionRequest.id)
    )
    rows = session.execute(query).all()
    events = _events(session, ContributionRequest, request_rows(ContributionRequest.id).where(*within), True)
    for row in rows:
        told = events[row.id]
        name, part = next((name, part) for name, part in ANSWERED.items() if ANSWER[name].holds(row, day.today))
        answers = [it for it in told if it.action in _ANSWERING][-1:]
        unit = found.setdefault(row.unit_id, _Unit(row.unit_id, row.unit))
        title = f"{_milestone_title(row)}（第 {row.round} 轮）"
        unit.lines.append(_line(
            _about(row, ContributionRequest, title, row.due), AssessmentItem.SUPPORTING, name, part,
            answers if row.answered_at is not None else told[:1],
        ))


def _events(session: Session, model, ids, wanted) -> dict[int, list]:
    """By subject, in the order of its chain: the events that are wanted, and its last one."""
    query = (
        select(AuditEvent.subject_id, AuditEvent.sequence, AuditEvent.action, AuditEvent.at)
        .join(model, model.id == AuditEvent.subject_id)
        .where(
            AuditEvent.subject_type == model.__tablename__, AuditEvent.subject_id.in_(ids.correlate(None)),
            or_(wanted, AuditEvent.sequence == model.version),
        ).order_by(AuditEvent.subject_id, AuditEvent.sequence)
    )
    found = defaultdict(list)
    for row in session.execute(query):
        found[row.subject_id].append(row)
    return found


def _about(row, model, title: str, due: date) -> dict[str, Any]:
    return {
        "subject_type": model.__tablename__, "subject_id": row.id, "title": title, "due": due,
        "version": row.version, "head": row.chain_head,
    }


def _line(about: dict, item: AssessmentItem, outcome: str, part: Fraction | int | None, events: Iterable) -> dict:
    """A part that is None is set aside: it is of nothing."""
    return about | {
        "item": str(item), "outcome": outcome, "part": str(part or 0), "of": int(part is not None), "points": "0",
        "events": [[it.sequence, it.action, _iso(it.at)] for it in events],
    }


def _iso(at: datetime) -> str:
    return at.isoformat()


def _milestone_title(row) -> str:
    name = f"{row.number or ''} {row.title}".strip()
    return f"{name} · {row.year}" if row.year else name


@dataclass(frozen=True)
class Row:
    """One unit of a result, with what objections added. `items` as the score has them."""

    unit_id: int
    name: str
    items: dict[str, dict | None]
    added: list[str]
    total: Fraction | None
    forms: int
    place: int | None = None


def rows_of(scores: Iterable[Any], added: dict[int, list[str]], ranking: bool = False) -> list[Row]:
    """In the order of the directory, or by their places where units are ranked. A score is a row or its columns."""
    rows = [
        Row(it["unit_id"], it["name"], it["items"], own, total(it["points"], own), it["forms"])
        for it in map(_columns, scores) for own in [added.get(it["unit_id"], [])]
    ]
    if not ranking:
        return rows
    places = placed({row.unit_id: row.total for row in rows})
    rows = [replace(row, place=places.get(row.unit_id)) for row in rows]
    return sorted(rows, key=lambda row: (row.place is None, row.place or 0, row.unit_id))


def _columns(score) -> dict[str, Any]:
    return score if isinstance(score, dict) else {
        name: getattr(score, name) for name in ("unit_id", "name", "items", "points", "forms")
    }


def added_to(session: Session, assessment_id: int) -> dict[int, list[str]]:
    """By unit: what upheld objections added, as exact fractions."""
    found = defaultdict(list)
    for unit_id, points in session.execute(
        select(AssessmentLine.unit_id, AssessmentLine.points)
        .where(AssessmentLine.assessment_id == assessment_id, AssessmentLine.item == ADJUSTMENT)
        .order_by(AssessmentLine.id)
    ):
        found[unit_id].append(points)
    return found


def lines_of(session: Session, assessment_id: int, unit_id: int | None = None) -> list[AssessmentLine]:
    """Every line of one unit, or of all, item by item as they were taken."""
    query = select(AssessmentLine).where(AssessmentLine.assessment_id == assessment_id)
    if unit_id is not None:
        query = query.where(AssessmentLine.unit_id == unit_id)
    return list(session.scalars(query.order_by(AssessmentLine.unit_id, AssessmentLine.id)))


def listed(session: Session, actor: Actor, plan_id: int | None = None) -> list[Assessment]:
    """What this actor may see, the newest first."""
    query = ASSESSMENT.rows(Assessment).where(ASSESSMENT.sees.where(actor))
    if plan_id:
        query = query.where(Assessment.plan_id == plan_id)
    return ASSESSMENT.many(session, query.order_by(Assessment.id.desc()).limit(200))


def objections_to(session: Session, actor: Actor, assessment_id: int) -> list[AssessmentObjection]:
    """Of this result, as far as the actor may see them, in the order of raising."""
    query = OBJECTION.rows(AssessmentObjection).where(
        OBJECTION.sees.where(actor), AssessmentObjection.assessment_id == assessment_id
    )
    return OBJECTION.many(session, query.order_by(AssessmentObjection.raised_at, AssessmentObjection.id))


def corrected_by(session: Session, assessment_id: int) -> Assessment | None:
    """The published result that corrects this one."""
    return session.scalars(select(Assessment).where(
        Assessment.corrects_id == assessment_id, Assessment.state == Assessment.PUBLISHED
    )).first()


def last_over(periods: Iterable[str], today: date) -> str | None:
    """The newest quarter that is over: what is most likely to be assessed."""
    return next((it for it in periods if is_quarter(it) and period_days(it)[1] < today), None)


def periods_of(years: Iterable[int], today: date) -> list[str]:
    """The quarters and years of a plan that have begun, the newest first."""
    found = [f"{year}{part}" for year in sorted(years) for part in ("Q1", "Q2", "Q3", "Q4", "")]
    return [period for period in reversed(found) if period_days(period)[0] <= today]
