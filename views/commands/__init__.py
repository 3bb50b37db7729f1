"""The commands: `flask plan …`, `user …`, `workflow …`, `audit …`, `evidence …`, `remind`, `deliver`, `bulletin`,
`demo …`, `database …`, `serve`."""

from views.commands import audit, demo, documents, evidence, notices, plan, serve, user, workflow

ALL = (
    plan.plan, user.user, workflow.workflow, audit.audit, evidence.evidence, notices.remind, notices.deliver,
    documents.bulletin, demo.demo,
    serve.database, serve.serve,
)
