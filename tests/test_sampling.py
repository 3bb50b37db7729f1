"""Sampling: a draw that anybody can repeat, what checking found, and who may draw, check and read."""

import hashlib
import io

import openpyxl
import pytest
from sqlalchemy import select, text

from models import AuditEvent, Sample, SampleItem
from reports.ledger import Filters
from reports.returns import ALWAYS, Period
from reports.sampling import population
from tests.test_pages import statements
from workflow import sampling
from workflow.audit.verify import verify
from workflow.definitions.sample import SAMPLE, sample_digest
from workflow.errors import Incomplete, Refused
from workflow.lights import Day
from workflow.sampling import Asked, draw, size_of

ALL = (("1", 2018), ("1", 2019), ("2", 2018), ("2", 2019), ("2", 2020))


@pytest.fixture
def story(ledger):
    """Five milestones: three wait for the committee, one is signed off, one waits for its reviewer."""
    for number, year in ALL:
        ledger.submit("lead" if number == "1" else "support", number, year)
    for number, year in ALL[:4]:
        ledger.fire("reviewer", "approve", number=number, year=year)
    ledger.fire("committee", "accept", number="1", year=2018)
    return ledger


def drawn(ledger, who: str = "committee", kind: str = "waiting", **asked) -> Sample:
    with ledger.database.reading() as session:
        ids = population(session, ledger.actor(who), Day(ledger.database.clock().date()), Filters(), kind, ALWAYS)
    sample_id = draw(ledger.database, ledger.actor(who), ids, Asked(kind, **{"by": "count", "amount": 2} | asked))
    with ledger.database.reading() as session:
        sample = session.get_one(Sample, sample_id)
        assert sample.listed and sample.items
        return sample


def test_anybody_can_repeat_the_draw_from_what_the_page_shows(story, browse):
    sample = drawn(story)
    auditor = browse("auditor")
    page = auditor.get(f"/samples/{sample.id}").text
    given = auditor.get(f"/samples/{sample.id}/list.txt").data
    assert hashlib.sha256(given).hexdigest() in page and sample.seed in page
    lines = given.decode().splitlines()
    assert lines == sorted((f"{story.milestones[it]}-1" for it in ALL[1:4]), key=lambda it: int(it.split("-")[0]))
    by_lot = sorted(lines, key=lambda line: hashlib.sha256(f"{sample.seed}:{line}".encode()).hexdigest())
    assert [it.line for it in sample.items] == by_lot[:2]
    with story.database.reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.subject_type == "sample_item")).all()
    assert len(events) == 2 and all(sample.seed in it.detail and sample.fingerprint in it.detail for it in events)


def test_other_seeds_draw_others_and_nobody_is_always_drawn(story):
    """A thousand seeds over three lines: each is drawn about a third of the time."""
    first = [min("abc", key=lambda line: sampling.lot_of(str(seed), line)) for seed in range(1000)]
    assert all(250 < first.count(line) < 420 for line in "abc")
    assert drawn(story).seed != drawn(story).seed


def test_a_share_is_rounded_up_and_what_cannot_be_drawn_is_said(story):
    assert [size_of(Asked("", "share", share), 33) for share in (1, 10, 50, 100)] == [1, 4, 17, 33]
    sample = drawn(story, by="share", amount=10)
    assert (sample.size, sample.population, sample.share) == (1, 3, 10)
    assert drawn(story, amount=99).size == 3
    for wrong in ({"amount": 0}, {"amount": None}, {"by": "share", "amount": 101}, {"by": "x"}, {"amount": 1001}):
        with pytest.raises(Incomplete) as error:
            drawn(story, **wrong)
        assert set(error.value.errors) == {"amount"}
    with pytest.raises(Incomplete):
        draw(story.database, story.actor("committee"), [], Asked("waiting", "count", 1))


def test_what_is_signed_off_is_drawn_by_the_day_of_its_sign_off(story, clock):
    clock.pass_(days=30)
    story.fire("committee", "accept", number="2", year=2018)
    with story.database.reading() as session:
        actor, day = story.actor("committee"), Day(clock().date())

        def within(**period):
            return population(session, actor, day, Filters(), "accepted", Period(**period))

        first, second = story.milestones["1", 2018], story.milestones["2", 2018]
        assert within() == [first, second]
        assert within(until=clock().date().replace(day=1)) == [first]
        assert within(since=clock().date().replace(day=2)) == [second]


def test_only_the_committee_draws_and_checks_and_nobody_their_own(story):
    for who in ("reviewer", "auditor", "lead", "system"):
        with pytest.raises(Refused):
            draw(story.database, story.actor(who), list(story.milestones.values()), Asked("waiting", "count", 1))
    (item,) = drawn(story, kind="accepted", amount=1).items
    with pytest.raises(Refused) as own:
        story.take(SAMPLE, item.id, "committee", "clear")  # signed it off
    assert [reason.code for reason in own.value.reasons] == ["own-sign-off"]
    with pytest.raises(Refused):
        story.take(SAMPLE, item.id, "auditor", "clear")
    event = story.take(SAMPLE, item.id, "head", "clear")
    assert event.to_state == "clean"


