"""One ledger under torture: what people do in it, what they were told, and whether that is what stands there."""

import base64
import hashlib
import io
import random
import re
from collections import Counter
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from evidence.check import fault_of
from evidence.store import Store
from models import AuditEvent, Database, Evidence, Milestone, Notice, Round
from tests.evidence.files import PDF
from tests.ledger import RETURN, Ledger
from tests.torture.people import LOST, Answer, Person
from tests.torture.steps import Blow
from workflow.audit.verify import verify

UPLOAD, PIECES, SAVE, SUBMIT = "upload", "upload in pieces", "save", "submit"
PARTS = 3  # in which a file comes
SIZES = (200, 5_000, 300_000)  # bytes of an upload, about
# What else can be done from where the milestone is, each with who does it and what they type.
WORDS = {"words": "请核对。"}
NEXT = {
    "submitted": {
        "approve": ("reviewer", {}), "return": ("reviewer", {**RETURN, "points": "\n".join(RETURN["points"])}),
        "withdraw": ("lead", {}),
    },
    "reviewed": {"accept": ("committee", {}), "send_back": ("committee", WORDS)},
    "accepted": {"reopen": ("committee", WORDS)},
}
SOURCE = {trigger: state for state, triggers in NEXT.items() for trigger in triggers}
SOURCE |= {UPLOAD: "planned", PIECES: "planned", SAVE: "planned", SUBMIT: "planned"}
TARGET = {
    SUBMIT: "submitted", "approve": "reviewed", "return": "planned", "withdraw": "planned", "accept": "accepted",
    "send_back": "submitted", "reopen": "planned",
}
# The shortest way on from a state towards where something can be done.
ONWARD = {"planned": SUBMIT, "submitted": "approve", "reviewed": "accept", "accepted": "reopen"}
NEXT_BACK = {"submitted": "return", "reviewed": "accept", "accepted": "reopen"}


@dataclass
class Told:
    """What people know of one milestone: what was acknowledged to them. `doubt` is what they got no answer to."""

    trail: list[str]
    state: str = "planned"
    account: str = ""
    to_answer: bool = False  # points to mend
    present: list[tuple[str, str]] = field(default_factory=list)  # the newest round's files: name, SHA-256
    frozen: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    doubt: "Act | None" = None


@dataclass(frozen=True)
class Act:
    """Something that somebody does with a milestone; `piece` is the file of an upload, `account` a draft's words."""

    name: str
    milestone_id: int
    who: str
    form: dict
    piece: tuple[str, str] | None = None
    account: str = ""

    @property
    def path(self) -> str:
        rest = {UPLOAD: "evidence", PIECES: "evidence/uploads", SAVE: "draft"}.get(self.name, f"act/{self.name}")
        return f"/milestones/{self.milestone_id}/{rest}"


class Violation(AssertionError):
    """A promise was broken."""


