"""Administration: units, accounts, roles, responsibilities, the calendar, reasons for a return, notices not sent."""

from views.admin import accounts, notices, reasons, tasks, units
from views.admin.base import bp

__all__ = ["accounts", "bp", "notices", "reasons", "tasks", "units"]
