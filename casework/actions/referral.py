"""Lists of referrals become files: row by row, in commits of a hundred, each row answered; what may be a repeat waits.

A row is answered once. An import that was killed goes on where it stopped: what has an answer keeps it, and nothing is
written twice, because the database knows one accepted row for each reference of a sender.
"""

import datetime as dt
import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from accounts.scope import scope_of
from casework import duplicates
from casework.actions.authorship import author, refuse
from casework.actions.case import new_case
from casework.actions.people import identity_of, new_person
from casework.models import (
    Answer,
    Case,
    Consent,
    Person,
    PersonKey,
    PossibleDuplicate,
    Profile,
    Programme,
    Purpose,
    Reach,
    ReferralList,
    ReferralRow,
    Vulnerability,
)
from casework.queries import elsewhere
from casework.referrals import Reading, Row, Unreadable, read
from workflows import clock
from workflows.acting import act, act_each
from workflows.actors import actor_of
from workflows.encryption import blind_index
from workflows.models import Note

COMMIT = 100
LOOKED_AT_ONCE = 200
FIRST_FAULTS = 12
LIMIT_NAMED = 40
FILE_KEPT = dt.timedelta(days=7)
REJECTED_KEPT = dt.timedelta(days=30)
_OUTCOME = ReferralRow.Outcome
_TALLY = {
    _OUTCOME.ACCEPTED: "accepted",
    _OUTCOME.POSSIBLE_DUPLICATE: "possible_duplicates",
    _OUTCOME.REJECTED: "rejected",
    _OUTCOME.UNCHANGED: "unchanged",
}
_PATHS = {"job": "work", "training": "training", "start_up": "start_up"}
_LEVELS = {
    0: "none",
    1: "isced_1",
    2: "isced_2",
    3: "isced_3",
    4: "isced_3",
    5: "isced_5",
    6: "isced_5",
    7: "isced_5",
    8: "isced_5",
}


@dataclass(frozen=True)
class Answered:
    """What is answered to one row: the outcome, whom it may repeat and how, or every fault."""

    line: int
    reference: str
    outcome: str
    of: str = ""
    how: tuple[str, ...] = ()
    errors: tuple[dict[str, str], ...] = ()

    def as_report(self) -> dict[str, Any]:
        """The row as `import_referrals --report` writes it."""
        return {
            "line": self.line,
            "reference": self.reference,
            "outcome": self.outcome,
            "of": self.of,
            "how": list(self.how),
            "errors": list(self.errors),
        }


@dataclass
class Report:
    """The answers to a list, in the order of the file."""

    read: int = 0
    rows: list[Answered] = field(default_factory=list)
    listing: ReferralList | None = None
    # How many rows have a remark that is no fault, by its code: a formula, a rounded number, a date that stands for none.
    flags: Counter[str] = field(default_factory=Counter)

    @property
    def tally(self) -> dict[str, int]:
        """How many rows were answered in each way."""
        return {name: sum(row.outcome == outcome for row in self.rows) for outcome, name in _TALLY.items()}

    def as_json(self) -> dict[str, Any]:
        """The report that the command writes: the counts, then the rows."""
        return {"read": self.read, **self.tally, "rows": [row.as_report() for row in self.rows]}


# ——— handing in ———


def read_kept(listing: ReferralList) -> Reading:
    """Read the file that is kept for a list. Raises Unreadable, and FileNotFoundError once it was deleted."""
    if not listing.path:
        raise FileNotFoundError(listing.file_name)
    return read(
        Path(settings.DATA) / listing.path,
        name=listing.file_name,
        country=listing.programme.country,
        limit_bytes=settings.REFERRAL_FILE_LIMIT,
    )


def keep_file(uploaded: Any) -> tuple[str, str]:
    """Keep an uploaded list under the data folder for at most 7 days; its path there and its SHA-256."""
    place = Path("referrals") / uuid.uuid4().hex
    (Path(settings.DATA) / place).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with (Path(settings.DATA) / place).open("xb") as file:
        for chunk in uploaded.chunks():
            digest.update(chunk)
            file.write(chunk)
    return str(place), digest.hexdigest()


