"""What leaves the machine: queued as a row with a stable key, sent at least once, its words and address erased when sent."""

import logging
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlparse

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from workflows import clock, faults
from workflows.jobs import _place_of
from workflows.models import Message

log = logging.getLogger(__name__)

_LEASE = timedelta(minutes=3)
_BATCH = 50


def queue_message(
    *,
    channel: str,
    to: str,
    body: str,
    key: str,
    subject: str = "",
    about: str = "",
    kind: str = "",
    language: str = "",
    not_before: datetime | None = None,
    save: bool = True,
) -> Message:
    """A message to be sent once under `key`; with `save=False` it is given back unsaved, for `row.adds(…)` or bulk_create."""
    message = Message(
        channel=channel,
        key=key,
        about=about,
        kind=kind,
        language=language,
        address=to,
        subject=subject,
        body=body,
        not_before=not_before or clock.now(),
    )
    if save:
        Message.objects.bulk_create([message], ignore_conflicts=True)
    return message


def cancel(*, about: str, kind: str = "") -> int:
    """Let nothing more leave about this stream: waiting messages are cancelled and their words erased; how many."""
    waiting = Message.objects.filter(about=about, done_at=None)
    if kind:
        waiting = waiting.filter(kind=kind)
    now = clock.now()
    return waiting.update(cancelled_at=now, done_at=now, address="", subject="", body="", lease_token=None, lease_until=None)


def send_waiting(*, at: datetime | None = None) -> int:
    """Send what is due, in batches over one connection to the mail server; the number of messages that left."""
    sent = 0
    while batch := Message.objects.take(at=at or clock.now(), most=_BATCH, lease=_LEASE):
        faults.reached("message.claimed")
        connection = get_connection()
        try:
            for message in batch:
                sent += _send(message, connection)
        finally:
            connection.close()
    return sent


def _send(message: Message, connection: Any) -> bool:
    # The lease may have run out while the rows before it were sent: then another worker has this one.
    if not Message.objects.filter(pk=message.pk, lease_token=message.lease_token, done_at=None).exists():
        return False
    try:
        _CHANNELS[message.channel](message, connection)
    except Exception as error:  # noqa: BLE001 (a refused address must not hold up the others)
        log.warning("Message %s did not leave: %s", message.pk, type(error).__name__)
        connection.close()
        message.fail(_place_of(error))
        return False
    faults.reached("message.sent")
    return message.finish(address="", subject="", body="")


def _send_mail(message: Message, connection: Any) -> None:
    domain = urlparse(settings.SITE_URL).hostname or "localhost"
    EmailMessage(
        subject=message.subject,
        body=message.body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[message.address],
        headers={
            # The same for every attempt: whoever receives it twice can tell.
            "Message-ID": f"<{message.key.replace(':', '.')}@{domain}>",
            "X-Key": message.key,
            "Auto-Submitted": "auto-generated",
        },
        connection=connection,
    ).send()


class NoSuchWay(Exception):
    """No sender is set up for this channel."""


def _no_way(message: Message, _connection: Any) -> None:
    raise NoSuchWay(message.channel)


_CHANNELS = {"email": _send_mail, "sms": _no_way, "webhook": _no_way}
