"""The commands: `flask plan …`, `user …`, `workflow …`, `audit …`, `evidence …`, `remind`, `deliver`, `bulletin`,
`demo …`, `database …`, `serve`."""

from views.commands import audit, demo, documents, evidence, notices, plan, serve, tables, user, workflow

ALL = (
    plan.plan, user.user, workflow.workflow, audit.audit, evidence.evidence, notices.remind, notices.deliver,
    documents.bulletin, demo.demo,
    serve.database, serve.serve,
)

# Those read a file or a definition alone, or make the tables themselves.
tables.need_tables(ALL, but=(plan.check, workflow.draw_command, demo.year, serve.upgrade_command, serve.serve))
