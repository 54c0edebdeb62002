"""What stands in each section of a file, fetched when it is opened."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Count, Q

from accounts.models import User
from accounts.scope import scope_of
from casework.models import (
    Application,
    Case,
    Consent,
    Cost,
    Document,
    Enrolment,
    FirstAid,
    Membership,
    NoticeGiven,
    Person,
    Placement,
    Plan,
    Session,
    Sharing,
)
from casework.story import Reads
from workflows.models import Note

Reader = Callable[[Case, Any, Reads], Mapping[str, Any]]


def plan(case: Case, _user: Any, reads: Reads) -> Mapping[str, Any]:
    """Every version with its lines, newest first; goals and reservations for those who read notes."""
    versions = Plan.objects.filter(case=case).select_related("agreed_by", "drafted_by", "approved_by").order_by("-number")
    return {"versions": list(versions.prefetch_related("lines", "goals")), "reads": reads}


def skills(case: Case, _user: Any, _reads: Reads) -> Mapping[str, Any]:
    """What the person can do, over all returns."""
    return {"profile": getattr(case.person, "profile", None)}


def training(case: Case, _user: Any, reads: Reads) -> Mapping[str, Any]:
    """Every course with how often the person was there."""
    there = Count("attendances", filter=Q(attendances__present=True))
    found = Enrolment.objects.standing().filter(case=case).select_related("course__provider")
    return {"enrolments": list(found.annotate(there=there, days=Count("attendances"))), "reads": reads}


def work(case: Case, user: Any, reads: Reads) -> Mapping[str, Any]:
    """Spells of work and the applications that wait."""
    spells = Placement.objects.standing().filter(case=case).select_related("employer")
    asked = Application.objects.filter(case=case).select_related("vacancy__employer")
    may_match = case.closed_at is None and scope_of(user).may("casework.apply_for_vacancy", case.office_id)
    return {"spells": list(spells), "applications": list(asked), "reads": reads, "may_match": may_match}


def support(case: Case, _user: Any, reads: Reads) -> Mapping[str, Any]:
    """What was given before everything else."""
    return {"aids": list(FirstAid.objects.standing().filter(case=case)), "reads": reads}


def household(case: Case, user: Any, _reads: Reads) -> Mapping[str, Any]:
    """Who lives there: by name only those whose file this reader may open, or who are children cared for in this one."""
    others = list(Membership.objects.together_with(case.person).select_related("person").order_by("child", "pk"))
    seen = set(Person.objects.visible_to(user).filter(pk__in=[one.person_id for one in others]).values_list("pk", flat=True))
    return {"known": [one for one in others if one.person_id in seen], "unknown": sum(one.person_id not in seen for one in others)}


def papers(case: Case, _user: Any, _reads: Reads) -> Mapping[str, Any]:
    """The papers that were seen, and why others are missing."""
    return {"papers": list(Document.objects.filter(case=case))}


def consent(case: Case, user: Any, _reads: Reads) -> Mapping[str, Any]:
    """The notices that were given, the answer that counts for each purpose, and who was given what."""
    return {
        "notices": list(NoticeGiven.objects.filter(person=case.person_id)),
        "consents": list(Consent.objects.filter(person=case.person_id).standing().order_by("purpose", "recipient")),
        "sharings": list(Sharing.objects.filter(person=case.person_id).select_related("employer")),
        "may_ask": scope_of(user).may("casework.record_consent", case.office_id),
    }


def costs(case: Case, _user: Any, _reads: Reads) -> Mapping[str, Any]:
    """What was booked to this file."""
    return {"costs": list(Cost.objects.standing().filter(case=case))}


def notes(case: Case, _user: Any, reads: Reads) -> Mapping[str, Any]:
    """The notes of the file and of its person that this reader may read, newest first, and what was agreed in talks."""
    found = Note.objects.filter(stream__in=[case.stream, case.person.stream], audience__in=reads.audiences, erased_at=None)
    rows = list(found.order_by("-at")[:200])
    keys = [note.author_id for note in rows if len(note.author_id) == 36]
    names = {str(user.pk): user.called for user in User.objects.filter(pk__in=keys)}
    labels = {**{n: v.label for n, v in Person.known_verbs().items()}, **{n: v.label for n, v in Case.known_verbs().items()}}
    written = [
        {
            "at": note.at,
            "who": names.get(note.author_id, ""),
            "what": labels.get(note.kind, ""),
            "text": note.text,
            "audience": note.audience,
        }
        for note in rows
        if note.text or note.audience == Note.PROTECTION
    ]
    talks = [talk for talk in Session.objects.standing().filter(case=case).select_related("recorded_by")[:100] if talk.agreed]
    return {"notes": written, "talks": talks if reads.notes else []}


SECTIONS: Mapping[str, Reader] = {
    "plan": plan,
    "skills": skills,
    "training": training,
    "work": work,
    "support": support,
    "household": household,
    "papers": papers,
    "consent": consent,
    "costs": costs,
    "notes": notes,
}
"""A section's name in the address → what it shows; its template is casework/parts/case_<name>.html."""
