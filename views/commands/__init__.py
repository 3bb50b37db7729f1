"""The commands: `flask plan …`, `flask user …`, `flask workflow …`, `flask audit …`, `flask serve`."""

from views.commands import audit, plan, serve, user, workflow

ALL = (plan.plan, user.user, workflow.workflow, audit.audit, serve.database, serve.serve)
