"""What is known of a person, how to reach them, what keeps them safe, with whom they live: each change a verb on the person."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from casework import duplicates, names, phones
from casework.actions.authorship import author, refuse
from casework.models import (
    Answer,
    Barred,
    Consent,
    Guardian,
    Household,
    Membership,
    NoticeGiven,
    Person,
    PersonKey,
    Programme,
    Reach,
    Safety,
    Screening,
    SearchToken,
    Sex,
    Sharing,
    consents_of,
)
from casework.queries import latin_words, sound_words
from workflows import clock
from workflows.acting import act
from workflows.actors import actor_of
from workflows.models import Note

_DESCRIPTION = (
    "family_name",
    "given_names",
    "called",
    "native_name",
    "born",
    "born_is_estimate",
    "sex",
    "nationality",
    "language",
    "further_languages",
    "reads",
    "region",
    "place",
    "years_abroad",
    "household_size",
    "identity_seen_on",
    "identity_absent_because",
)


# ——— who it is ———


def new_person(
    *, programme: Programme, document_number: str = "", phone: str = "", email: str = "", **who: Any
) -> tuple[Person, list[models.Model]]:
    """A person with the rows that find them again, nothing saved: `refer` and the importer save them with the case.

    Asks nothing: unknown is a value. A phone or e-mail given by the sender becomes a way to reach, whose it is not asked yet.
    """
    person = Person(**who)
    if document_number:
        person.with_document(document_number)
    rows: list[models.Model] = []
    for kind, value in ((Reach.Kind.PHONE, phone), (Reach.Kind.EMAIL, email)):
        if value:
            rows.append(_reach(person, len(rows), {"kind": kind, "value": value, "language": person.language}, programme.country))
    rows += find_again(person, [programme.pk])
    return person, rows


def identity_of(person: Person, **more: Any) -> duplicates.Identity:
    """The person as the comparison takes it; `more` are phones, emails, returned and closed, where they are at hand."""
    return duplicates.Identity(
        key=str(person.pk),
        family_name=person.family_name,
        given_names=person.given_names,
        native_name=person.native_name,
        sex="" if person.sex == Sex.UNKNOWN else person.sex,
        born=str(person.born or ""),
        document=person.document_number,
        place=person.place,
        **more,
    )


def find_again(person: Person, programmes: Sequence[uuid.UUID]) -> list[models.Model]:
    """The search words and blocking keys of a person, unsaved; sets the person's own search key."""
    spoken = " ".join(filter(None, (person.called, person.given_names, person.family_name, person.native_name)))
    words = [*latin_words(spoken), *sound_words(spoken)]
    person.search_key = names.search_key(f"{person.family_name or person.native_name} {person.given_names}")[:200]
    keys = sorted(duplicates.blocking_keys(identity_of(person)))
    return [
        *(SearchToken(person=person, token=word) for word in words),
        *(PersonKey(person=person, programme_id=programme, key=key) for programme in programmes for key in keys),
    ]


def correct_person(
    person: Person, *, by: Any, reason: str = "", document_number: str | None = None, version: int | None = None, **who: Any
) -> Person:
    """Write down who this is as it is known now; search and the comparison with others follow.

    The event names which facts changed, never what they are. Refuses a record that was merged into another.
    """
    unknown = set(who) - set(_DESCRIPTION)
    if unknown:
        raise TypeError(f"A person has no {', '.join(sorted(unknown))}.")
    with act(person, "casework.correct_person", by=by, version=version, note=reason) as person:
        _still_one(person)
        changed = [name for name, value in who.items() if getattr(person, name) != value]
        for name in changed:
            setattr(person, name, who[name])
        if document_number is not None and document_number.strip() != person.document_number:
            person.with_document(document_number)
            changed.append("document_number")
        person.says(changed=sorted(changed))
        _refind(person)
    return person


def _refind(person: Person) -> None:
    programmes = list(dict.fromkeys(person.cases.values_list("programme_id", flat=True)))
    SearchToken.objects.filter(person=person).delete()
    PersonKey.objects.filter(person=person).delete()
    person.adds(*find_again(person, programmes))


def _still_one(person: Person) -> None:
    if person.merged_into_id:
        raise refuse("merged_already", _("This record was merged into another. Open that one."))


# ——— notice and permissions ———


