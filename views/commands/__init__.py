"""The commands: `flask plan …`, `flask user …`, `flask workflow …`, `flask audit …`, `flask remind`, `flask deliver`,
`flask serve`."""

from views.commands import audit, notices, plan, serve, user, workflow

ALL = (
    plan.plan, user.user, workflow.workflow, audit.audit, notices.remind, notices.deliver, serve.database, serve.serve,
)
