"""The names of the states of a round, and of the choices that its verbs speak in. A leaf: everyone may import it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RoundState(models.TextChoices):
    """Where one time of asking stands. *Due*, *unanswered* and *late* are computed, never stored."""

    PLANNED = "planned", _("Planned")
    INVITED = "invited", _("Asked in writing")
    INTERVIEWING = "interviewing", _("To be called")
    ANSWERED = "answered", _("Answered")
    PARTLY_ANSWERED = "partly_answered", _("Partly answered")
    REFUSED = "refused", _("Refused")
    MISSED = "missed", _("Missed")
    WAIVED = "waived", _("Waived")
    STOPPED = "stopped", _("Stopped")


PLANNED = RoundState.PLANNED
INVITED = RoundState.INVITED
INTERVIEWING = RoundState.INTERVIEWING
ANSWERED = RoundState.ANSWERED
PARTLY_ANSWERED = RoundState.PARTLY_ANSWERED
REFUSED = RoundState.REFUSED
MISSED = RoundState.MISSED
WAIVED = RoundState.WAIVED
STOPPED = RoundState.STOPPED

OPEN = (PLANNED, INVITED, INTERVIEWING)
# An answer of any kind was had.
REACHED = (ANSWERED, PARTLY_ANSWERED)
ENDED = (*REACHED, REFUSED, MISSED, WAIVED, STOPPED)
# Ends that a change of the facts may take back: the person was not dead, work began after all.
TAKEN_BACK = (WAIVED, STOPPED)


class AnchorKind(models.TextChoices):
    """What a schedule counts from; at most one schedule of a kind for a case. The last three come with the money."""

    PLAN = "plan", _("counselling")
    WORK = "work", _("work")
    BUSINESS = "business", _("business")
    DECISION = "decision", _("decision")
    WAITING = "waiting", _("waiting list")


class Way(models.TextChoices):
    """How an answer was had. A proxy answers for somebody who asked them to, and is counted apart."""

    WEB = "web", _("on the page")
    PHONE = "phone", _("by phone")
    VISIT = "visit", _("in person")
    PAPER = "paper", _("on paper")
    PROXY = "proxy", _("through somebody the person named")


class Why(models.TextChoices):
    """Why a round ended as it did."""

    WINDOW_CLOSED = "window_closed", _("The time for it was over")
    BROKEN_OFF = "broken_off", _("Broken off on the way")
    NOT_THIS_TIME = "not_this_time", _("Not this time")
    NEVER_AGAIN = "never_again", _("Asked us never to write again")
    NOTHING_SAID = "nothing_said", _("Preferred not to say anything")
    NOT_REACHED = "not_reached", _("Not reached")
    NOT_ASKED = "not_asked", _("Not asked")
    NOT_AGREED = "not_agreed", _("The person has not agreed to be asked")
    ANCHOR_GONE = "anchor_gone", _("What it counted from turned out not to be so")
    ILL = "ill", _("Ill, or in mourning")
    NO_INTERPRETER = "no_interpreter", _("No interpreter to be had")
    OWN_WISH = "own_wish", _("The person wished to leave it out")
    DECEASED = "deceased", _("Deceased")
    WITHDREW = "withdrew", _("Wishes no more contact")
    MERGED = "merged", _("Merged with another case")
    TRANSFERRED = "transferred", _("Transferred to another organisation")
    ERASED = "erased", _("The file was erased")


# What a person chooses from when a round is waived by hand.
WAIVED_BY_HAND = (Why.ILL, Why.NO_INTERPRETER, Why.OWN_WISH)


class PhoneIs(models.TextChoices):
    """What the person said on the first page about the telephone in their hand."""

    UNKNOWN = "", _("Not said")
    MINE_ALONE = "mine_alone", _("Mine alone")
    SHARED = "shared", _("Others use it too")
