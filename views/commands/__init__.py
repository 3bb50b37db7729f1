"""The commands: `flask plan …`, `user …`, `workflow …`, `audit …`, `evidence …`, `remind`, `deliver`, `database …`,
`serve`."""

from views.commands import audit, evidence, notices, plan, serve, user, workflow

ALL = (
    plan.plan, user.user, workflow.workflow, audit.audit, evidence.evidence, notices.remind, notices.deliver,
    serve.database, serve.serve,
)
