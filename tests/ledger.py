"""A small plan, made by hand, in which every relation that a rule speaks of occurs.

Two action areas; task A1 is led by 甲局 and supported by 乙局 and the collective 各镇 (丙镇 answers for it),
A2 is led by 乙局 and 丁局 together, B1 is led by 督查室 itself, so that a reviewer's own unit has a part.
"""

from dataclasses import dataclass, field
from datetime import date

from argon2 import PasswordHasher
from sqlalchemy import select

from models import (
    Account,
    ActionArea,
    ChangeKind,
    ContributionRequest,
    Database,
    Evidence,
    Milestone,
    Part,
    Plan,
    PlanSource,
    Responsibility,
    Role,
    RoleGrant,
    Round,
    Task,
    Unit,
    UnitMember,
    release,
)
from settings import Settings
from views.context import clock_limits
from workflow.actor import Actor, Origin, command_line, load_actor
from workflow.asking import Asked, Attachment, HeadLimits, ask
from workflow.audit.chain import append_many
from workflow.definition import Workflow
from workflow.definitions.change_request import CHANGE_REQUEST
from workflow.drafts import Draft, Piece, RoundLimits, add_piece, end_draft, save_draft
from workflow.engine import fire
from workflow.errors import WorkflowError
from workflow.lead_rules import missing_leads
from workflow.subjects import load_milestone, load_requests, request_rows

PASSWORD = "correct-horse-battery"
# The real hash with its cheapest parameters: argon2 is slow on purpose, and people sign in often here.
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD_HASH = CHEAP.hash(PASSWORD)
LIMITS = RoundLimits(most_pieces=20, most_bytes=20 * 2**20)
ORIGIN = Origin("192.0.2.7", "test")
DOCUMENT = Attachment("上级文件.pdf", "application/pdf", 2048, "cd" * 32)
FILE = Piece(Evidence.FILE, "工作报告.pdf", "", "application/pdf", 1024, "ab" * 32)

# name, unit, post, roles as (role, area position or None)
PEOPLE = (
    ("lead", "甲局", "经办人", ((Role.HANDLER, None),)),
    ("lead2", "甲局", "副经办人", ((Role.HANDLER, None),)),
    ("support", "乙局", "经办人", ((Role.HANDLER, None),)),
    ("member", "丙镇", "经办人", ((Role.HANDLER, None),)),
    ("colead", "丁局", "经办人", ((Role.HANDLER, None),)),
    ("leader", "甲局", "分管领导", ((Role.LEADER, None),)),
    ("outsider", "戊局", "经办人", ((Role.HANDLER, None),)),
    ("reviewer", "督查室", "审核一岗", ((Role.REVIEWER, None),)),
    ("area1", "督查室", "审核二岗", ((Role.REVIEWER, 1),)),
    ("area2", "研究室", "审核三岗", ((Role.REVIEWER, 2),)),
    ("lead_reviewer", "甲局", "审核岗", ((Role.REVIEWER, None), (Role.HANDLER, None))),
    ("committee", "管委会", "审定岗", ((Role.COMMITTEE, None),)),
    ("committee2", "管委会", "分管领导", ((Role.COMMITTEE, None), (Role.REVIEWER, None))),
    ("head", "管委会", "主要负责人", ((Role.COMMITTEE_HEAD, None),)),
    ("system", "信息中心", "系统管理岗", ((Role.SYSTEM_ADMIN, None),)),
    ("security", "保密办", "安全管理岗", ((Role.SECURITY_ADMIN, None),)),
    ("auditor", "审计室", "审计岗", ((Role.AUDITOR, None),)),
    ("nobody", "戊局", "见习", ()),
)

AREAS = ((1, "一、盘活行动"), (2, "二、治理行动"))
LEAD, SUPPORT = Part.LEAD, Part.SUPPORT
# area position, number, title, starred, seats, years
TASKS = (
    (1, "1", "农村土地确权登记颁证", True, (("甲局", LEAD), ("乙局", SUPPORT), ("各镇", SUPPORT)), (2018, 2019)),
    (1, "2", "农村公路建设", False, (("乙局", LEAD), ("丁局", LEAD)), (2018, 2019, 2020)),
    (2, "3", "督查机制建设", False, (("督查室", LEAD), ("甲局", SUPPORT)), (2018,)),
    (2, "4", "涉农资金整合", False, (("甲局", LEAD),), ()),
)


