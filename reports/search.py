"""Search: tasks, requirements, accounts, evidence, comments and supervision sheets, as far as one may read them.

Each kind's limits are the filter of the rule that its own page asks; what is no page of theirs is no hit either.
Texts are compared folded (full-width as half-width, no capitals), word by word as they stand: full-text search of
neither database finds a Chinese word of two characters.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CTE, ColumnElement, CompoundSelect, Select, and_, func, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import (
    Comment,
    DocumentText,
    Evidence,
    Folded,
    Milestone,
    Plan,
    Round,
    Supervision,
    SupervisionSheet,
    Task,
    Unit,
    Words,
    folded,
    has_word,
)
from workflow.actor import Actor
from workflow.definitions.milestone import MILESTONE
from workflow.definitions.supervision import SUPERVISION
from workflow.drafts import sees_piece_where, sees_round_where
from workflow.subjects import milestone_rows
from workflow.talk import readable_where

MOST_WORDS = 8
MOST_LETTERS = 60
PAGE = 20
FEW = 5  # of each kind, where all kinds are shown
BEFORE, WHOLE = 30, 150  # characters shown before the first hit, and in all
# Between words, and what a list of texts is written with on PostgreSQL: no hit lies across two of them.
_BETWEEN = re.compile(r'[\s"\\\[\]]+')

# A text in pieces, each with whether it was looked for.
Marked = list[tuple[str, bool]]


@dataclass(frozen=True)
class Hit:
    """One thing that was found. What it has not is None; `text` is a part of its words, around the first hit."""

    task: Task | None
    plan: str
    title: Marked
    text: Marked
    milestone_id: int | None = None
    year: int | None = None
    round_number: int | None = None
    draft: bool = False
    who: str = ""
    at: datetime | None = None
    anchor: str = ""
    supervision_id: int | None = None


@dataclass(frozen=True)
class Kind:
    """One kind of thing that can be found.

    `ids` are all there are of it by `key`, beside as little else as `where` and `order` speak of; `order` ascends.
    `where` are the conditions of those that hold all words and that the actor may read. `rows` are the same with all
    that `hit` shows of one.
    """

    code: str
    label: Words
    ids: Select
    key: InstrumentedAttribute
    order: tuple
    where: Callable[[Actor, list[str]], Sequence[ColumnElement[bool]]]
    rows: Select
    hit: Callable[[object, list[str]], Hit]


@dataclass(frozen=True)
class Found:
    """Some of a kind's hits, and how many there are."""

    kind: Kind
    count: int
    hits: list[Hit]


def words_of(text: str) -> list[str]:
    """The words that are looked for, folded; none where nothing was typed."""
    return [word for word in _BETWEEN.split(folded(text[:MOST_LETTERS])) if word][:MOST_WORDS]


def numbered(session: Session, actor: Actor, text: str) -> list[Task]:
    """The tasks whose serial this is, plan by plan; at most two, which is as good as many. One statement."""
    serial = folded(text.strip()[:20])
    those = select(Task.id).where(Folded(Task.number) == serial).cte().prefix_with("MATERIALIZED")
    query = (
        select(Task).where(Task.id.in_(select(those.c.id)), MILESTONE.sees.where(actor))
        .order_by(Task.plan_id.desc(), Task.position).limit(2)
    )
    return list(session.scalars(query)) if serial else []


def search(session: Session, actor: Actor, words: list[str], only: Kind | None = None, page: int = 1) -> list[Found]:
    """What was found of each kind, a few of each; of `only` one kind a page of hits, and the others' counts.

    One statement for each kind; of `only` one, another for its page.
    """
    found = []
    for kind in KINDS:
        hits, count, rows = hits_of(kind, actor, words), 0, []
        if only is None:
            rows = session.execute(_shown(kind, hits, 0, FEW)).all()
            count = rows[0].all_found if rows else 0
        else:
            count = session.scalar(select(func.count()).select_from(hits))
        if kind is only:
            rows = session.execute(_shown(kind, hits, (page - 1) * PAGE, PAGE)).all()
        found.append(Found(kind, count, [kind.hit(row, words) for row in rows]))
    return found


def hits_of(kind: Kind, actor: Actor, words: list[str]) -> CTE:
    """All hits: ids, and by what they are put in order.

    They are listed before anything else of them is read: of many hits few are shown.
    """
    order = (it.label(f"order_{place}") for place, it in enumerate(kind.order))
    return kind.ids.with_only_columns(kind.key.label("id"), *order).where(*kind.where(actor, words)).cte("hits")


