"""The seed's table from every kind of file is the same plan as from its text."""

import pytest

from plans.reading import read_plan
from tests.plans.papers import seed_paper, to_csv, to_docx, to_html, to_xls, to_xlsx
from tests.plans.seed import checked, plain

KINDS = {"docx": to_docx, "xlsx": to_xlsx, "xls": to_xls, "html": to_html, "csv": to_csv}


def meaning(plan) -> list[dict]:
    """All that a plan says of its tasks, but for where it stands."""
    return [
        {
            "number": t.number, "title": plain(t.title), "starred": t.starred, "area": plain(t.area),
            "contents": [plain(text) for text in t.contents],
            "units": [(s.name, s.part, s.inferred, s.collective) for s in t.seats],
            "milestones": [(m.year, [plain(text) for text in m.requirements], m.due) for m in t.milestones],
        }
        for t in plan.tasks
    ]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_seed_is_the_same_plan_from_every_kind_of_file(kind):
    plan = read_plan(KINDS[kind](seed_paper()), f"seed.{kind}")
    assert (plain(plan.title), plan.years, plan.plan_due) == (checked().title, checked().years, checked().plan_due)
    for read, wanted in zip(meaning(plan), meaning(checked()), strict=True):
        assert read == wanted
