"""`flask evidence verify|migrate|orphans|read`: the files behind the ledger, for whoever runs it."""

import sys
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from evidence import Store, Unavailable, check, forget_words, moving, read_words, store_for
from models import Words
from settings import Settings
from views.commands.speech import speak

evidence = AppGroup("evidence", help="The evidence files: check them, move them, find what nothing names.")

CLEAN, FAULTY, COULD_NOT = 0, 1, 2
FAULT = {
    check.MISSING: Words("缺失", "missing"),
    check.ALTERED: Words("已被改动", "altered"),
}
PLACE = Words(
    "{fault}：任务 {number}「{title}」{year} 年第 {round} 轮「{name}」 sha256 {sha256}",
    "{fault}: task {number} “{title}”, {year}, round {round}: “{name}” sha256 {sha256}",
)
VERIFIED = Words(
    "核验 {files} 个文件：缺失 {missing} 个，被改动 {altered} 个。",
    "{files} files checked: {missing} missing, {altered} altered.",
)
MOVED = Words(
    "迁移：复制 {copied} 个，目标已有 {there} 个，来源缺失 {missing} 个，来源或副本有误 {altered} 个。",
    "Copied {copied}, already there {there}, missing at the source {missing}, wrong there or here {altered}.",
)
NEXT = Words(
    "全部核对无误。把 EVIDENCE_URL 改为目标地址并重新启动后，来源即可停用。",
    "All of it was read back and is right. Set EVIDENCE_URL to the target, start again, and the source is free.",
)
SAME = Words("来源与目标是同一个地址。", "Source and target are the same address.")
ORPHANS = Words(
    "{count} 个文件不属于任何材料，共 {size} MB。", "{count} files belong to no piece of evidence, {size} MB in all."
)
WERE_READ = Words(
    "已读取 {count} 个文件的文字，其中 {failed} 个无法读取。",
    "The words of {count} files were read; {failed} could not be.",
)
REMOVED = Words("已清除。", "Removed.")
CANNOT = Words("无法完成：{why}", "Could not be done: {why}")


@evidence.command("verify")
def verify() -> None:
    """Read every file that the ledger names. Exit: 0 all right, 1 some missing or altered (each named), 2 could not."""
    counted = Counter()
    with _or_could_not(), current_app.extensions["database"].snapshot() as session:
        for places in check.places(session):
            counted["files"] += 1
            fault = check.fault_of(_store(), places[0].sha256)
            if fault:
                counted[fault] += 1
                for place in places:
                    click.echo(_named(fault, place))
    click.echo(speak(VERIFIED.format(
        files=counted["files"], missing=counted[check.MISSING], altered=counted[check.ALTERED],
    )))
    sys.exit(FAULTY if counted[check.MISSING] or counted[check.ALTERED] else CLEAN)


@evidence.command("migrate")
@click.argument("source")
@click.argument("target")
def migrate(source: str, target: str) -> None:
    """Copy everything from SOURCE to TARGET (addresses as in EVIDENCE_URL), and check every hash.

    It can be stopped at any time and run again. The source is left as it is. An S3 source is read with EVIDENCE_KEY and
    EVIDENCE_SECRET, an S3 target written with EVIDENCE_TARGET_KEY and EVIDENCE_TARGET_SECRET, or with the same where
    these are not set. Exit: 0 all is there, 1 some could not be moved (each named), 2 could not run.
    """
    counted = Counter()
    with _or_could_not():
        if source == target:
            raise ValueError(speak(SAME))
        settings: Settings = current_app.extensions["settings"]
        present = settings.evidence_key, settings.evidence_secret
        other = settings.evidence_target_key, settings.evidence_target_secret
        stores = store_for(source, *present), store_for(target, *(other if any(other) else present))
        with current_app.extensions["database"].reading() as session:
            wanted = check.named(session)
        for moved in moving.move(*stores, wanted):
            counted[moved.outcome] += 1
            if moved.outcome in moving.FAILED:
                click.echo(f"{speak(FAULT[moved.outcome])}: {moved.sha256}", err=True)
    click.echo(speak(MOVED.format(
        copied=counted[moving.COPIED], there=counted[moving.THERE], missing=counted[check.MISSING],
        altered=counted[check.ALTERED],
    )))
    failed = sum(counted[outcome] for outcome in moving.FAILED)
    if not failed:
        click.echo(speak(NEXT))
    sys.exit(FAULTY if failed else CLEAN)


@evidence.command("orphans")
@click.option("--remove", is_flag=True, help="Take them away.")
def orphans(remove: bool) -> None:
    """List what the store holds and no piece of evidence names, older than a day. Exit: 0, or 2 could not run."""
    count = size = 0
    with _or_could_not(), current_app.extensions["database"].reading() as session:
        for kept in check.orphans(session, _store(), datetime.now(UTC)):
            count, size = count + 1, size + kept.size
            click.echo(kept.name)
            if remove:
                _store().remove(kept.name)
        if remove:
            forget_words(current_app.extensions["database"])
    click.echo(speak(ORPHANS.format(count=count, size=round(size / 2**20, 1))))
    if remove and count:
        click.echo(speak(REMOVED))


@evidence.command("read")
def read() -> None:
    """Read the words of documents that search cannot find yet: of older uploads, and of what took too long then.

    Exit: 0, or 2 could not run (the store is out of reach); what was read until then stays.
    """
    counted = Counter()
    with _or_could_not():
        for _sha256, well in read_words(current_app.extensions["database"], _store()):
            counted[well] += 1
    click.echo(speak(WERE_READ.format(count=counted.total(), failed=counted[False])))


def _store() -> Store:
    return current_app.extensions["evidence"]


def _named(fault: str, place: check.Place) -> str:
    return speak(PLACE.format(
        fault=FAULT[fault], number=place.number or "", title=place.title, year=place.year or "",
        round=place.round_number, name=place.name, sha256=place.sha256,
    ))


@contextmanager
def _or_could_not():
    """What keeps the command from knowing is no finding: exit 2."""
    try:
        yield
    except (Unavailable, SQLAlchemyError, OSError, ValueError) as error:
        click.echo(speak(CANNOT.format(why=str(error).splitlines()[0])), err=True)
        sys.exit(COULD_NOT)