def record_notice(
    person: Person,
    *,
    by: Any,
    language: str,
    text_version: str,
    case: Any = None,
    understood: bool = True,
    interpreter: str = "",
    interpreter_bound: bool = False,
    given_on: dt.date | None = None,
    version: int | None = None,
) -> NoticeGiven:
    """Write down that the person was told who we are and what we keep, in which language, and whether it was understood.

    A notice that was not understood is kept too: it says that it has to be given again.
    """
    day = given_on or clock.today()
    notice = NoticeGiven(
        person=person,
        case=case,
        language=language,
        understood=understood,
        interpreter=interpreter,
        interpreter_bound=interpreter_bound,
        text_version=text_version,
        given_on=day,
    )
    with act(person, "casework.record_notice", by=by, version=version, occurred_on=day) as person:
        person.says(
            case=case and case.pk, language=language, understood=understood, text=text_version, with_interpreter=bool(interpreter)
        )
        person.adds(notice)
    return notice


def record_consent(
    person: Person,
    *,
    by: Any,
    answers: Mapping[str, str],
    case: Any = None,
    recipient: str = "",
    how: str = "spoken",
    language: str = "",
    interpreter: str = "",
    asked_on: dt.date | None = None,
    version: int | None = None,
) -> list[Consent]:
    """Write down what the person allows: purpose → yes, no or later. The newest answer to each question counts.

    A *no* blocks nothing but the very sharing or contacting that it is about (promise 5.1). `recipient` is the employer's
    id, for sharing a CV, which is asked one by one.
    """
    if not answers:
        raise refuse("no_answer", _("Nothing was asked yet."))
    day = asked_on or clock.today()
    if day > clock.today():
        raise refuse("asked_in_future", _("The day lies ahead."))
    rows = [
        Consent(
            person=person,
            case=case,
            purpose=purpose,
            recipient=str(recipient) if purpose == "cv_sharing" else "",
            answer=answer,
            how=how,
            language=language,
            interpreter=interpreter,
            asked_on=day,
        )
        for purpose, answer in answers.items()
    ]
    with act(person, "casework.record_consent", by=by, version=version, occurred_on=day) as person:
        person.says(case=case and case.pk, answers=dict(answers), recipient=str(recipient), how=how)
        person.adds(*rows)
    return rows


def withdraw_consent(
    person: Person,
    *,
    by: Any,
    purpose: str,
    recipient: str = "",
    how: str = "spoken",
    withdrawn_on: dt.date | None = None,
    version: int | None = None,
) -> Consent:
    """Take back a permission. What rests on it stops; no payment is stopped, delayed or lowered (promise 5.2).

    Refuses where the person never said yes: then there is nothing to take back, and a *no* is an answer.
    """
    day = withdrawn_on or clock.today()
    with act(person, "casework.withdraw_consent", by=by, version=version, occurred_on=day) as person:
        given = consents_of(person).allowing(purpose, str(recipient)).first()
        if given is None:
            raise refuse("not_given", _("There is no permission to take back."))
        row = Consent(
            person=person,
            case_id=given.case_id,
            purpose=purpose,
            recipient=str(recipient),
            answer=Answer.NO,
            how=how,
            asked_on=day,
            withdrawn_on=day,
        )
        if recipient:
            Sharing.objects.running().filter(person=person, employer=uuid.UUID(str(recipient))).update(ended_on=day)
        person.says(purpose=purpose, recipient=str(recipient), how=how)
        person.adds(row)
    return row


def record_screening(
    person: Person,
    *,
    by: Any,
    outcomes: Sequence[str],
    case: Any = None,
    alone: bool = False,
    interpreter: str = "",
    words: str = "",
    done_on: dt.date | None = None,
    version: int | None = None,
) -> Screening:
    """Write down that the gentle questions were asked, and what follows in codes; the words are for protection only.

    Everybody is asked, so the event says that much and no more: not even whether there was anything to write down.

    Refuses unless it was only the two of you. “Prefers not to say” is an outcome like any other.
    """
    if not alone:
        raise refuse("not_alone", _("Ask these questions when it is only the two of you, and an interpreter bound to silence."))
    if not outcomes:
        raise refuse("no_outcome", _("Say what follows; “prefers not to say” is an answer."))
    day = done_on or clock.today()
    with act(person, "casework.record_screening", by=by, version=version, occurred_on=day) as person:
        note = None
        if words.strip():
            note = Note(
                stream=person.stream,
                audience=Note.PROTECTION,
                kind="record_screening",
                author_id=actor_of(by).id,
                text=words,
                salt=uuid.uuid4().hex,
            )
            person.adds(note)
        screening = Screening(
            person=person,
            case=case,
            done_on=day,
            by_id=author(by),
            alone=True,
            interpreter=interpreter,
            outcomes=list(outcomes),
            note=note,
        )
        person.says(case=case and case.pk)
        person.adds(screening)
    return screening


