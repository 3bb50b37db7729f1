"""Why something could not be done. Each carries words in both languages; `views/errors.py` gives the status."""

from dataclasses import dataclass
from datetime import datetime

from models import Words


@dataclass(frozen=True)
class Reason:
    """One reason, with a stable code."""

    code: str
    words: Words


class WorkflowError(Exception):
    """Nothing was changed."""


class NotVisible(WorkflowError):
    """Not there, or not this actor's to see: the two look the same from outside."""


class Refused(WorkflowError):
    """Not this actor's to do (relation or conflict of interest)."""

    def __init__(self, reasons: list[Reason]):
        super().__init__("; ".join(reason.code for reason in reasons))
        self.reasons = reasons


class NotNow(Refused):
    """Theirs to do, but something has to come first."""


class Stale(WorkflowError):
    """Somebody else acted since the page was opened: who did what (`action`), and when (UTC)."""

    def __init__(self, who: str, action: Words, when: datetime | None):
        super().__init__(f"{who} {action.en}")
        self.who, self.action, self.when = who, action, when

    @property
    def words(self) -> Words:
        return Words(
            "{who}已先行办理：{action}。本页内容已过时，没有作任何改动。",
            "{who} acted first: {action}. This page was out of date, so nothing was changed.",
        ).format(who=self.who, action=self.action)


class Incomplete(WorkflowError):
    """The input will not do: words for each field that is wrong."""

    def __init__(self, errors: dict[str, Words]):
        super().__init__(", ".join(errors))
        self.errors = errors


class Repeated(WorkflowError):
    """The same form was sent before: `made_id` is what came of it then."""

    def __init__(self, made_id: int):
        super().__init__(str(made_id))
        self.made_id = made_id


class Unknown(WorkflowError):
    """No such action, in any state."""