class World:
    """`database` and `store` are the fault run's own ways to look; people go by HTTP at `port`."""

    def __init__(self, ledger: Ledger, database: Database, store: Store, port: int, lot: random.Random):
        self.ledger, self.database, self.store, self.lot, self.port = ledger, database, store, lot, port
        self.main, self.aside = ledger.milestones["1", 2018], ledger.milestones["1", 2019]
        self.people = {name: Person(port, name) for name in ("lead", "reviewer", "committee")}
        self.told = {it: Told(self._trail(it)) for it in (self.main, self.aside)}
        self.notices: dict[str, int] = {}  # how many an action writes
        self.steps: dict[str, int] = {}  # how many an act took when it was last seen to its end
        self.known_files: set[str] = set()
        self.files = 0
        self.begun: dict[tuple[str, str], str] = {}  # where uploads in pieces go on

    # -- what people do --------------------------------------------------------------------------------------

    def make_ready_for(self, name: str) -> Act:
        """Bring the main milestone to where `name` can be done; the act."""
        told = self.told[self.main]
        while told.state != SOURCE[name]:
            back = SOURCE[name] == "planned"
            self.do(self.act((NEXT_BACK if back else ONWARD)[told.state]))
        if name == SUBMIT:
            self._fill(told)
        return self.act(name)

    def _fill(self, told: Told) -> None:
        if not told.present:
            self.do(self.act(UPLOAD))
        if not told.account or told.to_answer:
            self.do(self.act(SAVE))

    def act(self, name: str, milestone_id: int | None = None) -> Act:
        milestone_id = milestone_id or self.main
        told = self.told[milestone_id]
        if name in (UPLOAD, PIECES):
            self.files += 1
            content = PDF + b"%" + self.lot.randbytes(self.lot.choice(SIZES))
            file_name = f"{self.files:04}.pdf"
            return Act(
                name, milestone_id, "lead", {"file": (content, file_name)},
                (file_name, hashlib.sha256(content).hexdigest()),
            )
        if name == SAVE:
            account = f"进展 {self.lot.getrandbits(64):x}"
            return Act(name, milestone_id, "lead", {"account": account}, account=account)
        if name == SUBMIT:
            self._fill(told)
            return Act(name, milestone_id, "lead", {})
        who, typed = NEXT[told.state][name]
        return Act(name, milestone_id, who, typed)

    def do(self, act: Act, blow: Blow | None = None) -> Answer:
        """Do it, perhaps while something is killed. Undisturbed it has to succeed."""
        told = self.told[act.milestone_id]
        answer = self._send_in_pieces(act, blow) if act.name == PIECES else self._post(act, blow)
        if _acknowledged(act, answer):
            self._learn(told, act)
        elif answer.status in (LOST, 500, 503) or "材料库暂时不可用" in answer.text:
            told.doubt = act
        else:
            raise Violation(f"{act.name} was answered with {answer.status}: {_plain(answer.text)}")
        if blow is None and told.doubt:
            raise Violation(f"{act.name} failed although nothing was killed: {answer.status} {_plain(answer.text)}")
        if answer.steps and told.doubt is None:
            self.steps[act.name] = answer.steps
        return answer

    def _post(self, act: Act, blow: Blow | None) -> Answer:
        form = dict(act.form)
        with self.database.reading() as session:
            milestone = session.get(Milestone, act.milestone_id)
            newest = session.scalars(
                select(Round).where(Round.milestone_id == act.milestone_id).order_by(Round.number.desc()).limit(1)
            ).one()
            form |= {"version": milestone.version, "round_number": newest.number, "draft_version": newest.draft_version}
            if act.name == SAVE:
                form["answer"] = ["已答复。"] * len(newest.points)
        for name, value in form.items():
            form[name] = FileStorage(io.BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value
        return self.people[act.who].post(act.path, form, blow)

    def _send_in_pieces(self, act: Act, blow: Blow | None) -> Answer:
        """From where it had come to, if it had begun; the blow falls on one of the pieces, or on the beginning."""
        person, (content, name) = self.people[act.who], act.form["file"]
        last = PARTS if self.lot.random() < 0.5 else self.lot.randrange(PARTS + 1)
        place, offset = self.begun.get(act.piece), 0
        if place:
            stands = person.tus("HEAD", place)
            if stands.status == 200:
                offset = int(stands.headers["Upload-Offset"])
            else:
                place = None
        if place is None:
            stated = f"filename {base64.b64encode(name.encode()).decode()}"
            begun = person.tus(
                "POST", act.path, blow=blow if last == 0 else None, Upload_Length=str(len(content)),
                Upload_Metadata=stated,
            )
            if begun.status != 201 or last == 0 and blow:
                return replace(begun, status=LOST if begun.status == 201 else begun.status)  # it goes no further here
            place = self.begun[act.piece] = begun.headers["Location"]
        answer = Answer(204)
        for part in range(1, PARTS + 1):
            end = len(content) * part // PARTS
            if end > offset:
                answer = person.tus(
                    "PATCH", place, content[offset:end], blow if part == last else None, Upload_Offset=str(offset),
                    Content_Type="application/offset+octet-stream",
                )
                if answer.status != 204 or blow and part == last:
                    break
                offset = end
        if answer.status == 204 and offset < len(content) and answer.headers.get("Upload-Offset") != str(len(content)):
            return replace(answer, status=LOST)  # it survived the blow, and goes no further here
        return answer

    def _learn(self, told: Told, act: Act) -> None:
        """It is done: people know it from now on."""
        told.doubt = None
        if act.piece:
            told.present.append(act.piece)
        elif act.name == SAVE:
            told.account, told.to_answer = act.account, False
        else:
            told.trail.append(act.name)
            told.state = TARGET[act.name]
            if act.name == SUBMIT:
                told.frozen[len(told.frozen) + 1] = list(told.present)
            told.to_answer = act.name == "return" or told.to_answer

    # -- whether it is so ------------------------------------------------------------------------------------

    def look_again(self) -> dict[int, bool]:
        """Whoever got no answer looks at the page: was it done? By milestone, for those who had a doubt."""
        found = {}
        for milestone_id, told in self.told.items():
            if told.doubt:
                act = told.doubt
                found[milestone_id] = self._was_done(told, act)
                told.doubt = None
                if found[milestone_id]:
                    self._learn(told, act)
        return found

    def _was_done(self, told: Told, act: Act) -> bool:
        with self.database.reading() as session:
            if act.piece:
                return act.piece in _pieces(session, act.milestone_id)[-1]
            if act.name == SAVE:
                newest = select(Round.account).where(Round.milestone_id == act.milestone_id)
                return session.scalars(newest.order_by(Round.number.desc()).limit(1)).one() == act.account
        return len(self._trail(act.milestone_id)) > len(told.trail)

    def check(self, every_file: bool = False) -> None:
        """Raises Violation where anything that was acknowledged is lost, doubled, halved, or not to be found."""
        with self.database.snapshot() as session:
            broken = verify(session).faults
            _hold(not broken, f"the trail: {[fault.words.en for fault in broken]}")
            for milestone_id, told in self.told.items():
                self._check_milestone(session, milestone_id, told)
            self._check_notices(session)
            named = set(session.scalars(select(Evidence.sha256).where(Evidence.kind == Evidence.FILE)))
        for sha256 in named if every_file else named - self.known_files:
            _hold(fault_of(self.store, sha256) is None, f"a file that is named is not there: {sha256}")
        self.known_files |= named

    def _check_milestone(self, session, milestone_id: int, told: Told) -> None:
        milestone = session.get(Milestone, milestone_id)
        trail = self._trail(milestone_id)
        _hold(trail == told.trail, f"the events are {trail[-5:]}, acknowledged were {told.trail[-5:]}")
        _hold(milestone.state == told.state, f"it is {milestone.state}, acknowledged was {told.state}")
        rounds = session.scalars(
            select(Round).where(Round.milestone_id == milestone_id).order_by(Round.number)
        ).all()
        open_one = told.state == "planned"
        _hold(
            [it.number for it in rounds] == list(range(1, len(told.frozen) + open_one + 1)),
            f"rounds {[it.number for it in rounds]}, submissions acknowledged {len(told.frozen)}",
        )
        _hold(all(it.frozen for it in rounds[: len(told.frozen)]), "a submitted round is not frozen")
        _hold(not open_one or not rounds[-1].frozen, "a draft is frozen")
        _hold(rounds[-1].account == told.account, f"the draft is {rounds[-1].account!r}, not {told.account!r}")
        stand = _pieces(session, milestone_id)
        wanted = [*told.frozen.values(), *([told.present] if open_one else [])]
        for number, (has, should) in enumerate(zip(stand, wanted, strict=True), 1):
            _hold(Counter(has) == Counter(should), f"round {number} has {sorted(has)}, acknowledged {sorted(should)}")

    def _check_notices(self, session) -> None:
        """Every event of a kind writes as many notices as any other of the kind: all of them, or it is not there."""
        keys = Counter(session.scalars(select(Notice.key)))
        for milestone_id in self.told:
            events = session.execute(
                select(AuditEvent.sequence, AuditEvent.action).where(
                    AuditEvent.subject_type == "milestone", AuditEvent.subject_id == milestone_id
                )
            ).all()
            for sequence, action in events:
                count = keys.pop(f"milestone:{milestone_id}:{sequence}", 0)
                usual = self.notices.setdefault(f"{milestone_id}:{action}", count)
                _hold(count == usual, f"{action} told {count} people, {usual} before")
        stray = [key for key in keys if key.startswith("milestone:")]
        _hold(not stray, f"notices of events that are not there: {stray}")

    def _trail(self, milestone_id: int) -> list[str]:
        with self.database.reading() as session:
            return list(session.scalars(
                select(AuditEvent.action).where(
                    AuditEvent.subject_type == "milestone", AuditEvent.subject_id == milestone_id
                ).order_by(AuditEvent.sequence)
            ))


def _acknowledged(act: Act, answer: Answer) -> bool:
    if act.name == PIECES:
        return answer.status == 204
    if act.name == UPLOAD:
        return answer.status == 200 and '"kept":1' in re.sub(r"\s", "", answer.text)
    return answer.status == 302


def _pieces(session, milestone_id: int) -> list[list[tuple[str, str]]]:
    """The files of every round, in order."""
    rounds: dict[int, list[tuple[str, str]]] = {}
    rows = session.execute(
        select(Round.number, Evidence.name, Evidence.sha256).outerjoin(Evidence, Evidence.round_id == Round.id)
        .where(Round.milestone_id == milestone_id).order_by(Round.number)
    )
    for number, name, sha256 in rows:
        rounds.setdefault(number, [])
        if name is not None:
            rounds[number].append((name, sha256))
    return list(rounds.values())


def _hold(true: bool, words: str) -> None:
    if not true:
        raise Violation(words)


def _plain(page: str) -> str:
    found = re.search(r"<main.*?</main>", page, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found.group(0) if found else page))[:300]
