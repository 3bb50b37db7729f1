"""The parts of the site, each a blueprint in a module of its own."""

from views import (
    audit,
    auth,
    cooperation,
    evidence,
    health,
    help,
    ledger,
    milestones,
    monitor,
    preferences,
    review,
    style,
    tasks,
    workbench,
)
from views.admin import bp as admin_bp
from views.plans import bp as plans_bp

ALL = (
    *(module.bp for module in (
        workbench, ledger, tasks, milestones, cooperation, evidence, review, monitor, audit, auth, preferences, help,
        health, style,
    )),
    admin_bp,
    plans_bp,
)
