"""The application as a server runs it: `wsgi:application`. It refuses to start without a secret of its own."""

import sys

from settings import Settings, SettingsError
from views.app import create_app

try:
    application = create_app(Settings.read(), serving=True)
    application.extensions["worker"].keep_looking()
except SettingsError as error:
    print(f"taizhang: {error}", file=sys.stderr, flush=True)
    # The code by which gunicorn knows that no worker will ever boot; at any other it starts them again and again.
    sys.exit(3)
