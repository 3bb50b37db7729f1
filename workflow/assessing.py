"""Setting the rule of assessments, drawing up a result under it, objecting to one: each one transaction.

What is measured of the ledger (reports/assessment.py) comes in as data: lines and scores taken at one moment.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models import (
    Assessment,
    AssessmentItem,
    AssessmentLine,
    AssessmentObjection,
    AssessmentRule,
    AssessmentScore,
    Database,
    Plan,
    Role,
    Words,
)
from workflow.actor import Actor
from workflow.assessment import FULL, objection_digest, result_digest
from workflow.audit.chain import append
from workflow.authority import NOT_FOR_ROLE
from workflow.calendar import calendar_of, local_day
from workflow.definitions.assessment import ASSESSMENT
from workflow.definitions.objection import OBJECTION
from workflow.delegation import again
from workflow.engine import SIGNED_OUT, locked, permitted
from workflow.errors import Incomplete, NotVisible, Reason, Refused
from workflow.inputs import Choice, Text
from workflow.notice_kinds import said
from workflow.notices import tell_told
from workflow.periods import period_days

OBJECT = "object"  # the result's action that gives the right to object
OFFICE = Role.COMMITTEE
WHOLE_LEDGER = Words(
    "考核结果涉及全部行动，限于一个行动的代办授权不能办理。",
    "A result spans all action areas: a delegation that is limited to one does not reach it.",
)
NO_PERIOD = Words("请选择季度或年度。", "Please choose a quarter or a year.")
NOT_OVER = Words("本期尚未结束，可先试算。", "The period is not over yet; it can be tried out meanwhile.")
OPEN_ALREADY = Words("本期已有结果在征求异议。", "A result of this period is out for objections already.")
WHY_AGAIN = Words(
    "本期结果已公布；再次拟出即为更正，请写明理由。", "The period's result is published: say why it is corrected."
)
RULE_CHANGED = Words("考核规则刚刚变更，请按新规则重新拟出。", "The rule was changed just now: draw it up once more.")
NOBODY = Words("本期没有可计分的事项。", "There is nothing in this period that points are given for.")
OBJECTED_ALREADY = Words("本单位对此项已有异议在处理。", "Your unit's objection to this item is being settled already.")
NOT_A_HUNDRED = Words("四项权重合计应为 {full}。", "The four weights add up to {full}.")
NOT_IN_RANGE = Words(
    "「{label}」应为 {least} 至 {most} 的整数。", "“{label}” is a whole number from {least} to {most}."
)
SAME_RULE = Words("与现行规则相同。", "This is the rule in force already.")

ITEM = Choice("item", Words("对哪一项", "On which item"), {str(it): it.label for it in AssessmentItem})
OBJECTION_WORDS = Text("words", Words("异议理由", "Objection"), most=3000)
CORRECTION = Text("words", Words("更正理由", "Why it is corrected"), required=False, most=1000)
RULE_WORDS = Text("words", Words("变更理由", "Why it is changed"), most=1000)


@dataclass(frozen=True)
class Whole:
    """One whole number of a rule, and its bounds."""

    name: str
    label: Words
    least: int
    most: int


PARAMETERS = (
    *(Whole(str(it), it.label, 0, FULL) for it in AssessmentItem),
    Whole("per_return", Words("退回一次扣除比例（%）", "Taken for each return (%)"), 0, 100),
    Whole("objection_days", Words("异议期（工作日）", "Days for objections (working days)"), 1, 60),
)
# The rule that a plan has until it is given one of its own.
STANDARD = {
    "completion": 60, "on_time": 20, "quality": 10, "supporting": 10, "per_return": 50, "objection_days": 5,
}


def rules_of(session: Session, plan_id: int) -> list[AssessmentRule]:
    """The versions of a plan's rule, the one in force first. One that was never set is not stored yet."""
    query = select(AssessmentRule).where(AssessmentRule.plan_id == plan_id).order_by(AssessmentRule.number.desc())
    return list(session.scalars(query)) or [standard_rule(plan_id)]


def standard_rule(plan_id: int) -> AssessmentRule:
    return AssessmentRule(plan_id=plan_id, number=1, words="", made_at=None, made_by="", **STANDARD)