# ——— how to reach, and what keeps safe ———

_REACH = (
    "kind",
    "value",
    "whose",
    "trusted_name",
    "trusted_relation",
    "hours_from",
    "hours_to",
    "days",
    "language",
    "leave_message",
    "may_be_said",
    "agreed_on",
    "verified_on",
    "dead_since",
)


def set_reach(person: Person, *, by: Any, ways: Sequence[Mapping[str, Any]], version: int | None = None) -> list[Reach]:
    """Write down how the person wishes to be reached, in order. “No phone” is an answer: one way of the kind *none*.

    Each way is a mapping of Reach's fields; `id` keeps a way that is there. Ways that are not named any more end, and are kept.
    Refuses a way without an address, and a trusted person without a name and words that may be said (promise 5.7).
    """
    if not ways:
        raise refuse("no_way", _("Say at least one way, or that there is none."))
    for way in ways:
        _check_way(way)
    with act(person, "casework.set_reach", by=by, version=version) as person:
        country = _country_of(person)
        standing = {row.pk: row for row in person.reaches.filter(ended_at=None)}
        rows = []
        for position, way in enumerate(ways):
            row = _reach(person, position, way, country, standing.pop(way["id"], None) if way.get("id") else None)
            row.save()
            rows.append(row)
        Reach.objects.filter(pk__in=list(standing)).update(ended_at=clock.now())
        person.says(ways=[row.kind for row in rows], whose=[row.whose for row in rows], ended=len(standing))
    return rows


def mark_way_dead(way: Reach, *, by: Any) -> Reach:
    """Note that a number or address does not work any more. It stays in its place, and nothing is tried by it."""
    with act(way.person, "casework.set_reach", by=by) as person:
        way.dead_since = clock.today()
        way.save(update_fields=["dead_since"])
        person.says(dead=way.pk)
    return way


def _check_way(way: Mapping[str, Any]) -> None:
    kind, value = way["kind"], (way.get("value") or "").strip()
    if kind == Reach.Kind.NONE:
        if value:
            raise refuse("value_of_none", _("There is an address: say which way it is."))
        return
    if not value:
        raise refuse("no_value", _("The number, address or place is missing."))
    if way.get("whose") == Reach.Whose.TRUSTED and not (
        (way.get("trusted_name") or "").strip() and (way.get("may_be_said") or "").strip()
    ):
        raise refuse("trusted_unnamed", _("Write down who this is and what may be said there, in the person’s own words."))


def _country_of(person: Person) -> str:
    return person.cases.values_list("programme__country", flat=True).first() or ""


def _reach(person: Person, position: int, way: Mapping[str, Any], country: str, row: Reach | None = None) -> Reach:
    row = row or Reach(person=person)
    for name in _REACH:
        if name in way:
            setattr(row, name, way[name])
    if row.kind == Reach.Kind.PHONE:
        row.value = phones.normal(row.value, country) or row.value.strip()
    row.position, row.value_index = position, phones.address_index(row.kind, row.value, country)
    return row


_SAFETY = (
    "safe_from",
    "safe_to",
    "safe_days",
    "safe_channel",
    "never_leave_message",
    "never_visit_home",
    "never_write_letters",
    "no_contact",
    "code_word",
    "feared",
)


def set_safety(person: Person, *, by: Any, words: str = "", version: int | None = None, **settings: Any) -> Safety:
    """Set what keeps the person safe. From this moment it binds every message, letter, call and visit.

    The event says only that something restricted changed (promise 5.21); what and why is for the protection lead.
    """
    unknown = set(settings) - set(_SAFETY)
    if unknown:
        raise TypeError(f"No safety setting is called {', '.join(sorted(unknown))}.")
    channel = settings.get("safe_channel")
    if channel is not None and channel.person_id != person.pk:
        raise refuse("not_their_channel", _("This way does not reach this person."))
    with act(person, "casework.set_safety", by=by, version=version, note=words) as person:
        safety, _made = Safety.objects.update_or_create(person=person, defaults={**settings, "set_at": clock.now()})
    return safety


