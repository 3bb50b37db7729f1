"""The units' side of a milestone: drafting, asking supporting units, submitting, mending, asking for more time."""

import io
import random
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    ChangeKind,
    ContributionRequest,
    Indicator,
    IndicatorKind,
    LeadPart,
    Milestone,
    Unit,
    UnitMember,
)
from plans.demonstration import cast, texts
from plans.demonstration.cast import Habit
from plans.demonstration.judging import decide_change, judge
from plans.demonstration.papers import paper
from plans.demonstration.stage import Led, Person, Stage, Story
from workflow.asking import Asked, HeadLimits, ask
from workflow.definitions.contribution import CONTRIBUTION
from workflow.definitions.milestone import MILESTONE
from workflow.drafts import Draft, RoundLimits, add_piece, begin_draft, end_draft, put_words, save_draft
from workflow.lead_rules import is_apart, is_shared, lead_seats, missing_leads, own_seats, part_of
from workflow.subjects import load_milestone, load_request

LIMITS = RoundLimits(most_pieces=60, most_bytes=200 * 2**20)
TRIES = 40  # working days that a unit goes on trying to submit what still waits for somebody
LONG_AGO = 20  # working days from the ledger's opening for what was due before it
KINDS = ("docx", "docx", "docx", "pdf")
EXTRAS = ("jpg", "jpg", "png", "xlsx")
BEGUN_SHARES = 30, 70  # per cent of the way that a first draft reports


def led(session: Session, stage: Stage, milestone: Milestone) -> Led | None:
    """None where no account can answer for any of its leads."""
    leads = []
    for seat in lead_seats(milestone):
        members = session.scalars(
            select(UnitMember.member_id).where(UnitMember.collective_id == seat.unit_id).order_by(UnitMember.member_id)
        )
        able = [found for unit_id in (seat.unit_id, *members) if (found := stage.handler(unit_id))]
        leads += able[:1]  # of a collective name, one of those that answer for it
    if not leads or milestone.due is None:
        return None
    return Led(milestone.id, milestone.year, milestone.due, tuple(leads), _habit(leads[0].unit))


def _habit(unit: str) -> Habit:
    return cast.HABITS.get(unit, cast.AVERAGE)


def report(stage: Stage, it: Led) -> Story:
    """From the first draft to the first submission."""
    luck, habit = stage.luck("report", it.id), it.habit
    if habit.silent:
        return
    slips = luck.random() < habit.slips
    submits = cast.LATE.submits if slips else habit.submits
    if it.due < cast.OPENS:  # the deadline passed before the ledger was there
        yield stage.after(luck, (3, LONG_AGO))
    else:
        yield stage.before(luck, it.due, habit.begins)
    draft(stage, it, luck, done=False)
    for request in _requests(stage, it):
        stage.begin(support(stage, it, request))
    if it.extension:
        yield stage.on(luck, it.extension.asked)
        _ask_for_time(stage, it)
        if it.extension.granted:
            yield stage.before(luck, it.extension.due, (3, 12))
        else:
            yield stage.before(luck, it.due, cast.LATE.submits)
    elif it.due >= cast.OPENS:
        yield stage.before(luck, it.due, submits)
    else:
        yield stage.after(luck, (2, LONG_AGO))
    yield from hand_in(stage, it, luck)


def mend(stage: Stage, it: Led) -> Story:
    """What was returned or reopened, changed and submitted again."""
    luck = stage.luck("mend", it.id, stage.today)
    yield stage.after(luck, it.habit.mends)
    yield from hand_in(stage, it, luck)


def begin_only(stage: Stage, it: Led, day: date) -> Story:
    """A first draft of the next year's milestone, and no more of it yet."""
    luck = stage.luck("begin", it.id)
    yield stage.on(luck, day)
    draft(stage, it, luck, done=False)
    for request in _requests(stage, it):
        stage.begin(support(stage, it, request))


def hand_in(stage: Stage, it: Led, luck: random.Random) -> Story:
    """Fill it in to the end, wait for the other units, submit; sometimes take it back the same day."""
    draft(stage, it, luck, done=True)
    for _day in range(TRIES):
        _others_agree(stage, it)
        _sign(stage, it, it.leads[0])
        if stage.act(MILESTONE, it.id, it.leads[0].username, "submit"):
            break
        yield stage.after(luck, 1)
    else:
        return
    stage.begin(judge(stage, it, mend))
    if luck.random() < cast.WITHDRAWN:
        stage.wait(luck.randrange(10, 40))
        if stage.act(MILESTONE, it.id, it.leads[0].username, "withdraw"):
            yield stage.after(luck, 1)
            yield from hand_in(stage, it, luck)


