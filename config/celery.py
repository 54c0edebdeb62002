"""The Celery application. What it runs is named `jobs.py` in each room, so that *task* keeps its one meaning: work for a person."""

import os

from celery import Celery
from celery.signals import beat_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("homeward")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["workflows", "casework", "monitoring"], related_name="jobs")


@beat_init.connect
def tick_at_once(**_: object) -> None:
    """The first tick comes with the start and not a minute later, so that readiness soon rests on a real one."""
    app.send_task("workflows.tick", ignore_result=True)
