"""Papers of clearly different make, written in the manner of real ones, against what a person reads in each.

`written/NAME.txt` is the paper (markup.py), `written/NAME.expected` what is right, written by hand:

    title …  /  years …          of the plan; `!! codes` are the doubts that concern no task
    = number | area | title      begins a task; - stands for none
    : text                       a line of contents
    + 甲 乙@  /  +? 甲           leading units, @ a collective; with ? the part is inferred
    - 丙  /  -? 丙               supporting units
    > year | due | text          a milestone, ⏎ for a line end
    * due text                   a step of it
    ~ person, person             leaders
    % header=text                a further column
    ! codes                      the doubts and errors of the task, all of them
"""

from collections import Counter
from pathlib import Path

import pytest

from plans.findings import NOTE
from plans.reading import understand
from tests.plans.markup import grid_of

FOLDER = Path(__file__).with_name("written")
NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))


def read(name: str):
    return understand(grid_of((FOLDER / f"{name}.txt").read_text(encoding="utf-8")))


def wanted(name: str) -> tuple[dict, list[dict]]:
    plan, tasks = {"title": "", "years": [], "doubts": Counter()}, []
    for line in (FOLDER / f"{name}.expected").read_text(encoding="utf-8").splitlines():
        sign, _, rest = line.partition(" ")
        if sign == "title":
            plan["title"] = _blank(rest)
        elif sign == "years":
            plan["years"] = [int(year) for year in rest.split()]
        elif sign == "!!":
            plan["doubts"] = Counter(rest.split())
        elif sign == "=":
            number, area, title = (_blank(part.strip()) for part in rest.split("|"))
            tasks.append({
                "number": number or None, "area": area, "title": title, "contents": [], "units": [], "milestones": [],
                "steps": [], "leaders": [], "other": {}, "doubts": Counter(),
            })
        elif sign:
            _add(tasks[-1], sign, rest)
    return plan, tasks


def _add(task: dict, sign: str, rest: str) -> None:
    if sign == ":":
        task["contents"].append(rest.replace("⏎", "\n"))
    elif sign[0] in "+-":
        part = "lead" if sign[0] == "+" else "support"
        task["units"] += [(unit.rstrip("@"), part, sign.endswith("?"), unit.endswith("@")) for unit in rest.split()]
    elif sign == ">":
        year, due, text = (part.strip() for part in rest.split("|"))
        task["milestones"].append((_blank(year), _blank(due), text.replace("⏎", "\n")))
    elif sign == "*":
        task["steps"].append(tuple(rest.split(" ", 1)))
    elif sign == "~":
        task["leaders"] += [name.strip() for name in rest.split("，")]
    elif sign == "%":
        header, _, text = rest.partition("=")
        task["other"][header] = text.replace("⏎", "\n")
    elif sign == "!":
        task["doubts"] += Counter(rest.split())
    else:
        raise ValueError(sign)


def _blank(text: str) -> str:
    return "" if text == "-" else text


def seen(plan, position: int) -> dict:
    task = plan.tasks[position - 1]
    seats = [(s.name, str(s.part), s.inferred, s.collective) for s in task.seats]
    return {
        "number": task.number, "area": task.area, "title": task.title,
        "contents": [text for text in task.contents if text],
        "units": [s for s in seats if s[1] == "lead"] + [s for s in seats if s[1] == "support"],
        "milestones": [(str(m.year or ""), str(m.due or ""), m.requirement) for m in task.milestones],
        "steps": [(str(s.due), s.text) for m in task.milestones for s in m.steps],
        "leaders": list(task.leaders), "other": task.other | ({"进展": task.progress} if task.progress else {}),
        "doubts": Counter(f.code for f in plan.findings if f.position == position and f.grade != NOTE),
    }


@pytest.mark.parametrize("name", NAMES)
def test_the_paper_is_read_as_a_person_reads_it(name):
    plan, (about, tasks) = read(name), wanted(name)
    assert len(plan.tasks) == len(tasks)
    for position, task in enumerate(tasks, 1):
        assert seen(plan, position) == task
    assert (plan.title, plan.years) == (about["title"], about["years"])
    assert Counter(f.code for f in plan.findings if f.position is None and f.grade != NOTE) == about["doubts"]


def test_there_are_twelve_papers_and_more():
    assert len(NAMES) >= 12
