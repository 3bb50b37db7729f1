"""Supervision sheets: numbered without gaps, answered by each unit, closed or returned, rising where nobody answers."""

import io
import itertools
import re
import threading
from datetime import UTC, date, datetime

import docx
import pytest
from sqlalchemy import select, text

from models import Account, Notice, Supervision, SupervisionSheet
from tests.ledger import CLOCKS, PEOPLE
from tests.notices.told import told
from workflow.audit.verify import verify
from workflow.authority import may_where, refusals
from workflow.definitions.supervision import SUPERVISION
from workflow.directory import change_unit
from workflow.errors import Incomplete, NotNow, Refused, Repeated
from workflow.handover import open_work
from workflow.reminders import remind
from workflow.supervising import Draft, issue

NAMES = [person[0] for person in PEOPLE]
LEADS = {"lead", "lead2", "lead_reviewer"}
UNIT = (*sorted(LEADS), "leader")
COMMITTEE = ("committee", "committee2", "head")
ANSWER = {"words": "已完成测绘，下月颁证。"}
WORDS = {"words": "请写明时间。"}

# By hand, from the design: who may do what with 甲局's copy, where its leader need not sign, and where they do.
ALLOWED = {
    "issued": {(name, "answer") for name in UNIT} | {(name, "withdraw") for name in COMMITTEE},
    "answered": {(name, it) for name in COMMITTEE for it in ("close", "return", "withdraw")},
    "closed": set(), "withdrawn": set(),
}
SIGNED = {
    "issued": {(name, "send_to_sign") for name in UNIT} | {(name, "withdraw") for name in COMMITTEE},
    "signing": {("leader", "sign"), ("leader", "hand_back")} | {(name, "withdraw") for name in COMMITTEE},
}
WAY_TO = {
    "issued": (), "signing": (("lead", "send_to_sign"),), "answered": (("lead", "answer"),),
    "closed": (("lead", "answer"), ("committee", "close")), "withdrawn": (("committee", "withdraw"),),
}


def put_out(ledger, name: str = "committee", units=("甲局",), about=(("1", 2018),), **given) -> list[int]:
    """Issue a sheet; the ids of its copies."""
    draft = {"title": "颁证进度督办", "words": "请抓紧。", "due": date(2018, 12, 28)} | given
    sheet = issue(ledger.database, ledger.actor(name), Draft(
        **draft, milestone_ids=[ledger.milestones[it] for it in about], unit_ids=[ledger.units[it] for it in units],
    ))
    with ledger.database.reading() as session:
        query = select(Supervision.id).where(Supervision.sheet_id == sheet).order_by(Supervision.id)
        return list(session.scalars(query))


def bring(ledger, copy: int, state: str) -> None:
    for name, trigger in WAY_TO[state]:
        ledger.take(SUPERVISION, copy, name, trigger, ANSWER)


def signs(ledger) -> None:
    unit = ledger.units["甲局"]
    change_unit(ledger.database, ledger.actor("system"), unit, active=True, members=[], leader_signs=True)


@pytest.mark.parametrize("signed", [False, True], ids=["alone", "signed"])
def test_every_person_and_every_action_in_every_state(ledger, signed):
    assert set(ALLOWED) | set(SIGNED) == set(SUPERVISION.by_name)
    if signed:
        signs(ledger)
    for state, wanted in (SIGNED if signed else ALLOWED).items():
        (copy,) = put_out(ledger)
        bring(ledger, copy, state)
        assert allowed(ledger, copy) == wanted, state


def allowed(ledger, copy: int) -> set[tuple[str, str]]:
    found = set()
    with ledger.database.reading() as session:
        subject = SUPERVISION.load(session, copy)
        for name, trigger in itertools.product(NAMES, SUPERVISION.triggers):
            actor, action = ledger.actor(name), SUPERVISION.arrow(trigger, subject.state)
            clicked = action is not None and not refusals(action, actor, subject)
            listed = session.scalars(
                SUPERVISION.rows(Supervision.id).where(may_where(SUPERVISION, trigger, actor))
            ).all()
            assert (copy in listed) == clicked, (name, trigger)
            if clicked and SUPERVISION.sees.holds(actor, subject):
                found.add((name, trigger))
    return found


def test_a_rule_means_the_same_in_python_and_in_sql(ledger):
    bring(ledger, put_out(ledger)[0], "answered")
    put_out(ledger, units=("乙局", "丁局"), about=(("2", 2018), ("2", 2019)))
    signs(ledger)
    with ledger.database.reading() as session:
        copies = SUPERVISION.many(session, SUPERVISION.rows(Supervision))
        rules = {SUPERVISION.sees} | {r for a in SUPERVISION.actions for r in (*a.who, *a.unless, *a.needs)}
        for rule, name in itertools.product(rules, NAMES):
            actor = ledger.actor(name)
            found = set(session.scalars(SUPERVISION.rows(Supervision.id).where(rule.where(actor))))
            assert found == {it.id for it in copies if rule.holds(actor, it)}, (rule.code, name)


