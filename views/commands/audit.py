"""`flask audit verify`, `flask audit checkpoint`, `flask audit export`: for whoever checks the ledger."""

from flask.cli import AppGroup

audit = AppGroup("audit", help="Check the audit trail, and take its heads outside.")
