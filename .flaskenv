# The commands (`flask plan …`) need no secret; the served application does, see wsgi.py.
FLASK_APP=views.app:create_app
