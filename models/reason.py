"""Why a submission is returned (退回原因): a list that the system administrator keeps."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Chained
from models.words import Words

# With what the list began (the migration brings it in), and what returns say that are older than the list.
FIRST_REASONS: dict[str, Words] = {
    "incomplete": Words("材料不全", "Evidence is incomplete"),
    "figures": Words("数据不符", "Figures do not agree"),
    "off-requirement": Words("与进度要求不符", "Does not meet the requirement"),
    "unclear": Words("佐证不清或不可核验", "Evidence is unclear or cannot be checked"),
    "form": Words("填报不规范", "Not filled in properly"),
    "other": Words("其他", "Other"),
}


class ReturnReason(Chained, Base):
    """One reason. It is never deleted: what is no longer offered is kept for what was returned with it.

    `code` is given once and stands in the events; `position` is its place in the list; `en` may be "".
    """

    __tablename__ = "return_reason"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    zh: Mapped[str] = mapped_column(String(40))
    en: Mapped[str] = mapped_column(String(80), default="")
    position: Mapped[int]
    offered: Mapped[bool] = mapped_column(default=True)

    @property
    def stands(self) -> dict[str, str | int | bool]:
        """All that it says, as its events tell it."""
        return {name: getattr(self, name) for name in ("code", "zh", "en", "position", "offered")}

    @property
    def words(self) -> Words:
        return Words(self.zh, self.en or self.zh)
