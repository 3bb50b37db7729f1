"""Every address of the application × every role. A new address without a line here fails."""

import pytest

from models import Role
from views.access import access_of
from workflow.definitions.milestone import MILESTONE

# Who may use it: "all" (anybody), "in" (whoever has signed in), or roles.
WORK = {"handler", "leader", "reviewer", "committee", "auditor"}
OFFICES = {"system_admin", "security_admin"}
EXPECTED = {
    "static": "all", "health.healthz": "all", "health.readyz": "all", "preferences.language": "all",
    "auth.sign_in": "all", "auth.sign_out": "in", "auth.password": "in",
    "workbench.show": "in", "help.show": "in", "style.show": "in",
    "search.show": WORK, "feeds.show": WORK, "feeds.renew": WORK, "feeds.close": WORK, "feeds.read": "all",
    **dict.fromkeys((f"saved_views.{it}" for it in ("show", "save", "change", "remove")), WORK),
    "ledger.show": WORK, "tasks.show": WORK, "milestones.show": WORK, "milestones.save": WORK,
    "milestones.begin": WORK, "subjects.act": WORK, "subjects.show": WORK,
    "cooperation.ask": WORK, "cooperation.contribute": WORK,
    "evidence.remove": WORK, "evidence.download": WORK,
    "evidence.add": WORK, "evidence.strip": WORK, "evidence.preview": WORK,
    "resuming.begin": WORK, "resuming.stand": WORK, "resuming.go_on_with": WORK, "resuming.drop": WORK,
    "changes.listing": WORK, "changes.ask": WORK, "changes.show": WORK, "changes.attachment": WORK,
    **dict.fromkeys((f"implementation.{it}" for it in (
        "listing", "begin", "show", "save", "document", "take_document")), WORK),
    "talk.write": WORK, "talk.edit": WORK, "talk.remove": WORK,
    "talk.instruct": {"committee"}, "talk.instruct_on_task": {"committee"}, "talk.answer": {"handler"},
    "notices.show": "in", "notices.follow": "in", "notices.read_all": "in", "notices.preferences": "in",
    "delegations.show": "in", "delegations.give": "in", "delegations.end": "in", "delegations.act": "in",
    "urging.preview": {"reviewer", "committee"}, "urging.send": {"reviewer", "committee"},
    **dict.fromkeys((f"jobs.{it}" for it in ("listing", "show", "file", "results")), "in"),
    **dict.fromkeys((f"chasing.{it}" for it in ("show", "preview", "send")), {"reviewer", "committee"}),
    "supervision.listing": WORK, "supervision.show": WORK, "supervision.document": WORK,
    "supervision.new": {"committee"}, "supervision.issue": {"committee"},
    **dict.fromkeys((f"assessment.{it}" for it in ("listing", "show", "unit", "workbook", "rules")), WORK),
    **dict.fromkeys((f"assessment.{it}" for it in ("draw_up", "try_out", "trial", "set_rule")), {"committee"}),
    "assessment.object_to": {"handler", "leader"}, "objections.objection": WORK,
    "unchanged.show": {"handler", "leader"}, "unchanged.say_of_many": {"handler", "leader"},
    "admin.messages": {"system_admin"}, "admin.send_message_again": {"system_admin"},
    **dict.fromkeys(
        (f"admin.{it}" for it in ("reasons", "add_reason", "change_reason", "move_reason")), {"system_admin"}
    ),
    **dict.fromkeys(
        (f"samples.{it}" for it in ("listing", "show", "population_list", "results")), {"committee", "auditor"}
    ),
    "samples.new": {"committee"}, "samples.draw": {"committee"},
    "admin.calendar": {"system_admin"}, "admin.set_calendar_day": {"system_admin"},
    **dict.fromkeys((f"review.{it}" for it in ("queue", "choose", "preflight", "many")), {
        "reviewer", "committee"}),
    **dict.fromkeys(
        (f"documents.{it}" for it in ("show", "ledger", "dossier_pdf", "dossier_bundle", "dossiers")), WORK
    ),
    "documents.kept": {"committee"},
    **dict.fromkeys(
        (f"documents.{it}" for it in ("units", "bulletin", "year", "later")), {"reviewer", "committee", "auditor"}
    ),
    **dict.fromkeys((f"documents.{it}" for it in ("template", "put_template", "own_template", "sample_template")), {
        "committee", "system_admin"}),
    **dict.fromkeys(("monitor.show", "monitor.units", "monitor.time", "monitor.screen", "monitor.returns"), {
        "reviewer", "committee", "auditor"}), "monitor.unit": WORK, "monitor.decided_rounds": WORK,
    "help.figures": "in",
    "audit.show": {"auditor", "committee"},
    "admin.show": OFFICES, "admin.account": OFFICES, "admin.units": OFFICES,
    "admin.new_account": {"system_admin"}, "admin.new_unit": {"system_admin"}, "admin.unit": {"system_admin"},
    "admin.add_alias": {"system_admin"}, "admin.drop_alias": {"system_admin"},
    "admin.tasks": {"system_admin"}, "admin.task": {"system_admin"}, "admin.apart": {"system_admin"},
    "admin.indicators": {"system_admin"},
    "plans.shelf": {"system_admin"}, "plans.upload": {"system_admin"}, "plans.draft": {"system_admin"},
    "plans.again": {"system_admin"}, "plans.discard": {"system_admin"}, "plans.source": {"system_admin"},
    "plans.row": {"system_admin"}, "plans.correct": {"system_admin"}, "plans.listed": {"system_admin"},
    "plans.undo": {"system_admin"}, "plans.corrections_file": {"system_admin"},
    "plans.load_corrections": {"system_admin"}, "plans.confirm": {"system_admin"}, "plans.revises": {"system_admin"},
    "plans.compare": {"system_admin"}, "plans.decide": {"system_admin"}, "plans.same": {"system_admin"},
    "plans.follow_edition": {"system_admin"},
    "plans.edition": {*WORK, "system_admin"}, "plans.export": {*WORK, "system_admin"},
    "admin.hand_over": {"system_admin"},
    "admin.grant": {"security_admin"}, "admin.revoke": {"security_admin"}, "admin.reset_password": {"security_admin"},
}
# One person with each role alone, and one with none.
PERSON = {
    "handler": "lead", "leader": "leader", "reviewer": "reviewer", "committee": "committee", "committee_head": "head",
    "system_admin": "system",
    "security_admin": "security", "auditor": "auditor", "none": "nobody",
}
# A role that brings another with it.
BRINGS = {"committee_head": {"committee_head", "committee"}, "leader": {"leader", "handler"}}
VALUES = {"milestone_id": 1, "workflow": MILESTONE, "subject_id": 1, "implementation_id": 1,
          "evidence_id": 999, "request_id": 1, "trigger": "submit", "number": "1",
          "account_id": 2, "unit_id": 1, "task_id": 1, "grant_id": 999, "alias_id": 999, "filename": "css/base.css",
          "notice_id": 999, "delegation_id": 999, "message_id": 999, "comment_id": 999, "instruction_id": 999,
          "kind": "bulletin", "draft_id": 1, "supervision_id": 1, "view_id": 999, "job_id": 999, "token": "x",
          "key": "1", "n": 0, "plan_id": 1, "document_id": 999,
          "reason_id": 999, "sample_id": 999, "assessment_id": 1, "objection_id": 1}


