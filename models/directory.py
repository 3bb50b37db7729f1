"""Units, the accounts that act for them, and the roles that accounts hold."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Chained
from models.words import Words


class Role(StrEnum):
    """What an account may be. A handler's authority still follows from their unit's part in a task.

    A leader in charge (分管领导) of a unit may do there all that its handlers may, and signs before them.
    The committee's head (负责人) is a member of it, and decides alone on what is kept for the head.
    """

    HANDLER = "handler"
    LEADER = "leader"
    REVIEWER = "reviewer"
    COMMITTEE = "committee"
    COMMITTEE_HEAD = "committee_head"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDITOR = "auditor"

    @property
    def label(self) -> Words:
        return _ROLE_LABELS[self]

    @property
    def is_administrative(self) -> bool:
        """The three offices kept apart from each other and from the work (三员分立)."""
        return self in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)


_ROLE_LABELS = {
    Role.HANDLER: Words("经办人", "Handler"),
    Role.LEADER: Words("分管领导", "Leader in charge"),
    Role.REVIEWER: Words("审核人", "Reviewer"),
    Role.COMMITTEE: Words("管委会", "Management committee"),
    Role.COMMITTEE_HEAD: Words("管委会负责人", "Head of the committee"),
    Role.SYSTEM_ADMIN: Words("系统管理员", "System administrator"),
    Role.SECURITY_ADMIN: Words("安全管理员", "Security administrator"),
    Role.AUDITOR: Words("审计员", "Auditor"),
}


class Unit(Chained, Base):
    """An office, or a collective name (各街道（镇）) that stands for several.

    `leader_signs`: its own leader signs (审签) what it reports before it is submitted.
    """

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    collective: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    leader_signs: Mapped[bool] = mapped_column(default=False)


class UnitMember(Base):
    """`member` answers for the collective name: an administrator has resolved it."""

    __tablename__ = "unit_member"

    collective_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, index=True)


class UnitAlias(Base):
    """A name that a unit had (曾用名): what papers of that time call it. A bound that is null is open."""

    __tablename__ = "unit_alias"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    name: Mapped[str] = mapped_column(String(120), index=True)
    since: Mapped[date | None]
    until: Mapped[date | None]


class Account(Chained, Base):
    """Someone who can sign in: one post (岗位) in one unit. Accounts are closed, never deleted."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    post: Mapped[str] = mapped_column(String(60))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)

    unit: Mapped[Unit] = relationship()
    grants: Mapped[list["RoleGrant"]] = relationship(back_populates="account", order_by="RoleGrant.id")

    @property
    def title(self) -> str:
        """How the person is named on pages and in the audit trail: unit and post."""
        return f"{self.unit.name} · {self.post}"


class RoleGrant(Base):
    """A role of an account; a reviewer's holds for one action area, or for all where it is null."""

    __tablename__ = "role_grant"
    __table_args__ = (
        UniqueConstraint("account_id", "role", "area_id"),
        CheckConstraint("area_id IS NULL OR role = 'reviewer'", name="only_reviewers_have_a_scope"),
        # A null is equal to nothing in a unique constraint, so "all areas" needs its own.
        Index(
            "uq_role_grant_account_id_role_everywhere", "account_id", "role", unique=True,
            sqlite_where=text("area_id IS NULL"),
            postgresql_where=text("area_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("action_area.id"))

    account: Mapped[Account] = relationship(back_populates="grants")


class SignIn(Base):
    """One signed-in browser: a row here, so that it can be ended from here.

    The cookie holds a random token of which only the SHA-256 is kept. Times bound it: `seen_at` for
    idleness, `created_at` for its whole age.
    """

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str | None] = mapped_column(String(45))
    agent: Mapped[str | None] = mapped_column(String(200))

    account: Mapped[Account] = relationship()