def name_guardian(
    child: Person,
    *,
    by: Any,
    relation: str,
    since: dt.date,
    adult: Person | None = None,
    name: str = "",
    court_paper: str = "",
    until: dt.date | None = None,
    disputed: bool = False,
    version: int | None = None,
) -> Guardian:
    """Write down who stands for a child, by which paper, from when to when. A disputed guardian stops every message.

    Refuses for a person who is an adult for certain, and a guardian without a name.
    """
    if child.is_child() is False:
        raise refuse("adult", _("This person is not a child."))
    if adult is None and not name.strip():
        raise refuse("no_name", _("Say who stands for the child."))
    guardian = Guardian(
        child=child, adult=adult, name=name, relation=relation, court_paper=court_paper, since=since, until=until, disputed=disputed
    )
    with act(child, "casework.name_guardian", by=by, version=version, occurred_on=min(since, clock.today())) as child:
        # That somebody is feared or disputed stands in the row alone (promise 5.21).
        child.says(adult=adult and adult.pk, since=since, until=until)
        child.adds(guardian)
    return guardian


def bar_colleague(
    person: Person, *, by: Any, colleague: Any, words: str = "", lifted: bool = False, version: int | None = None
) -> None:
    """Keep a colleague out of this file at the person's wish: for them it does not exist (promise 5.18). `lifted` undoes it.

    Refuses while the colleague is the caseworker of an open case: the case is given to another first.
    """
    with act(person, "casework.bar_colleague", by=by, version=version, note=words) as person:
        if lifted:
            Barred.objects.filter(person=person, user=colleague).delete()
            return
        if person.cases.filter(caseworker=colleague, closed_at=None).exists():
            raise refuse("is_caseworker", _("The case is in this colleague’s hands. Give it to another first."))
        Barred.objects.get_or_create(person=person, user=colleague)


# ——— with whom they live ———


def join_household(
    person: Person,
    *,
    by: Any,
    other: Person | None = None,
    relation: str = "",
    child: bool = False,
    cared_for_by: Person | None = None,
    needs: Sequence[str] = (),
    joined_on: dt.date | None = None,
    version: int | None = None,
) -> Membership:
    """Write down that the person lives with `other` (or alone, as the first of a household).

    Each adult keeps a case, permissions and notes of their own; a child is cared for in the case of the adult named.
    Refuses a person who lives in another household, and a child's carer from outside.
    """
    day = joined_on or clock.today()
    with act(person, "casework.join_household", by=by, version=version, occurred_on=min(day, clock.today())) as person:
        if person.memberships.current().exists():
            raise refuse("lives_elsewhere", _("The person belongs to a household already. End that first."))
        if cared_for_by is not None and not child:
            raise refuse("adult_cared_for", _("Only a child is cared for in another’s case."))
        household = _household_of(other, day)
        if cared_for_by is not None and not household.memberships.current().filter(person=cared_for_by).exists():
            raise refuse("carer_elsewhere", _("The adult who cares for the child lives in another household."))
        member = Membership.objects.create(
            household=household,
            person=person,
            relation=relation,
            child=child,
            cared_for_by=cared_for_by,
            needs=list(needs),
            joined_on=day,
        )
        person.says(household=household.pk, child=child, cared_for_by=cared_for_by and cared_for_by.pk)
    return member


def _household_of(other: Person | None, day: dt.date) -> Household:
    standing = other and other.memberships.current().first()
    if standing:
        return standing.household
    household = Household.objects.create()
    if other:
        Membership.objects.create(household=household, person=other, joined_on=day)
    return household


def split_household(
    person: Person, *, by: Any, taking: Sequence[Person] = (), words: str = "", version: int | None = None
) -> Household:
    """The person leaves the household, with the children named. From this moment neither side's file shows the other.

    The event says only that something restricted changed. Leaves every case, permission and note where it is.
    Refuses a person who lives in no household, and children of another one.
    """
    with act(person, "casework.split_household", by=by, version=version, note=words) as person:
        mine = person.memberships.current().first()
        if mine is None:
            raise refuse("no_household", _("The person belongs to no household."))
        leaving = list(
            mine.household.memberships.current().filter(models.Q(person=person) | models.Q(person__in=taking, child=True))
        )
        if len(leaving) != 1 + len(set(taking)):
            raise refuse("not_children_here", _("Only children of this household can go along."))
        Membership.objects.filter(pk__in=[row.pk for row in leaving]).update(left_on=clock.today())
        # Children who stay are not cared for by somebody who left.
        mine.household.memberships.current().filter(cared_for_by=person).update(cared_for_by=None)
        household = Household.objects.create()
        for row in leaving:
            Membership.objects.create(
                household=household,
                person_id=row.person_id,
                relation=row.relation,
                child=row.child,
                cared_for_by=person if row.child else None,
                needs=row.needs,
            )
    return household
