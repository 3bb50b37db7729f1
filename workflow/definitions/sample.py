"""One milestone that was drawn by lot (抽查): to be checked closely, and what checking found."""

from sqlalchemy import false, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload, undefer

from models import Milestone, Plan, Role, Round, Sample, SampleItem, Task, Words
from workflow import rules
from workflow.audit.chain import fingerprint
from workflow.calendar import local_day
from workflow.definition import Action, Frozen, Rule, State, Workflow
from workflow.inputs import Text
from workflow.notice_kinds import day_words
from workflow.subjects import loading, milestone_title

DRAW = "draw"  # the event by which an item begins
READS = frozenset({Role.COMMITTEE, Role.AUDITOR})


def _rows(*entities):
    return (
        select(*entities).select_from(SampleItem)
        .join(Sample, Sample.id == SampleItem.sample_id).join(Milestone, Milestone.id == SampleItem.milestone_id)
        .join(Round, (Round.milestone_id == Milestone.id) & (Round.number == SampleItem.round_number))
        .join(Task, Task.id == Milestone.task_id).join(Plan, Plan.id == Task.plan_id)
    )


_load, _many = loading(
    _rows, SampleItem,
    contains_eager(SampleItem.sample),
    contains_eager(SampleItem.round).joinedload(Round.reviewers),
    contains_eager(SampleItem.milestone).contains_eager(Milestone.task).options(
        contains_eager(Task.plan), joinedload(Task.responsibilities)
    ),
)

not_signer = Rule(
    "own-sign-off",
    Words("该轮由您同意办结，须由他人核查。", "You signed this round off, so somebody else has to check it."),
    holds=lambda actor, it: rules.other_hand(actor, it.signed_by_id, it.signed_for_id),
    where=lambda actor: rules.other_hand_where(actor, SampleItem.signed_by_id, SampleItem.signed_for_id),
)

sees_sample = Rule(
    "not-visible",
    Words("没有这项抽查，或不在您的范围内。", "There is no such item, or it is not yours to see."),
    holds=lambda actor, it: bool(actor.roles & READS) and rules.within_area(actor, it.task.area_id),
    where=lambda actor: rules.within_area_where(actor) if actor.roles & READS else false(),
)

# Who judged the round, or whose unit has a part, does not check it: as with signing off.
_CHECKS = (rules.no_part_in_task, rules.not_submitter, rules.not_reviewer, not_signer)


def _found(passage) -> None:
    item = passage.subject
    item.words, item.found_at = passage.input["words"], passage.at
    item.found_by_title = passage.actor.title
    passage.digest = item.sample.digest  # the event says of which draw


def _open_again(passage) -> None:
    """The event keeps what was found before; the item is to be checked anew."""
    item = passage.subject
    passage.detail["before"] = {"state": item.state, "words": item.words, "by": item.found_by_title}
    item.words, item.found_at, item.found_by_title = "", None, ""


def sample_digest(sample: Sample) -> str:
    """SHA-256 over the draw as it was made (docs/audit.md, *What a draw states*)."""
    return fingerprint([
        1, sample.kind, sample.scope, sample.query, sample.since, sample.until, sample.words, sample.share,
        sample.population, sample.size, sample.seed, sample.listed, sample.fingerprint,
    ])


def frozen_samples(session: Session):
    """Of every item the digest that its draw was kept with, and the one that the draw gives now."""
    samples = session.scalars(
        select(Sample).order_by(Sample.id).options(selectinload(Sample.items), undefer(Sample.listed))
    )
    for sample in samples:
        found = sample_digest(sample)
        yield [Frozen(it.id, None, sample.digest, found) for it in sample.items]


def _facts(it: SampleItem) -> list[tuple[Words, Words]]:
    same = [
        (Words("随机种子", "Seed"), it.sample.seed), (Words("抽签序位", "Place by lot"), str(it.place)),
        (Words("签号", "Lot"), it.lot), (Words("核查意见", "Remarks"), it.words),
        (Words("核查人", "By"), it.found_by_title),
    ]
    return [
        (Words("抽查", "Sample"), Words("第 {n} 次抽查", "Sample {n}").format(n=it.sample_id)),
        (Words("轮次", "Round"), Words("第 {n} 轮", "Round {n}").format(n=it.round_number)),
        *([(Words("核查日期", "Checked on"), day_words(local_day(it.found_at)))] if it.found_at else []),
        *((label, Words(text, text)) for label, text in same if text),
    ]


SAMPLE = Workflow(
    name="sample_item",
    path="spot-checks",
    label=Words("抽查", "Spot check"),
    model=SampleItem,
    states=(
        State("drawn", Words("待核查", "To check"), Role.COMMITTEE),
        State("clean", Words("未发现问题", "No problem found"), None),
        State("problem", Words("有问题", "Has a problem"), None),
    ),
    actions=(
        Action(
            "clear", Words("未发现问题", "No problem found"), "drawn", "clean", Role.COMMITTEE, unless=_CHECKS,
            input=(Text("words", Words("核查意见", "Remarks"), required=False),), effect=_found,
        ),
        Action(
            "find", Words("记为有问题", "Has a problem"), "drawn", "problem", Role.COMMITTEE, unless=_CHECKS,
            input=(Text("words", Words("发现的问题", "What was found")),), effect=_found,
        ),
        *(
            Action(
                "check_again", Words("重新核查", "Check again"), source, "drawn", Role.COMMITTEE, unless=_CHECKS,
                input=(Text("words", Words("重新核查的理由", "Reason")),), effect=_open_again,
            )
            for source in ("clean", "problem")
        ),
    ),
    sees=sees_sample,
    rows=_rows, load=_load, many=_many,
    title=lambda it: milestone_title(it.milestone),
    events={DRAW: Words("抽中", "Drawn")},
    frozen=frozen_samples,
    plan=lambda it: it.milestone.task.plan,
    within=lambda it: it.milestone,
    facts=_facts,
)
