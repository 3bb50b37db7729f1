"""`flask plan check FILE`, `flask plan import FILE`: a published document read, and stored."""

import json
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from models import Words
from plans.checked import CheckedPlan
from plans.readers.document import bytes_of
from plans.reading import read_plan
from plans.store import HasErrors, store_plan
from plans.unreadable import Unreadable
from views.commands.speech import language, speak
from workflow.actor import command_line

plan = AppGroup("plan", help="Read a published plan, or store it in the ledger.")

UNREADABLE = 3
SUMMARY = Words(
    "{title}\n年度 {years}；行动 {areas}；任务 {tasks}（带标记 {starred}）；年度节点 {milestones}（{by_year}）",
    "{title}\nYears {years}; areas {areas}; tasks {tasks} ({starred} marked); milestones {milestones} ({by_year})",
)
IMPORTED = Words(
    "已导入：任务 {tasks} 项，年度节点 {milestones} 个。", "Imported: {tasks} tasks, {milestones} milestones."
)
KNOWN = Words("同一文件已导入过，没有作任何改动。", "These bytes were imported before; nothing was changed.")
REFUSED = Words("有错误级疑点，未导入。", "There are findings graded error; nothing was imported.")


@plan.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the plan and its findings as JSON.")
def check(file: Path, as_json: bool) -> None:
    """Read FILE and say what was understood, and every doubt. Exit: 0 clean, 1 doubts, 2 errors, 3 unreadable."""
    checked = _read(file)
    if as_json:
        click.echo(json.dumps(checked.to_json(language()), ensure_ascii=False, indent=1))
    else:
        _print(checked)
    sys.exit(checked.exit_code)


@plan.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--opened", type=click.DateTime(["%Y-%m-%d"]), help="The day from which deadlines are watched.")
def import_(file: Path, opened: datetime | None) -> None:
    """Read FILE and store it whole, or not at all. The same bytes a second time change nothing."""
    checked = _read(file)
    try:
        stored = store_plan(
            current_app.extensions["database"], command_line("plan import"), checked, file.read_bytes(), file.name,
            opened.date() if opened else None,
        )
    except HasErrors:
        _print(checked)
        click.echo(speak(REFUSED), err=True)
        sys.exit(2)
    words = IMPORTED.format(tasks=stored.tasks, milestones=stored.milestones) if stored.new else KNOWN
    click.echo(speak(words))


def _read(file: Path) -> CheckedPlan:
    try:
        return read_plan(bytes_of(file), file.name)
    except Unreadable as error:
        click.echo(speak(error.words), err=True)
        sys.exit(UNREADABLE)


def _print(checked: CheckedPlan) -> None:
    by_year = Counter(m.year for task in checked.tasks for m in task.milestones)
    click.echo(speak(SUMMARY.format(
        title=checked.title, years=", ".join(map(str, checked.years)), areas=len(checked.areas),
        tasks=len(checked.tasks), starred=sum(task.starred for task in checked.tasks),
        milestones=by_year.total(), by_year=", ".join(
            f"{year or '—'}: {count}" for year, count in sorted(by_year.items(), key=lambda item: item[0] or 0)
        ),
    )))
    for finding in checked.findings:
        task = f" #{finding.task}" if finding.task else ""
        place = speak(finding.place) if finding.place else f"L{finding.source}"
        click.echo(f"{finding.grade:5} {finding.code:18} {place}{task}  {speak(finding.message)}")
