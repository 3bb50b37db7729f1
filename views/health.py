"""For the watchers of a running server: is the process alive, can it do its work."""

from flask import Blueprint, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from views.access import open_to_all
from views.context import reading

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@open_to_all
def healthz():
    return jsonify(status="ok")


@bp.get("/readyz")
@open_to_all
def readyz():
    """503 where the database does not answer, or has no schema yet."""
    try:
        reading().execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    except SQLAlchemyError:
        return jsonify(status="database"), 503
    return jsonify(status="ok")
