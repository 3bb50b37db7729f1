"""The parts of the site, each a blueprint in a module of its own."""

from views import (
    audit,
    auth,
    changes,
    chasing,
    cooperation,
    delegations,
    documents,
    evidence,
    feeds,
    health,
    help,
    implementation,
    jobs,
    ledger,
    milestones,
    monitor,
    notices,
    preferences,
    resuming,
    review,
    samples,
    saved_views,
    search,
    style,
    subjects,
    supervision,
    talk,
    tasks,
    urging,
    workbench,
)
from views.admin import bp as admin_bp
from views.plans import bp as plans_bp

ALL = (
    *(module.bp for module in (
        workbench, ledger, saved_views, search, feeds, tasks, milestones, cooperation, evidence, resuming, review,
        monitor, audit, auth, preferences, help, health, style, subjects, changes, implementation, notices,
        delegations, urging, chasing, supervision, samples, talk, jobs,
        documents,
    )),
    admin_bp,
    plans_bp,
)