def _shown(kind: Kind, hits: CTE, after: int, most: int) -> Select:
    """The rows of some hits, each with how many there are in all."""
    first = select(hits).order_by(*list(hits.c)[1:]).offset(after).limit(most).subquery("first")
    return (
        kind.rows.add_columns(select(func.count()).select_from(hits).scalar_subquery().label("all_found"))
        .where(kind.key == first.c.id).order_by(*list(first.c)[1:])
    )


def marked(text: str, words: list[str]) -> Marked:
    """The text in pieces, hits marked."""
    plain, places = _places(text)
    hits = sorted(
        (match.start(), match.end()) for word in words for match in re.finditer(re.escape(word), plain)
    )
    pieces, done = [], 0
    for begin, end in hits:
        first, last = max(places[begin], done), places[end - 1] + 1
        if last <= done:
            continue
        pieces += [(text[done:first], False), (text[first:last], True)]
        done = last
    return [piece for piece in (*pieces, (text[done:], False)) if piece[0]]


def around(text: str, words: list[str]) -> Marked:
    """The part of the text around the first hit, hits marked; its beginning where there is none."""
    plain, places = _places(text)
    first = min((at for word in words if (at := plain.find(word)) >= 0), default=0)
    begin = max(0, (places[first] if places else 0) - BEFORE)
    cut = text[begin:begin + WHOLE]
    return [
        *([("…", False)] if begin else []), *marked(cut, words),
        *([("…", False)] if begin + WHOLE < len(text) else []),
    ]


def _places(text: str) -> tuple[str, range | list[int]]:
    """The folded text, and for each of its characters the place in `text` that it came from."""
    plain = folded(text)
    if len(plain) == len(text):
        return plain, range(len(text))
    pieces = [folded(sign) for sign in text]
    return "".join(pieces), [place for place, piece in enumerate(pieces) for _ in piece]


def _holds(words: list[str], *columns) -> ColumnElement[bool]:
    """Every word in one of the columns."""
    return and_(*(or_(*(has_word(column, word) for column in columns)) for word in words))


def _with(words: list[str], *texts: str) -> str:
    """The first of the texts that has one of the words; "" where none has."""
    return next((text for text in texts if text and any(word in folded(text) for word in words)), "")


def _tasks(actor: Actor, words: list[str]) -> Sequence[ColumnElement[bool]]:
    return MILESTONE.sees.where(actor), or_(
        _holds(words, Folded(Task.title), Folded(Task.contents)),
        *([Folded(Task.number) == words[0]] if len(words) == 1 else []),
    )


def _task(row, words: list[str]) -> Hit:
    text = _with(words, *row.Task.contents)
    return Hit(row.Task, row.plan, marked(row.Task.title, words), around(text, words) if text else [])


def _of_milestone(row, title: Marked, text: Marked, **more) -> Hit:
    return Hit(row.Task, row.plan, title, text, milestone_id=row.milestone_id, year=row.year, **more)


_MILESTONE = (Task, Plan.title.label("plan"), Milestone.id.label("milestone_id"), Milestone.year)
_NEWEST = (-Task.plan_id, Task.position, Milestone.year, Milestone.id)


def _milestones(actor: Actor, words: list[str]) -> Sequence[ColumnElement[bool]]:
    return MILESTONE.sees.where(actor), _holds(words, Folded(Milestone.requirements))


def _milestone(row, words: list[str]) -> Hit:
    text = "\n".join(line for line in row.requirements if line)
    return _of_milestone(row, marked(row.Task.title, words), around(text, words), anchor="main")


def _every_round(*entities) -> Select:
    """Rounds of whatever number, with milestone, task and plan."""
    return (
        select(*entities).select_from(Round).join(Milestone, Milestone.id == Round.milestone_id)
        .join(Task, Task.id == Milestone.task_id).join(Plan, Plan.id == Task.plan_id)
    )


_ROUNDS = _every_round(Round.id)


def _accounts(actor: Actor, words: list[str]) -> Sequence[ColumnElement[bool]]:
    return sees_round_where(actor), Round.account != "", _holds(words, Folded(Round.account))


def _account(row, words: list[str]) -> Hit:
    return _of_milestone(
        row, marked(row.Task.title, words), around(row.account, words), round_number=row.number,
        draft=row.submitted_at is None, at=row.submitted_at, anchor=f"round-{row.number}",
    )


