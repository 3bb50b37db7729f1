"""A published document's bytes → a checked plan, with everything that was odd about it."""

from collections import Counter
from collections.abc import Mapping

from models import Words
from plans.checked import CheckedPlan, CheckedTask, ReadColumn
from plans.columns.header import Columns
from plans.drafts import Draft, same_list
from plans.findings import Findings, clipped
from plans.finishing import Finisher
from plans.grid import Grid, Paragraph
from plans.milestones import Milestones
from plans.note import check_counts, issue_year, only_year, plan_years, read_marks, read_plan_due, read_title
from plans.prose.reader import read_prose
from plans.quality import check_quality
from plans.readers.document import read_grid
from plans.readers.pace import Paced, unpaced
from plans.rows.drafting import drafts_of, unit_texts
from plans.rows.kinds import is_note
from plans.rows.raw import Table
from plans.rows.reader import RowReader
from plans.serials import check_serials
from plans.units.alike import look_alikes
from plans.units.lead_rule import LeadRule, find_lead_rule
from plans.units.seats import Knowledge, names_of
from plans.unreadable import Unreadable

NO_TABLE = Words(
    "没有找到任务：既没有带任务名称、责任单位或年度列的表，正文各条也没有列出责任单位。",
    "No tasks were found: neither a table of tasks with their units or years, nor prose whose items name units.",
)
NO_TASKS = Words("表头下没有任务。", "There are no tasks below the header.")


def read_plan(data: bytes, name: str = "", mapping: Mapping[str, str] | None = None) -> CheckedPlan:
    """`name` is the file's, for telling a wrong ending. Raises Unreadable where there is no plan that is understood."""
    return understand(read_grid(data, name), mapping)


def understand(grid: Grid, mapping: Mapping[str, str] | None = None, pace: Paced = unpaced) -> CheckedPlan:
    """The meaning of a grid, whatever file it came from. Raises Unreadable.

    `mapping` gives the roles of columns by the words of their headers (as `CheckedPlan.columns` lists them), where a
    person corrected what was read: a value of `Role`, 「period:2018」, or "" for a column that is only to be kept.
    `pace` hears how many rows are sorted and tasks understood, of how many.
    """
    findings = Findings(place_of=grid.place_of if grid.places else None)
    for doubt in grid.doubts:
        findings.add(doubt.code, doubt.lines, **doubt.fields)
    table = RowReader(findings, mapping, pace).read(grid)
    drafts, from_table = _drafts(table, findings)
    around = table.preamble if from_table else table.texts
    title = read_title(around, from_table) or table.sheet
    if not title:
        findings.add("title-missing", (1, 1))
    named = plan_years(title)
    milestones = Milestones(findings, named, only_year(draft.deadline for draft in drafts) or issue_year(table.texts))
    rule = _lead_rule(table, drafts, findings)
    cells = [cell for draft in drafts for cell in draft.units]
    tasks = Finisher(grid, findings, Knowledge(names_of(cells), rule), milestones, pace).all(drafts)
    asked = {m.year for task in tasks for m in task.milestones if m.year}
    years = sorted(asked | _years_of(table.headers) if from_table else asked)
    marks = read_marks([*table.preamble, *table.notes])
    _check(tasks, drafts, table, marks, findings)
    check_counts([*around, *table.notes] if from_table else around, tasks, marks, findings)
    plan_due = read_plan_due([*table.preamble, *table.notes], years or named, findings)
    findings.sort(key=lambda finding: finding.lines[0])
    return CheckedPlan(
        title, years, plan_due, tasks, findings, rule.words if rule else "",
        {mark: meaning for mark, (meaning, _, _) in marks.items()}, _read_columns(table.headers),
    )


def _drafts(table: Table, findings: Findings) -> tuple[list[Draft], bool]:
    """From tables, from prose, or from both; the same list in prose before its table is not read a second time."""
    if not table.tasks:
        drafts = read_prose(table.texts, findings)
        if not drafts:
            raise Unreadable(NO_TASKS if table.headers else NO_TABLE)
        return drafts, False
    unsaid = Findings(place_of=findings.place_of)
    in_prose = read_prose(table.texts, unsaid)
    if not in_prose:
        return drafts_of(table.tasks, findings), True
    lines = in_prose[0].extent[0], in_prose[-1].extent[1]
    if not any(cell.text for raw in table.tasks for cell in unit_texts(raw)):
        # A table of figures within a plan whose items name the units.
        first, last = table.tasks[0].extent[0], table.tasks[-1].extent[1]
        findings.add("table-unread", (first, last), count=len(table.tasks))
        table.tasks.clear()
        findings += unsaid
        return in_prose, False
    drafts = drafts_of(table.tasks, findings)
    if same_list(in_prose, drafts):
        findings.add("prose-unread", lines, count=len(in_prose))
        return drafts, True
    findings.add("prose-and-table", lines, prose=len(in_prose), table=len(drafts))
    findings += unsaid
    return sorted([*in_prose, *drafts], key=lambda draft: draft.extent), True


def _lead_rule(table: Table, drafts: list[Draft], findings: Findings) -> LeadRule | None:
    """It may stand in the text around, in a header, or in the units of a task."""
    texts: list[Paragraph] = [*table.header_words, *table.texts]
    texts += [Paragraph(cell.text, cell.lines) for draft in drafts for cell in draft.units]
    for paragraph in texts:
        rule = find_lead_rule(paragraph.text)
        if rule:
            findings.add("lead-rule", paragraph.lines, text=rule.words)
            return rule
    return None


def _check(tasks: list[CheckedTask], drafts: list[Draft], table: Table, marks: dict, findings: Findings) -> None:
    check_serials(tasks, table.tasks, findings)
    check_quality(tasks, drafts, findings)
    alike = look_alikes(Counter(seat.name for task in tasks for seat in task.seats))
    for position, (draft, task) in enumerate(zip(drafts, tasks, strict=True), 1):
        findings.position = position
        for seat in task.seats:
            if seat.name in alike:
                lines = draft.units[0].lines if draft.units else draft.extent
                findings.add("unit-like-another", lines, task.number, name=seat.name, other=alike[seat.name])
    findings.position = None
    told = {paragraph.lines for paragraph in table.notes if is_note(paragraph.text)}
    if len(drafts) != len(table.tasks):
        return  # the prose was read as well
    last = table.tasks[-1].extent[1] if table.tasks else 0
    for paragraph in table.notes:
        if paragraph.lines not in told:
            code = "text-after" if paragraph.lines[0] > last else "text-unread"
            findings.add(code, paragraph.lines, text=clipped(paragraph.text))


def _years_of(headers: list[Columns]) -> set[int]:
    return {period.year for columns in headers for _, period in columns.periods if period.year}


def _read_columns(headers: list[Columns]) -> tuple[ReadColumn, ...]:
    found: dict[str, str] = {}
    for columns in headers:
        for column in columns.columns:
            role = f"period:{column.period.year}" if column.period and column.period.year else column.role or ""
            found.setdefault(column.header, str(role))
    return tuple(ReadColumn(header, role) for header, role in found.items() if header)
