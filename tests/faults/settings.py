"""The product's settings for a worker that is going to be killed: a broker of its own, and a sink that refuses a tenth."""

import os
from pathlib import Path

from config.settings import *  # noqa: F403 (these are the product's settings)
from tests.faults.broker import broker_in

EMAIL_BACKEND = "tests.faults.sink.Sink"
SINK_FILE = os.environ["SINK_FILE"]
CELERY_BROKER_URL = "filesystem://"
CELERY_BROKER_TRANSPORT_OPTIONS = broker_in(Path(os.environ["BROKER_DIR"]))
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
