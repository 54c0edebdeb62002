"""What colleagues are written: an invitation, and what signing in sends. Queued like everything that leaves the machine."""

import uuid

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.invitations import LASTS, link_for
from accounts.models import User
from workflows.messages import queue_message
from workflows.models import Message


def invitation_to(user: User) -> Message:
    """The invitation in the colleague's language, not yet saved: it leaves when the act that invites has happened."""
    with translation.override(user.language):
        subject = _("Your account in Homeward")
        body = _(
            "Hello %(name)s,\n\nan account was opened for you. Choose your password here:\n\n%(link)s\n\n"
            "The link works once, for %(days)s days. Somebody asked you for your password? We never do.\n"
        ) % {"name": user.called, "link": link_for(user), "days": LASTS.days}
    return queue_message(
        channel="email",
        to=user.email,
        subject=subject,
        body=body,
        key=f"invitation:{user.pk.hex}:{uuid.uuid4().hex[:12]}",
        about=user.stream,
        kind="invitation",
        language=user.language,
        save=False,
    )