def take_in(uploaded: Any, *, by: Any, programme: Programme, office: Any, sender: str = "") -> ReferralList:
    """Keep an uploaded file, see that it is a list, and hand it in. Raises Unreadable; then nothing of it is kept."""
    path, sha256 = keep_file(uploaded)
    kept = Path(settings.DATA) / path
    try:
        reading = read(kept, name=uploaded.name, country=programme.country, limit_bytes=settings.REFERRAL_FILE_LIMIT)
        if not reading.count:
            raise Unreadable("no_rows", _("The list has headings, but no rows."))
        return hand_in_list(
            by=by,
            programme=programme,
            office=office,
            file_name=uploaded.name,
            sha256=sha256,
            path=path,
            sender=sender,
            rows_total=reading.count,
        )
    except BaseException:
        kept.unlink(missing_ok=True)
        raise


def look_through(listing: ReferralList) -> ReferralList:
    """Count what would be answered to a list and keep the first faults, so that somebody can decide. Touches no file of anybody.

    Raises Unreadable, and FileNotFoundError once the file was deleted.
    """
    reading = read_kept(listing)
    told = preview(reading, programme=listing.programme, office=listing.office, by=listing.by, sender=listing.sender)
    rejected = [row for row in told.rows if row.outcome == _OUTCOME.REJECTED]
    looked = {
        "read": told.read,
        **told.tally,
        "first": [row.as_report() for row in rejected[:FIRST_FAULTS]],
        "ignored": [name for name in reading.ignored if name][:LIMIT_NAMED],
        "twice": reading.twice[:LIMIT_NAMED],
        "month_first": sorted(reading.month_first),
        "flags": dict(told.flags),
    }
    waiting = ReferralList.objects.filter(pk=listing.pk, stage=ReferralList.Stage.READ)
    waiting.update(looked=looked, rows_total=told.read, lease="", leased_until=None, attempts=0)
    listing.refresh_from_db()
    return listing


def hand_in_list(
    *,
    by: Any,
    programme: Programme,
    office: Any,
    file_name: str,
    sha256: str,
    path: str = "",
    sender: str = "",
    rows_total: int = 0,
) -> ReferralList:
    """Take a file of referrals in for an office: nothing is written to any case yet. The file is deleted after 7 days."""
    listing = ReferralList(
        programme=programme,
        office=office,
        by_id=author(by),
        sender=sender,
        file_name=file_name[-200:],
        sha256=sha256,
        path=path,
        rows_total=rows_total,
    )
    with act(listing, "casework.hand_in_list", by=by) as listing:
        listing.says(programme=programme.pk, office=office.pk, sha256=sha256, rows=rows_total)
    return listing


def import_referrals(listing: ReferralList, *, by: Any, version: int | None = None) -> ReferralList:
    """Decide to import a list that was looked through; a worker writes it in commits of a hundred.

    Refuses a list that is being imported or was, and a programme that is not open.
    """
    with act(listing, "casework.import_referrals", by=by, version=version) as listing:
        if listing.stage in (ReferralList.Stage.WORKING, ReferralList.Stage.DONE):
            raise refuse("begun", _("This list is imported already."))
        if listing.file_deleted_at:
            raise refuse("file_gone", _("The file was deleted after 7 days. Hand the list in again."))
        if not listing.programme.live_since or listing.programme.ended_on:
            raise refuse("not_live", _("The programme “%(name)s” takes no referrals.") % {"name": listing.programme.name})
        listing.stage, listing.fault, listing.attempts = ReferralList.Stage.WORKING, "", 0
        listing.says(rows=listing.rows_total)
    return listing


