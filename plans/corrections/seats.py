"""Corrections of a task's units."""

from dataclasses import replace

from models import Part, Words
from plans.checked import Seat
from plans.corrections.working import Lost, Row, Working
from plans.units.names import is_collective

NO_UNIT = Words("任务「{task}」没有单位「{unit}」。", "Task “{task}” has no unit “{unit}”.")
NOWHERE = Words("方案中没有单位「{unit}」。", "No task of the plan has a unit “{unit}”.")


def set_part(plan: Working, row: Row, given: dict) -> None:
    seat = _seat(row, given["unit"])
    _put(row, seat, [replace(seat, part=Part(given["part"]), inferred=False)])


def lead_by(plan: Working, row: Row, given: dict) -> None:
    """One unit leads, the others support: what a person says of a whole row at once."""
    chosen = _seat(row, given["unit"])
    row.change(seats=tuple(
        replace(seat, part=Part.LEAD if seat is chosen else Part.SUPPORT, inferred=False) for seat in row.task.seats
    ))


def confirm(plan: Working, row: Row, given: dict) -> None:
    row.change(seats=tuple(replace(seat, inferred=False) for seat in row.task.seats))


def rename(plan: Working, row: Row, given: dict) -> None:
    seat = _seat(row, given["unit"])
    _put(row, seat, [_named(seat, given["name"])])


def rename_everywhere(plan: Working, row: None, given: dict) -> None:
    found = [row for row in plan.rows if any(seat.name == given["unit"] for seat in row.task.seats)]
    if not found:
        raise Lost(NOWHERE.format(unit=given["unit"]))
    for each in found:
        rename(plan, each, given)
    named = f"「{given['unit']}」"
    plan.settle([it for it in plan.findings if it.code.startswith("unit-") and named in it.message.zh])


def split(plan: Working, row: Row, given: dict) -> None:
    """One name that is several units: each gets its part."""
    seat = _seat(row, given["unit"])
    _put(row, seat, [_named(seat, name) for name in given["names"]])


def join(plan: Working, row: Row, given: dict) -> None:
    """Several names that are one unit."""
    first, *others = [_seat(row, name) for name in given["units"]]
    _put(row, first, [_named(first, given["name"])])
    row.change(seats=tuple(seat for seat in row.task.seats if seat.name not in {it.name for it in others}))


def add(plan: Working, row: Row, given: dict) -> None:
    seat = new_seat(given["name"], Part(given["part"]))
    row.change(seats=once((*row.task.seats, seat)))


def remove(plan: Working, row: Row, given: dict) -> None:
    _put(row, _seat(row, given["unit"]), [])


def new_seat(name: str, part: Part) -> Seat:
    return Seat(name, part, inferred=False, collective=is_collective(name), source="")


def once(seats: tuple[Seat, ...]) -> tuple[Seat, ...]:
    """Each unit in its first place; the leading part counts where both are said."""
    found: dict[str, Seat] = {}
    for seat in seats:
        if seat.name not in found or (seat.part == Part.LEAD and found[seat.name].part != Part.LEAD):
            found[seat.name] = seat
    return tuple(found.values())


def _seat(row: Row, name: str) -> Seat:
    found = next((seat for seat in row.task.seats if seat.name == name), None)
    if found is None:
        raise Lost(NO_UNIT.format(task=row.task.number or row.task.title, unit=name))
    return found


def _named(seat: Seat, name: str) -> Seat:
    return replace(seat, name=name, collective=is_collective(name))


def _put(row: Row, old: Seat, new: list[Seat]) -> None:
    seats = [it for seat in row.task.seats for it in (new if seat is old else [seat])]
    row.change(seats=once(tuple(seats)))
