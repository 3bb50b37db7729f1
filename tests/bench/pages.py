"""What a page costs: its statements, and its time against a page that says hello and against a smaller ledger."""

import time

from sqlalchemy import func, select

from models import Milestone
from reports import remembered
from tests.bench.ledger import past_day, recent_day
from tests.bench.load import Client, rate
from tests.bench.recording import recording
from tests.bench.servers import free_port, gunicorn, serving
from tests.bench.transition import PASSWORD, SECRET, signed_in

PAGES = (
    "/", "/ledger", "/tasks/1", "/milestones/{milestone}", "/review", "/monitor", "/monitor/units", "/monitor/time",
    "/monitor/screen", "/search?q=农村", "/search?q=农田", "/audit", "/help", "/ledger?asof={past}",
    "/monitor?asof={past}", "/monitor/units?asof={past}", "/monitor?asof={recent}", "/monitor/time?asof={recent}",
)
WORKERS, THREADS, CLIENTS = 2, 4, 4


def cost(app, username: str, repeat: int = 5) -> dict[str, tuple[int, float, float]]:
    """By page: statements, and the best of `repeat` times in milliseconds, in this process: of every view, and of the
    first after something has happened."""
    browser = signed_in(app, username)
    database = app.extensions["database"]
    with database.reading() as session:
        milestone = session.scalar(select(func.min(Milestone.id)))
    found = {}
    for page in PAGES:
        path = page.format(milestone=milestone, past=past_day(), recent=recent_day())
        browser.get(path)  # caches of templates and statements
        firsts, times = [], []
        for _ in range(repeat):
            remembered._known.pop(database, None)
            firsts.append(_time_of(browser, path))
            with recording(database.engine) as taken:
                times.append(_time_of(browser, path))
        found[page] = len(taken.statements), min(times) * 1000, min(firsts) * 1000
    return found


def _time_of(browser, path: str) -> float:
    begun = time.perf_counter()
    answer = browser.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
    return time.perf_counter() - begun


def past_against_present(found: dict[str, tuple[int, float, float]]) -> dict[str, float]:
    """By page: how many times longer the past day takes than the present one."""
    return {
        page: found[page][1] / found[page.split("?")[0]][1] for page in found if "?asof=" in page
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
