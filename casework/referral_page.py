"""Lists of referrals as their pages show them: what was handed in, what would be answered, how far it is, what was answered."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from casework.actions.referral import FILE_KEPT, of_in_words
from casework.models import Case, ReferralList, ReferralRow
from casework.referrals import Fault
from casework.side_by_side import to_join
from workflows import clock
from workflows.models import Event

Stage, Outcome = ReferralList.Stage, ReferralRow.Outcome
PAGE = 50
PATIENCE = dt.timedelta(seconds=90)
_MOST_LISTS = 25


# ——— the lists ———


@dataclass(frozen=True)
class ListPage:
    """One page of the lists, the newest first, and how to ask for the next."""

    lists: list[ReferralList]
    next_key: str


def lists_of(user: Any, *, before: str = "") -> ListPage:
    """The lists handed in at the offices whose files this user sees."""
    seen = ReferralList.objects.visible_to(user).select_related("programme", "office", "by").order_by("-uploaded_at", "-pk")
    last = ReferralList.objects.visible_to(user).filter(pk=before).first() if _is_key(before) else None
    if last is not None:
        seen = seen.filter(uploaded_at__lt=last.uploaded_at) | seen.filter(uploaded_at=last.uploaded_at, pk__lt=last.pk)
    few = list(seen.defer("looked")[: _MOST_LISTS + 1])
    return ListPage(few[:_MOST_LISTS], str(few[_MOST_LISTS - 1].pk) if len(few) > _MOST_LISTS else "")


def _is_key(text: str) -> bool:
    return len(text) == 36 and text.count("-") == 4 and all(c in "0123456789abcdef-" for c in text)


# ——— before it is decided ———


@dataclass(frozen=True)
class Preview:
    """What would be answered to a list, for whoever decides whether to import it."""

    counts: tuple[tuple[str, int, str, str], ...]
    first: tuple["Told", ...]
    more: int
    remarks: tuple[str, ...]
    ignored: tuple[str, ...]
    twice: tuple[str, ...]
    month_first: tuple[str, ...]
    button: str


def preview_of(listing: ReferralList) -> Preview | None:
    """The counts, the first faults and what to know before deciding; None while nobody has looked through it."""
    looked = listing.looked
    if looked is None:
        return None
    first = tuple(Told(row["line"], row["reference"], faults_in_words(row["errors"])) for row in looked["first"])
    return Preview(
        tuple((name, looked[name], label, says) for name, label, says in _answers(listing) if looked[name] or name != "unchanged"),
        first,
        looked["rejected"] - len(first),
        tuple(_remark(code, number) for code, number in looked["flags"].items()),
        tuple(looked["ignored"]),
        tuple(looked.get("twice", ())),
        tuple(FIELDS().get(name, name) for name in looked["month_first"]),
        _button(looked),
    )


def _answers(listing: ReferralList) -> Iterable[tuple[str, str, str]]:
    return (
        ("accepted", _("New people"), _("Each gets a file at the office of %(office)s.") % {"office": listing.office.name}),
        ("possible_duplicates", _("Could be someone we know"), _("They wait side by side for your word. No file is opened yet.")),
        ("rejected", _("Not taken as they are"), _("You can download these rows, mend them and send them again.")),
        ("unchanged", _("Sent before, the same"), _("Nothing happens.")),
    )


def _button(looked: Mapping[str, int]) -> str:
    if looked["accepted"]:
        people = ngettext("Import %(n)s person", "Import %(n)s people", looked["accepted"])
        return people % {"n": looked["accepted"]}
    if looked["possible_duplicates"]:
        held = ngettext("Hold %(n)s row side by side", "Hold %(n)s rows side by side", looked["possible_duplicates"])
        return held % {"n": looked["possible_duplicates"]}
    return _("Keep these answers")


def _remark(code: str, number: int) -> str:
    rows = ngettext("%(n)s cell", "%(n)s cells", number) % {"n": number}
    return f"{rows}: {Fault('', code).message}"


# ——— while it is imported ———


@dataclass(frozen=True)
class Progress:
    """How far a list is, and whether anybody is at it."""

    done: int
    total: int
    stalled: bool


def progress_of(listing: ReferralList) -> Progress | None:
    """How far the worker is; None where nothing is under way. `stalled` when nobody has been at it for a minute and a half."""
    looking = listing.stage == Stage.READ and listing.looked is None and listing.path
    if not looking and listing.stage != Stage.WORKING:
        return None
    now = clock.now()
    since = Event.objects.filter(stream=listing.stream).order_by("-seq").values_list("recorded_at", flat=True).first()
    begun = max(filter(None, (since, listing.leased_until)), default=now)
    return Progress(listing.rows_done, listing.rows_total, now - begun > PATIENCE)


# ——— what was answered ———


@dataclass(frozen=True)
class Told:
    """One row and what was answered to it, in words."""

    line: int
    reference: str
    faults: tuple[str, ...] = ()
    who: str = ""
    case: Case | None = None
    of: str = ""
    how: tuple[str, ...] = ()
    waits: Any = None
    decided: str = ""
    mendable: bool = False


@dataclass(frozen=True)
class AnswerPage:
    """One page of the rows with one answer."""

    rows: list[Told]
    next_key: str


def answers_of(listing: ReferralList, user: Any, outcome: str, *, after: int = 0) -> AnswerPage:
    """The rows that were answered so, in the order of the file: the same number of questions for any number of rows."""
    rows = listing.rows.filter(outcome=outcome, line__gt=after).order_by("line")
    if outcome == Outcome.POSSIBLE_DUPLICATE:
        rows = rows.select_related("possible_duplicate__case", "possible_duplicate__person")
    few = list((rows if outcome in (Outcome.REJECTED, Outcome.POSSIBLE_DUPLICATE) else rows.defer("values"))[: PAGE + 1])
    shown = few[:PAGE]
    ids = [row.case_id for row in shown if row.case_id]
    cases = {case.pk: case for case in Case.objects.visible_to(user).filter(pk__in=ids).select_related("person")} if ids else {}
    return AnswerPage([_told(row, cases) for row in shown], str(shown[-1].line) if len(few) > PAGE else "")


def _told(row: ReferralRow, cases: Mapping[Any, Case]) -> Told:
    case = cases.get(row.case_id)
    if row.outcome == Outcome.REJECTED:
        return Told(row.line, row.reference, faults_in_words(row.faults), mendable=bool(row.values))
    if row.outcome == Outcome.POSSIBLE_DUPLICATE:
        waits = getattr(row, "possible_duplicate", None)
        decided = waits.get_decision_display() if waits and waits.decision else ""
        if waits and to_join(waits):
            decided = _("%(decision)s, a supervisor joins the records") % {"decision": decided}
        return Told(
            row.line,
            row.reference,
            who=case.person.name if case else _name_in(row),
            case=case,
            of=of_in_words(row.of),
            how=tuple(HOW().get(way, way) for way in row.how),
            waits=waits,
            decided=decided,
        )
    return Told(row.line, row.reference, who=case.person.name if case else "", case=case)


def _name_in(row: ReferralRow) -> str:
    values = (row.values or {}).get("values") or {}
    return " ".join(filter(None, (values.get("given_names"), values.get("family_name"))))


def mendable(listing: ReferralList) -> QuerySet[ReferralRow]:
    """The rejected rows whose words are still kept: not those whose consent was refused, and no longer than 30 days."""
    return listing.rows.filter(outcome=Outcome.REJECTED, values_until__gte=clock.today()).order_by("line")


@dataclass(frozen=True)
class Mending:
    """A rejected row as `referrals.write_rejected` takes it."""

    raw: Mapping[str, str]
    faults: tuple[dict[str, str], ...]


def to_mend(listing: ReferralList) -> Iterable[Mending]:
    """The rows to be mended, each with its own headings and every fault in the reader's language."""
    for row in mendable(listing).iterator(chunk_size=500):
        faults = tuple({"field": fault["field"], "message": _message(fault)} for fault in row.faults)
        yield Mending((row.values or {}).get("raw", {}), faults)


