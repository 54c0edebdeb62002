"""Who has looked, over all files: by colleague, by file, by day. A file is named by its reference alone."""

import csv
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import EVERYWHERE, scope_of
from casework.case_page import LOOKS
from casework.models import Case
from casework.referrals import formula_safe
from casework.states import OpeningPurpose
from workflows.models import Access

A_PAGE = 60
EXPORT_MOST = 20_000


@dataclass(frozen=True)
class Asked:
    """What a reader asks for: whose looks, at which file, how, from when to when."""

    colleague: str = ""
    reference: str = ""
    kind: str = ""
    since: dt.date | None = None
    until: dt.date | None = None

    @classmethod
    def of(cls, said: Mapping[str, str]) -> "Asked":
        """From an address; what makes no sense there is left out."""
        return cls(
            said.get("colleague", "") if _is_key(said.get("colleague", "")) else "",
            said.get("reference", "").strip()[:40],
            said.get("kind", "") if said.get("kind", "") in LOOKS else "",
            _day(said.get("since", "")),
            _day(said.get("until", "")),
        )

    def as_address(self) -> dict[str, str]:
        """The same, for the address of the next page."""
        given = {
            "colleague": self.colleague, "reference": self.reference, "kind": self.kind,
            "since": str(self.since or ""), "until": str(self.until or ""),
        }  # fmt: skip
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True)
class Look:
    """One look: when, who, at which file (by reference; a case where the reader may open it), how, and what for."""

    at: dt.datetime
    who: str
    reference: str
    case: Case | None
    how: str
    purpose: str


def readers_scope(user: Any) -> Any:
    """The offices whose colleagues' looks the user reads: EVERYWHERE, some, or none (one's own only)."""
    return scope_of(user).reads_where("accesses")


def colleagues_of(user: Any) -> QuerySet[User]:
    """Whose looks the user may read: everybody's, those of colleagues at the user's offices, or one's own."""
    where = readers_scope(user)
    if where == EVERYWHERE:
        return User.objects.all()
    mine = User.objects.filter(pk=user.pk)
    return (mine | User.objects.filter(grants__office__in=where)).distinct() if where else mine


def looks(user: Any, asked: Asked) -> QuerySet[Access]:
    """The looks that are asked for among those that the user may read, latest first."""
    found = Access.objects.order_by("-pk")
    if readers_scope(user) != EVERYWHERE:
        found = found.filter(user_id__in=[str(pk) for pk in colleagues_of(user).values_list("pk", flat=True)])
    if asked.colleague:
        found = found.filter(user_id=asked.colleague)
    if asked.reference:
        people = Case.objects.not_barring(user).filter(reference__iexact=asked.reference).values_list("person", flat=True)
        found = found.filter(subject_kind="person", subject_id__in=[str(pk) for pk in people])
    if asked.kind:
        found = found.filter(kind=asked.kind)
    zone = timezone.get_current_timezone()
    if asked.since:
        found = found.filter(at__gte=dt.datetime.combine(asked.since, dt.time(), zone))
    if asked.until:
        found = found.filter(at__lt=dt.datetime.combine(asked.until + dt.timedelta(days=1), dt.time(), zone))
    return found


def page_of(user: Any, asked: Asked, *, before: int = 0) -> tuple[list[Look], int]:
    """One page of looks, and the key of the next: the same number of questions, however many there are."""
    found = looks(user, asked)
    if before:
        found = found.filter(pk__lt=before)
    rows = list(found[: A_PAGE + 1])
    return in_words(user, rows[:A_PAGE]), rows[A_PAGE - 1].pk if len(rows) > A_PAGE else 0


def in_words(user: Any, rows: list[Access]) -> list[Look]:
    """The rows with names of colleagues and references of files: three questions."""
    names = {str(pk): name for pk, name in User.objects.filter(pk__in={row.user_id for row in rows}).values_list("pk", "name")}
    people = {UUID(row.subject_id) for row in rows if row.subject_kind == "person"}
    newest = Case.objects.not_barring(user).filter(person__in=people).order_by("referred_on", "pk")
    files = {str(case.person_id): case for case in newest.only("reference", "person_id", "office_id", "referred_on")}
    seen = set(Case.objects.visible_to(user).filter(pk__in=[case.pk for case in files.values()]).values_list("pk", flat=True))
    purposes = dict(OpeningPurpose.choices)
    found = []
    for row in rows:
        case = files.get(row.subject_id) if row.subject_kind == "person" else None
        reference = case.reference if case else _("the list of who has looked") if row.subject_kind == "accesses" else _("a file")
        found.append(
            Look(
                row.at,
                names.get(row.user_id, _("Somebody")),
                reference,
                case if case and case.pk in seen else None,
                str(LOOKS.get(row.kind, row.kind)),
                str(purposes.get(row.purpose, row.purpose)),
            )
        )
    return found


class _Echo:
    def write(self, line: str) -> str:
        return line


def as_csv(user: Any, asked: Asked) -> Iterator[str]:
    """The looks as lines that a spreadsheet opens as text."""
    writer = csv.writer(_Echo())
    yield "\ufeff"
    yield writer.writerow([_("When"), _("Who"), _("Reference"), _("How"), _("What for")])
    rows = list(looks(user, asked)[:EXPORT_MOST])
    for start in range(0, len(rows), 500):
        for look in in_words(user, rows[start : start + 500]):
            cells = (timezone.localtime(look.at).isoformat(timespec="minutes"), look.who, look.reference, look.how, look.purpose)
            yield writer.writerow([formula_safe(cell) for cell in cells])


def _is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
