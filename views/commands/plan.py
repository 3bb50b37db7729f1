"""`flask plan check FILE`, `flask plan import FILE`: a published document read, and stored."""

import hashlib
import json
import sys
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import NoReturn

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import undefer

from models import DraftStatus, Plan, PlanDraft, Words
from plans import intake
from plans.apart import read_apart
from plans.checked import CheckedPlan
from plans.corrections import apply, columns_of, read_file
from plans.kept import load
from plans.readers.document import bytes_of
from plans.store import HasDoubts, HasErrors
from plans.unreadable import Unreadable
from reports.published import published
from views.commands.speech import language, speak
from workflow.actor import command_line
from workflow.errors import Incomplete

plan = AppGroup("plan", help="Read a published plan, or store it in the ledger.")

UNREADABLE = 3
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
SUMMARY = Words(
    "{title}\n年度 {years}；行动 {areas}；任务 {tasks}（带标记 {starred}）；年度节点 {milestones}（{by_year}）",
    "{title}\nYears {years}; areas {areas}; tasks {tasks} ({starred} marked); milestones {milestones} ({by_year})",
)
IMPORTED = Words(
    "已导入：任务 {tasks} 项，年度节点 {milestones} 个。", "Imported: {tasks} tasks, {milestones} milestones."
)
KNOWN = Words("同一文件已导入过，没有作任何改动。", "These bytes were imported before; nothing was changed.")
APPLIED = Words("套用更正 {count} 条。", "{count} corrections applied.")
DOUBTFUL = Words(
    "有未处理的疑点，未导入。逐条更正，或加 --accept-doubts 按所示读法导入。",
    "There are open doubts; nothing was imported. Correct them, or accept what was read with --accept-doubts.",
)
NO_PLAN = Words("没有编号 {id} 的方案。现有：\n{known}", "There is no plan {id}. There are:\n{known}")
REFUSED = Words("有错误级疑点，未导入。", "There are findings graded error; nothing was imported.")


@plan.command("check")
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print the plan and its findings as JSON.")
@click.option("--corrections", type=FILE, help="Corrections to apply (docs/plans.md).")
def check(file: Path, as_json: bool, corrections: Path | None) -> None:
    """Read FILE and say what was understood, and every doubt. Exit: 0 clean, 1 doubts, 2 errors, 3 unreadable."""
    data = bytes_of(file)
    given = _read_corrections(corrections, data)
    try:
        checked = apply(load(read_apart(data, file.name, columns_of(given))), given).plan
    except Unreadable as error:
        _give_up(error.words, UNREADABLE)
    if as_json:
        click.echo(json.dumps(checked.to_json(language()), ensure_ascii=False, indent=1))
    else:
        _print(checked)
    sys.exit(checked.exit_code)


@plan.command("import")
@click.argument("file", type=FILE)
@click.option("--corrections", type=FILE, help="Corrections to apply; they take the place of those remembered.")
@click.option("--accept-doubts", is_flag=True, help="Store it although there are open doubts, as it was read.")
@click.option("--opened", type=click.DateTime(["%Y-%m-%d"]), help="The day from which deadlines are watched.")
def import_(file: Path, corrections: Path | None, accept_doubts: bool, opened: datetime | None) -> None:
    """Read FILE and store it whole, or not at all. The same bytes a second time change nothing.

    Corrections that were made to the same document before are applied. Exit: 0 stored, 1 open doubts,
    2 errors, 3 unreadable; nothing is stored unless 0.
    """
    database, actor, data = current_app.extensions["database"], command_line("plan import"), bytes_of(file)
    given = _read_corrections(corrections, data) if corrections else None
    try:
        draft_id, unread = intake.take_in(database, actor, data, file.name)
    except Unreadable as error:
        _give_up(error.words, UNREADABLE)
    if unread:
        intake.read(database, draft_id)
    draft = _draft(database, draft_id)
    if draft.status == DraftStatus.STORED:
        click.echo(speak(KNOWN))
        return
    if draft.problem and draft.status == DraftStatus.UNREADABLE:
        _give_up(Words(**draft.problem), UNREADABLE)
    if given is not None and intake.replace_all(database, actor, draft_id, None, given):
        intake.read(database, draft_id)
    draft = _draft(database, draft_id)
    if draft.corrections:
        click.echo(speak(APPLIED.format(count=len(draft.corrections))))
    _store(database, actor, draft, accept_doubts, opened.date() if opened else None)


@plan.command("export")
@click.argument("plan_id", type=int)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(plan_id: int, file: Path) -> None:
    """Write a stored plan to FILE (.xlsx) in the layout in which it was published."""
    with current_app.extensions["database"].reading() as session:
        found = session.get(Plan, plan_id)
        if found is None:
            known = session.execute(select(Plan.id, Plan.title).order_by(Plan.id))
            _give_up(NO_PLAN.format(id=plan_id, known="\n".join(f"{id_}  {title}" for id_, title in known)), 2)
        file.write_bytes(published(session, found))


def _store(database, actor, draft: PlanDraft, accept_doubts: bool, opened: date | None) -> None:
    try:
        stored = intake.store(database, actor, draft.id, None, accept_doubts=accept_doubts, opened_on=opened)
    except (HasErrors, HasDoubts) as error:
        _print(intake.corrected(draft).plan)
        _give_up(*((REFUSED, 2) if isinstance(error, HasErrors) else (DOUBTFUL, 1)))
    words = IMPORTED.format(tasks=stored.tasks, milestones=stored.milestones) if stored.new else KNOWN
    click.echo(speak(words))


def _draft(database, draft_id: int) -> PlanDraft:
    with database.reading() as session:
        return session.get_one(PlanDraft, draft_id, options=[undefer(PlanDraft.reading)])


def _read_corrections(file: Path | None, data: bytes) -> list[dict]:
    try:
        return read_file(file.read_bytes(), hashlib.sha256(data).hexdigest()) if file else []
    except Incomplete as error:
        _give_up(Words(*("\n".join(words[speech] for words in error.errors.values()) for speech in ("zh", "en"))), 2)


def _give_up(words: Words, status: int) -> NoReturn:
    click.echo(speak(words), err=True)
    sys.exit(status)


def _print(checked: CheckedPlan) -> None:
    by_year = Counter(m.year or "—" for task in checked.tasks for m in task.milestones)
    click.echo(speak(SUMMARY.format(
        title=checked.title, years=", ".join(map(str, checked.years)), areas=len(checked.areas),
        tasks=len(checked.tasks), starred=sum(task.starred for task in checked.tasks),
        milestones=by_year.total(), by_year=", ".join(f"{year}: {by_year[year]}" for year in sorted(by_year, key=str)),
    )))
    for finding in checked.findings:
        task = f" #{finding.task}" if finding.task else ""
        place = speak(finding.place) if finding.place else f"L{finding.source}"
        click.echo(f"{finding.grade:5} {finding.code:18} {place}{task}  {speak(finding.message)}")
