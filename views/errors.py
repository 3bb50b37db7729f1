"""What went wrong, as a status and a page in the reader's language: the one place where the two are matched.

What had been typed is shown again on the page, so that nothing is lost by an error.
"""

import logging

from flask import Flask, g, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from evidence import Missing, Refusal, Unavailable
from models import Words
from views import context
from views.display import moment
from views.forms import label_of
from workflow import errors as workflow_errors
from workflow.sign_in import DENIED, Throttled, log

logger = logging.getLogger("taizhang")

# Sent back with a form, and no words of the person's own.
NOT_TYPED = ("csrf_token", "version", "round_number", "draft_version", "password", "present", "new", "again", "next",
             "then", "from", "meant", "step", "trigger", "item", "left", "all", "query", "milestone", "once")
SEEN = "seen-"  # and so begins what says as which version a form had shown something


def register(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(Throttled, _throttled)
    app.register_error_handler(Refusal, lambda error: page(422, words=error.words))
    app.register_error_handler(Missing, _lost)
    app.register_error_handler(Unavailable, _store_unavailable)
    app.register_error_handler(workflow_errors.NotVisible, lambda _error: page(404))
    app.register_error_handler(workflow_errors.Unknown, lambda _error: page(404))
    app.register_error_handler(workflow_errors.NotNow, lambda error: page(409, words=_joined(error.reasons)))
    app.register_error_handler(workflow_errors.Refused, _refused)
    app.register_error_handler(workflow_errors.Stale, _stale)
    app.register_error_handler(workflow_errors.Incomplete, _incomplete)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(Exception, _unexpected)


def page(status: int, *, words: Words | str | None = None, retry_after: int | None = None):
    """The error page; `words` say more than the status does."""
    g.failed = True
    title, advice = _standard(status)
    text = context.say(words) if isinstance(words, Words) else words
    trigger = (request.view_args or {}).get("trigger")
    headers = {"Retry-After": str(retry_after)} if retry_after else {}
    body = render_template(
        "errors/error.html", status=status, title=title, words=text or advice, request_id=g.get("request_id"),
        next=_next(status), kept=[(label_said(name, trigger), given) for name, given in typed()],
    )
    return body, status, headers


def _next(status: int) -> tuple[str, str]:
    """Where to go from here, as (words, address)."""
    if not current_user.is_authenticated:
        return _("去登录"), url_for("auth.sign_in")
    given = request.view_args or {}
    if status == 409 and "subject_id" in given:
        return _("查看最新情况"), url_for("subjects.show", **{k: given[k] for k in ("workflow", "subject_id")})
    milestone_id = given.get("milestone_id")
    if status == 409 and milestone_id is not None:
        return _("查看最新情况"), url_for("milestones.show", milestone_id=milestone_id)
    return _("返回工作台"), url_for("workbench.show")


def label_said(name: str, trigger: str | None) -> str:
    """What a field is called on its form, an action's where there is one; its name where the form is not one of the
    ledger's work."""
    label = label_of(name, trigger)
    return context.say(label) if label else name


def is_typed(name: str) -> bool:
    """Whether a field has words of the person's own."""
    return name not in NOT_TYPED and not name.startswith(SEEN)


def typed() -> list[tuple[str, str]]:
    """What the person had typed into the form that failed, as (field, text)."""
    if request.method != "POST":
        return []
    try:
        return [(name, value) for name, value in request.form.items(multi=True) if is_typed(name) and value.strip()]
    except HTTPException:  # the form itself was too large to read
        return []


def _standard(status: int) -> tuple[str, str]:
    return {
        400: (_("请求有误"), _("浏览器送来的内容不完整或已过期。请返回上一页刷新后重试。")),
        401: (_("请先登录"), _("登录后即可继续。")),
        403: (_("无权办理"), _("此项不属于您的职责。如有疑问，请联系系统管理员。")),
        404: (_("没有这一页"), _("地址有误，或该内容不在您的范围内。")),
        405: (_("请求有误"), _("此地址不接受这种请求。")),
        409: (_("内容已有变化"), _("在您办理期间，他人已先行办理。请查看最新情况后再办。")),
        413: (_("文件过大"), _(
            "单个文件不超过 %(most)s MB，一次合计不超过 %(all)s MB。请减少文件后重新上传。",
            most=context.settings().max_file_mb, all=context.settings().max_round_mb,
        )),
        422: (_("填写有误"), _("请按提示修改后重新提交。")),
        429: (_("尝试过于频繁"), _("请稍候再试。")),
        503: (_("暂时无法办理"), _("数据库暂时不可用。请稍候返回原页面，先看是否已经办成，再决定是否重办。")),
    }.get(status, (_("系统出错"), _("系统出现意外错误，没有作任何改动。请把请求编号告知系统管理员。")))


def _http(error: HTTPException):
    if error.code is None or error.code < 400:
        return error  # a redirect of the router's
    if error.code == 403:
        denied()
    body, status, more = page(error.code)
    allowed = getattr(error, "valid_methods", None)
    return body, status, more | ({"Allow": ", ".join(sorted(allowed))} if allowed else {})


def _csrf(_error: CSRFError):
    return page(400, words=_("页面已过期，未作任何改动。请返回上一页刷新后重新提交。"))


def _throttled(error: Throttled):
    minutes = -(-error.seconds // 60)
    signing_in = request.endpoint != "feeds.read"
    words = _("登录失败次数过多，请 %(minutes)s 分钟后再试。", minutes=minutes) if signing_in else None
    return page(429, words=words, retry_after=error.seconds)


def _refused(error: workflow_errors.Refused):
    denied(", ".join(reason.code for reason in error.reasons))
    return page(403, words=_joined(error.reasons))


def _stale(error: workflow_errors.Stale):
    when = error.when and moment(error.when)
    return page(409, words=f"{context.say(error.words)}（{when}）" if when else error.words)


def _incomplete(error: workflow_errors.Incomplete):
    return page(422, words="".join(map(context.say, error.errors.values())))


def _unavailable(error: OperationalError):
    logger.error("request %s: database: %s", g.get("request_id"), error.orig)
    return page(503, retry_after=5)


def _store_unavailable(error: Unavailable):
    logger.error("request %s: evidence store: %s", g.get("request_id"), error)
    return page(503, words=_("佐证材料库暂时不可用，没有作任何改动。请稍候再试。"), retry_after=5)


def _lost(error: Missing):
    """Named by `flask evidence verify` too; whoever asked for it should not think that it was never there."""
    logger.error("request %s: evidence file %s is missing", g.get("request_id"), error)
    return page(404, words=_("材料库中找不到这个文件，请告知系统管理员。"))


def _unexpected(error: Exception):
    logger.exception("request %s", g.get("request_id"), exc_info=error)
    return page(500)


def denied(detail: str = "") -> None:
    """Denied requests are kept in the security log."""
    database = context.database()
    who = current_user.actor.account_id if current_user.is_authenticated else None
    with database.writing() as session:
        log(session, database.clock(), DENIED, context.origin(), account_id=who,
            path=request.path[:300], detail=detail[:300])


def _joined(reasons: list[workflow_errors.Reason]) -> str:
    return "".join(context.say(reason.words) for reason in reasons)
