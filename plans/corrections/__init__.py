"""Corrections of a plan that was read: data that can be kept, sent along and applied again (docs/plans.md).

A correction is {"do": verb, …the verb's fields}, one at a row also {"row": first source line, "number": serial
as read}, and {"answers": [[code, source], …]} for the findings that it settles. Nothing is applied by position
in the list of tasks: a correction that no longer finds its target changes nothing and is a doubt.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from models import Words
from plans.checked import CheckedPlan
from plans.corrections.verbs import ROW_OPTIONAL, VERBS, default_answers
from plans.corrections.working import STILL, Lost, Places, Row, Working
from plans.findings import CATALOGUE, Finding
from workflow.errors import Incomplete
from workflow.inputs import clean

__all__ = [
    "MOST_CORRECTIONS", "VERBS", "Corrected", "apply", "check_correction", "columns_of", "default_answers", "read_file",
    "to_file",
]

FORMAT = 1
MOST_CORRECTIONS = 20_000

NOT_JSON = Words("更正文件不是有效的 JSON：{why}", "The file of corrections is no valid JSON: {why}")
NO_LIST = Words("更正文件须含列表 corrections，最多 {most} 条。",
                "A file of corrections has a list “corrections” of at most {most}.")
NUMBERED = Words("第 {n} 条：{why}", "No. {n}: {why}")
NO_VERB = Words("没有这种更正：{verb}", "There is no such correction: {verb}")
NO_TARGET = Words("更正须指明任务（row、number）。", "The correction has to name its task (row, number).")
OTHER_DOCUMENT = Words(
    "更正属于另一份文件（sha256 {theirs}…），本文件为 {ours}…。",
    "The corrections belong to another document (sha256 {theirs}…); this one is {ours}….",
)


@dataclass(frozen=True)
class Corrected:
    """The plan with the corrections applied: its findings are those still open.

    `settled` are the answered ones with the position of the correction (None: it no longer holds by itself);
    `lost` the positions of corrections that found no target, with the reason.
    """

    plan: CheckedPlan
    rows: list[Row]
    settled: list[tuple[Finding, int | None]]
    lost: dict[int, Words]

    @cached_property
    def placed(self) -> dict[str, list[Finding]]:
        """Open findings by the key of their row; those of no row under ""."""
        return _placed(self.rows, self.plan.findings)

    @cached_property
    def placed_settled(self) -> dict[str, list[Finding]]:
        return _placed(self.rows, [finding for finding, _ in self.settled])


def apply(checked: CheckedPlan, corrections: Iterable[dict]) -> Corrected:
    """`checked` as the corrections, in their order, make it. Nothing is raised: what is lost is said."""
    plan, lost = Working.of(checked), {}
    for n, correction in enumerate(corrections):
        plan.present = n
        try:
            _apply(plan, correction)
        except Lost as error:
            lost[n] = error.words
        except Incomplete as error:
            lost[n] = next(iter(error.errors.values()))
    plan.present = None
    _look_again(plan)
    for n, words in lost.items():
        plan.findings.append(_lost_finding(n, words))
    return Corrected(plan.plan(checked), plan.rows, plan.settled, lost)


def check_correction(raw: Any) -> dict:
    """One correction with only the fields that it has, each read. Raises Incomplete."""
    if not isinstance(raw, dict) or raw.get("do") not in VERBS:
        raise Incomplete({"do": NO_VERB.format(verb=raw.get("do") if isinstance(raw, dict) else raw)})
    verb = VERBS[raw["do"]]
    taken: dict[str, Any] = {"do": raw["do"]}
    if verb.on_row and (raw.get("row") not in (None, "") or raw["do"] not in ROW_OPTIONAL):
        if not isinstance(raw.get("row"), (str, int)):
            raise Incomplete({"row": NO_TARGET})
        taken |= {"row": clean(str(raw["row"]))[:60], "number": clean(raw.get("number")) or None}
    errors = {}
    for asked in verb.fields:
        try:
            taken[asked.name] = asked.read(raw.get(asked.name))
        except Incomplete as error:
            errors |= error.errors
    if errors:
        raise Incomplete(errors)
    answers = [[str(code)[:60], str(at)[:60]] for code, at in _pairs(raw.get("answers"))]
    return taken | ({"answers": answers} if answers else {})


def read_file(data: bytes, sha256: str) -> list[dict]:
    """The corrections of a file for the document with this SHA-256. Raises Incomplete, naming all that is wrong."""
    try:
        read = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise Incomplete({"corrections": NOT_JSON.format(why=str(error)[:200])}) from None
    given = read.get("corrections") if isinstance(read, dict) else read
    if not isinstance(given, list) or len(given) > MOST_CORRECTIONS:
        raise Incomplete({"corrections": NO_LIST.format(most=MOST_CORRECTIONS)})
    document = read.get("document") if isinstance(read, dict) else None
    if document and document != sha256:
        raise Incomplete({"document": OTHER_DOCUMENT.format(theirs=str(document)[:8], ours=sha256[:8])})
    taken, errors = [], {}
    for n, raw in enumerate(given, 1):
        try:
            taken.append(check_correction(raw))
        except Incomplete as error:
            errors[str(n)] = NUMBERED.format(n=n, why=next(iter(error.errors.values())))
    if errors:
        raise Incomplete(errors)
    return taken


def to_file(corrections: list[dict], sha256: str) -> str:
    """As `read_file` reads it."""
    return json.dumps(
        {"format": FORMAT, "document": sha256, "corrections": corrections}, ensure_ascii=False, indent=1
    ) + "\n"


def columns_of(corrections: Iterable[dict]) -> dict[str, str]:
    """What columns mean, as the corrections say: role by header."""
    found: dict[str, str] = {}
    for correction in corrections:
        if correction["do"] == "columns":
            found |= correction["columns"]
    return found


def _apply(plan: Working, correction: dict) -> None:
    given = check_correction(correction)
    verb = VERBS[given["do"]]
    row = plan.row(given["row"], given["number"]) if "row" in given else None
    answered = {tuple(pair) for pair in given.get("answers", ())}
    before = plan.findings_of(row) if row and answered else plan.findings if answered else []
    wanted = [finding for finding in before if (finding.code, finding.source) in answered]
    verb.apply(plan, row, given)
    if wanted:
        plan.settle(wanted)


def _look_again(plan: Working) -> None:
    """Findings that a correction has made untrue are settled; those that it has made true are said."""
    placed = plan.places
    gone = [
        finding for finding in plan.findings
        if finding.code in STILL and (row := placed.row_of(finding)) is not None and not STILL[finding.code](plan, row)
    ]
    plan.settle(gone)
    said = {(finding.code, id(placed.row_of(finding))) for finding in plan.findings}
    for row in plan.rows:
        for code in ("no-unit", "no-lead"):
            if code == "no-lead" and not row.task.seats:
                continue
            if STILL[code](plan, row) and (code, id(row)) not in said:
                plan.findings.append(_finding(code, row))


def _finding(code: str, row: Row) -> Finding:
    task = row.task
    source = str(task.first_line) if task.first_line == task.last_line else f"{task.first_line}-{task.last_line}"
    return Finding(code, source, task.number, CATALOGUE[code][1])


def _lost_finding(n: int, words: Words) -> Finding:
    message = CATALOGUE["correction-lost"][1].format(n=n + 1, why=words)
    return Finding("correction-lost", "1", None, message)


def _placed(rows: list[Row], findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    places = Places(rows)
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        row = places.row_of(finding)
        found.setdefault(row.key if row else "", []).append(finding)
    return found


def _pairs(raw: Any) -> list[tuple]:
    given = raw if isinstance(raw, list) else []
    return [tuple(pair) for pair in given if isinstance(pair, (list, tuple)) and len(pair) == 2]
