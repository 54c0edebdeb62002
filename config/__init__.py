"""The front door: settings, addresses, the Celery app, base templates and static files. Nobody imports it."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
