"""Pictures of every page, for people to look at."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()  # before any module here imports a model