@dataclass
class Ledger:
    """The plan in its database, with its people by name and its milestones by (number, year)."""

    database: Database
    plan_id: int
    accounts: dict[str, int] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    milestones: dict[tuple[str, int], int] = field(default_factory=dict)
    sessions: list = field(default_factory=list)  # kept alive with the objects that were read in them

    def actor(self, name: str, origin: Origin = ORIGIN) -> Actor:
        with self.database.reading() as session:
            return load_actor(session, self.accounts[name], origin)

    def milestone(self, number: str = "1", year: int = 2018) -> Milestone:
        """The milestone as it stands now, in a session that stays open with it."""
        for session in self.sessions:
            session.commit()  # what was loaded lazily since took a connection again
        self.sessions.append(self.database.reading())
        found = load_milestone(self.sessions[-1], self.milestones[number, year])
        release(found)
        return found

    def fire(self, name: str, trigger: str, input: dict | None = None, number: str = "1", year: int = 2018):
        """Fire as somebody who has just looked at the milestone."""
        milestone = self.milestone(number, year)
        return fire(milestone, trigger, self.actor(name), input or {}, milestone.version)

    def draft(self, name: str = "lead", number: str = "1", year: int = 2018, answers: list[str] | None = None) -> None:
        """An account, a file, and the given answers."""
        milestone = self.milestone(number, year)
        draft = Draft("已完成颁证 98.6%。", [("颁证率", "98.6", "%")], answers or [])
        save_draft(milestone, self.actor(name), draft, milestone.round.number, milestone.round.draft_version)
        if not milestone.round.evidence_count:
            add_piece(milestone, self.actor(name), FILE, LIMITS)

    def fill(self, name: str = "lead", number: str = "1", year: int = 2018, answers: list[str] | None = None) -> None:
        """A draft that can be submitted: every co-lead has confirmed it, every supporting unit has answered."""
        self.draft(name, number, year, answers)
        self.all_answer(number, year)
        milestone = self.milestone(number, year)
        others = missing_leads(self.actor(name), milestone)
        if others:
            end_draft(milestone, self.actor(name))
        for seat in others:
            self.fire(self.handler_of(seat.unit_id), "confirm", number=number, year=year)

    def all_answer(self, number: str = "1", year: int = 2018) -> None:
        """Every supporting unit that was asked states that it has nothing to add."""
        for request in self.requests(number, year):
            if request.state == "asked":
                self.answer(self.handler_of(request.unit_id), "nothing", number=number, year=year)

    def requests(self, number: str = "1", year: int = 2018) -> list[ContributionRequest]:
        """The requests of the milestone's present round, ready for rules and for `fire`."""
        milestone = self.milestone(number, year)
        query = request_rows(ContributionRequest).where(Round.id == milestone.round.id)
        found = load_requests(self.sessions[-1], query.order_by(ContributionRequest.id))
        release(milestone)
        return found

    def request(self, unit: str, number: str = "1", year: int = 2018) -> ContributionRequest:
        return next(r for r in self.requests(number, year) if r.unit_id == self.units[unit])

    def answer(self, name: str, trigger: str, input: dict | None = None, number: str = "1", year: int = 2018,
               unit: str | None = None):
        """Fire on the request to the person's own unit, or to `unit`."""
        request = self.request(unit or next(p[1] for p in PEOPLE if p[0] == name), number, year)
        return fire(request, trigger, self.actor(name), input or {}, request.version)

    def handler_of(self, unit_id: int) -> str:
        """Who handles the work of a unit."""
        return next(p[0] for p in PEOPLE if self.units[p[1]] == unit_id and (Role.HANDLER, None) in p[3])

    def ask(self, name: str, kind: ChangeKind, number: str = "1", year: int = 2018, **asked) -> int:
        """Ask for a change as somebody who has just looked at the milestone; the request's id."""
        milestone = self.milestone(number, year)
        asked = Asked(kind, asked.pop("words", "上级调整部署。"), **asked)
        return ask(milestone, self.actor(name), asked, HeadLimits(), milestone.version)

    def take(self, workflow: Workflow, subject_id: int, name: str, trigger: str, input: dict | None = None):
        """Fire on a subject of any workflow as somebody who has just looked at it."""
        with self.database.reading() as session:
            subject = workflow.load(session, subject_id)
            return fire(subject, trigger, self.actor(name), input or {}, subject.version)

    def grant(self, request_id: int, name: str = "committee") -> None:
        """Support and grant a request."""
        self.take(CHANGE_REQUEST, request_id, "reviewer", "support")
        self.take(CHANGE_REQUEST, request_id, name, "grant")

    def cancel(self, number: str = "1", year: int = 2018) -> None:
        """The milestone is cancelled by a granted change."""
        self.grant(self.ask("lead", ChangeKind.CANCELLATION, number, year, attachment=DOCUMENT))

    def submit(self, name: str = "lead", number: str = "1", year: int = 2018, answers: list[str] | None = None):
        self.fill(name, number, year, answers)
        return self.fire(name, "submit", number=number, year=year)


# Working days of those who judge, as they are set where nobody sets them.
CLOCKS = clock_limits(Settings())
RETURN = {"reason": "figures", "words": "口径不一致。", "points": ["颁证率口径与附表不一致，请说明。", "缺验收材料。"]}


