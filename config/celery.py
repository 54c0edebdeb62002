"""The Celery application. What it runs is named `jobs.py` in each room, so that *task* keeps its one meaning: work for a person."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("homeward")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["workflows", "casework", "monitoring"], related_name="jobs")
