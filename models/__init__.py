"""What is stored. Everything else may import from here; nothing here imports from anywhere else."""

from models.base import GENESIS, Base, Chained
from models.change import ChangeKind, ChangeRequest, Handover
from models.cooperation import ContributionRequest, DraftLock, LeadPart
from models.database import Clock, Database, database_of, reference, release, utc_now
from models.directory import Account, Role, RoleGrant, SignIn, Unit, UnitMember
from models.draft import DraftStatus, PlanDraft
from models.implementation import Implementation, ImplementationEntry
from models.indicator import Comparison, Indicator, IndicatorKind
from models.milestone import Evidence, Milestone, Round, RoundReviewer, open_points
from models.plan import ActionArea, Part, Plan, PlanEdition, PlanSource, Responsibility, Task
from models.trail import AuditEvent, Checkpoint, SecurityEvent
from models.words import Words

__all__ = [
    "GENESIS", "Account", "ActionArea", "AuditEvent", "Base", "Chained", "ChangeKind", "ChangeRequest", "Checkpoint",
    "Clock", "Comparison", "ContributionRequest", "Database", "DraftLock", "DraftStatus", "Evidence", "Handover",
    "Implementation", "ImplementationEntry", "Indicator", "IndicatorKind", "LeadPart", "Milestone", "Part", "Plan",
    "PlanDraft", "PlanEdition", "PlanSource", "Responsibility", "Role", "RoleGrant", "Round", "RoundReviewer",
    "SecurityEvent", "SignIn", "Task", "Unit", "UnitMember", "Words", "database_of", "open_points", "reference",
    "release", "utc_now",
]