def import_list(
    reading: Reading,
    *,
    programme: Programme,
    office: Any,
    by: Any,
    dry_run: bool = False,
    sender: str = "",
    file_name: str = "",
    sha256: str = "",
) -> Report:
    """Answer every row of a file that was read, and (unless `dry_run`) write what is accepted, here and now.

    The same file begun before and not finished is taken up where it stopped. Raises Refused and NotYours before anything is
    written; afterwards each row is answered on its own.
    """
    if dry_run:
        return preview(reading, programme=programme, office=office, by=by, sender=sender)
    listing = (
        ReferralList.objects.unfinished().filter(programme=programme, office=office, sha256=sha256, by_id=author(by)).first()
        if sha256
        else None
    )
    if listing is None:
        listing = hand_in_list(
            by=by, programme=programme, office=office, file_name=file_name, sha256=sha256, sender=sender, rows_total=reading.count
        )
        listing = import_referrals(listing, by=by)
    for _done in work_through(listing, reading, by=by):
        pass
    return report_of(listing)


def work_through(listing: ReferralList, reading: Reading, *, by: Any) -> Iterator[int]:
    """Answer the rows of a list in commits of a hundred; gives the number of rows answered after each. Goes on after a kill."""
    desk = _Desk(listing.programme, listing.office, by, listing.sender, listing)
    done = 0
    for batch in _batches(reading.rows):
        missing = desk.unanswered(batch)
        if missing:
            _commit(desk, missing)
        done += len(batch)
        yield done
    _finish(listing)


def preview(reading: Reading, *, programme: Programme, office: Any, by: Any, sender: str = "") -> Report:
    """What would be answered to each row, and nothing written: not a case, not an event."""
    desk = _Desk(programme, office, by, sender, None)
    report = Report()
    for batch in _batches(reading.rows):
        answers = desk.answer(batch)
        desk.remember(answers)
        report.rows += [answer.told for answer in answers]
        report.read += len(batch)
        report.flags.update(flag.code for row in batch for flag in row.flags)
    return report


def report_of(listing: ReferralList) -> Report:
    """The answers that a list was given, in the order of the file."""
    rows = [
        Answered(row.line, row.reference, row.outcome, of_in_words(row.of), tuple(row.how), tuple(row.faults))
        for row in listing.rows.order_by("line").iterator(chunk_size=1000)
    ]
    return Report(len(rows), rows, listing)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    source = iter(rows)
    while batch := list(islice(source, COMMIT)):
        yield batch


def _commit(desk: "_Desk", rows: list[Row]) -> None:
    for attempt in (1, 2, 3):
        try:
            with transaction.atomic():
                desk.write(desk.answer(rows))
        except IntegrityError:
            # Another list brought one of these references a moment ago: now it is seen as sent before.
            if attempt == 3:
                raise
        else:
            return


def _finish(listing: ReferralList) -> None:
    tally = dict(listing.rows.order_by().values_list("outcome").annotate(models.Count("pk")))
    counts = {name: tally.get(outcome, 0) for outcome, name in _TALLY.items()}
    total = sum(counts.values())
    now = clock.now()
    ReferralList.objects.filter(pk=listing.pk).update(
        stage=ReferralList.Stage.DONE, finished_at=now, rows_done=total, rows_total=total, lease="", leased_until=None, **counts
    )
    listing.refresh_from_db()


# ——— one desk answers the rows of one list ———


@dataclass
class _Answer:
    """An answer on its way: what is told, and what is to be written."""

    row: Row
    told: Answered
    fingerprint: str = ""
    match: "_Match | None" = None
    person: Person | None = None
    rows: list[models.Model] = field(default_factory=list)


@dataclass
class _Match:
    """The closest of those whom a row may repeat."""

    person_id: uuid.UUID
    likeness: duplicates.Likeness | None
    of: str


