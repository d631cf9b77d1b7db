"""The public door: visitors who chat. It knows no cookie and no login, so a hole in it opens no console."""

import os

os.environ["BUREAU_DOOR"] = "public"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.asgi import get_asgi_application

from config import bodies

application = bodies.bounded(get_asgi_application())
