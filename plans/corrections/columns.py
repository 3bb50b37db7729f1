"""What a column can be said to hold, in words that a person chooses from."""

from models import Words
from plans.columns.roles import Role

# As a mapping writes them: a role, "period:2018" for what is asked of a year, "" for what is only kept.
KEPT = ""
CHOICES: dict[str, Words] = {
    Role.SERIAL: Words("序号", "Serial"), Role.GROUP: Words("领域、行动", "Domain or action area"),
    Role.TITLE: Words("任务", "Task"), Role.CONTENT: Words("工作内容、措施", "Work content"),
    Role.INDICATOR: Words("指标", "Indicator"), Role.TARGET: Words("目标", "Target"),
    Role.MEASURE: Words("计量单位", "Unit of measure"), Role.BASELINE: Words("基期值", "Baseline"),
    Role.LEAD: Words("牵头单位", "Lead units"), Role.SUPPORT: Words("配合单位", "Supporting units"),
    Role.UNITS: Words("责任单位（未分牵头、配合）", "Units, lead or not unsaid"),
    Role.LEADERS: Words("责任人", "Persons"),
    Role.DEADLINE: Words("完成时限", "Deadline"), Role.PROGRESS: Words("进展情况", "Progress so far"),
    Role.REMARKS: Words("备注", "Remarks"), Role.OTHER: Words("其他，照录", "Other, kept"),
    KEPT: Words("不理解，照录", "Not understood, kept"),
}
OF_A_YEAR = Words("{year} 年的进度要求", "What {year} asks")


def choices(years: list[int], present: str) -> list[tuple[str, Words]]:
    """What a header can be set to: the roles, the plan's years, and what it is read as now."""
    periods = [(f"{Role.PERIOD}:{year}", OF_A_YEAR.format(year=year)) for year in years]
    found = [*((str(role), words) for role, words in CHOICES.items()), *periods]
    known = {value for value, _ in found}
    return found if present in known else [*found, (present, Words(present, present))]
