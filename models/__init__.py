"""What is stored. Everything else may import from here; nothing here imports from anywhere else."""

from models.absence import Delegation, Handover
from models.base import GENESIS, Base, Chained
from models.calendar import CalendarDay
from models.database import Clock, Database, database_of, reference, release, utc_now
from models.directory import Account, Role, RoleGrant, SignIn, Unit, UnitMember
from models.milestone import Evidence, Milestone, Round, open_points
from models.notice import Carried, Contact, Message, Notice
from models.plan import ActionArea, Part, Plan, PlanSource, Responsibility, Task
from models.talk import Comment, CommentVersion, Instruction
from models.trail import AuditEvent, Checkpoint, SecurityEvent
from models.words import Words

__all__ = [
    "GENESIS", "Account", "ActionArea", "AuditEvent", "Base", "CalendarDay", "Carried", "Chained",
    "Checkpoint", "Clock", "Comment", "CommentVersion", "Contact", "Database", "Delegation", "Evidence",
    "Handover", "Instruction", "Message", "Milestone", "Notice", "Part", "Plan", "PlanSource",
    "Responsibility", "Role", "RoleGrant", "Round", "SecurityEvent", "SignIn", "Task", "Unit", "UnitMember",
    "Words", "database_of", "open_points", "reference", "release", "utc_now",
]