def set_rule(database: Database, actor: Actor, plan_id: int, given: dict[str, str], words: str) -> int:
    """Put the next version in force; its number. It holds for what is drawn up from now on, never for what was.

    Raises Refused, Incomplete.
    """
    with _office(database, actor) as (session, acting, at):
        plan = _locked_plan(session, plan_id)
        former = _in_force(session, plan_id)
        values = _read_parameters(given)
        if values == {it.name: getattr(former, it.name) for it in PARAMETERS}:
            raise Incomplete({"completion": SAME_RULE})
        rule = AssessmentRule(
            plan_id=plan_id, number=former.number + 1, words=RULE_WORDS.read(words), made_at=at, made_by=acting.title,
            **values,
        )
        session.add(rule)
        append(
            session, plan, acting, at, "set-assessment-rule", role=OFFICE,
            detail={"number": rule.number, "words": rule.words} | values,
        )
        return rule.number


@dataclass(frozen=True)
class Taken:
    """What was measured at one moment: the rows to be stored, by column, without the result's own id.

    `rule` is the number of the version that it was measured under.
    """

    plan_id: int
    period: str
    rule: int
    at: datetime
    last_event: int
    scores: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)


def draw_up(database: Database, actor: Actor, taken: Taken, words: str = "") -> int:
    """Lay a draft result before its units; its id. `words` say why what was published for the period is corrected.

    Raises Refused, Incomplete.
    """
    with _office(database, actor) as (session, acting, at):
        plan = _locked_plan(session, taken.plan_id)
        rule = _in_force(session, taken.plan_id)
        days = period_days(taken.period)
        former, words = _may_draw_up(session, taken, days, rule, local_day(at), CORRECTION.read(words))
        until = calendar_of(session, plan.id).after_working_days(local_day(at), rule.objection_days)
        it = Assessment(
            plan=plan, period=taken.period, first=days[0], last=days[1], edition=former.edition + 1 if former else 1,
            corrects=former, words=words, rule_id=rule.id, rule=rule, taken_at=taken.at, last_event=taken.last_event,
            objections_until=until, drawn_by_id=acting.account_id, drawn_for_id=acting.on_behalf_of,
            state=ASSESSMENT.initial.name,
        )
        session.add(it)
        session.flush()
        own = {"assessment_id": it.id}
        session.execute(insert(AssessmentScore), [own | score for score in taken.scores])
        session.execute(insert(AssessmentLine), [own | line for line in taken.lines])
        event = append(
            session, it, acting, at, "draw_up", role=OFFICE, moved=(None, it.state), detail={
                "period": it.period, "edition": it.edition, "corrects": it.corrects_id, "words": words,
                "rule": rule.number, "last_event": it.last_event, "lines": result_digest(session, it),
                "until": until.isoformat(),
            },
        )
        session.refresh(it, ["scores"])
        title = ASSESSMENT.title(it)
        tell_told(session, event, ASSESSMENT.opening, it, title, acting, {"day": said(until), "words": words})
        return it.id


def _may_draw_up(
    session: Session, taken: Taken, days: tuple[date, date] | None, rule: AssessmentRule, today: date, words: str
) -> tuple[Assessment | None, str]:
    """The published result that this one would correct, and why. Raises Incomplete."""
    if days is None:
        raise Incomplete({"period": NO_PERIOD})
    if days[1] >= today:
        raise Incomplete({"period": NOT_OVER})
    if rule.number != taken.rule:
        raise Incomplete({"period": RULE_CHANGED})
    if not taken.scores:
        raise Incomplete({"period": NOBODY})
    known = session.scalars(
        select(Assessment).where(Assessment.plan_id == taken.plan_id, Assessment.period == taken.period)
        .order_by(Assessment.edition.desc(), Assessment.id.desc())
    ).all()
    if any(it.state == Assessment.OPEN for it in known):
        raise Incomplete({"period": OPEN_ALREADY})
    former = next((it for it in known if it.state == Assessment.PUBLISHED), None)
    if former is not None and not words:
        raise Incomplete({"words": WHY_AGAIN})
    return former, words if former else ""


