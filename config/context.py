"""What every page knows about its reader: where they may go, in which language and light, and who they are."""

from functools import cached_property, lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, get_language_bidi, get_language_info
from django.utils.translation import gettext_lazy as _

_OFFICE = frozenset({"caseworker", "supervisor", "front_desk", "protection_lead"})

# label, address, key after `g`, the roles that have business there (empty: everyone who is signed in)
PLACES: tuple[tuple[Any, str, str, frozenset[str]], ...] = (
    (_("My day"), "casework:my_day", "d", frozenset()),
    (_("Queue"), "casework:queue", "q", _OFFICE),
    (_("Match"), "casework:match", "m", frozenset({"caseworker", "supervisor"})),
    (_("Referrals"), "casework:referrals", "r", frozenset({"caseworker", "supervisor", "front_desk"})),
    (_("Calls"), "monitoring:calls", "c", frozenset({"caseworker", "supervisor"})),
    (
        _("Grants"),
        "grants:calls",
        "g",
        frozenset({"caseworker", "supervisor", "grant_officer", "finance", "chair", "programme_manager"}),
    ),
    (_("My pitches"), "grants:my_pitches", "j", frozenset({"juror"})),
    (_("Sittings"), "grants:sittings", "t", frozenset({"grant_officer", "chair", "programme_manager"})),
    (_("Payments"), "grants:payments", "b", frozenset({"grant_officer", "finance", "programme_manager"})),
    (
        _("Follow-up"),
        "monitoring:report",
        "f",
        frozenset({"supervisor", "programme_manager", "data_protection"}),
    ),
    (_("To sign"), "casework:to_sign", "s", frozenset({"supervisor", "programme_manager"})),
    (
        _("Programmes"),
        "casework:programmes",
        "o",
        frozenset({"programme_manager", "data_protection", "administrator"}),
    ),
    (_("Who has looked"), "casework:looked", "l", frozenset({"auditor", "data_protection"})),
    (_("People and roles"), "accounts:people", "p", frozenset({"administrator", "supervisor", "data_protection"})),
)

# So many fit beside the search at 1280 px in each language; the others open under *More*.
IN_THE_BAR = 7

# What is opened now and then stands in one's own menu, unless the bar has it: label, address, roles as above.
ASIDE: tuple[tuple[Any, str, frozenset[str]], ...] = (
    (_("Programmes"), "casework:programmes", frozenset({"supervisor"})),
    (_("Who has looked"), "casework:looked", frozenset()),
)


@lru_cache(maxsize=64)
def address(name: str) -> str:
    """The address called `name`, or "" while no room answers to it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


class FrontDoor:
    """Asked only for what a page shows, so that a fragment pays for nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def signed_in(self) -> bool:
        """Whether a member of staff is here."""
        user = getattr(self.request, "user", None)
        return bool(user and user.is_authenticated)

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles that the reader holds anywhere."""
        if not self.signed_in:
            return frozenset()
        from accounts.scope import scope_of

        return frozenset(scope_of(self.request.user).roles)

    @property
    def nav(self) -> list[dict[str, Any]]:
        """The places that stand in the bar: the first of the reader's."""
        return self.places[:IN_THE_BAR]

    @property
    def others(self) -> list[dict[str, Any]]:
        """The places that open under *More*."""
        return self.places[IN_THE_BAR:]

    @property
    def among_others(self) -> bool:
        """Whether the present place is one of those under *More*."""
        return any(place["here"] for place in self.others)

    @cached_property
    def places(self) -> list[dict[str, Any]]:
        """The places that the reader has business in, with the present one marked."""
        if not self.signed_in:
            return []
        places = [
            {"label": label, "url": url, "key": key}
            for label, name, key, roles in PLACES
            if (not roles or roles & self.roles) and (url := address(name))
        ]
        here = max((place["url"] for place in places if self.request.path.startswith(place["url"])), key=len, default="")
        for place in places:
            place["here"] = place["url"] == here and (here != "/" or self.request.path == "/")
        return places

    @cached_property
    def aside(self) -> list[dict[str, Any]]:
        """The places of the reader's own menu: those with business there that the bar does not have."""
        in_bar = {place["url"] for place in self.nav}
        return [
            {"label": label, "url": url}
            for label, name, roles in ASIDE
            if (not roles or roles & self.roles) and (url := address(name)) and url not in in_bar
        ]

    @cached_property
    def search(self) -> str:
        """Where the search field of the bar leads; "" for those who may not see a file."""
        return (address("casework:search") or address("casework:queue")) if self.roles & (_OFFICE | {"programme_manager"}) else ""

    @cached_property
    def security(self) -> str:
        """Where the reader keeps their password and codes."""
        return address("mfa_index")

    @cached_property
    def theme(self) -> str:
        """`light` or `dark` by choice, "" for what the reader's system says."""
        chosen = self.request.COOKIES.get("theme", "")
        return chosen if chosen in ("light", "dark") else ""

    @cached_property
    def themes(self) -> list[tuple[str, Any]]:
        """The three ways to have it."""
        return [("", _("as the system")), ("light", _("light")), ("dark", _("dark"))]

    @property
    def language(self) -> str:
        """The language of the page."""
        return get_language() or settings.LANGUAGE_CODE

    @property
    def direction(self) -> str:
        """`rtl` or `ltr`."""
        return "rtl" if get_language_bidi() else "ltr"

    @cached_property
    def languages(self) -> list[dict[str, str]]:
        """Each language by its own name."""
        return [{"code": code, "name": get_language_info(code)["name_local"].capitalize()} for code, _name in settings.LANGUAGES]

    @cached_property
    def here(self) -> str:
        """The present address, to come back to after a change of language or light."""
        return self.request.get_full_path() if self.request.method == "GET" else "/"


def front_door(request: HttpRequest) -> dict[str, Any]:
    """`door` in every template: nav, search, theme, language, direction, languages."""
    return {"door": FrontDoor(request)}