def test_numbers_have_no_gap_whatever_fails_and_however_many_issue_at_once(ledger, clock):
    put_out(ledger)
    for wrong, field in (
        ({"title": " "}, "title"), ({"words": ""}, "words"), ({"due": date(2018, 1, 1)}, "due"),
        ({"units": ()}, "units"), ({"units": ("乙局",)}, "units"), ({"about": ()}, "milestones"),
    ):
        with pytest.raises(Incomplete) as error:
            put_out(ledger, **wrong)
        assert field in error.value.errors
    with pytest.raises(Refused):
        put_out(ledger, "reviewer")
    ledger.submit()
    with pytest.raises(NotNow):
        put_out(ledger)  # others hold it now
    barrier = threading.Barrier(4)

    def one():
        barrier.wait()
        put_out(ledger, about=(("1", 2019),))

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    clock.now = datetime(2019, 1, 2, 1, tzinfo=UTC)
    put_out(ledger, about=(("1", 2019),), due=date(2019, 2, 1))
    with ledger.database.reading() as session:
        sheets = session.scalars(select(SupervisionSheet).order_by(SupervisionSheet.id)).all()
        assert [it.named for it in sheets] == [*(f"督〔2018〕{n}号" for n in range(1, 6)), "督〔2019〕1号"]


def test_from_issue_to_close_each_is_told_and_the_trail_holds_it(ledger):
    first, second = put_out(ledger, units=("乙局", "丁局"), about=(("2", 2018), ("2", 2019)))
    assert told(ledger, "supervision-issued") == {"supervision-issued": {"support", "colead"}}
    ledger.take(SUPERVISION, first, "support", "answer", ANSWER)
    with ledger.database.reading() as session:  # whoever answered hands it over before they leave
        work = open_work(session, session.get_one(Account, ledger.accounts["support"]))
        assert [it.subject.id for it in work if it.workflow is SUPERVISION] == [first]
    assert told(ledger, "supervision-answered") == {"supervision-answered": set(COMMITTEE)}
    ledger.take(SUPERVISION, first, "committee", "return", WORDS)
    assert told(ledger, "supervision-returned") == {"supervision-returned": {"support"}}
    ledger.take(SUPERVISION, first, "support", "answer", ANSWER)
    ledger.take(SUPERVISION, first, "head", "close")
    ledger.take(SUPERVISION, second, "committee", "withdraw", WORDS)
    assert told(ledger, "supervision-closed") == {"supervision-closed": {"support"}}
    assert told(ledger, "supervision-withdrawn") == {"supervision-withdrawn": {"colead"}}
    with ledger.database.snapshot() as session:
        assert verify(session).faults == []
        support = session.get_one(Account, ledger.accounts["support"])
        assert not [it for it in open_work(session, support) if it.workflow is SUPERVISION]
    with ledger.database.engine.begin() as connection:
        connection.execute(text("UPDATE supervision_sheet SET words = '不必答复。'"))
    with ledger.database.snapshot() as session:
        assert {(it.code, it.subject_type) for it in verify(session).faults} == {("content", "supervision")}


def test_a_leader_signs_where_the_unit_wants_it(ledger):
    signs(ledger)
    (copy,) = put_out(ledger)
    ledger.take(SUPERVISION, copy, "lead", "send_to_sign", ANSWER)
    assert told(ledger, "to-sign") == {"to-sign": {"leader"}}
    ledger.take(SUPERVISION, copy, "leader", "hand_back", WORDS)
    ledger.take(SUPERVISION, copy, "lead2", "send_to_sign", ANSWER)
    ledger.take(SUPERVISION, copy, "leader", "sign")
    assert told(ledger, "handed-back") == {"handed-back": LEADS} and told(ledger, "signed") == {"signed": LEADS}
    assert told(ledger, "supervision-answered") == {"supervision-answered": set(COMMITTEE)}


def test_what_nobody_answers_rises_from_the_unit_to_its_leaders_to_the_committee(ledger, clock):
    """Due on Friday 28 December 2018; the 29th, a Saturday, was worked, 30 December to 1 January were not."""
    signs(ledger)
    (copy,) = put_out(ledger)
    people = {account_id: name for name, account_id in ledger.accounts.items()}
    found = {}
    for month, day in ((12, 25), (12, 27), (12, 29), (1, 3), (1, 7), (1, 14)):
        clock.now = datetime(2018 if month == 12 else 2019, month, day, 1, tzinfo=UTC)
        if (month, day) == (1, 3):
            ledger.take(SUPERVISION, copy, "lead", "send_to_sign", ANSWER)  # not signed: not answered
        remind(ledger.database, CLOCKS)
        with ledger.database.reading() as session:
            for notice in session.scalars(select(Notice).where(Notice.subject_type == "supervision")):
                if notice.key.startswith(f"remind:supervision:{copy}:r1:"):
                    found.setdefault(notice.key.rpartition(":")[2], set()).add(people[notice.account_id])
    every = LEADS | {"leader", *COMMITTEE}
    assert found == {
        "due-3": LEADS, "due-1": LEADS, "overdue+1": LEADS, "overdue+3": LEADS | {"leader"}, "overdue+5": every,
        "overdue+10": every,
    }


