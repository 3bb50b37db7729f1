"""The seed's table from every kind of file is the same plan as from its text, and how much of it is read right."""

from collections import Counter

import pytest

from plans.reading import read_plan
from tests.plans.papers import seed_paper, to_csv, to_docx, to_html, to_xls, to_xlsx
from tests.plans.seed import checked, expected

KINDS = {"docx": to_docx, "xlsx": to_xlsx, "xls": to_xls, "html": to_html, "csv": to_csv}
YEARS = (2018, 2019, 2020)


def plain(text: str) -> str:
    return "".join(text.split())


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


def printed() -> dict[str, list]:
    """What stands in the table, field by field: the cells as they are printed, and the seats that a person reads."""
    found: dict[str, list] = {name: [] for name in ("numbers", "titles", "stars", "contents", "requirements", "units")}
    number = ""
    for row in seed_paper().matrix()[2:]:
        cells = ["" if spot is None else plain(spot.text) for spot in row]
        if len({spot for spot in row if spot}) == 1 and row[0].width == 7 or cells[0] == "序号":
            continue
        begins = cells[0].isdecimal() and cells[0] != number
        number = cells[0] if begins else number
        if begins:
            found["numbers"].append(number)
            found["titles"].append((number, cells[1].removeprefix("*")))
            found["stars"] += [number] if cells[1].startswith("*") else []
        found["contents"].append((number, cells[2]))
        found["requirements"] += [(number, year, text) for year, text in zip(YEARS, cells[3:6], strict=True) if text]
    found["units"] = [(row.number, name, part) for row in expected() for name, part, *_ in row.units]
    return found


def read() -> dict[str, list]:
    tasks = checked().tasks
    return {
        "numbers": [t.number for t in tasks],
        "titles": [(t.number, plain(t.title)) for t in tasks],
        "stars": [t.number for t in tasks if t.starred],
        "contents": [(t.number, plain(text)) for t in tasks for text in t.contents],
        "requirements": [
            (t.number, m.year, plain(text)) for t in tasks for m in t.milestones for text in m.requirements if text
        ],
        "units": [(t.number, s.name, str(s.part)) for t in tasks for s in t.seats],
    }


def test_precision_and_recall_are_whole_in_every_field(capsys):
    wanted, got = printed(), read()
    measured = {}
    for name in wanted:
        right = (Counter(wanted[name]) & Counter(got[name])).total()
        measured[name] = right / len(got[name]), right / len(wanted[name]), len(wanted[name])
    with capsys.disabled():
        for name, (precision, recall, count) in measured.items():
            print(f"\nseed, {name}: precision {precision:.1%}, recall {recall:.1%} of {count}", end="")
    assert {name: figures[:2] for name, figures in measured.items()} == dict.fromkeys(wanted, (1.0, 1.0))
    assert {name: figures[2] for name, figures in measured.items()} == {
        "numbers": 120, "titles": 120, "stars": 52, "contents": 122, "requirements": 336, "units": 358,
    }
