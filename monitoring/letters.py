"""What people are told in writing: neutral words, in their language, with nothing that says who somebody is (promise 5.6)."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

# How people of this region name what they speak, and which of our languages they read.
_READ_AS = {"aeb": "ar", "ary": "ar", "arz": "ar", "arq": "ar", "ayl": "ar", "apc": "ar"}


@dataclass(frozen=True)
class Words:
    """A message: its subject and its body."""

    subject: str
    body: str


def language_for(person: Any, programme: Any, reach: Any = None) -> str:
    """The language in which to write: of the way to reach the person, else the person's, else the programme's first of ours."""
    ours = [code for code, _name in settings.LANGUAGES]
    for code in (getattr(reach, "language", ""), person.language, *programme.languages):
        base = (code or "").lower().replace("_", "-").split("-")[0]
        base = _READ_AS.get(base, base)
        if base in ours:
            return base
    return ours[0]


def link_of(token: str) -> str:
    """The address that goes into a message."""
    return f"{settings.SITE_URL}{reverse('monitoring:answer', args=[token])}"


def invitation(token: str, language: str) -> Words:
    """The first message of a round."""
    with translation.override(language):
        return Words(
            _("Your short call-back"),
            "\n\n".join(
                [
                    _("Hello, this is the short call-back you asked for:"),
                    link_of(token),
                    _("It takes about three minutes. You may skip any question, or stop."),
                    _("To get no more of these, open the link and choose “Never again”."),
                ]
            ),
        )


def reminder(token: str, language: str) -> Words:
    """The same link once more, in fewer words."""
    with translation.override(language):
        return Words(
            _("Your short call-back"),
            "\n\n".join(
                [
                    _("Hello, the short call-back you asked for is still open:"),
                    link_of(token),
                    _("To get no more of these, open the link and choose “Never again”."),
                ]
            ),
        )


def alarm(language: str) -> Words:
    """To the colleague on duty: that there is something urgent, and nothing of what."""
    with translation.override(language):
        return Words(
            _("Something urgent waits for you"),
            "\n\n".join(
                [
                    _("Somebody may be in danger. Open the list of calls now, and press “I am on it”:"),
                    f"{settings.SITE_URL}{reverse('monitoring:calls')}",
                    _("In 30 minutes the next colleague is asked."),
                ]
            ),
        )
