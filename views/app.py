"""The application factory."""

import secrets
from pathlib import Path

import click
from flask import Flask, abort, g, request
from flask import session as cookie
from flask_babel import Babel
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from evidence import Coming, Pictures, scanner_for, store_for
from models import Clock, Database, utc_now
from reports.jobs import KINDS
from settings import ROOT, Settings, SettingsError
from views import access, blueprints, commands, context, display, errors, headers, identity, subjects
from views.navigation import provide_navigation
from views.numbers import RowNumber
from views.preferences import LANGUAGES
from views.working import Worker


def create_app(settings: Settings | None = None, *, serving: bool = False, clock: Clock = utc_now) -> Flask:
    """The application over the database of `settings` (by default this process's environment).

    `serving` is True where pages are served: then a secret is needed. `clock` is the time of day that the
    demonstration's shift is added to. Raises SettingsError, or click.UsageError where there are no settings given.
    """
    settings = settings or _settings_of_command()
    app = Flask("taizhang", root_path=str(ROOT))
    app.config.update(
        SECRET_KEY=settings.secret_to_serve_with() if serving else settings.secret_key or None,
        SESSION_COOKIE_NAME="taizhang",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        # All files of one round at once, with their form; each file is measured again while it is stored.
        MAX_CONTENT_LENGTH=(settings.max_round_mb + 1) * 2**20,
        MAX_FORM_MEMORY_SIZE=2 * 2**20,
        BABEL_DEFAULT_LOCALE="zh",
        WTF_I18N_ENABLED=False,  # no words of WTForms' own are shown, and reading them costs every form
        WTF_CSRF_TIME_LIMIT=None,  # as long as the sign-in: a form may be filled in over lunch
        JSON_AS_ASCII=False,
    )
    app.url_map.converters["int"] = RowNumber
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["settings"] = settings
    app.extensions["database"] = Database(
        settings.database_url, clock=lambda: clock() + settings.clock_shift, pool_size=settings.threads + 2
    )
    app.extensions |= _evidence(settings)
    app.extensions["worker"] = Worker(app.extensions["database"], KINDS)
    _wire(app, settings)
    return app


def _settings_of_command() -> Settings:
    """This process's settings; what is wrong ends a command with its words and status 2, not with a traceback."""
    try:
        return Settings.read()
    except SettingsError as error:
        raise click.UsageError(str(error)) from None
def _evidence(settings: Settings) -> dict:
    try:
        return {
            "evidence": store_for(settings.evidence_url, settings.evidence_key, settings.evidence_secret),
            "scanner": scanner_for(settings.clamd_url),
            "pictures": Pictures(Path(settings.preview_folder)),
            "uploads": Coming(
                Path(settings.upload_folder), settings.max_file_mb * 2**20, settings.max_round_mb * 2**20
            ),
        }
    except ValueError as error:
        raise SettingsError(str(error)) from None


def _wire(app: Flask, settings: Settings) -> None:
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, *[settings.proxies] * 4)
    Babel(app, locale_selector=_language, default_translation_directories=str(ROOT / "translations"))
    identity.login_manager.init_app(app)
    app.before_request(_begin)
    app.before_request(access.guard)  # before CSRF: an ended sign-in is the better answer of the two
    CSRFProtect(app)
    app.teardown_request(context.close_reading)
    app.after_request(headers.harden)
    errors.register(app)
    display.register(app)
    subjects.register(app)
    app.context_processor(provide_navigation)
    for blueprint in blueprints.ALL:
        app.register_blueprint(blueprint)
    for group in commands.ALL:
        app.cli.add_command(group)
    access.check_routes(app)


def _begin() -> None:
    g.request_id = secrets.token_hex(8)
    # No address of the ledger has a NUL, and PostgreSQL takes none: answered before anything is asked.
    if "\x00" in request.path or "%00" in request.query_string.decode("latin-1"):
        abort(400)


def _language() -> str:
    """Chosen on the page; else the browser's, where it asks for English before Chinese; else Chinese."""
    if cookie.get("language") in LANGUAGES:
        return cookie["language"]
    return request.accept_languages.best_match(("zh", "zh-CN", "en"), default="zh").split("-")[0]