class _Desk:
    """Holds what answering a list needs to know: who asks, where, what was sent before, who is known."""

    def __init__(self, programme: Programme, office: Any, by: Any, sender: str, listing: ReferralList | None) -> None:
        self.programme, self.office, self.by, self.sender, self.listing = programme, office, by, sender, listing
        user = actor_of(by).user
        self.seen_offices = scope_of(user).sees_files_of() if user is not None else None
        self._name = listing.pk if listing else "preview"
        # Rows of this very file that wait, and (in a preview, which writes nothing to find again) those it would accept.
        self.register = duplicates.Register()
        self.met: dict[str, tuple[uuid.UUID, str]] = {}
        for row in (
            listing.rows.filter(outcome=_OUTCOME.POSSIBLE_DUPLICATE, case=None).select_related("possible_duplicate")
            if listing
            else ()
        ):
            if row.values:
                self.wait(identity_of_row(str(row.pk), row.values["values"]), row.possible_duplicate.person_id, row.reference)

    def wait(self, identity: duplicates.Identity, person_id: uuid.UUID, reference: str) -> None:
        """Remember a row that waits: a later one may be the same person, whoever that turns out to be."""
        self.register.add(identity, waiting=True)
        self.met[identity.key] = (person_id, reference)

    def unanswered(self, rows: list[Row]) -> list[Row]:
        """Those without an answer in this list."""
        assert self.listing is not None
        answered = set(self.listing.rows.filter(line__in=[row.line for row in rows]).values_list("line", flat=True))
        return [row for row in rows if row.line not in answered]

    def answer(self, rows: list[Row]) -> list[_Answer]:
        """Answer each row: rejected with every fault, unchanged, possible duplicate, or accepted."""
        before = self._sent_before(rows)
        keyed = {row.line: identity_of_row(f"{self._name}:{row.line}", row.values) for row in rows if not row.faults}
        keys = {line: duplicates.blocking_keys(identity) for line, identity in keyed.items()}
        candidates = _Candidates(self, {key for some in keys.values() for key in some})
        answers = []
        for row in rows:
            answer = self._answer_one(row, before.get(row.reference), keyed, keys, candidates)
            answers.append(answer)
            if answer.person is not None:
                candidates.meet(keyed[row.line], answer.person.pk, row.reference)
            elif answer.match is not None:
                self.wait(keyed[row.line], answer.match.person_id, row.reference)
        return answers

    def _answer_one(
        self,
        row: Row,
        before: "_Before | None",
        keyed: Mapping[int, duplicates.Identity],
        keys: Mapping[int, set[str]],
        candidates: "_Candidates",
    ) -> _Answer:
        faults = [{"field": fault.field, "code": fault.code, "message": str(fault.message)} for fault in row.faults]
        if faults:
            if any(fault["code"] == "consent_refused" for fault in faults):
                faults = [fault for fault in faults if fault["code"] == "consent_refused"]
            return _Answer(row, Answered(row.line, row.reference, _OUTCOME.REJECTED, errors=tuple(faults)))
        fingerprint = blind_index(row.fingerprint, "referral")
        if before is not None and fingerprint in before.fingerprints:
            return _Answer(row, Answered(row.line, row.reference, _OUTCOME.UNCHANGED), fingerprint)
        match = candidates.closest(keyed[row.line], keys[row.line])
        how: tuple[str, ...] = ()
        if before is not None and before.person_id:
            # The sender uses the reference again with other words: somebody looks at both.
            match, how = match or _Match(before.person_id, None, row.reference), ("same_reference",)
        if match is not None:
            how = (*how, *(match.likeness.how if match.likeness else ()))
            of, how = self._shown(match, how, candidates)
            return _Answer(row, Answered(row.line, row.reference, _OUTCOME.POSSIBLE_DUPLICATE, of, how), fingerprint, match)
        person, rows = person_of(row.values, self.programme)
        return _Answer(row, Answered(row.line, row.reference, _OUTCOME.ACCEPTED), fingerprint, None, person, rows)

    def _sent_before(self, rows: list[Row]) -> Mapping[str, "_Before"]:
        """What this sender sent under the same references: their fingerprints, and who came of it."""
        sent = ReferralRow.objects.filter(
            programme=self.programme,
            sender=self.sender,
            reference__in={row.reference for row in rows if row.reference},
            outcome__in=(_OUTCOME.ACCEPTED, _OUTCOME.POSSIBLE_DUPLICATE),
        )
        before: dict[str, _Before] = {}
        for reference, fingerprint, person in sent.order_by("pk").values_list("reference", "fingerprint", "case__person"):
            one = before.setdefault(reference, _Before())
            one.fingerprints.add(fingerprint)
            one.person_id = person or one.person_id
        return before

    def _shown(self, match: _Match, how: tuple[str, ...], candidates: "_Candidates") -> tuple[str, tuple[str, ...]]:
        """Whom the row may repeat, as far as this user may know it: else the office and the strength, nothing more."""
        file = candidates.files.get(match.person_id)
        if (
            file is None
            or self.seen_offices is None
            or (file.office_id in self.seen_offices and match.person_id not in candidates.barring)
        ):
            return match.of, how
        return _ELSEWHERE + file.office, (match.likeness.strength,) if match.likeness else ()

    def remember(self, answers: list[_Answer]) -> None:
        """Keep what a preview would have written, so that later rows are compared with it."""
        for answer in answers:
            if answer.person is not None:
                identity = identity_of_row(f"{self._name}:{answer.row.line}", answer.row.values)
                self.register.add(identity)
                self.met[identity.key] = (answer.person.pk, answer.row.reference)

    # ——— writing ———

    def write(self, answers: list[_Answer]) -> None:
        """Write a batch: cases with everyone and everything that comes with them, the answers, and what waits."""
        assert self.listing is not None
        accepted = {answer.row.line: self._new_case(answer.row, answer.person) for answer in answers if answer.person is not None}
        extra = {case.pk: answer for answer in answers if (case := accepted.get(answer.row.line)) is not None}

        def body(case: Case) -> None:
            answer = extra[case.pk]
            assert answer.person is not None
            case.adds(answer.person, *answer.rows, *comes_along(case, answer.row.values, self.by))
            case.says(
                person=answer.person.pk,
                programme=self.programme.pk,
                office=self.office.pk,
                list=self.listing.pk if self.listing else None,
                line=answer.row.line,
            )

        for outcome in act_each(list(accepted.values()), "casework.refer", by=self.by, body=body):
            if outcome.refused:
                raise outcome.refused
        rows = [self._answered(answer, accepted.get(answer.row.line)) for answer in answers]
        ReferralRow.objects.bulk_create(rows)
        PossibleDuplicate.objects.bulk_create(
            self._waiting(row, answer.match) for row, answer in zip(rows, answers, strict=True) if answer.match is not None
        )
        counts = {
            name: models.F(name) + sum(answer.told.outcome == outcome for answer in answers) for outcome, name in _TALLY.items()
        }
        ReferralList.objects.filter(pk=self.listing.pk).update(rows_done=models.F("rows_done") + len(answers), **counts)

    def _new_case(self, row: Row, person: Person | None) -> Case:
        return case_of(
            row.values, person=person, programme=self.programme, office=self.office, sender=self.sender, reference=row.reference
        )

    def _answered(self, answer: _Answer, case: Case | None) -> ReferralRow:
        told, outcome = answer.told, answer.told.outcome
        refused_consent = any(fault["code"] == "consent_refused" for fault in told.errors)
        row = ReferralRow(
            list=self.listing,
            programme=self.programme,
            office=self.office,
            sender=self.sender,
            line=told.line,
            reference=told.reference,
            outcome=outcome,
            faults=list(told.errors),
            of=told.of,
            how=list(told.how),
            fingerprint=answer.fingerprint,
            case=case,
            person=answer.person if case else None,
        )
        if outcome == _OUTCOME.POSSIBLE_DUPLICATE:
            row.values = {"values": _plain(answer.row.values), "raw": dict(answer.row.raw)}
        elif outcome == _OUTCOME.REJECTED and not refused_consent:
            row.values, row.values_until = {"raw": dict(answer.row.raw)}, clock.today() + REJECTED_KEPT
        return row

    def _waiting(self, row: ReferralRow, match: _Match) -> PossibleDuplicate:
        like = match.likeness
        return PossibleDuplicate(
            programme=self.programme,
            office=self.office,
            row=row,
            person_id=match.person_id,
            how=list(like.how if like else row.how),
            parts=[{"field": part.field, "word": part.word} for part in like.parts] if like else [],
            strength=like.strength if like else "strong",
        )


