"""Who may not hear whom. What the database proves bars; a likeness of name or place only asks the juror.

Why somebody is barred is told to nobody: a reason would give away the candidate's household, account or wish.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q

from casework import names
from casework.models import Barred, Case, Membership, Placement, Reach
from casework.phones import address_index
from grants.models import Account, JuryMember, Pitch, PitchMember, PitchVersion, Seat, Use
from grants.states import Conflict
from workflows.encryption import blind_index
from workflows.models import Event

Pair = tuple[uuid.UUID, int]
"""A pitch and a member of the jury, by their keys."""


@dataclass
class Conflicts:
    """What is known of each pitch and juror: why one bars the other, and what only has to be asked."""

    barred: dict[Pair, str] = field(default_factory=dict)
    asks: dict[Pair, str] = field(default_factory=dict)

    def bars(self, pitch: uuid.UUID, member: int) -> bool:
        """Whether this juror may not hear this pitch."""
        return (pitch, member) in self.barred


@dataclass
class _Candidates:
    """What the rows say of those who stand behind one pitch."""

    people: set[uuid.UUID] = field(default_factory=set)
    cases: set[uuid.UUID] = field(default_factory=set)
    colleagues: set[uuid.UUID] = field(default_factory=set)
    households: set[uuid.UUID] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)
    employers: set[str] = field(default_factory=set)
    suppliers: set[str] = field(default_factory=set)
    unwanted: set[uuid.UUID] = field(default_factory=set)
    heard_by: set[uuid.UUID] = field(default_factory=set)
    names: list[str] = field(default_factory=list)
    places: set[str] = field(default_factory=set)


@dataclass
class _Juror:
    """What the rows say of one juror: as a colleague, for an institution, and perhaps as somebody who returned."""

    member: JuryMember
    phones: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)
    people: set[uuid.UUID] = field(default_factory=set)
    households: set[uuid.UUID] = field(default_factory=set)


def found(pitches: Sequence[Pitch], members: Sequence[JuryMember]) -> Conflicts:
    """Every conflict between these pitches and these jurors, in a fixed number of queries."""
    candidates, jurors = _candidates(pitches), _jurors(members)
    known = Conflicts()
    left = Seat.objects.filter(pitch__in=pitches, member__in=members).exclude(conflict="")
    for pitch, member, why in left.values_list("pitch", "member", "conflict"):
        known.barred[pitch, member] = why
    for pitch_id, behind in candidates.items():
        for juror in jurors:
            pair = (pitch_id, juror.member.pk)
            if pair in known.barred:
                continue
            why = _proven(behind, juror)
            if why:
                known.barred[pair] = why
            elif asks := _likeness(behind, juror.member):
                known.asks[pair] = asks
    return known


def _proven(behind: _Candidates, juror: _Juror) -> str:
    """The first of the proven conflicts, or ""."""
    user, institution = juror.member.user_id, _plain(juror.member.institution)
    proofs = (
        (Conflict.CASELOAD, user in behind.colleagues),
        (Conflict.HOUSEHOLD, bool(juror.households & behind.households or juror.people & behind.people)),
        (Conflict.ACCOUNT, bool(juror.accounts & behind.accounts)),
        (Conflict.PHONE, bool(juror.phones & behind.phones) or juror_email(juror) in behind.emails),
        (Conflict.EMPLOYER, bool({institution, _plain(juror.member.user.name)} & behind.employers)),
        (Conflict.SUPPLIER, bool({institution, _plain(juror.member.user.name)} & behind.suppliers)),
        (Conflict.CANDIDATE_WISH, user in behind.unwanted),
        (Conflict.FIRST_HEARING, user in behind.heard_by),
    )
    return next((str(why) for why, is_so in proofs if is_so), "")


def juror_email(juror: _Juror) -> str:
    """What equal addresses share."""
    return address_index("email", juror.member.user.email)


def _likeness(behind: _Candidates, member: JuryMember) -> str:
    """What has to be asked: a family name that sounds alike, a place in the name of the institution."""
    family = names.name((member.user.name.split() or [""])[-1])
    if any(names.alike(family, names.name(one)).alike for one in behind.names if one):
        return "name"
    words = f" {_plain(member.institution)} "
    return "place" if any(f" {place} " in words for place in behind.places if place) else ""


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())


def _candidates(pitches: Sequence[Pitch]) -> dict[uuid.UUID, _Candidates]:
    behind: dict[uuid.UUID, _Candidates] = {pitch.pk: _Candidates() for pitch in pitches}
    of_case: dict[uuid.UUID, list[_Candidates]] = defaultdict(list)
    of_person: dict[uuid.UUID, list[_Candidates]] = defaultdict(list)
    pairs = set(PitchMember.objects.filter(pitch__in=pitches).values_list("pitch", "case"))
    pairs |= {(pitch.pk, pitch.case_id) for pitch in pitches}
    cases = Case.objects.filter(pk__in={case for _pitch, case in pairs}).select_related("person").in_bulk()
    for pitch_id, case_id in sorted(pairs, key=str):
        one, case = behind[pitch_id], cases[case_id]
        one.cases.add(case_id)
        one.people.add(case.person_id)
        one.names.append(case.person.family_name)
        one.places.add(_plain(case.person.place))
        if case.caseworker_id:
            one.colleagues.add(case.caseworker_id)
        of_case[case_id].append(one)
        of_person[case.person_id].append(one)
    _who_worked_on(behind, of_case)
    _what_the_files_say(of_case, of_person)
    for pitch_id, user in Pitch.unwanted.through.objects.filter(pitch__in=behind).values_list("pitch", "user"):
        behind[pitch_id].unwanted.add(user)
    newest = PitchVersion.objects.filter(pitch=OuterRef("version__pitch"), number__gt=OuterRef("version__number"))
    uses = Use.objects.filter(~Exists(newest), version__pitch__in=behind)
    wanted = ("version__pitch", "supplier", "supplier_phone", "version__pitch__call__programme__country")
    for pitch_id, supplier, phone, country in uses.values_list(*wanted):
        if supplier.strip():
            behind[pitch_id].suppliers.add(_plain(supplier))
        if phone.strip():
            behind[pitch_id].phones.add(address_index("phone", phone, country))
    appealed = [pitch.pk for pitch in pitches if pitch.appealed_on]
    first = Seat.objects.held().filter(pitch__in=appealed, member__sitting__signed_at__isnull=False)
    for pitch_id, user in first.values_list("pitch", "member__user"):
        behind[pitch_id].heard_by.add(user)
    return behind


def _what_the_files_say(of_case: dict[uuid.UUID, list[_Candidates]], of_person: dict[uuid.UUID, list[_Candidates]]) -> None:
    """Households, telephones, addresses, accounts, employers, and whom somebody named as not to open their file."""
    for person, household in Membership.objects.filter(person__in=of_person).values_list("person", "household"):
        _each(of_person[person], "households", household)
    for person, kind, index in (
        Reach.objects.filter(person__in=of_person).exclude(value_index="").values_list("person", "kind", "value_index")
    ):
        _each(of_person[person], "emails" if kind == Reach.Kind.EMAIL else "phones", index)
    for key, index in Account.objects.filter(case__in=of_case).exclude(number_index="").values_list("case_id", "number_index"):
        _each(of_case[key], "accounts", index)
    for key, employer in Placement.objects.filter(case__in=of_case).values_list("case_id", "employer__name"):
        _each(of_case[key], "employers", _plain(employer))
    for person, user in Barred.objects.filter(person__in=of_person).values_list("person", "user"):
        _each(of_person[person], "unwanted", user)


def _each(rows: Iterable[_Candidates], name: str, value: Any) -> None:
    for row in rows:
        getattr(row, name).add(value)


def _who_worked_on(behind: dict[uuid.UUID, _Candidates], of_case: dict[uuid.UUID, list[_Candidates]]) -> None:
    """Whoever did something on a file, or wrote the pitch: theirs, now or once."""
    streams = {f"case:{case}": rows for case, rows in of_case.items()}
    on_file = Event.objects.filter(stream__in=streams, actor_kind="user")
    for stream, actor in on_file.order_by().values_list("stream", "actor_id").distinct():
        _each(streams[stream], "colleagues", uuid.UUID(actor))
    wrote = Event.objects.filter(
        stream__in=[f"pitch:{key}" for key in behind],
        verb__in=["grants.draft_pitch", "grants.write_pitch", "grants.submit_pitch"],
        actor_kind="user",
    )
    for stream, actor in wrote.order_by().values_list("stream", "actor_id").distinct():
        behind[uuid.UUID(stream.partition(":")[2])].colleagues.add(uuid.UUID(actor))


def _jurors(members: Sequence[JuryMember]) -> list[_Juror]:
    """The jurors, and who of them returned once: a person with their telephone or e-mail."""
    jurors = [_Juror(member, {member.phone_index} - {""}, {member.account_index} - {""}) for member in members]
    of_index: dict[str, list[_Juror]] = defaultdict(list)
    for juror in jurors:
        for index in (juror.member.phone_index, juror_email(juror)):
            if index:
                of_index[index].append(juror)
    of_person: dict[uuid.UUID, list[_Juror]] = defaultdict(list)
    own = Reach.objects.filter(value_index__in=of_index).filter(Q(whose=Reach.Whose.MINE_ALONE) | Q(kind=Reach.Kind.EMAIL))
    for person, index in own.values_list("person", "value_index"):
        for juror in of_index[index]:
            juror.people.add(person)
            of_person[person].append(juror)
    for person, household in Membership.objects.filter(person__in=of_person).values_list("person", "household"):
        for juror in of_person[person]:
            juror.households.add(household)
    for person, index in (
        Account.objects.filter(case__person__in=of_person).exclude(number_index="").values_list("case__person", "number_index")
    ):
        for juror in of_person[person]:
            juror.accounts.add(index)
    return jurors


def account_index(number: str) -> str:
    """What equal account numbers share, however they are spaced."""
    plain = "".join(letter for letter in number.upper() if letter.isalnum())
    return blind_index(plain, "account") if plain else ""


__all__ = ["Conflicts", "account_index", "found"]
