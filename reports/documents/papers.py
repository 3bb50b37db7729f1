"""督查通报 and 年度总结 as files, from one snapshot of the ledger; of very many milestones in the background."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from models import Database, Role, Words
from reports.documents.bulletin import bulletin
from reports.documents.official import write_official
from reports.documents.paper import Paper
from reports.documents.taken import Taken, taken
from reports.documents.template import fill_template
from reports.documents.year import year_report
from reports.ledger import Filters
from reports.monitor import WATCHERS
from reports.trend import end_of
from workflow.actor import Actor
from workflow.calendar import calendar_of
from workflow.clocks import Clocks, Judging
from workflow.documents import TEMPLATES, template_of
from workflow.errors import Incomplete, Reason, Refused
from workflow.jobs import Kind, Made, Teller
from workflow.notice_kinds import day_words

AT_ONCE = 2000  # milestones that a document may be about to be written while somebody waits
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NOT_THEIRS = Words("您已不再负责督查，未能取得此件。", "You no longer watch over the plan, so it was not made.")
NOT_BEFORE = Words(
    "「与何日相比」（{since}）须早于「截至某日」（{day}），请更正。",
    "“Compared with” ({since}) has to be before “As of” ({day}): please correct it.",
)
_STEPS = 3  # counted, laid out, kept


def write_paper(
    session: Session, kind: str, asked: Taken, since: date | None, address: Callable[[Filters], str], ranking: bool
) -> Paper:
    """The document of this kind (a name of `TEMPLATES`). A bulletin is of the time after `since`, or after the end of
    the month before; a year's report of the filters' year. Raises Incomplete where `check_since` does."""
    if kind == "year":
        return year_report(session, asked, address, ranking)
    day = asked.day.today
    check_since(since, day)
    return bulletin(session, asked, since or month_before(day), address, ranking)


def check_since(since: date | None, day: date) -> None:
    """Raises Incomplete where what is told of would end, on `day`, before it begins."""
    if since and since >= day:
        raise Incomplete({"since": NOT_BEFORE.format(since=day_words(since), day=day_words(day))})


def laid_out(session: Session, kind: str, paper: Paper) -> bytes:
    """As a .docx, in the committee's own layout where it has one."""
    own = template_of(session, kind)
    return fill_template(own.content, paper) if own else write_official(paper)


def file_name(paper: Paper) -> str:
    return f"{paper.kind}-{paper.taken.day.today.isoformat()}-稿.docx"


def month_before(day: date) -> date:
    """The last day of the month before."""
    return max(day.replace(day=1), date.min + timedelta(2)) - timedelta(1)


def addresses(site: str) -> Callable[[Filters], str]:
    """The page of the ledger that lists exactly what a number counts."""
    return lambda filters: f"{site.rstrip('/')}/ledger?{urlencode(filters.query())}"


def as_input(
    kind: str, asked: Taken, since: date | None, site: str, ranking: bool, calendar: int | None
) -> dict[str, Any]:
    """What the job is told: plain JSON. `calendar` is the plan whose working days count, None for the ledger's."""
    day = asked.day
    return {
        "kind": kind, "filters": {name: str(value) if name == "asof" else value
                                  for name, value in asdict(asked.filters).items() if value is not None},
        "today": day.today.isoformat(), "lights": [day.near_days, day.behind_points, day.far_behind_points],
        "limits": {str(role): limit for role, limit in day.clocks.limits.items()}, "calendar": calendar,
        "since": since and since.isoformat(), "site": site, "ranking": ranking,
    }


def title_of(asked: Taken, kind: str) -> Words:
    label = TEMPLATES[kind]
    about = asked.plan.title if asked.plan else "全部方案"
    day = asked.day.today.isoformat()
    return Words(f"{label.zh}：{about}，截至 {day}", f"{label.en}: {about}, as of {day}")


def _write(database: Database, input: dict, actor: Actor, tell: Teller) -> Made:
    """In the authority of whoever asked, as it is now. Raises Refused."""
    if actor.roles.isdisjoint(WATCHERS):
        raise Refused([Reason("not-watching", NOT_THEIRS)])
    kind, since = input["kind"], input["since"] and date.fromisoformat(input["since"])
    tell(0, _STEPS)
    with database.snapshot() as session:
        asked = _asked(session, input, actor, database)
        paper = write_paper(session, kind, asked, since, addresses(input["site"]), input["ranking"])
        tell(1, _STEPS)
        content = laid_out(session, kind, paper)
    tell(2, _STEPS)
    made = Made(file_name(paper), DOCX, content)
    tell(_STEPS, _STEPS)
    return made


def _asked(session: Session, input: dict, actor: Actor, database: Database) -> Taken:
    given = dict(input["filters"])
    if "asof" in given:
        given["asof"] = date.fromisoformat(given["asof"])
    filters, today = Filters(**given), date.fromisoformat(input["today"])
    limits = {Role(role): limit for role, limit in input["limits"].items()}
    day = Judging(today, *input["lights"], clocks=Clocks(limits, calendar_of(session, input["calendar"]), today))
    return taken(session, actor, end_of(day, today) if filters.asof else day, filters, database.clock())


PAPERS = Kind("papers", Words("督查文书", "Documents of supervision"), _write)
