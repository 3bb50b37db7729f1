"""单项档案: all that is on record of one milestone, as far as its reader may see it, with the proof of its chain."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from models import Account, AuditEvent, Checkpoint, Evidence, Milestone, Plan, Responsibility, Role, Round, Task
from reports import changes
from reports.changes import Compared
from reports.documents.taken import day_said
from reports.timeline import Moment, timeline
from workflow.actor import Actor
from workflow.audit.export import exported
from workflow.definitions.milestone import MILESTONE
from workflow.drafts import sees_piece, sees_round
from workflow.lights import Day, Light, light_of
from workflow.measures import Measured, measured

# Who may open the page of the trail is shown events whole; to others some of their fields are not for reading.
WHOLE = frozenset({Role.AUDITOR, Role.COMMITTEE})
# What links an event to its chain, and what the timeline says of it to whoever sees the milestone.
ALWAYS = (
    "format", "subject_type", "subject_id", "sequence", "previous", "at", "actor_name", "actor_unit", "action",
    "from_state", "to_state", "round", "reason", "input_digest", "evidence_digest", "hash",
)


@dataclass(frozen=True)
class RoundShown:
    """One round with the pieces and the measures that the reader may see."""

    content: Round
    pieces: list[Evidence]
    measures: list[Measured]


@dataclass(frozen=True)
class Dossier:
    """`events` are the chain as JSON lines have it, some fields left out where they are not for this reader."""

    milestone: Milestone
    actor: Actor
    at: datetime
    light: Light
    rounds: list[RoundShown]
    moments: list[Moment]
    changed: list[tuple[str, list[Compared]]]
    events: list[dict]
    checkpoint: Checkpoint | None

    @property
    def title(self) -> str:
        return MILESTONE.title(self.milestone).zh

    @property
    def state(self) -> str:
        return MILESTONE.by_name[self.milestone.state].label.zh

    @property
    def decisions(self) -> list[Moment]:
        """What those who judge have decided: every move that a unit's own hands did not make."""
        judging = {str(Role.REVIEWER), str(Role.COMMITTEE)}
        return [it for it in self.moments if it.event.actor_role in judging and it.event.from_state]

    @property
    def lines(self) -> list[str]:
        return [
            f"取自台账的时间：{self.at.isoformat(timespec='seconds')}",
            f"取数人：{self.actor.title}（只含其有权查看的内容）",
        ]


def dossier(session: Session, actor: Actor, milestone_id: int, day: Day, at: datetime) -> Dossier:
    """Of a milestone that this actor sees. `session` sees one moment. About ten statements, however many rounds."""
    milestone = MILESTONE.load(session, milestone_id)
    session.get(Milestone, milestone_id, populate_existing=True, options=[
        selectinload(Milestone.indicators),
        joinedload(Milestone.task).options(
            undefer(Task.source_text), joinedload(Task.area), joinedload(Task.plan).joinedload(Plan.source),
            selectinload(Task.responsibilities).joinedload(Responsibility.unit),
        ),
        selectinload(Milestone.rounds).options(
            joinedload(Round.submitted_by).joinedload(Account.unit),
            selectinload(Round.evidence).joinedload(Evidence.unit),
        ),
    ])
    rounds = [
        _round(actor, milestone, content, day.today) for content in milestone.rounds
        if sees_round(actor, milestone, content)
    ]
    chain = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.subject_type == Milestone.__tablename__, AuditEvent.subject_id == milestone_id)
        .order_by(AuditEvent.sequence)
    ).all()
    whole = not actor.roles.isdisjoint(WHOLE)
    return Dossier(
        milestone, actor, at, light_of(milestone, day), rounds, timeline(session, MILESTONE, milestone, actor),
        [(it.kind, changes.compared(it)) for it in changes.of_milestone(session, milestone_id)],
        [_event(it, whole) for it in chain],
        session.scalars(select(Checkpoint).order_by(Checkpoint.number.desc()).limit(1)).first(),
    )


def _round(actor: Actor, milestone: Milestone, content: Round, today: date) -> RoundShown:
    return RoundShown(
        content, [it for it in content.evidence if sees_piece(actor, milestone, content, it)],
        measured(milestone.indicators, content.reported, milestone.year, milestone.due, today),
    )


def _event(event: AuditEvent, whole: bool) -> dict:
    found = exported(event)
    return found if whole else {name: found[name] for name in ALWAYS}


def manifest(shown: Dossier, files: list[dict]) -> dict:
    """What the bundle holds and which chain it belongs to, for programs."""
    milestone, last = shown.milestone, shown.checkpoint
    return {
        "format": "taizhang-dossier-1", "title": shown.title, "plan": milestone.task.plan.title,
        "milestone": milestone.id, "state": shown.state, "due": day_said(milestone.due), "taken": shown.lines,
        "chain": {"subject_type": Milestone.__tablename__, "subject_id": milestone.id, "events": milestone.version,
                  "head": milestone.chain_head},
        "checkpoint": {"number": last.number, "at": last.at.isoformat(), "hash": last.hash} if last else None,
        "source": {"name": milestone.task.plan.source.name, "sha256": milestone.task.plan.source.sha256},
        "rounds": [
            {"number": it.content.number, "digest": it.content.digest,
             "submitted_at": it.content.submitted_at.isoformat() if it.content.submitted_at else None}
            for it in shown.rounds
        ],
        "files": files,
        "links": [
            {"round": it.content.number, "name": piece.name, "address": piece.body, "unit": piece.unit.name}
            for it in shown.rounds for piece in it.pieces if piece.kind == Evidence.LINK
        ],
    }


def event_lines(shown: Dossier) -> str:
    """The chain as JSON lines."""
    return "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in shown.events)