def raise_objection(it: Assessment, actor: Actor, unit_id: int, item: str, words: str) -> int:
    """Object to one item of the own unit's draft result; the objection's id. Raises what `fire` raises."""
    with locked(it, actor) as (session, workflow, fresh, acting, at):
        permitted(workflow, OBJECT, acting, fresh)
        if unit_id not in acting.unit_ids or unit_id not in {score.unit_id for score in fresh.scores}:
            raise NotVisible()
        taken, errors = {}, {}
        for asked, raw in ((ITEM, item), (OBJECTION_WORDS, words)):
            try:
                taken[asked.name] = asked.read(raw)
            except Incomplete as wrong:
                errors |= wrong.errors
        if errors:
            raise Incomplete(errors)
        if _is_open(session, fresh.id, unit_id, taken["item"]):
            raise Incomplete({"item": OBJECTED_ALREADY})
        objection = AssessmentObjection(
            assessment=fresh, unit_id=unit_id, raised_at=at, raised_by_id=acting.account_id,
            raised_for_id=acting.on_behalf_of, state=OBJECTION.initial.name, digest="", **taken,
        )
        session.add(objection)
        objection.assessment_id = fresh.id
        objection.digest = objection_digest(objection)
        session.flush()
        detail = {"assessment": fresh.id, "unit": unit_id} | taken
        event = append(
            session, objection, acting, at, "raise", role=Role.HANDLER, moved=(None, objection.state), detail=detail,
            evidence_digest=objection.digest,
        )
        # The committee's open page is out of date with it.
        append(
            session, fresh, acting, at, OBJECT, role=Role.HANDLER, moved=(fresh.state, fresh.state),
            detail={"objection": objection.id, "words": taken["words"]},
        )
        tell_told(
            session, event, OBJECTION.opening, objection, OBJECTION.title(objection), acting,
            {"words": taken["words"]},
        )
        return objection.id


def _is_open(session: Session, assessment_id: int, unit_id: int, item: str) -> bool:
    return session.scalar(select(AssessmentObjection.id).where(
        AssessmentObjection.assessment_id == assessment_id, AssessmentObjection.unit_id == unit_id,
        AssessmentObjection.item == item, AssessmentObjection.state == AssessmentObjection.OPEN,
    )) is not None


@contextmanager
def _office(database: Database, actor: Actor) -> Iterator[tuple[Session, Actor, datetime]]:
    """A transaction of the committee's, or of whoever acts for one of it. A result spans all action areas."""
    with database.writing() as session:
        at = database.clock()
        acting = again(session, actor, at)
        if acting is None:
            raise Refused([Reason("account-closed", SIGNED_OUT)])
        if OFFICE not in acting.roles:
            raise Refused([Reason("not-the-role", NOT_FOR_ROLE.format(role=OFFICE.label))])
        if acting.only_area is not None:
            raise Refused([Reason("whole-ledger", WHOLE_LEDGER)])
        yield session, acting, at


def _locked_plan(session: Session, plan_id: int) -> Plan:
    """Its versions and results are numbered under its lock."""
    plan = session.scalars(select(Plan).where(Plan.id == plan_id).with_for_update()).one_or_none()
    if plan is None:
        raise NotVisible()
    return plan


def _in_force(session: Session, plan_id: int) -> AssessmentRule:
    """The newest version, stored from now on where it is the standard one."""
    rule = rules_of(session, plan_id)[0]
    if rule.id is None:
        session.add(rule)
        session.flush()
    return rule


def _read_parameters(given: dict[str, str]) -> dict[str, int]:
    values, errors = {}, {}
    for it in PARAMETERS:
        raw = given.get(it.name, "").strip()
        if raw.isascii() and raw.isdigit() and len(raw) < 5 and it.least <= int(raw) <= it.most:
            values[it.name] = int(raw)
        else:
            errors[it.name] = NOT_IN_RANGE.format(label=it.label, least=it.least, most=it.most)
    if not errors and sum(values[str(it)] for it in AssessmentItem) != FULL:
        errors["completion"] = NOT_A_HUNDRED.format(full=FULL)
    if errors:
        raise Incomplete(errors)
    return values
