"""The parts of the site, each a blueprint in a module of its own."""

from views import (
    audit,
    auth,
    delegations,
    evidence,
    health,
    help,
    ledger,
    milestones,
    monitor,
    notices,
    preferences,
    review,
    style,
    talk,
    tasks,
    urging,
    workbench,
)
from views.admin import bp as admin_bp

ALL = (
    *(module.bp for module in (
        workbench, ledger, tasks, milestones, evidence, review, monitor, audit, auth, preferences, help, health, style,
        notices, delegations, urging, talk,
    )),
    admin_bp,
)