@dataclass
class _Before:
    """What was sent under one reference until now."""

    fingerprints: set[str] = field(default_factory=set)
    person_id: uuid.UUID | None = None


class _Candidates:
    """The people whom the rows of one batch might repeat: read in five queries for the whole batch."""

    def __init__(self, desk: _Desk, keys: set[str]) -> None:
        self.desk = desk
        self.by_key: dict[str, list[uuid.UUID]] = {}
        for key, person in PersonKey.objects.filter(programme=desk.programme, key__in=keys).values_list("key", "person"):
            self.by_key.setdefault(key, []).append(person)
        ids = {person for some in self.by_key.values() for person in some}
        self.identities, self.files = known_people(ids)
        user = actor_of(desk.by).user
        barring = Person.objects.filter(pk__in=ids, barred__user=user.pk) if user is not None and ids else Person.objects.none()
        self.barring = set(barring.values_list("pk", flat=True))
        # Accepted in this batch and not written yet.
        self.register = duplicates.Register()
        self.met: dict[str, tuple[uuid.UUID, str]] = {}

    def meet(self, identity: duplicates.Identity, person_id: uuid.UUID, reference: str) -> None:
        """Remember a row that was accepted a moment ago."""
        self.register.add(identity)
        self.met[identity.key] = (person_id, reference)

    def closest(self, identity: duplicates.Identity, keys: Iterable[str]) -> _Match | None:
        """The one who is most likely the same person, the earlier of equals; None where nobody is like enough."""
        met = {person for key in keys for person in self.by_key.get(key, ()) if person in self.identities}
        found: list[tuple[float, int, Any, _Match]] = []
        for person in met:
            if like := duplicates.compare(identity, self.identities[person]):
                file = self.files.get(person)
                found.append(
                    (
                        -round(like.rank, 3),
                        0,
                        file.since if file else dt.date.max,
                        _Match(person, like, file.reference if file else ""),
                    )
                )
        for tier, (register, whom) in enumerate(((self.register, self.met), (self.desk.register, self.desk.met)), start=1):
            if first := next(iter(register.seek(identity)), None):
                found.append((-round(first.rank, 3), tier, dt.date.min, _Match(whom[first.b][0], first, whom[first.b][1])))
        return min(found, key=lambda one: one[:3])[3] if found else None


