"""What the administration's pages share: the blueprint, who may see them, and how a change is answered."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect
from flask_babel import gettext as _

from models import Role
from views.access import for_roles
from views.context import say
from workflow.errors import Incomplete

bp = Blueprint("admin", __name__, url_prefix="/admin")

either_office = for_roles(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
system_office = for_roles(Role.SYSTEM_ADMIN)
security_office = for_roles(Role.SECURITY_ADMIN)


def change(done: Callable[[], object], then: str, again: Callable[[dict], object]):
    """Make a change and go on to `then`; `again` shows the form with what is wrong where the input will not do."""
    try:
        done()
    except Incomplete as error:
        return again({name: say(words) for name, words in error.errors.items()}), 422
    flash(_("已保存，并记入审计留痕。"), "ok")
    return redirect(then)