def seen_in(page: str, milestone: int) -> str:
    return re.search(rf'name="seen-{milestone}" value="(\d+)"', page).group(1)


def test_the_same_press_twice_issues_one_sheet_and_leads_to_it(ledger, browse):
    one, committee = ledger.milestones["1", 2018], browse("committee")
    at = committee.post("/supervision/new", {"milestone": one}).location  # where Back leads to again
    page = committee.get(at).text
    mark = re.search(r'name="once" value="(\w+)"', page).group(1)
    assert f"once={mark}" in at
    form = {
        "title": "颁证督办", "words": "请抓紧办理。", "due": "2018-12-28", "milestone": one,
        "unit": ledger.units["甲局"],
    }
    sent = form | {f"seen-{one}": seen_in(page, one), "once": mark}
    wrong = committee.post("/supervision", sent | {"due": "9999-12-31"})
    assert wrong.status_code == 422 and f'value="{mark}"' in wrong.text
    made = committee.post("/supervision", sent)
    repeated = committee.post("/supervision", sent)
    assert (made.status_code, repeated.status_code, repeated.location) == (302, 302, made.location)
    assert "先前已提交，未再下发" in committee.get(repeated.location).text
    assert "由此表已下发" in committee.get(at).text and made.location in committee.get(at).text
    again = committee.post("/supervision", form | {f"seen-{one}": seen_in(page, one)})
    assert again.status_code == 422 and "刚有变化" in again.text and "请抓紧办理。" in again.text
    assert committee.post("/supervision", form).status_code == 422  # a form that showed nothing
    # Who has looked again may issue another.
    assert committee.post("/supervision", form | {f"seen-{one}": seen_in(again.text, one)}).status_code == 302
    with ledger.database.reading() as session:
        assert [it.number for it in session.scalars(select(SupervisionSheet))] == [1, 2]


def test_presses_of_one_form_at_one_moment_issue_one_sheet(ledger):
    barrier, results = threading.Barrier(3), []

    def press():
        barrier.wait()
        try:
            results.append(put_out(ledger, mark="m"))
        except Repeated as error:
            results.append(error.made_id)

    threads = [threading.Thread(target=press) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, results)) == ["1", "1", "[1]"]  # the sheet that was made, twice; its copy


def test_it_is_issued_from_the_list_and_answered_on_its_page(ledger, browse):
    one, lead, committee = ledger.milestones["1", 2018], browse("lead"), browse("committee")
    both = {"milestone": [one, ledger.milestones["3", 2018]]}
    page = committee.post("/supervision/new", both, follow_redirects=True).text
    assert "甲局" in page and "农村土地确权登记颁证" in page and "答复期限" in page
    said = {"title": "颁证督办", "words": "请抓紧办理。", "due": "2018-12-28"}
    form = said | {"milestone": one, "unit": ledger.units["甲局"], f"seen-{one}": seen_in(page, one)}
    for day in ("2001-01-01", "2018-12-13", "2019-12-15", "9999-12-31", ""):  # at most a year from the 13th
        wrong = committee.post("/supervision", form | {"due": day})
        assert wrong.status_code == 422 and "请抓紧办理。" in wrong.text and f'value="{day}"' in wrong.text
        assert "「答复期限」须在 2018年12月14日 至 2019年12月14日 之间。" in wrong.text
    made = committee.post("/supervision", form)
    assert made.status_code == 302
    path = made.location
    assert "督〔2018〕1号 颁证督办" in lead.get("/").text and "督〔2018〕1号" in committee.get("/?tab=mine").text
    page = lead.get(path).text
    assert "请抓紧办理。" in page and "督〔2018〕1号" in lead.get(f"/milestones/{one}").text
    assert browse("support").get(path).status_code == 404
    assert lead.post(f"{path}/act/answer", {"version": 1, **ANSWER}).status_code == 302
    assert "督〔2018〕1号" in committee.get("/").text and "督〔2018〕1号" in lead.get("/?tab=mine").text
    assert ANSWER["words"] in committee.get(path).text
    assert committee.post(f"{path}/act/return", {"version": 2, **WORDS}).status_code == 302
    assert ANSWER["words"] in lead.get(path).text.split("<textarea")[1]  # there to be mended
    assert "督〔2018〕1号" in lead.get("/supervision").text
    document = docx.Document(io.BytesIO(lead.get(f"{path}/document").data))
    said = "\n".join(it.text for it in document.paragraphs)
    assert "督〔2018〕1号" in said and "甲局：" in said and "2018年12月28日前" in said
    assert document.tables[0].rows[1].cells[0].text == "1 农村土地确权登记颁证 · 2018"
    page = document.sections[0]
    assert (round(page.top_margin.mm), round(page.left_margin.mm)) == (37, 28)
