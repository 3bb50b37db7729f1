"""Work in the background: in the authority of whoever asked, gone on with after a restart, found again."""

import time

import pytest

from models import Account, Words
from workflow import jobs
from workflow.jobs import Kind, Line, Made, ask, job_of, lines_of, work_off

TITLE = Words("计数", "Counting")


def line(position: int) -> Line:
    return Line(position, "milestone", 1, Words("=1+1", "=1+1"), position % 2 == 0, Words("好", "Well"))


def counting(_database, input, actor, tell):
    for n in range(input["most"]):
        if n not in tell.kept:
            tell(n + 1, input["most"], line(n))
    return Made("结果.txt", "text/plain", actor.title.encode())


KINDS = {"count": Kind("count", TITLE, counting)}


def asked(ledger, name="lead", most=3) -> int:
    with ledger.database.writing() as session:
        return ask(session, KINDS["count"], ledger.actor(name), ledger.database.clock(), {"most": most}, TITLE, most)


def found(ledger, job_id, name="lead"):
    with ledger.database.reading() as session:
        return job_of(session, ledger.accounts[name], job_id, whole=True), lines_of(session, job_id)


def test_it_is_done_once_with_its_lines_and_file(ledger):
    job_id = asked(ledger)
    assert work_off(ledger.database, KINDS) == 1
    job, lines = found(ledger, job_id)
    assert (job.status, job.done, job.total, job.result) == ("done", 3, 3, "甲局 · 经办人".encode())
    assert [it.position for it in lines] == [0, 1, 2]
    assert work_off(ledger.database, KINDS) == 0


def test_a_worker_that_dies_is_followed_by_another_that_goes_on(ledger, clock):
    job_id, seen = asked(ledger), []

    def dies(_database, input, actor, tell):
        tell(1, input["most"], line(0))  # written at once: the first thing that is told
        raise SystemExit  # not an error of its own: nothing is caught, nothing marked

    def goes_on(_database, input, actor, tell):
        seen.append(set(tell.kept))
        return counting(_database, input, actor, tell)

    with pytest.raises(SystemExit):
        work_off(ledger.database, {"count": Kind("count", TITLE, dies)})
    later = {"count": Kind("count", TITLE, goes_on)}
    assert work_off(ledger.database, later) == 0  # it may be alive still
    clock.pass_(seconds=61)
    assert work_off(ledger.database, later) == 1
    job, lines = found(ledger, job_id)
    assert (job.status, job.attempts, seen, len(lines)) == ("done", 2, [{0}], 3)


def test_a_slow_worker_that_was_overtaken_writes_nothing_more(ledger, clock):
    job_id = asked(ledger)

    def slow(database, input, actor, tell):
        clock.pass_(seconds=61)
        assert work_off(database, KINDS) == 1  # meanwhile, another
        tell(3, 3, line(7))

    work_off(ledger.database, {"count": Kind("count", TITLE, slow)})
    job, lines = found(ledger, job_id)
    assert job.status == "done" and [it.position for it in lines] == [0, 1, 2]


def test_a_slow_worker_that_is_alive_is_not_overtaken(ledger, clock, monkeypatch):
    """However long one step of it takes, such as the figures of a large bulletin."""
    job_id, seen = asked(ledger), []
    monkeypatch.setattr(jobs, "SIGN_EVERY", 0.02)

    def slow(database, _input, _actor, _tell):
        clock.pass_(seconds=61)
        deadline = time.monotonic() + 20
        while found(ledger, job_id)[0].claimed_at < clock() and time.monotonic() < deadline:
            time.sleep(0.02)
        seen.append(work_off(database, KINDS))
        return Made("结果.txt", "text/plain", b"slow")

    work_off(ledger.database, {"count": Kind("count", TITLE, slow)})
    job, _lines = found(ledger, job_id)
    assert (seen, job.status, job.attempts, job.result) == ([0], "done", 1, b"slow")


def test_authority_is_asked_again_when_it_begins(ledger):
    job_id = asked(ledger)
    with ledger.database.writing() as session:
        session.get_one(Account, ledger.accounts["lead"]).active = False
    work_off(ledger.database, KINDS)
    job, lines = found(ledger, job_id)
    assert job.status == "failed" and "停用" in job.error["zh"] and not lines


def test_what_kills_every_worker_is_given_up(ledger, clock):
    job_id = asked(ledger)

    def dies(*_):
        raise SystemExit

    for _attempt in range(5):
        with pytest.raises(SystemExit):
            work_off(ledger.database, {"count": Kind("count", TITLE, dies)})
        clock.pass_(seconds=61)
    work_off(ledger.database, {"count": Kind("count", TITLE, dies)})
    assert found(ledger, job_id)[0].status == "failed"


def test_its_page_is_its_owners_and_shows_progress_then_results(ledger, app, browse):
    app.extensions["worker"].kinds = {}
    job_id, lead = asked(ledger), browse("lead")
    page = lead.get(f"/jobs/{job_id}").text
    assert 'hx-trigger="every 1s"' in page and "http-equiv" in page and "等待办理" in page
    assert browse("lead2").get(f"/jobs/{job_id}").status_code == 404
    app.extensions["worker"].kinds = KINDS
    app.extensions["worker"].begin(30)
    page = lead.get(f"/jobs/{job_id}").text
    assert "已办理 2 件，未办理 1 件" in page and "every 1s" not in page
    assert lead.get(f"/jobs/{job_id}/file").data == "甲局 · 经办人".encode()
    assert f"/jobs/{job_id}" in lead.get("/jobs").text
    book = lead.get(f"/jobs/{job_id}/results.xlsx")
    assert book.status_code == 200 and book.headers["Content-Disposition"].startswith("attachment")
    assert browse("lead2").get(f"/jobs/{job_id}/results.xlsx").status_code == 404
