"""The commands: `flask plan …`, `user …`, `workflow …`, `audit …`, `evidence …`, `remind`, `deliver`, `bulletin`,
`database …`, `serve`."""

from views.commands import audit, documents, evidence, notices, plan, serve, user, workflow

ALL = (
    plan.plan, user.user, workflow.workflow, audit.audit, evidence.evidence, notices.remind, notices.deliver,
    documents.bulletin,
    serve.database, serve.serve,
)
