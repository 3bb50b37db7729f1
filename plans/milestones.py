"""What a draft asks, year by year, or once: milestones with due dates, steps and figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from plans.checked import CheckedMilestone, Indicator, Step
from plans.columns.periods import Period
from plans.dates.column import Deadline, read_deadline
from plans.dates.expressions import month_end
from plans.dates.requirement import read_deadlines, read_steps
from plans.drafts import Asked, Draft
from plans.findings import Findings
from plans.indicators.reading import Measured, carried_on, read_indicators


@dataclass(frozen=True)
class Milestones:
    """`years` are those that the title names; `issued` is the year of the document, for want of any other."""

    findings: Findings
    years: Sequence[int]
    issued: int | None  # or the only year that the deadlines name

    @property
    def year(self) -> int | None:
        """The year of dates that name none: the plan's own where it has but one."""
        return self.years[0] if len(self.years) == 1 else None

    def of(self, draft: Draft) -> tuple[CheckedMilestone, ...]:
        if draft.asked is not None and draft.asked:
            return self._by_year(draft)
        if draft.asked is not None and not any(draft.targets):
            return ()  # columns of time, and nothing in any: nothing is made up for them
        return self._once(draft)

    def _by_year(self, draft: Draft) -> tuple[CheckedMilestone, ...]:
        """One milestone a year; columns whose year is not known make one each, with their headers as deadlines."""
        by_year: dict[int, list[Asked]] = {}
        unknown = []
        for asked in draft.asked:
            year = self._year(asked.period, draft, asked.lines)
            if year is None:
                unknown.append(asked)
            else:
                by_year.setdefault(year, []).append(asked)
        known = [self._of_year(year, by_year[year], draft) for year in sorted(by_year)]
        return (*carried_on(known), *(self._of_no_year(asked, draft) for asked in unknown))

    def _year(self, period: Period, draft: Draft, lines: tuple[int, int]) -> int | None:
        if period.year is not None:
            return period.year
        if period.nth is None and self.year is not None:
            return self.year
        run = bool(self.years) and self.years[-1] - self.years[0] + 1 == len(self.years)
        if period.nth and run and max(each.period.nth or 0 for each in draft.asked) == len(self.years):
            return self.years[period.nth - 1]
        self.findings.add("year-unknown", lines, draft.number, text=period.label or f"第{period.nth}年")
        return None

    def _of_no_year(self, asked: Asked, draft: Draft) -> CheckedMilestone:
        text = "\n".join(line for line in asked.requirements if line)
        indicators = self._indicators(draft, text)
        return CheckedMilestone(None, asked.requirements, None, (), indicators, asked.header)

    def _of_year(self, year: int, asked: list[Asked], draft: Draft) -> CheckedMilestone:
        """One column for the year, or several for its parts; the parts become steps."""
        parts = [each for each in asked if each.period.label and each.period.first is None]
        whole = [each for each in asked if each not in parts]
        requirements = _joined(whole, parts)
        text = "\n".join(line for line in requirements if line)
        due, steps = self._dated(year, whole, parts, draft)
        return CheckedMilestone(year, requirements, due, steps, self._indicators(draft, text))

    def _dated(self, year: int, whole: list[Asked], parts: list[Asked], draft: Draft) -> tuple[date, tuple]:
        due, steps = None, []
        for each in [*whole, *parts]:
            end = month_end(year, each.period.month)
            text = "\n".join(line for line in each.requirements if line)
            note = self._note(each.lines, draft)
            day, found = read_deadlines(text, year, end, note)
            steps += found
            if each in parts and any(step.due > end or step.due <= _before(each.period, year) for step in found):
                note("deadline-other-part", text=text, part=each.period.label)
            if each in parts and not found:
                steps.append(Step(end, text))
            due = max(due, day) if due else day
        return due, tuple(sorted(steps, key=lambda step: step.due) if parts else steps)

    def _once(self, draft: Draft) -> tuple[CheckedMilestone, ...]:
        """A paper without columns of time: one milestone, of the day that its deadline names."""
        requirements = draft.targets if any(draft.targets) else draft.contents
        if not any(requirements):
            requirements = (draft.title, *("" for _ in draft.contents[1:])) if draft.title else ()
        if not any(requirements):
            return ()
        note = self._note(draft.extent, draft)
        deadline = self._deadline(draft, note)
        text = "\n".join(line for line in requirements if line)
        steps = deadline.steps or (() if deadline.due else read_steps(text, self.year, note).steps)
        year = deadline.due.year if deadline.due else None
        indicators = self._indicators(draft, text)
        return (CheckedMilestone(year, requirements, deadline.due, steps, indicators, deadline.words),)

    def _deadline(self, draft: Draft, note) -> Deadline:
        if not draft.deadline:
            return Deadline(None, (), "")
        if self.year is not None or self.issued is None:
            return read_deadline(draft.deadline, self.year, note)
        unsure = []
        first = read_deadline(draft.deadline, None, lambda code, **fields: unsure.append((code, fields)))
        if first.due or not any(code == "deadline-no-year" for code, _ in unsure) or self.years:
            for code, fields in unsure:
                note(code, **fields)
            return first
        note("deadline-year-assumed", text=first.words, year=self.issued)
        return read_deadline(draft.deadline, self.issued, note)

    def _indicators(self, draft: Draft, text: str) -> tuple[Indicator, ...]:
        content = draft.contents[0] if draft.contents else ""
        yearly = len({asked.period.year for asked in draft.asked or ()}) > 1
        return read_indicators(text, Measured(draft.title, content, draft.measure, draft.baseline, yearly))

    def _note(self, lines: tuple[int, int], draft: Draft):
        return lambda code, **fields: self.findings.add(code, lines, draft.number, **fields)


def _before(period: Period, year: int) -> date:
    """The last day before a quarter or a half year begins; the year's own beginning for any other part."""
    months = 3 if "季" in period.label or "Q" in period.label.upper() else 6 if "半年" in period.label else period.month
    return month_end(year, period.month - months) if period.month > months else date(year - 1, 12, 31)


def _joined(whole: list[Asked], parts: list[Asked]) -> tuple[str, ...]:
    """A text for each line: the year's own, and after it each part with the name of its column."""
    count = max(len(each.requirements) for each in [*whole, *parts])
    lines = []
    for at in range(count):
        said = []
        for each in [*whole, *parts]:
            if each.requirements[at]:
                named = each in parts or len(whole) > 1
                said.append(f"{each.header}：{each.requirements[at]}" if named else each.requirements[at])
        lines.append("\n".join(said))
    return tuple(lines)
