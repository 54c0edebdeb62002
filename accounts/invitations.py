"""The link in an invitation: signed, for a week, for whoever has no password yet, and used up once one is chosen."""

import datetime as dt
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import User
from workflows import clock

LASTS = dt.timedelta(days=7)
_SALT = "accounts.invitation"


def token_for(user: User) -> str:
    """The secret part of the link. A later invitation, a corrected address or a chosen password ends it."""
    return signing.dumps([user.pk.hex, int(clock.now().timestamp()), _fingerprint(user)], salt=_SALT)


def link_for(user: User) -> str:
    """The whole address, as it stands in the mail."""
    return settings.SITE_URL + reverse("accounts:accept_invitation", args=[token_for(user)])


def invited_by(token: str) -> User | None:
    """Whose link this is, or None when it was altered, is used up or too old."""
    try:
        key, made_at, fingerprint = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=UUID(key), is_active=True).first()
    if user is None or not user.is_invited or clock.now().timestamp() - made_at > LASTS.total_seconds():
        return None
    return user if constant_time_compare(fingerprint, _fingerprint(user)) else None


def _fingerprint(user: User) -> str:
    return salted_hmac(_SALT, f"{user.pk} {user.password} {user.email} {user.invited_at.timestamp()}").hexdigest()[:20]
