"""A mail server that refuses one message in ten the first time, and notes every key that it took."""

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend


class Sink(BaseEmailBackend):
    """Appends the key of each message to `settings.SINK_FILE`; what it refused once it takes the second time."""

    def send_messages(self, email_messages: Any) -> int:
        taken = 0
        for message in email_messages:
            key = message.extra_headers["X-Key"]
            refused = Path(settings.SINK_FILE).with_suffix(".refused")
            before = refused.read_text().split() if refused.exists() else []
            if hashlib.sha256(key.encode()).digest()[0] % 10 == 0 and key not in before:
                with refused.open("a") as file:
                    file.write(f"{key}\n")
                raise ConnectionRefusedError("come back later")
            with Path(settings.SINK_FILE).open("a") as file:
                file.write(f"{key}\n")
            taken += 1
        return taken