def rules_of(app):
    return [rule for rule in app.url_map.iter_rules()]


def test_every_address_is_in_the_table(app):
    assert {rule.endpoint for rule in rules_of(app)} == set(EXPECTED)


def test_every_view_declares_what_the_table_says(app):
    for endpoint, expected in EXPECTED.items():
        access = access_of(app, endpoint)
        if expected in ("all", "in"):
            assert (access.signed_in, access.roles) == (expected == "in", None), endpoint
        else:
            assert {str(role) for role in access.roles} == expected, endpoint


@pytest.mark.parametrize("role", [*map(str, Role), "none"])
def test_every_address_asked_by_every_role(app, browse, role):
    browser = browse(PERSON[role])
    for rule in rules_of(app):
        if rule.endpoint in ("auth.sign_out", "static"):
            continue
        expected = EXPECTED[rule.endpoint]
        allowed = expected in ("all", "in") or not BRINGS.get(role, {role}).isdisjoint(expected)
        with app.test_request_context():
            path = rule.build({name: VALUES[name] for name in rule.arguments})[1]
        for method in rule.methods & {"GET", "POST"}:
            answer = browser.get(path) if method == "GET" else browser.post(path)
            if allowed:
                # The object may not be theirs, or the form be incomplete; it is never an error of ours.
                assert answer.status_code < 500, (path, method, answer.status_code)
            else:
                assert answer.status_code == 403, (path, method, answer.status_code)


def test_nobody_gets_past_the_sign_in_page(app, browse):
    browser = browse()
    for rule in rules_of(app):
        if EXPECTED[rule.endpoint] == "all":
            continue
        with app.test_request_context():
            path = rule.build({name: VALUES[name] for name in rule.arguments})[1]
        for method in rule.methods & {"GET", "POST"}:
            answer = browser.get(path) if method == "GET" else browser.post(path)
            led = method == "GET" or path == "/sign-out"  # signing in just to sign out helps nobody
            assert answer.status_code == (302 if led else 401), (path, method)


def test_a_form_without_its_token_is_refused_everywhere(app, browse):
    browser = browse("lead")
    for rule in rules_of(app):
        if "POST" not in rule.methods or EXPECTED[rule.endpoint] not in ("all", "in") and "handler" not in EXPECTED[
            rule.endpoint
        ]:
            continue
        with app.test_request_context():
            path = rule.build({name: VALUES[name] for name in rule.arguments})[1]
        assert browser.post(path, {"account": "x"}, token=False).status_code == 400, path
