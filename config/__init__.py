"""The roof: settings, both doors' URLs, Celery, the access check. It imports the apps; no app imports it."""
