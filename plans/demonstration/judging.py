"""The other side of a milestone: the reviewer, the committee, and what they decide about more time."""

import random
from collections.abc import Callable

from sqlalchemy import select

from models import ActionArea, ChangeRequest, Evidence, Milestone, Unit
from plans.demonstration import cast, texts
from plans.demonstration.accounts import OFFICES
from plans.demonstration.cast import Extension, Office, Span
from plans.demonstration.stage import Led, Stage, Story
from workflow.definitions.change_request import CHANGE_REQUEST
from workflow.definitions.milestone import MILESTONE
from workflow.openings import note_opening
from workflow.subjects import load_milestone
from workflow.talk import write

# The action areas of the second reviewer, by position.
HIS = next(positions for _unit, _post, name, _role, positions in OFFICES if name == cast.SECOND_REVIEWER.username)


def judge(stage: Stage, it: Led, mend: Callable[[Stage, Led], Story]) -> Story:
    """Review and sign-off of the round that was just submitted; what is returned, `mend` takes up."""
    with stage.database.reading() as session:
        milestone = load_milestone(session, it.id)
        number = milestone.round_number
        area = session.get(ActionArea, milestone.task.area_id).position
    luck = stage.luck("judge", it.id, number)
    reviewer = cast.SECOND_REVIEWER if area in HIS and luck.random() < 0.6 else cast.REVIEWER
    yield stage.after(luck, _pace(stage, cast.REVIEWS, cast.REVIEWS_IN_CRUSH))
    if not _is(stage, it.id, "submitted", number):
        return
    _look(stage, it.id, reviewer, luck)
    _remark(stage, it, reviewer, luck)
    if luck.random() < (it.habit.returned if number == 1 else cast.RETURNED_AGAIN):
        code, words, points = luck.choice(texts.RETURNS)
        _return(stage, it, reviewer, code, words, points)
        stage.begin(mend(stage, it))
        return
    stage.act(MILESTONE, it.id, reviewer, "approve", words=luck.choice(texts.APPROVED))
    yield from _sign_off(stage, it, number, luck, mend, reviewer)


def _sign_off(stage: Stage, it: Led, number: int, luck: random.Random, mend, reviewer: Office) -> Story:
    yield stage.after(luck, _pace(stage, cast.DECIDES, cast.DECIDES_IN_CRUSH))
    drawn = luck.random()
    member = cast.DEPUTY if luck.random() < 0.3 else cast.COMMITTEE
    if drawn < cast.SENT_BACK and _is(stage, it.id, "reviewed", number):
        stage.act(MILESTONE, it.id, member, "send_back", words=texts.SEND_BACK)
        yield stage.after(luck, (1, 3))
        stage.act(MILESTONE, it.id, reviewer, "approve", words=luck.choice(texts.APPROVED))
        yield stage.after(luck, (1, 4))
        drawn = 1.0
    if not _is(stage, it.id, "reviewed", number):  # signed off in bulk meanwhile
        return
    if drawn < cast.SENT_BACK + cast.RETURNED_BY_COMMITTEE:
        _return(stage, it, member, *texts.COMMITTEE_RETURN)
        stage.begin(mend(stage, it))
        return
    stage.act(MILESTONE, it.id, member, "accept", words=luck.choice(texts.ACCEPTED))


def _return(stage: Stage, it: Led, office: Office, code: str, words: str, points) -> None:
    stage.act(
        MILESTONE, it.id, office, "return", reason=code, words=words,
        points=[point.format(year=it.year) for point in points],
    )


def _pace(stage: Stage, usual: Span, in_crush: Span) -> Span:
    return in_crush if cast.CRUSH[0] <= stage.today <= cast.CRUSH[1] else usual


def _is(stage: Stage, milestone_id: int, state: str, number: int) -> bool:
    with stage.database.reading() as session:
        milestone = session.get(Milestone, milestone_id)
        return (milestone.state, milestone.round_number) == (state, number)


def _look(stage: Stage, milestone_id: int, office: Office, luck: random.Random) -> None:
    """Open the evidence; not always all of it."""
    with stage.database.reading() as session:
        content = load_milestone(session, milestone_id).round
        files = select(Evidence).where(Evidence.round_id == content.id, Evidence.kind == Evidence.FILE)
        for piece in session.scalars(files.order_by(Evidence.id)).all():
            if luck.random() >= cast.UNOPENED:
                note_opening(session, stage.database, stage.officer(session, office), content, piece)
    stage.wait(6)


def _remark(stage: Stage, it: Led, office: Office, luck: random.Random) -> None:
    """Now and then a note among those who judge, or a comment that names the handler."""
    drawn = luck.random()
    if drawn >= cast.REMARKS:
        return
    internal = drawn < cast.REMARKS / 2
    with stage.database.reading() as session:
        unit = session.get(Unit, it.leads[0].unit_id).name
        words = texts.NOTE if internal else texts.COMMENT.format(who=f"{unit}·经办人")
        write(stage.database, stage.officer(session, office), it.id, words, internal)


def decide_change(stage: Stage, request_id: int, asked: Extension) -> Story:
    """An opinion of the reviewer, then the committee's decision; its head's where it is so long."""
    luck = stage.luck("change", request_id)
    yield stage.after(luck, (1, 3))
    opinion = "support" if asked.supported else "oppose"
    stage.act(CHANGE_REQUEST, request_id, cast.REVIEWER, opinion, words=texts.OPINIONS[asked.supported])
    yield stage.after(luck, (1, 4))
    with stage.database.reading() as session:
        office = cast.HEAD if session.get(ChangeRequest, request_id).needs_head else cast.COMMITTEE
    decision = "grant" if asked.granted else "refuse"
    stage.act(CHANGE_REQUEST, request_id, office, decision, words=texts.DECISIONS[asked.granted])
