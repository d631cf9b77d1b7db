"""Benchmarks, one module an area: two things side by side in one run, on data and in a database of their own."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()  # before any module here imports a model