def draft(stage: Stage, it: Led, luck: random.Random, *, done: bool) -> None:
    """What the leads write: the first for all, or each its own part. Done, with its evidence."""
    with stage.database.reading() as session:
        milestone = load_milestone(session, it.id)
        apart, shared = is_apart(milestone), is_shared(milestone)
    for place, person in enumerate(it.leads if apart else it.leads[:1]):
        if shared:
            _on(stage, it, person, begin_draft)
        _write(stage, it, person, luck, done=done)
        stage.wait(4)
        if done:
            _attach(stage, it, person, luck, place)
    if shared:
        _on(stage, it, it.leads[0], end_draft)


def _on(stage: Stage, it: Led, person: Person, work) -> None:
    with stage.database.reading() as session:
        work(load_milestone(session, it.id), stage.actor(session, person.username))


def _write(stage: Stage, it: Led, person: Person, luck: random.Random, *, done: bool) -> None:
    with stage.database.reading() as session:
        milestone = load_milestone(session, it.id)
        content = milestone.round
        own = part_of(content, person.unit_id) if is_apart(milestone) else content
        told = {"title": f"“{milestone.task.title}”", "ask": _ended(milestone.requirement), "unit": person.unit}
        account = luck.choice(texts.DONE if done else texts.BEGUN).format(**told)
        if done and content.points:
            account += texts.MENDED
        share = Decimal(1) if done else Decimal(luck.randint(*BEGUN_SHARES)) / 100
        indicators = session.scalars(
            select(Indicator).where(Indicator.milestone_id == it.id).order_by(Indicator.position)
        ).all()
        save_draft(milestone, stage.actor(session, person.username), Draft(
            account, [(row.name, _value(row, share), row.unit) for row in indicators],
            [luck.choice(texts.ANSWERS) for _point in content.points] if done else [],
            tuple(range(len(milestone.steps))) if done else (), meant=True,
            checks=tuple(texts.CHECKS for _check in content.checklist) if done else (),
        ), content.number, own.draft_version if own else 0)


def _ended(requirement: str) -> str:
    lines = requirement.replace("\n", "；")
    return lines if lines.endswith(("。", "；")) else f"{lines}。"


def _value(indicator: Indicator, share: Decimal) -> str:
    """So much of the way to the target, with as many decimals as that has."""
    baseline = indicator.baseline_amount if indicator.kind in (IndicatorKind.LEVEL, IndicatorKind.TOTAL) else None
    target, begins = indicator.target_amount, baseline or Decimal(0)
    value = begins + (target - begins) * share
    return str(value.quantize(Decimal(1).scaleb(target.as_tuple().exponent), ROUND_HALF_UP))


def _attach(stage: Stage, it: Led, person: Person, luck: random.Random, place: int) -> None:
    with stage.database.reading() as session:
        milestone = load_milestone(session, it.id)
        title, ask = milestone.task.title, _ended(milestone.requirement)
        again = milestone.round_number > 1
    kinds = [luck.choice(EXTRAS if again or place else KINDS)]
    if not again:
        kinds += luck.sample(EXTRAS, luck.choice((0, 1, 1, 2)))
    for kind in dict.fromkeys(kinds):
        piece = make_file(stage, kind, title, ask, person)
        with stage.database.reading() as session:
            add_piece(load_milestone(session, it.id), stage.actor(session, person.username), piece, LIMITS)
        stage.wait(2)


def make_file(stage: Stage, kind: str, title: str, ask: str, person: Person):
    """A file of that kind about the milestone, taken in; the piece."""
    head = texts.FILES[kind].format(title=title[:24])
    lines = [line.format(year=stage.today.year, ask=ask) for line in texts.PAPER]
    at = stage.clock()
    made = paper(kind, head, [*lines, person.unit, f"{at:%Y-%m-%d %H:%M}"], texts.TABLE, at)
    return stage.take_in(io.BytesIO(made), f"{head}.{kind}")


