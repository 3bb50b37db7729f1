"""The commands: `flask plan …`, `flask user …`, `flask workflow …`, `flask audit …`, `flask evidence …`, `flask serve`."""

from views.commands import audit, evidence, plan, serve, user, workflow

ALL = (plan.plan, user.user, workflow.workflow, audit.audit, evidence.evidence, serve.database, serve.serve)
