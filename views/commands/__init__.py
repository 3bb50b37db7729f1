"""The commands: `flask plan …`, `user …`, `workflow …`, `audit …`, `evidence …`, `database …`, `serve`."""

from views.commands import audit, evidence, plan, serve, user, workflow

ALL = (plan.plan, user.user, workflow.workflow, audit.audit, evidence.evidence, serve.database, serve.serve)
