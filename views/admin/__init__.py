"""Administration: units, accounts, roles, responsibilities, the calendar, notices that did not go out."""

from views.admin import accounts, notices, tasks, units
from views.admin.base import bp

__all__ = ["accounts", "bp", "notices", "tasks", "units"]
