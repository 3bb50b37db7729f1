"""`flask audit verify`, `flask audit checkpoint`, `flask audit export`: for whoever checks the ledger."""

import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from evidence import Unavailable
from models import Words
from views.commands.speech import speak
from workflow.audit.checkpoint import BadCheckpoint, read_checkpoint, write_checkpoint
from workflow.audit.export import export_events
from workflow.audit.verify import FAULTS, Report, verify

audit = AppGroup("audit", help="Check the audit trail, and take its heads outside.")

CLEAN, BROKEN, COULD_NOT = 0, 1, 2
COUNTED = Words("核验 {chains} 条链、{events} 个事件：", "{chains} chains, {events} events: ")
ALL_INTACT = Words("完好。", "intact.")
SOME_BROKEN = Words("发现 {count} 处问题。", "{count} faults.")
CANNOT = Words("无法核验：{why}", "Could not verify: {why}")
WRITTEN = Words(
    "检查点已写入 {file}，请交由台账运维以外的人保管。",
    "Checkpoint written to {file}; keep it where the operator has no hand.",
)


@audit.command("verify")
@click.option("--against", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A checkpoint file.")
@click.option("--files", is_flag=True, help="Read every evidence file too.")
def verify_command(against: Path | None, files: bool) -> None:
    """Walk all chains. Exit: 0 intact, 1 broken (each broken event is named), 2 could not run."""
    store = current_app.extensions["evidence"]
    try:
        with current_app.extensions["database"].snapshot() as session:
            heads = read_checkpoint(session, against.read_text(encoding="utf-8")) if against else None
            report = verify(session, heads, store.open if files else None)
    except BadCheckpoint as error:
        click.echo(f"{against}: {speak(FAULTS['checkpoint'])} ({error})", err=True)
        sys.exit(BROKEN)
    except (SQLAlchemyError, OSError, UnicodeDecodeError, Unavailable) as error:
        click.echo(speak(CANNOT.format(why=str(error).splitlines()[0])), err=True)
        sys.exit(COULD_NOT)
    _print(report)
    sys.exit(BROKEN if report.faults else CLEAN)


@audit.command("checkpoint")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
def checkpoint(file: Path | None) -> None:
    """Write the heads of all chains to FILE (or the terminal)."""
    text = write_checkpoint(current_app.extensions["database"])
    if file is None:
        click.echo(text, nl=False)
    else:
        file.write_text(text, encoding="utf-8")
        click.echo(speak(WRITTEN.format(file=file)))


@audit.command("export")
@click.argument("file", type=click.File("w", encoding="utf-8"), default="-")
@click.option("--subject", nargs=2, type=(str, int), help="Only one chain: its type and number.")
def export(file, subject: tuple[str, int] | None) -> None:
    """Write the events as JSON lines, one an event."""
    with current_app.extensions["database"].snapshot() as session:
        for line in export_events(session, *(subject or ())):
            file.write(line + "\n")


def _print(report: Report) -> None:
    for fault in report.faults:
        place = f" #{fault.sequence} (event {fault.event_id})" if fault.event_id else ""
        click.echo(f"{fault.subject_type} {fault.subject_id}{place}: {fault.code}: {speak(fault.words)}")
    counted = speak(COUNTED.format(chains=report.chains, events=report.events))
    click.echo(counted + speak(SOME_BROKEN.format(count=len(report.faults)) if report.faults else ALL_INTACT))
