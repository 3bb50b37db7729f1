"""Administration: units, accounts, roles, responsibilities. What each change means stands in workflow/directory.py."""

from views.admin import accounts, tasks, units
from views.admin.base import bp

__all__ = ["accounts", "bp", "tasks", "units"]
