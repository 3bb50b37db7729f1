"""What a page costs: its statements, and its time against a page that says hello and against a smaller ledger."""

import time
from dataclasses import dataclass
from math import inf

from sqlalchemy import func, select

from models import Database, Milestone, Part, Responsibility
from reports import remembered, trend
from tests.bench.ledger import past_day, recent_day
from tests.bench.load import Client, rate
from tests.bench.recording import recording
from tests.bench.servers import free_port, gunicorn, serving
from tests.bench.transition import PASSWORD, SECRET, signed_in
from workflow.actor import command_line
from workflow.audit.chain import append

PAGES = (
    "/", "/ledger", "/ledger?plan=1", "/tasks/1", "/milestones/{milestone}", "/review", "/chasing", "/documents",
    "/monitor", "/monitor?plan=1", "/monitor/units", "/monitor/units/{unit}", "/monitor/time", "/monitor/screen",
    "/search?q=农村", "/search?q=农田", "/audit", "/help", "/ledger?asof={past}",
    "/monitor?asof={past}", "/monitor/units?asof={past}", "/monitor?asof={recent}", "/monitor/time?asof={recent}",
)
WORKERS, THREADS, CLIENTS = 2, 4, 4


@dataclass(frozen=True)
class Cost:
    """Of one page: its statements, and the best times in milliseconds: of the first view after the process began, of
    the first after an event, and of any other."""

    statements: int
    begun: float
    event: float
    again: float


def costs(apps: list, username: str, repeat: int = 30) -> list[dict[str, Cost]]:
    """Of each application by page, in this process, with templates and statements compiled.

    They are asked in turn: what else the machine does meanwhile falls on all of them.
    """
    asked = [_Asked(app, username) for app in apps]
    for page in PAGES:
        for it in asked:
            it.begin(page)
        for place in range(repeat):
            for it in asked:
                it.again(place)
    return [it.found for it in asked]


class _Asked:
    """The pages of one application as they are asked for."""

    def __init__(self, app, username: str):
        self.browser, self.database = signed_in(app, username), app.extensions["database"]
        with self.database.reading() as session:
            self.given = {
                "milestone": session.scalar(select(func.min(Milestone.id))), "past": past_day(), "recent": recent_day(),
                "unit": session.scalar(
                    select(func.min(Responsibility.unit_id)).where(Responsibility.part == Part.LEAD)
                ),
            }
        self.found: dict[str, Cost] = {}

    def begin(self, page: str) -> None:
        """Asked for, so that all is compiled, and then as by a process that has just begun."""
        self.page, self.path = page, page.format(**self.given)
        self.browser.get(self.path)
        for known in (remembered._known, trend._known):
            known.pop(self.database, None)
        self.found[page] = Cost(0, _time_of(self.browser, self.path), inf, inf)

    def again(self, place: int) -> None:
        """After an event, and once more; the best times are kept."""
        before = self.found[self.page]
        _happen(self.database, place)
        event = _time_of(self.browser, self.path)
        with recording(self.database.engine) as taken:
            again = _time_of(self.browser, self.path)
        self.found[self.page] = Cost(
            len(taken.statements), before.begun, min(before.event, event), min(before.again, again)
        )


def _happen(database: Database, place: int) -> None:
    """Something happens to a milestone, each time of another plan where there are several."""
    with database.writing() as session:
        last = session.scalar(select(func.max(Milestone.id)))
        milestone = session.get_one(Milestone, 1 + 7919 * place % last)
        append(session, milestone, command_line("bench"), database.clock(), "urge")


def _time_of(browser, path: str) -> float:
    """Milliseconds."""
    begun = time.perf_counter()
    answer = browser.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
    return 1000 * (time.perf_counter() - begun)


def past_against_present(found: dict[str, Cost]) -> dict[str, tuple[float, float]]:
    """By page: how many times longer the past day takes than the present one, after an event and again."""
    return {
        page: (found[page].event / present.event, found[page].again / present.again)
        for page in found if "?asof=" in page and (present := found[page.split("?")[0]])
    }


def ledger_against_hello(url: str, seconds: float) -> tuple[float, float]:
    """Pages a second of the ledger, and of the hello page, by the same server with the same settings."""
    environment = {"DATABASE_URL": url, "SECRET_KEY": SECRET, "SECURE_COOKIES": "0", "DEMO": "1"}
    port = free_port()
    with serving(gunicorn("wsgi:application", port, WORKERS, THREADS), port, **environment):
        people = [Client(port, "guanweihui", PASSWORD) for _ in range(CLIENTS)]
        ledger = rate([lambda who=who: who.get("/ledger") for who in people], seconds)
    port = free_port()
    with serving(gunicorn("tests.bench.hello:application", port, WORKERS, THREADS), port):
        people = [Client(port) for _ in range(CLIENTS)]
        hello = rate([lambda who=who: who.get("/") for who in people], seconds)
    return ledger, hello
