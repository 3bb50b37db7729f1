"""What is stored. Everything else may import from here; nothing here imports from anywhere else."""

from models.absence import AccountHandover, Delegation
from models.assessment import (
    ADJUSTMENT,
    Assessment,
    AssessmentItem,
    AssessmentLine,
    AssessmentObjection,
    AssessmentRule,
    AssessmentScore,
)
from models.base import GENESIS, Base, Chained
from models.calendar import CalendarDay
from models.change import ChangeKind, ChangeRequest, Handover
from models.cooperation import ContributionRequest, DraftLock, LeadPart
from models.database import Clock, Database, database_of, reference, release, utc_now
from models.directory import Account, Role, RoleGrant, SignIn, Unit, UnitAlias, UnitMember
from models.document import DocumentTemplate, KeptDocument
from models.draft import DraftStatus, PlanDraft
from models.finding import CalendarFeed, DocumentText, Folded, SavedView, folded, has_word
from models.implementation import Implementation, ImplementationEntry
from models.indicator import Comparison, Indicator, IndicatorKind
from models.job import Job, JobLine, JobStatus
from models.milestone import Evidence, EvidenceOpening, FormerProgress, Milestone, Round, RoundReviewer, open_points
from models.notice import Carried, Contact, Message, Notice
from models.plan import ActionArea, Part, Plan, PlanEdition, PlanSource, Responsibility, Task
from models.reason import FIRST_REASONS, ReturnReason
from models.sample import Sample, SampleItem
from models.sent import SentForm
from models.supervision import SheetItem, SheetNumber, Supervision, SupervisionSheet
from models.talk import Comment, CommentVersion, Instruction
from models.trail import CHANGES, DECISIONS, AuditEvent, Checkpoint, SecurityEvent
from models.words import Words

__all__ = [
    "ADJUSTMENT", "CHANGES", "DECISIONS", "FIRST_REASONS", "GENESIS", "Account", "AccountHandover", "ActionArea",
    "Assessment", "AssessmentItem", "AssessmentLine", "AssessmentObjection", "AssessmentRule", "AssessmentScore",
    "AuditEvent", "Base", "CalendarDay", "CalendarFeed", "Carried", "Chained", "ChangeKind", "ChangeRequest",
    "Checkpoint", "Clock", "Comment", "CommentVersion", "Comparison", "Contact", "ContributionRequest", "Database",
    "Delegation", "DocumentTemplate", "DocumentText", "DraftLock", "DraftStatus", "Evidence", "EvidenceOpening",
    "Folded", "FormerProgress", "Handover", "Implementation", "ImplementationEntry", "Indicator", "IndicatorKind",
    "Instruction", "Job", "JobLine", "JobStatus", "KeptDocument", "LeadPart", "Message", "Milestone", "Notice", "Part",
    "Plan", "PlanDraft", "PlanEdition", "PlanSource", "Responsibility", "ReturnReason", "Role", "RoleGrant", "Round",
    "RoundReviewer", "Sample", "SampleItem", "SavedView", "SecurityEvent", "SentForm", "SheetItem", "SheetNumber",
    "SignIn", "Supervision", "SupervisionSheet", "Task", "Unit", "UnitAlias", "UnitMember", "Words", "database_of",
    "folded", "has_word", "open_points", "reference", "release", "utc_now",
]
