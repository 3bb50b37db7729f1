"""Signing in, signing out, one's own password."""

from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from flask_wtf import FlaskForm
from werkzeug.exceptions import HTTPException
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from plans.demonstration import accounts_to_show
from views import context, identity
from views.access import SignInNeeded, open_to_all, signed_in
from views.errors import is_typed, label_said, page
from workflow import sign_in as gate
from workflow.directory import change_own_password
from workflow.errors import Incomplete
from workflow.inputs import clean

bp = Blueprint("auth", __name__)


class SignInForm(FlaskForm):
    username = StringField(validators=[InputRequired()])
    password = PasswordField(validators=[InputRequired()])
    next = HiddenField()


class PasswordForm(FlaskForm):
    present = PasswordField(validators=[InputRequired(), Length(max=200)])
    new = PasswordField(validators=[InputRequired(), Length(max=200)])
    again = PasswordField(validators=[InputRequired(), Length(max=200)])


@bp.route("/sign-in", methods=["GET", "POST"])
@open_to_all
def sign_in():
    form = SignInForm()
    if request.method in ("GET", "HEAD"):
        form.next.data = request.args.get("next", "")
        return _sign_in_page(form)
    if not form.validate_on_submit():
        return _sign_in_page(form, _("请填写用户名和密码。"), 422)
    if current_user.is_authenticated:  # one browser, one sign-in: the one before does not go on unseen
        gate.sign_out(context.database(), current_user.sign_in_id, context.origin())
    try:
        token = gate.sign_in(
            context.database(), clean(form.username.data).lower(), form.password.data, context.origin(),
            request.user_agent.string, identity.policy(),
        )
    except gate.SignInFailed:
        return _sign_in_page(form, _("用户名或密码不正确，或账号已停用。"), 401)
    acted_for = cookie.get(identity.ACTING_FOR)
    identity.remember_nothing_but_language()
    login_user(identity.load_identity(token))
    resumed = _resumed()
    if resumed is not None:
        if acted_for is not None:  # what was begun for somebody is gone on with for them, or refused
            cookie[identity.ACTING_FOR] = acted_for
        path, trigger = resumed
        kept = [(name, label_said(name, trigger), value, is_typed(name)) for name, value in _carried()]
        return render_template("auth/resume.html", path=path, kept=kept)
    return redirect(safe_next(form.next.data))


@bp.post("/sign-out")
@signed_in
def sign_out():
    gate.sign_out(context.database(), current_user.sign_in_id, context.origin())
    logout_user()
    identity.remember_nothing_but_language()
    return redirect(url_for(".sign_in"))


@bp.route("/password", methods=["GET", "POST"])
@signed_in
def password():
    form = PasswordForm()
    errors: dict[str, str] = {}
    if request.method == "POST":
        errors = _change_password(form)
        if not errors:
            return redirect(url_for("workbench.show"))
    status = 422 if errors else 200
    first = context.actor().must_change_password
    return render_template("auth/password.html", form=form, errors=errors, first=first), status


@bp.app_errorhandler(SignInNeeded)
def ask_to_sign_in(_error):
    """A page asked for: sign in, then go there. A form sent: sign in, then send it again; it is carried along."""
    if request.endpoint == "auth.sign_out":
        return redirect(url_for("auth.sign_in"))
    wanted = request.full_path if request.query_string else request.path
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("auth.sign_in", next=wanted))
    if request.headers.get("HX-Request"):
        return page(401)
    form = SignInForm(formdata=None)
    carried = [("resume_path", wanted), *((f"resume_{name}", value) for name, value in typed_all())]
    return _sign_in_page(form, _("登录已过期。登录后可继续提交，已填内容不会丢失（文件须重新选择）。"), 401, carried)


def typed_all() -> list[tuple[str, str]]:
    """Every field of the form that was sent but its CSRF token: a new one comes with the resumed form."""
    try:
        return [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    except HTTPException:
        return []


def safe_next(target: str | None) -> str:
    """`target` where it is a path of this site, the workbench otherwise."""
    home = url_for("workbench.show")
    if not target:
        return home
    try:
        parts = urlsplit(target)
    except ValueError:
        return home
    if parts.netloc and parts.netloc != request.host:
        return home
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    # Browsers read a backslash as a slash, and two slashes as another site.
    plain = path.startswith("/") and not path.startswith(("//", "/\\")) and "\\" not in path
    return path if plain and path.isprintable() else home


def _sign_in_page(form: SignInForm, problem: str | None = None, status: int = 200, carried=None):
    accounts = accounts_to_show(context.reading()) if context.settings().demo else []
    return render_template(
        "auth/sign_in.html", form=form, problem=problem, accounts=accounts,
        carried=_carried_again() if carried is None else carried,
    ), status


def _carried_again() -> list[tuple[str, str]]:
    """What a failed sign-in still carries of the form that was interrupted."""
    return [(name, value) for name, value in request.form.items(multi=True) if name.startswith("resume_")]


def _carried() -> list[tuple[str, str]]:
    return [
        (name.removeprefix("resume_"), value) for name, value in request.form.items(multi=True)
        if name.startswith("resume_") and name != "resume_path"
    ]


def _resumed() -> tuple[str, str | None] | None:
    """The address of the interrupted form, where it is one of this site's own to send forms to, and the trigger of the
    action that it was for."""
    path = request.form.get("resume_path")
    if not path or safe_next(path) != path:
        return None
    try:
        _endpoint, about = current_app.url_map.bind("").match(urlsplit(path).path, method="POST")
    except HTTPException:
        return None
    return path, about.get("trigger")


def _change_password(form: PasswordForm) -> dict[str, str]:
    if not form.validate_on_submit():
        return {"present": _("请填写全部三项。")}
    if form.new.data != form.again.data:
        return {"again": _("两次输入的新密码不一致。")}
    try:
        change_own_password(
            context.database(), context.own(), form.present.data, form.new.data, current_user.sign_in_id
        )
    except Incomplete as error:
        return {"new" if name == "password" else name: context.say(words) for name, words in error.errors.items()}
    return {}
