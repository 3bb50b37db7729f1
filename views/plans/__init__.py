"""How a published plan gets in: upload, check beside the source, correct, confirm; and its later editions."""

from views.plans import confirm, corrections, editions, export, sheet, shelf
from views.plans.base import bp

__all__ = ["bp", "confirm", "corrections", "editions", "export", "sheet", "shelf"]
