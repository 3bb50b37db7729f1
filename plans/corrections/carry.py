"""Corrections of one document carried over to a later edition of it: where the row is printed as it was."""

from plans.checked import CheckedPlan
from plans.corrections.verbs import VERBS, default_answers
from plans.corrections.working import Row, Working

# About the whole plan, and as true of the next edition; what points at lines, or accepts whatever is there, is not.
OF_THE_PLAN = ("unit-rename-everywhere", "area-rename")


def carried(old: CheckedPlan, corrections: list[dict], new: CheckedPlan) -> list[dict]:
    """Those of `corrections`, made to `old` as it was read, that hold for `new`, with their addresses there."""
    before = {(row.key, row.number): row for row in Working.of(old).rows}
    plan = Working.of(new)
    after = _alone(plan.rows)
    found = []
    for correction in corrections:
        if correction["do"] in OF_THE_PLAN:
            found.append(correction)
        elif "row" in correction and VERBS[correction["do"]].on_row:
            row = before.get((correction["row"], correction["number"]))
            there = after.get(row.task.source_text) if row and row.task.source_text else None
            if there is not None:
                found.append(_moved(correction, plan, there))
    return found


def _moved(correction: dict, plan: Working, row: Row) -> dict:
    moved = {name: value for name, value in correction.items() if name != "answers"}
    moved |= {"row": row.key, "number": row.number}
    if correction["do"] == "settle":
        return moved | {"source": ""}
    answers = default_answers(correction["do"], correction, row, plan.findings_of(row))
    return moved | ({"answers": answers} if answers else {})


def _alone(rows: list[Row]) -> dict[str, Row]:
    """Rows by their printed words, where only one has them."""
    found: dict[str, Row | None] = {}
    for row in rows:
        found[row.task.source_text] = None if row.task.source_text in found else row
    return {words: row for words, row in found.items() if row is not None}
