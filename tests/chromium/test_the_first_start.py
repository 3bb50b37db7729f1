"""`make run` on a machine that has nothing, and again."""

from tests.chromium.conftest import serving


def test_an_empty_database_gets_the_sample_plan_and_a_second_start_keeps_what_was_done(tmp_path, chromium):
    database = f"sqlite:///{tmp_path}/local/ledger.db"
    for start in ("first", "second"):
        with serving(database, tmp_path, chromium, first=True) as site:
            committee, lead = map(site.open, ("guanweihui", "qunongyeju"))
            committee.goto("/ledger")
            assert "332 个年度节点" in committee.locator("main").inner_text()
            lead.goto("/tasks/7")
            lead.click("table a:has-text('2018')")
            if start == "first":
                lead.fill("[name=account]", "已开展权属调查。")
                lead.click("button:has-text('暂存')")
                lead.wait_for_load_state()
            assert lead.input_value("[name=account]") == "已开展权属调查。"
            assert site.complaints == []