def build(database: Database) -> Ledger:
    """Store the plan and the people; every chain begins as an import would begin it."""
    at, command = database.clock(), command_line("test")
    with database.writing() as session:
        source = PlanSource(sha256="0" * 64, name="plan.txt", content="测试方案".encode())
        plan = Plan(
            title="测试区乡村振兴任务分解表", years=[2018, 2019, 2020], plan_due=date(2018, 7, 25),
            opened_on=date(2018, 7, 1), imported_at=at, source=source,
        )
        names = dict.fromkeys([p[1] for p in PEOPLE] + [seat[0] for t in TASKS for seat in t[4]])
        units = {name: Unit(name=name, collective=name.startswith("各")) for name in names}
        session.add_all([plan, *units.values()])
        session.flush()
        areas = [ActionArea(plan_id=plan.id, position=n, title=title) for n, title in AREAS]
        session.add_all(areas)
        session.add(UnitMember(collective_id=units["各镇"].id, member_id=units["丙镇"].id))
        session.flush()
        accounts = {
            name: Account(username=name, post=post, unit_id=units[unit].id, password_hash=PASSWORD_HASH)
            for name, unit, post, _roles in PEOPLE
        }
        session.add_all(accounts.values())
        session.flush()
        session.add_all(
            RoleGrant(account_id=accounts[name].id, role=role, area_id=areas[area - 1].id if area else None)
            for name, _unit, _post, roles in PEOPLE for role, area in roles
        )
        store_tasks(session, plan, areas, units, at)
        append_many(session, [plan], command, at, "create", [{}])
        _tell_of_the_directory(session, units, accounts, areas, at)
    return opened(database)


def opened(database: Database) -> Ledger:
    """The ledger that was built in this database, or in the one that it is a copy of."""
    with database.reading() as session:
        milestones = select(Task.number, Milestone.year, Milestone.id).join(Milestone.task)
        return Ledger(
            database, session.scalars(select(Plan.id)).one(),
            dict(session.execute(select(Account.username, Account.id)).all()),
            dict(session.execute(select(Unit.name, Unit.id)).all()),
            {(number, year): row_id for number, year, row_id in session.execute(milestones)},
        )


def _tell_of_the_directory(session, units, accounts, areas, at) -> None:
    """The events that the administration would have written."""
    command = command_line("test")
    rows = list(units.values())
    append_many(session, rows, command, at, "create", [{"name": u.name, "collective": u.collective} for u in rows])
    resolved = {
        "active": [True, True], "leader_signs": [False, False], "members": [[], [units["丙镇"].id]],
    }
    append_many(session, [units["各镇"]], command, at, "change", [resolved])
    for name, _unit, _post, roles in PEOPLE:
        account = accounts[name]
        created = {"username": name, "post": account.post, "unit": account.unit_id}
        append_many(session, [account], command, at, "create", [created])
        for role, area in roles:
            granted = {"role": role, "area": areas[area - 1].id if area else None}
            append_many(session, [account], command, at, "grant", [granted])


def another_plan(session, number: int, units: dict[str, Unit], at) -> None:
    """The small plan once more, as a plan of its own."""
    plan = Plan(
        title=f"方案{number}", years=[2018, 2019, 2020], plan_due=date(2018, 7, 25), opened_on=date(2018, 7, 1),
        imported_at=at, source=PlanSource(sha256=f"{number:064}", name="plan.txt", content=b"plan"),
    )
    session.add(plan)
    session.flush()
    areas = [ActionArea(plan_id=plan.id, position=position, title=title) for position, title in AREAS]
    session.add_all(areas)
    session.flush()
    store_tasks(session, plan, areas, units, at)
    append_many(session, [plan], command_line("test"), at, "create", [{}])


def store_tasks(session, plan, areas, units, at) -> None:
    """The tasks and milestones of a plan whose areas are there, with the events of an import."""
    tasks, milestones = [], []
    for position, (area, number, title, starred, seats, years) in enumerate(TASKS, 1):
        task = Task(
            plan_id=plan.id, area_id=areas[area - 1].id, position=position, number=number, title=title,
            starred=starred, contents=[f"{title}的工作内容"], first_line=10 * position, last_line=10 * position + 6,
            source_text=f"\t{number}\n\t{title}",
        )
        task.responsibilities = [
            Responsibility(unit_id=units[name].id, position=n, part=part, inferred=n == 2, source=name)
            for n, (name, part) in enumerate(seats, 1)
        ]
        session.add(task)
        tasks.append(task)
        for year in years:
            milestone = Milestone(
                task=task, year=year, due=date(year, 12, 31), requirements=[f"{year}年基本完成"], steps=[],
                state="planned",
            )
            session.add(milestone)
            milestones.append(milestone)
            session.flush()
            session.add(Round(milestone_id=milestone.id, number=1, opened_at=at))
    session.flush()
    command = command_line("test")
    append_many(session, tasks, command, at, "import", [
        {"parts": [[seat.unit_id, seat.part] for seat in task.responsibilities], "apart": task.leads_apart}
        for task in tasks
    ])
    append_many(session, milestones, command, at, "import", [{}] * len(milestones), state="planned", round_number=1)


def attempt(expected: bool, act) -> bool:
    """Whether the ledger did it, or refused in words; which has to be what a model expects."""
    try:
        act()
        happened = True
    except WorkflowError:
        happened = False
    assert happened == expected
    return happened
