"""The console's door: people who log in. Served by WSGI, since a page over ASGI was many times slower."""

import os

os.environ["BUREAU_DOOR"] = "console"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