def _others_agree(stage: Stage, it: Led) -> None:
    """Every other lead that can: confirms the shared draft, or hands its own part in."""
    for person in it.leads[1:]:
        with stage.database.reading() as session:
            milestone = load_milestone(session, it.id)
            apart = is_apart(milestone)
            missing = {seat.unit_id for seat in missing_leads(stage.actor(session, it.leads[0].username), milestone)}
            theirs = own_seats(stage.actor(session, person.username), milestone)
        if not missing.isdisjoint(theirs):
            _sign(stage, it, person)
            stage.act(MILESTONE, it.id, person.username, "hand_in" if apart else "confirm")
            stage.wait(3)


def _sign(stage: Stage, it: Led, person: Person) -> None:
    """Where the unit's leader signs first: sent, and signed, unless that stands already."""
    leader = stage.leader(person.unit_id)
    with stage.database.reading() as session:
        signs = session.get(Unit, person.unit_id).leader_signs
        part: LeadPart | None = part_of(load_milestone(session, it.id).round, person.unit_id)
    if not signs or leader is None or (part and part.signed_at):
        return
    stage.act(MILESTONE, it.id, person.username, "send_to_sign")
    stage.wait(25)
    stage.act(MILESTONE, it.id, leader.username, "sign")
    stage.wait(5)


def _requests(stage: Stage, it: Led) -> Sequence[int]:
    with stage.database.reading() as session:
        milestone = load_milestone(session, it.id)
        return session.scalars(
            select(ContributionRequest.id).where(ContributionRequest.round_id == milestone.round.id)
            .order_by(ContributionRequest.id)
        ).all()


def support(stage: Stage, it: Led, request_id: int) -> Story:
    """A supporting unit answers what it was asked, as soon as it is its habit."""
    luck = stage.luck("support", request_id)
    with stage.database.reading() as session:
        person = stage.handler(load_request(session, request_id).unit_id)
    habit = _habit(person.unit) if person else cast.SILENT
    if habit.silent:
        return
    yield stage.after(luck, habit.answers)
    if not _still(stage, request_id, ContributionRequest.ASKED):
        return
    drawn = luck.random()
    if drawn < cast.OBJECTS:
        stage.act(CONTRIBUTION, request_id, person.username, "object", words=texts.OBJECTION)
        yield stage.after(luck, (1, 3))
        if _still(stage, request_id, ContributionRequest.OBJECTED):
            place = luck.randrange(2)
            stage.act(
                CONTRIBUTION, request_id, it.leads[0].username, ("take_up", "reply")[place], words=texts.REPLIES[place]
            )
    elif drawn < cast.OBJECTS + cast.CONFIRMS:
        stage.act(CONTRIBUTION, request_id, person.username, "confirm")
    elif drawn < cast.OBJECTS + cast.CONFIRMS + cast.NOTHING:
        stage.act(CONTRIBUTION, request_id, person.username, "nothing")
    else:
        _contribute(stage, it, request_id, person, luck)


def _contribute(stage: Stage, it: Led, request_id: int, person: Person, luck: random.Random) -> None:
    with stage.database.reading() as session:
        milestone, actor = load_milestone(session, it.id), stage.actor(session, person.username)
        put_words(milestone, actor, texts.SUPPORT_WORDS.format(unit=person.unit))
        title, ask = milestone.task.title, _ended(milestone.requirement)
    if luck.random() < 0.4:
        piece = make_file(stage, luck.choice(EXTRAS), title, ask, person)
        with stage.database.reading() as session:
            add_piece(load_milestone(session, it.id), stage.actor(session, person.username), piece, LIMITS)
    stage.wait(3)
    stage.act(CONTRIBUTION, request_id, person.username, "contribute")


def _still(stage: Stage, request_id: int, state: str) -> bool:
    """Whether the request is in that state, and its round can still be changed."""
    with stage.database.reading() as session:
        request = load_request(session, request_id)
        return request.state == state and not request.round.frozen


def _ask_for_time(stage: Stage, it: Led) -> None:
    with stage.database.reading() as session:
        milestone, actor = load_milestone(session, it.id), stage.actor(session, it.leads[0].username)
        asked = Asked(ChangeKind.EXTENSION, texts.EXTENSION, due=it.extension.due)
        request = ask(milestone, actor, asked, HeadLimits(), milestone.version)
    stage.begin(decide_change(stage, request, it.extension))