def test_a_finding_is_kept_shown_taken_back_and_counted(story, browse):
    (item,) = drawn(story, kind="accepted", amount=1).items
    milestone = story.milestones["1", 2018]
    lead, head = browse("lead"), browse("head")
    assert "抽查" not in lead.get(f"/milestones/{milestone}").text  # a check is not announced
    page = head.get(f"/milestones/{milestone}").text
    assert f'id="spot-checks-{item.id}"' in page and "撤销办结" in page
    wrong = head.post(f"/spot-checks/{item.id}/act/find", {"version": 1, "words": " "})
    assert wrong.status_code == 422
    answer = head.post(f"/spot-checks/{item.id}/act/find", {"version": 1, "words": "公示照片与地块不符。"})
    assert answer.location == f"/milestones/{milestone}"
    shown = lead.get(f"/milestones/{milestone}").text
    assert "公示照片与地块不符。" in shown and "有问题" in shown and f"/samples/{item.sample_id}" not in shown
    assert "公示照片与地块不符。" not in browse("outsider").get(f"/milestones/{milestone}").text
    story.take(SAMPLE, item.id, "head", "check_again", {"words": "看错地块。"})
    assert "公示照片与地块不符。" not in lead.get(f"/milestones/{milestone}").text
    story.take(SAMPLE, item.id, "head", "clear", {"words": "=1+1"})
    auditor = browse("auditor")
    assert "<b>1</b><span>未发现问题</span>" in auditor.get(f"/samples/{item.sample_id}").text
    assert f"/samples/{item.sample_id}" in auditor.get("/samples").text
    sheet = openpyxl.load_workbook(io.BytesIO(auditor.get(f"/samples/{item.sample_id}/results.xlsx").data)).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {"=1+1", "未发现问题", item.lot} <= {cell.value for cell in cells}
    assert all(cell.data_type != "f" for cell in cells)


def test_the_form_draws_from_what_it_says(story, browse):
    committee = browse("committee")
    asked = f"/samples/new?kind=waiting&year=2019&unit={story.units['乙局']}"
    assert "范围内共 2 个节点" in committee.get(asked).text  # of one it supports, too
    assert "/samples/new?year=2019" in committee.get("/review?year=2019").text
    form = {"kind": "waiting", "year": "2019", "by": "count", "amount": "1", "remark": "季度抽查"}
    wrong = committee.post("/samples", form | {"amount": "x"})
    assert wrong.status_code == 422 and "季度抽查" in wrong.text
    answer = committee.post("/samples", form)
    page = committee.get(answer.location).text
    assert "年度：2019年" in page and "季度抽查" in page and "自 2 个节点中抽取 1 个" in page


def test_what_was_drawn_stands_on_the_workbench_of_whoever_may_check_it(story, browse, app):
    """Not of whoever signed the round off, nor of the office that only reads; and no longer once it was checked."""
    (item,) = drawn(story, kind="accepted", amount=1).items
    place = f'href="/milestones/{item.milestone_id}#spot-checks-{item.id}"'
    shown = {name for name in ("committee", "committee2", "head", "auditor", "lead", "reviewer")
             if place in browse(name).get("/").text}
    assert shown == {"committee2", "head"}
    head = browse("head")
    page = head.get("/").text
    assert "抽查" in page and "待核查" in page and "前往办理" in page and "您有 4 件待办" in page
    assert place in head.get(f"/samples/{item.sample_id}").text
    assert f'id="spot-checks-{item.id}"' in head.get(f"/milestones/{item.milestone_id}").text
    assert len(statements(app, lambda: head.get("/"))) <= 8
    drawn(story, amount=3)
    assert len(statements(app, lambda: head.get("/"))) <= 8
    story.take(SAMPLE, item.id, "head", "clear")
    assert place not in browse("committee2").get("/").text and place not in head.get("/").text


def test_verify_names_a_draw_that_was_changed_behind_the_trail(story):
    sample = drawn(story)
    with story.database.snapshot() as session:
        assert verify(session).faults == []
    with story.database.engine.begin() as connection:
        connection.execute(text("UPDATE sample SET seed = 'other'"))
    with story.database.writing() as session:  # with the digest beside it, as if it had been drawn so
        changed = session.get_one(Sample, sample.id)
        changed.digest = sample_digest(changed)
    with story.database.snapshot() as session:
        faults = verify(session).faults
    assert [(it.code, it.subject_type) for it in faults] == [("content", "sample_item")] * sample.size


@pytest.mark.parametrize("who", ["committee", "committee2", "head", "auditor", "reviewer", "lead", "nobody", "system"])
def test_rules_hold_for_one_as_for_many(story, who):
    sample = drawn(story, amount=3)
    actor = story.actor(who)
    with story.database.reading() as session:
        items = SAMPLE.many(session, SAMPLE.rows(SampleItem))
        assert len(items) == sample.size
        for rule in {SAMPLE.sees, *(rule for action in SAMPLE.actions for rule in action.unless)}:
            many = set(session.scalars(SAMPLE.rows(SampleItem.id).where(rule.where(actor))))
            assert many == {it.id for it in items if rule.holds(actor, it)}, rule.code