@dataclass(frozen=True)
class _File:
    """Where the newest case of a person is, and how it is called there."""

    reference: str
    office_id: uuid.UUID
    office: str
    since: dt.date
    returned: str
    closed: bool


def known_people(people: Iterable[uuid.UUID]) -> tuple[dict[uuid.UUID, duplicates.Identity], dict[uuid.UUID, _File]]:
    """These people as the comparison takes them, and their newest files, in three queries."""
    ids = list(people)
    files: dict[uuid.UUID, _File] = {}
    cases = Case._base_manager.filter(person__in=ids).select_related("office").order_by("referred_on", "pk")
    for case in cases.only(*_FILE):
        returned = str(case.arrived_on or case.expected_arrival or "")
        files[case.person_id] = _File(
            case.sender_reference or case.reference,
            case.office_id,
            case.office.name,
            case.referred_on,
            returned,
            case.closed_at is not None,
        )
    ways: dict[uuid.UUID, dict[str, list[str]]] = {}
    for way in Reach.objects.filter(person__in=ids, kind__in=("phone", "email"), ended_at=None):
        ways.setdefault(way.person_id, {}).setdefault(way.kind, []).append(way.value)
    known = {}
    for person in Person.objects.filter(pk__in=ids, erased_at=None):
        file, reached = files.get(person.pk), ways.get(person.pk, {})
        known[person.pk] = identity_of(
            person,
            phones=tuple(reached.get("phone", ())),
            emails=tuple(reached.get("email", ())),
            returned=file.returned if file else "",
            closed=bool(file and file.closed),
        )
    return known, files


