"""The application as a server runs it, with its steps counted: a request's X-Blow says where it is struck."""

from settings import Settings
from tests.torture.steps import Blow, count_steps
from views.app import create_app

_app = create_app(Settings.read(), serving=True)
_steps = count_steps(_app)


def application(environ, start_response):
    blow = environ.get("HTTP_X_BLOW")
    _steps.begin(Blow.parse(blow) if blow else None)

    def start(status, headers, *more):
        _steps.step()  # done, and not yet said
        return start_response(status, [*headers, ("X-Steps", str(_steps.end()))], *more)

    return _app(environ, start)
