"""A revised edition of a stored plan: compared with it, confirmed row by row, and then followed by the ledger."""

from plans.editions.apply import Undecided, follow
from plans.editions.difference import DECISIONS, Difference, differences
from plans.editions.standing import content_of, standing_of

__all__ = ["DECISIONS", "Difference", "Undecided", "content_of", "differences", "follow", "standing_of"]
