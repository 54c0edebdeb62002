"""The named points of an act and of a delivery, so that a test can end the process at each and look at what is left.

Nothing happens here unless HOMEWARD_DIE_AT names a point ("act.locked") and the mode is `test`.
"""

import os
import signal

from django.conf import settings

POINTS = (
    "act.locked",
    "act.allowed",
    "act.body_done",
    "act.saved",
    "act.written",
    "act.committed",
    "delivery.claimed",
    "delivery.ran",
    "message.claimed",
    "message.sent",
)


def reached(point: str) -> None:
    """Say that `point` is reached; a test may have asked the process to die here, as from kill -9."""
    if settings.MODE == "test" and os.environ.get("HOMEWARD_DIE_AT") == point:
        os.kill(os.getpid(), signal.SIGKILL)
