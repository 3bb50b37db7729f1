"""What the year is played with: a clock, people, and stories that wait for one another.

A story is a generator: it acts through the ledger's real entrances, and yields the moment at which it goes on.
Whatever chance decides, each story has luck of its own, drawn from the seed and its name: the same seed gives the same
year, and one story more does not change the others.
"""

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence import Intake, keep_words
from models import Account, Database, Evidence, RoleGrant, Unit
from plans.demonstration.cast import Extension, Habit, Office, Span
from workflow.actor import Actor, Origin, load_actor
from workflow.calendar import CHINA, calendar_of, local_day
from workflow.definition import Workflow
from workflow.delegation import acting_for
from workflow.drafts import Piece
from workflow.engine import fire
from workflow.errors import NotNow

Story = Iterator[datetime]

MORNING, AFTERNOON = time(8, 30), time(14, 30)
HALF = 210, 180  # minutes of work in the morning and in the afternoon
LAST = 20  # minutes before the day's end after which nothing is begun


class StillClock:
    """A clock that stands until it is set."""

    def __init__(self, now: datetime):
        self.now = now

    def __call__(self) -> datetime:
        return self.now.astimezone(UTC)


@dataclass(frozen=True)
class Person:
    """An account as the stage knows it."""

    id: int
    username: str
    unit_id: int
    unit: str


@dataclass(frozen=True)
class Led:
    """A milestone with who reports it: the first of `leads` drafts. `extension`: it asks for more time."""

    id: int
    year: int
    due: date
    leads: tuple[Person, ...]
    habit: Habit
    extension: Extension | None = None


class Stage:
    """One ledger being played on. `clock` is the database's own."""

    def __init__(self, database: Database, clock: StillClock, intake: Intake, seed: int):
        self.database, self.clock, self._intake, self._seed = database, clock, intake, seed
        self._waiting: list[tuple[datetime, int, Story]] = []
        self._begun = self._requests = 0
        with database.reading() as session:
            self.calendar = calendar_of(session)
            rows = session.execute(
                select(Account.id, Account.username, Account.unit_id, Unit.name, RoleGrant.role)
                .join(Unit, Unit.id == Account.unit_id).join(RoleGrant, RoleGrant.account_id == Account.id)
                .order_by(Account.id)
            ).all()
        self.people = {row.username: Person(row.id, row.username, row.unit_id, row.name) for row in rows}
        self._by_role: dict[tuple[int, str], Person] = {}
        for row in rows:
            self._by_role.setdefault((row.unit_id, row.role), self.people[row.username])

    # Time.

    @property
    def today(self) -> date:
        return local_day(self.clock.now)

    def luck(self, *name: Any) -> random.Random:
        return random.Random(f"{self._seed}:{':'.join(map(str, name))}")

    def on(self, luck: random.Random, day: date) -> datetime:
        """A moment of work on that day, or on the first worked day after it, and not before now."""
        day = max(day, self.today)
        if not self.calendar.is_working_day(day):
            day = self.calendar.next_working_day(day)
        moment = _moment(day, luck.randrange(sum(HALF) - LAST))
        if moment > self.clock.now:
            return moment
        return self.on(luck, self.calendar.next_working_day(day))

    def after(self, luck: random.Random, days: int | Span) -> datetime:
        """A moment of work so many working days from now."""
        days = days if isinstance(days, int) else luck.randint(*days)
        return self.on(luck, self.calendar.after_working_days(self.today, days))

    def before(self, luck: random.Random, due: date, days: Span) -> datetime:
        """A moment of work so many days before `due`, and not before now."""
        return self.on(luck, due - timedelta(luck.randint(*days)))

    def wait(self, minutes: int) -> None:
        """Let a few minutes pass within a story's step."""
        self.clock.now += timedelta(minutes=minutes)

    # Stories.

    def begin(self, story: Story) -> None:
        self._wait_for(story, self.clock.now)

    def play(self, until: date) -> Iterator[date]:
        """Play up to the end of a day; gives each day on which something happens, once it has begun."""
        shown = None
        while self._waiting and local_day(self._waiting[0][0]) <= until:
            moment, _order, story = heapq.heappop(self._waiting)
            self.clock.now = max(self.clock.now, moment)
            if self.today != shown:
                shown = self.today
                yield shown
            again = next(story, None)
            if again is not None:
                self._wait_for(story, again)

    def _wait_for(self, story: Story, moment: datetime) -> None:
        self._begun += 1
        heapq.heappush(self._waiting, (moment, self._begun, story))

    # People.

    def handler(self, unit_id: int) -> Person | None:
        return self._by_role.get((unit_id, "handler"))

    def leader(self, unit_id: int) -> Person | None:
        return self._by_role.get((unit_id, "leader"))

    def actor(self, session: Session, username: str) -> Actor:
        """As the account stands now, at a desk of its own."""
        self._requests += 1
        person = self.people[username]
        return load_actor(session, person.id, Origin(f"192.0.2.{person.id % 250 + 1}", f"played-{self._requests:06}"))

    def officer(self, session: Session, office: Office) -> Actor:
        """The account of an office, or whoever acts for it while it is away."""
        if office.away and office.away[0] <= self.today <= office.away[1]:
            own = self.actor(session, office.away[2])
            return acting_for(session, own, self.people[office.username].id, self.today) or own
        return self.actor(session, office.username)

    # Acting.

    def act(
        self, workflow: Workflow, subject_id: int, who: str | Office, trigger: str, **input: Any
    ) -> bool:
        """Fire as somebody who has just looked at the subject; False where it cannot be done yet."""
        with self.database.reading() as session:
            actor = self.officer(session, who) if isinstance(who, Office) else self.actor(session, who)
            subject = workflow.load(session, subject_id)
            try:
                fire(subject, trigger, actor, input, subject.version)
            except NotNow:
                return False
        return True

    def take_in(self, content, name: str) -> Piece:
        """A file through the evidence's own way in, its words kept for finding it."""
        taken = self._intake.take(content, name)
        keep_words(self.database, content, taken.media_type, taken.size, taken.sha256)
        return Piece(Evidence.FILE, taken.name, "", taken.media_type, taken.size, taken.sha256)


def _moment(day: date, minute: int) -> datetime:
    """The moment after so many minutes of a day's work."""
    begins, within = (MORNING, minute) if minute < HALF[0] else (AFTERNOON, minute - HALF[0])
    return datetime.combine(day, begins, CHINA) + timedelta(minutes=within)