def file_goes_on(listing: ReferralList) -> dt.date:
    """The day on which the file is deleted."""
    return (listing.uploaded_at + FILE_KEPT).date()


# ——— in words ———


def faults_in_words(faults: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    """Every fault as a sentence that begins with the heading it is about."""
    names = FIELDS()
    named = [(names.get(fault["field"], "") if fault["code"] != "consent_refused" else "", _message(fault)) for fault in faults]
    return tuple(
        pgettext("question: what is wrong", "{}: {}").format(name, message) if name else message for name, message in named
    )


def _message(fault: Mapping[str, str]) -> str:
    # Of a date the kept sentence may say more than its code: which sentence it was depends on what was written.
    return _(fault["message"]) if fault["code"] == "bad_date" else Fault(fault["field"], fault["code"]).message


def FIELDS() -> dict[str, str]:  # noqa: N802 (a table, in the language of whoever reads it)
    """What the columns of a list are called."""
    return {
        "reference": _("Reference"), "family_name": _("Family name"), "given_names": _("Given names"),
        "native_name": _("Own script"), "sex": _("Sex"), "date_of_birth": _("Date of birth"), "nationality": _("Nationality"),
        "document_number": _("Document number"), "host_country": _("Host country"), "return_date": _("Return date"),
        "return_type": _("Return"), "phone": _("Phone"), "email": _("E-mail"), "language": _("Language"), "region": _("Region"),
        "place": _("Place"), "education_isced": _("Education"), "occupation": _("Occupation"), "years_abroad": _("Years abroad"),
        "household_size": _("Household"), "vulnerabilities": _("Needs"), "consent": _("Consent"), "path_wish": _("Wish"),
        "notes": _("Notes"),
    }  # fmt: skip


def HOW() -> dict[str, str]:  # noqa: N802 (a table, in the language of whoever reads it)
    """In what way two could be one."""
    return {
        "document": _("same document"), "script": _("same name, other script"), "spelling": _("name sounds alike"),
        "swapped": _("something has changed places"), "name_and_birth": _("same name and birth"),
        "partial_birth": _("births fit"), "birth_slip": _("births differ by a slip"), "earlier_return": _("came back before"),
        "same_reference": _("reference used before"), "strong": _("very alike"), "likely": _("alike"), "weak": _("a little alike"),
    }  # fmt: skip