_FILE = ("person", "sender_reference", "reference", "referred_on", "arrived_on", "expected_arrival", "closed_at", "office__name")


def identity_of_row(key: str, values: Mapping[str, Any]) -> duplicates.Identity:
    """A row as the comparison takes it."""
    phone, email = values.get("phone") or "", values.get("email") or ""
    return duplicates.Identity(
        key=key,
        family_name=str(values.get("family_name") or ""),
        given_names=str(values.get("given_names") or ""),
        native_name=str(values.get("native_name") or ""),
        place=str(values.get("place") or ""),
        sex="" if values.get("sex") in (None, "", "unknown") else str(values["sex"]),
        born=str(values.get("date_of_birth") or ""),
        document=str(values.get("document_number") or ""),
        phones=(phone,) if phone else (),
        emails=(email,) if email else (),
        returned=str(values.get("return_date") or ""),
    )


_ELSEWHERE = "@"
"""Begins the `of` of a row whose file the importing user may not see; the office's name follows."""


def of_in_words(of: str) -> str:
    """The file that a row may repeat: its reference, or (where the importer may not see it) its office alone."""
    return elsewhere(of[1:]) if of.startswith(_ELSEWHERE) else of


# ——— from a row to a file ———


def person_of(values: Mapping[str, Any], programme: Programme) -> tuple[Person, list[models.Model]]:
    """A person as a row tells of them, with the rows that find them again; nothing saved."""
    own = (
        "family_name",
        "given_names",
        "native_name",
        "nationality",
        "language",
        "region",
        "place",
        "years_abroad",
        "household_size",
    )
    return new_person(
        programme=programme,
        document_number=values.get("document_number") or "",
        phone=values.get("phone") or "",
        email=values.get("email") or "",
        born=values.get("date_of_birth") or None,
        sex=values.get("sex") or "unknown",
        **{name: values[name] for name in own if values.get(name) not in (None, "")},
    )


def case_of(values: Mapping[str, Any], *, person: Any, programme: Programme, office: Any, sender: str, reference: str) -> Case:
    """A case as a row tells of the return; nothing saved. The day is the sender's word: arrival is confirmed by the office."""
    return new_case(
        person=person,
        programme=programme,
        office=office,
        sender=sender,
        sender_reference=reference,
        return_as_sent=values.get("return_type") or "",
        host_country=values.get("host_country") or "",
        expected_arrival=values.get("return_date") or None,
        path=_PATHS.get(values.get("path_wish") or "", ""),
    )


def comes_along(case: Case, values: Mapping[str, Any], by: Any) -> list[models.Model]:
    """What a row says beside the person and the return: restricted from this moment on where it is special (promise 5.12)."""
    rows: list[models.Model] = [
        Vulnerability(person=case.person, case=case, code=code, source="sender") for code in values.get("vulnerabilities") or ()
    ]
    answer = values.get("consent") or Answer.UNKNOWN
    rows.append(
        Consent(person=case.person, case=case, purpose=Purpose.REFERRAL, answer=answer, how="sender", asked_on=clock.today())
    )
    level, occupation, language = values.get("education_isced"), values.get("occupation") or "", values.get("language") or ""
    if level is not None or occupation:
        rows.append(
            Profile(
                person=case.person,
                occupation=occupation[:80],
                level=_LEVELS.get(level, "") if level is not None else "",
                languages=[language] if language else [],
            )
        )
    if words := (values.get("notes") or "").strip():
        rows.append(Note(stream=case.stream, kind="referral", author_id=actor_of(by).id, text=words, salt=uuid.uuid4().hex))
    return rows


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, int | list | type(None)) else str(value) for name, value in values.items()}
