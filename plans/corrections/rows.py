"""Corrections of a task's words, deadlines and extent."""

from dataclasses import replace
from datetime import date

from models import Part, Words
from plans.checked import CheckedMilestone, CheckedTask
from plans.corrections.seats import new_seat, once
from plans.corrections.working import Lost, Row, Working

NO_MILESTONE = Words("任务「{task}」没有 {year} 年度节点。", "Task “{task}” has no milestone of {year}.")
NO_LINE = Words("任务「{task}」没有第 {line} 行工作内容。", "Task “{task}” has no line {line} of work content.")
FIRST = Words("任务「{task}」前面没有任务可并入。", "No task stands before “{task}” to join it with.")


def set_number(plan: Working, row: Row, given: dict) -> None:
    row.change(number=given["value"] or None)


def set_title(plan: Working, row: Row, given: dict) -> None:
    row.change(title=given["value"])


def set_star(plan: Working, row: Row, given: dict) -> None:
    row.change(starred=given["value"])


def set_area(plan: Working, row: Row, given: dict) -> None:
    row.change(area=given["value"])


def set_content(plan: Working, row: Row, given: dict) -> None:
    """The text of one line of work content, counted from 1; one further line may be begun."""
    line, contents = given["line"] - 1, list(row.task.contents)
    if line > len(contents):
        raise Lost(NO_LINE.format(task=_name(row), line=line + 1))
    contents[line : line + 1] = [given["value"]]
    row.change(contents=tuple(contents))


def set_requirement(plan: Working, row: Row, given: dict) -> None:
    """The requirement of one year; an empty one takes the milestone away, a new one makes it.

    The deadline stays as it is, a new milestone's is the end of its year: a correction of its own sets another.
    """
    year, lines = given["year"], tuple(given["value"].split("\n"))
    there = _milestone(row, year)
    if not given["value"]:
        row.change(milestones=tuple(m for m in row.task.milestones if m is not there))
    elif there is None:
        made = CheckedMilestone(year, lines, date(year, 12, 31) if year else None)
        row.change(milestones=_in_order((*row.task.milestones, made)))
    else:
        steps = tuple(step for step in there.steps if step.text in given["value"])
        _put(row, there, replace(there, requirements=lines, steps=steps))


def set_due(plan: Working, row: Row, given: dict) -> None:
    there = _milestone(row, given["year"])
    if there is None:
        raise Lost(NO_MILESTONE.format(task=_name(row), year=given["year"] or "—"))
    _put(row, there, replace(there, due=date.fromisoformat(given["value"]) if given["value"] else None))


def merge(plan: Working, row: Row, given: dict) -> None:
    """The row goes on with the task before it: its words become further lines of that task."""
    at = plan.rows.index(row)
    if at == 0:
        raise Lost(FIRST.format(task=_name(row)))
    before, task = plan.rows[at - 1], row.task
    placed = plan.findings_of(row)
    contents = task.contents or (task.title,)
    before.change(
        contents=before.task.contents + contents, seats=once(before.task.seats + task.seats),
        milestones=_merged(before.task, task, len(contents)), last_line=task.last_line,
        source_text="\n".join(text for text in (before.task.source_text, task.source_text) if text),
    )
    plan.rows.remove(row)
    plan.settle(placed)


def split(plan: Working, row: Row, given: dict) -> None:
    """The lines of work content from `line` on become a task of their own."""
    line, task = given["line"] - 1, row.task
    if not 0 < line < len(task.contents):
        raise Lost(NO_LINE.format(task=_name(row), line=given["line"]))
    rest = replace(
        task, number=given["serial"] or None, title=given["title"], contents=task.contents[line:],
        milestones=_of_lines(task, slice(line, None)),
    )
    row.change(contents=task.contents[:line], milestones=_of_lines(task, slice(0, line)))
    plan.rows.insert(plan.rows.index(row) + 1, Row(f"{row.key}+{given['line']}", rest.number, rest))


def remove(plan: Working, row: Row, given: dict) -> None:
    placed = plan.findings_of(row)
    plan.rows.remove(row)
    plan.settle(placed)


def add(plan: Working, row: Row | None, given: dict) -> None:
    """A task that the reader did not find, after `row` (None: before all others)."""
    before = row.task if row else None
    line = before.last_line if before else 0
    seats = [new_seat(name, Part.LEAD) for name in given["leads"]]
    seats += [new_seat(name, Part.SUPPORT) for name in given["supports"]]
    task = CheckedTask(
        number=given["serial"] or None, title=given["title"], starred=given["starred"],
        area=given["area"] or (before.area if before else ""), contents=tuple(given["contents"]),
        seats=once(tuple(seats)), milestones=(), first_line=line, last_line=line, source_text="",
    )
    made = Row(given["key"], task.number, task)
    for year, text in sorted(given["requirements"].items()):
        set_requirement(plan, made, {"year": int(year) if year.isdecimal() else None, "value": text})
    plan.rows.insert(plan.rows.index(row) + 1 if row else 0, made)


def _name(row: Row) -> str:
    return row.task.number or row.task.title


def _milestone(row: Row, year: int | None) -> CheckedMilestone | None:
    return next((m for m in row.task.milestones if m.year == year), None)


def _put(row: Row, old: CheckedMilestone, new: CheckedMilestone) -> None:
    row.change(milestones=tuple(new if m is old else m for m in row.task.milestones))


def _in_order(milestones: tuple[CheckedMilestone, ...]) -> tuple[CheckedMilestone, ...]:
    return tuple(sorted(milestones, key=lambda m: (m.year is None, m.year or 0)))


def _of_lines(task: CheckedTask, lines: slice) -> tuple[CheckedMilestone, ...]:
    cut = [replace(m, requirements=m.requirements[lines]) for m in task.milestones]
    return tuple(m for m in cut if m.requirement)


def _merged(first: CheckedTask, second: CheckedTask, lines: int) -> tuple[CheckedMilestone, ...]:
    found = {m.year: m for m in first.milestones}
    for m in second.milestones:
        there = found.get(m.year)
        above = _padded(there.requirements if there else (), len(first.contents))
        asked = above + _padded(m.requirements, lines)
        if there is None:
            found[m.year] = replace(m, requirements=asked)
        else:
            due = max((day for day in (there.due, m.due) if day), default=None)
            found[m.year] = replace(there, requirements=asked, due=due, steps=there.steps + m.steps)
    return _in_order(tuple(found.values()))


def _padded(lines: tuple[str, ...], count: int) -> tuple[str, ...]:
    return lines + ("",) * (count - len(lines))
