"""`make bench`: prints one table. All of it is measured in one run on one machine, so only the ratios travel."""

import argparse
import tempfile

from models import Database
from tests.bench import bulk, exporting, ledger, pages, servers, transition
from tests.bench.reading import print_reading

BULK = 1000
PARTS = ("transitions", "bulk", "pages", "reading")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=int, default=10, help="of each measurement under load (default 10)")
    asked.add_argument("--copies", type=int, default=100, help="of the sample plan in the large ledger (default 100)")
    asked.add_argument("--only", choices=PARTS, help="one part of it (default all)")
    given = asked.parse_args()
    parts = {given.only} if given.only else set(PARTS)
    with servers.postgresql() as folder, tempfile.TemporaryDirectory(prefix="taizhang-bench-") as scratch:
        if "transitions" in parts:
            _transitions(folder, scratch, given.seconds)
        if parts & {"bulk", "pages"}:
            large = servers.make_database(folder, "large")
            many = ledger.lived_in(large, given.copies)
        if "bulk" in parts:
            _bulk(large, scratch)
        if "pages" in parts:
            medium = servers.make_database(folder, "medium")
            _pages(medium, large, scratch, ledger.lived_in(medium, 1), many, given.seconds)
    if "reading" in parts:
        print_reading()


def _transitions(folder: str, scratch: str, seconds: int) -> None:
    url = servers.make_database(folder, "small")
    database = Database(url)
    ledger.fill(database, 1)
    ids = transition.prepare(database)
    app = transition.application(url, scratch)
    bare, statements = transition.by_pgbench(app, folder, "small", ids, seconds)
    print(f"\nA transition over HTTP: signed in, CSRF, audit, {transition.CLIENTS} clients, PostgreSQL")
    print(f"  {bare:8.0f}/s  100.0 %  pgbench, the same {statements} statements")
    for name, rate in sorted(transition.over_http(url, ids, seconds).items(), key=lambda found: -found[1]):
        print(f"  {rate:8.0f}/s  {100 * rate / bare:5.1f} %  {name}")
    print("  Where the time of one goes (profile in one process, its share by library)")
    for name, share in transition.profile(app, ids[0]):
        print(f"    {share:5.1f} %  {name}")
    print(f"  Engine alone, with authority and input: {transition.engine_alone(database, ids[0]):.1f} µs a transition")
    app.extensions["database"].dispose()
    database.dispose()


def _bulk(url: str, scratch: str) -> None:
    database = Database(url)
    ids = bulk.prepare(database, 3 * BULK)
    database.dispose()
    once, looked, pressed = bulk.against_single(url, ids, f"{scratch}/evidence")
    print(f"\n{BULK:,} signed off at one go, preflight and confirmation included, against one by one through HTTP")
    print(f"  {once:8.0f}/s at one go")
    print(f"  {looked:8.0f}/s × {once / looked:4.1f}  the milestone's page, then its button")
    print(f"  {pressed:8.0f}/s × {once / pressed:4.1f}  the button alone, without looking")


def _pages(small: str, large: str, scratch: str, milestones: int, many: int, seconds: int) -> None:
    apps = [transition.application(url, scratch) for url in (small, large)]
    found = pages.costs(apps, "guanweihui")
    for app in apps:
        app.extensions["database"].dispose()
    print_pages(*found, milestones, many)
    print("\nThe ledger as a workbook: seconds, size, and memory of the process at its peak")
    for url, rows in ((small, milestones), (large, many)):
        took, size, peak = exporting.export(url)
        print(f"  {took:6.1f} s  {size:5.1f} MB  {peak:5.0f} MB  {rows:,} milestones")
    shown, hello = pages.ledger_against_hello(small, seconds)
    print("\nThe ledger page against a page that says hello")
    print(f"  {shown:8.0f}/s of {hello:.0f}/s, {100 * shown / hello:.1f} %")


def print_pages(before: dict[str, pages.Cost], after: dict[str, pages.Cost], milestones: int, many: int) -> None:
    print(f"\nPages of the committee at {milestones:,} and at {many:,} milestones: statements; the first view after an")
    print("event; any other view; the first since the process began, which counts everything")
    for page in pages.PAGES:
        a, b = before[page], after[page]
        times = "  ".join(
            f"{getattr(a, name):7.1f} → {getattr(b, name):7.1f} ms × {getattr(b, name) / getattr(a, name):4.1f}"
            for name in ("event", "again", "begun")
        )
        print(f"  {a.statements:2} → {b.statements:2}  {times}  {page}")
    print("\nA past day against the present one, at either size: after an event, and again")
    past = pages.past_against_present(before), pages.past_against_present(after)
    for page, (event, again) in past[0].items():
        print(f"  × {event:4.1f} × {again:4.1f}   × {past[1][page][0]:4.1f} × {past[1][page][1]:4.1f}  {page}")


if __name__ == "__main__":
    main()
