"""The application as a server runs it: `wsgi:application`. It refuses to start without a secret of its own."""

import sys

from settings import Settings, SettingsError
from views.app import create_app

try:
    application = create_app(Settings.read(), serving=True)
except SettingsError as error:
    sys.exit(f"taizhang: {error}")