_EVIDENCE = (
    _every_round(
        *_MILESTONE, Evidence.name, Evidence.body, Evidence.added_at, DocumentText.words, Unit.name.label("unit"),
        Round.number, Round.submitted_at,
    )
    .join(Evidence, Evidence.round_id == Round.id).join(Unit, Unit.id == Evidence.unit_id)
    .outerjoin(DocumentText, DocumentText.sha256 == Evidence.sha256)
)


def _evidence(actor: Actor, words: list[str]) -> Sequence[ColumnElement[bool]]:
    return sees_piece_where(actor), *(Evidence.id.in_(_pieces_with(word)) for word in words)


def _pieces_with(word: str) -> CompoundSelect:
    """Apart for pieces and for documents, so that each is found in its index."""
    return union_all(
        select(Evidence.id).where(_holds([word], Folded(Evidence.name), Folded(Evidence.body))),
        select(Evidence.id).join(DocumentText, DocumentText.sha256 == Evidence.sha256)
        .where(has_word(func.lower(DocumentText.words), word)),
    )


def _piece(row, words: list[str]) -> Hit:
    text = _with(words, row.body, row.words)
    return _of_milestone(
        row, marked(row.name, words), around(text, words) if text else [], round_number=row.number,
        draft=row.submitted_at is None, who=row.unit, at=row.added_at, anchor=f"round-{row.number}",
    )


_COMMENTS = (
    milestone_rows(*_MILESTONE, Comment.author_name, Comment.body, Comment.at, Comment.internal)
    .join(Comment, Comment.milestone_id == Milestone.id)
)


def _comments(actor: Actor, words: list[str]) -> Sequence[ColumnElement[bool]]:
    return readable_where(actor), Comment.deleted_at.is_(None), _holds(words, Folded(Comment.body))


def _comment(row, words: list[str]) -> Hit:
    return _of_milestone(
        row, marked(row.Task.title, words), around(row.body, words), who=row.author_name, at=row.at,
        anchor="notes" if row.internal else "talk",
    )


_SHEETS = SUPERVISION.rows(Supervision.id.label("supervision_id"), SupervisionSheet, Plan.title.label("plan"))


def _sheets(actor: Actor, words: list[str]) -> Sequence[ColumnElement[bool]]:
    """A sheet once, by the first of its copies that may be seen. They are few, and so read through without an index."""
    first = SUPERVISION.rows(func.min(Supervision.id)).where(SUPERVISION.sees.where(actor)).correlate(None)
    texts = [Folded(it) for it in (SupervisionSheet.named, SupervisionSheet.title, SupervisionSheet.words)]
    return Supervision.id.in_(first.group_by(Supervision.sheet_id)), *(
        or_(*(text.contains(word, autoescape=True) for text in texts)) for word in words
    )


def _sheet(row, words: list[str]) -> Hit:
    sheet = row.SupervisionSheet
    return Hit(
        None, row.plan, marked(f"{sheet.named} {sheet.title}", words), around(sheet.words, words), at=sheet.issued_at,
        supervision_id=row.supervision_id,
    )


KINDS = (
    Kind(
        "tasks", Words("任务", "Tasks"), select(Task.id), Task.id, _NEWEST[:2], _tasks,
        select(Task, Plan.title.label("plan")).join(Plan, Plan.id == Task.plan_id), _task,
    ),
    Kind(
        "milestones", Words("节点要求", "Requirements"), select(Milestone.id).join(Task, Task.id == Milestone.task_id),
        Milestone.id, _NEWEST, _milestones, milestone_rows(*_MILESTONE, Milestone.requirements), _milestone,
    ),
    Kind(
        "accounts", Words("报送内容", "Accounts of progress"), _ROUNDS, Round.id, (*_NEWEST, -Round.number), _accounts,
        _every_round(*_MILESTONE, Round.account, Round.number, Round.submitted_at), _account,
    ),
    Kind(
        "evidence", Words("佐证材料", "Evidence"), _ROUNDS.join(Evidence, Evidence.round_id == Round.id), Evidence.id,
        (*_NEWEST, -Round.number, Evidence.id), _evidence, _EVIDENCE, _piece,
    ),
    Kind(
        "comments", Words("意见", "Comments"), _COMMENTS, Comment.id, (-Comment.id,), _comments, _COMMENTS, _comment,
    ),
    Kind(
        "supervision", SUPERVISION.label, _SHEETS, Supervision.id, (-SupervisionSheet.id,), _sheets, _SHEETS, _sheet,
    ),
)
BY_CODE = {kind.code: kind for kind in KINDS}
