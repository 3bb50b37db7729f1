"""Sampling: a draw that anybody can repeat, what checking found, and who may draw, check and read."""

import hashlib
import io
import re
import threading
from urllib.parse import parse_qsl

import openpyxl
import pytest
from sqlalchemy import func, select, text

from models import AuditEvent, Sample, SampleItem
from reports.ledger import Filters
from reports.returns import ALWAYS, Period
from reports.sampling import population
from tests.test_pages import statements
from workflow import sampling
from workflow.audit.verify import verify
from workflow.definitions.sample import SAMPLE, sample_digest
from workflow.errors import Incomplete, Refused, Repeated
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
    assert {"=1+1", "未发现问题", item.lot, "抽查说明"} <= {cell.value for cell in cells}
    assert all(cell.data_type != "f" for cell in cells)


def opened(browser, path: str) -> str:
    """A form, opened anew: its address has a mark from then on."""
    answer = browser.get(path)
    assert answer.status_code == 302 and "once=" in answer.location
    return browser.get(answer.location).text


def marked(page: str) -> str:
    return re.search(r'name="once" value="(\w+)"', page).group(1)


def how_many(ledger, model) -> int:
    with ledger.database.reading() as session:
        return session.scalar(select(func.count()).select_from(model))


def test_the_same_press_again_leads_to_the_draw_that_was_made(story, browse):
    committee = browse("committee")
    at = committee.get("/samples/new?year=2019").location
    form = {"kind": "waiting", "year": "2019", "by": "count", "amount": "1", "once": marked(committee.get(at).text)}
    wrong = committee.post("/samples", form | {"amount": "x"})
    assert wrong.status_code == 422 and marked(wrong.text) == form["once"]  # nothing was drawn with it yet
    made = committee.post("/samples", form)
    again = committee.post("/samples", form | {"amount": "2"})
    assert (made.status_code, again.status_code, again.location) == (302, 302, made.location)
    page = committee.get(again.location).text
    assert "先前已提交，未再抽取" in page and "抽取 1 个" in page
    back = committee.get(at).text  # the page that Back asks for
    assert "由此表已抽取" in back and made.location in back and 'action="/samples"' not in back
    assert how_many(story, Sample) == 1
    # Somebody else's mark is nobody's, and a form that is opened anew draws anew.
    assert browse("head").post("/samples", form).location != made.location
    anew = committee.post("/samples", form | {"once": marked(opened(committee, "/samples/new?year=2019"))})
    assert anew.location != made.location and how_many(story, Sample) == 3
    assert committee.post("/samples", form | {"once": "x" * 33}).status_code == 400


def test_two_presses_at_one_moment_draw_once(story):
    """Also where both had begun before either was done."""
    ids = [story.milestones[it] for it in ALL]
    begun, results = threading.Barrier(4), []

    def press():
        begun.wait()
        try:
            results.append(draw(story.database, story.actor("committee"), ids, Asked("waiting", "count", 2, mark="m")))
        except Repeated as error:
            results.append(-error.made_id)

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (made,) = [it for it in results if it > 0]
    assert sorted(results) == [-made] * 3 + [made]
    assert (how_many(story, Sample), how_many(story, SampleItem)) == (1, 2)


WRONG = (
    "plan=77", "plan=0", "plan=abc", "area=77", "unit=77", "year=abc", "year=0", "year=9999", "starred=yes",
    "quarter=2018Q9", "kind=all", "kind=accepted&since=2018-13-01", "kind=accepted&until=9999-12-31",
    "kind=accepted&since=2018-12-02&until=2018-12-01", "kind=waiting&since=2018-12-01", f"words={'长' * 61}",
)


def test_a_wrong_scope_draws_nothing_and_never_widens(story, browse):
    committee = browse("committee")
    for scope in WRONG:
        page = committee.get(f"/samples/new?once=abc&{scope}")
        assert page.status_code == 422 and "范围有误" in page.text and 'role="alert"' in page.text, scope
        assert 'action="/samples"' not in page.text, scope
        form = {"kind": "waiting", "by": "count", "amount": "3", "remark": "季度抽查"} | dict(parse_qsl(scope))
        answer = committee.post("/samples", form)
        assert answer.status_code == 422 and "季度抽查" in answer.text, scope
    assert how_many(story, Sample) == 0


def test_what_a_draw_is_not_narrowed_by_is_said_and_not_taken(story, browse):
    committee = browse("committee")
    page = opened(committee, "/samples/new?light=red")
    assert "抽查不按下列条件限定：亮灯" in page
    assert committee.post("/samples", {"by": "count", "amount": "1", "light": "red"}).status_code == 422
    assert how_many(story, Sample) == 0


def test_the_form_draws_from_what_it_says(story, browse):
    committee = browse("committee")
    asked = f"/samples/new?kind=waiting&year=2019&unit={story.units['乙局']}"
    assert "范围内共 2 个节点" in opened(committee, asked)  # of one it supports, too
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
