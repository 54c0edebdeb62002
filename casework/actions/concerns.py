"""Concerns about an employer: somebody warns, a supervisor visits and says what was found."""

from typing import Any

from django.utils.translation import gettext as _

from casework import rules
from casework.actions.authorship import author, refuse
from casework.models import Employer, EmployerConcern
from casework.states import VisitFinding
from workflows import clock
from workflows.acting import act

STOPS = 2
"""So many open concerns stop new placements until a visit."""


def raise_employer_concern(
    employer: Employer, *, by: Any, kind: str, words: str = "", version: int | None = None
) -> EmployerConcern:
    """Write down a warning about an employer; from now on nobody is matched with its jobs.

    The chain says that something restricted changed, and no more. Tells the employer nothing, and names nobody who warned
    but the colleague who wrote it down.
    """
    with act(employer, "casework.raise_employer_concern", by=by, version=version) as employer:
        concern = EmployerConcern(employer=employer, kind=kind, words=words, raised_at=clock.now(), raised_by_id=author(by))
        concern.save()
    return concern


def record_employer_visit(employer: Employer, *, by: Any, finding: str, found: str = "", version: int | None = None) -> Employer:
    """Write down what a visit found of every open concern. What stands keeps the employer out of matching.

    Refuses without an open concern, and to settle one's own: whoever warned does not judge.
    """
    with act(employer, "casework.record_employer_visit", by=by, version=version) as employer:
        waiting = EmployerConcern.objects.open().filter(employer=employer)
        if not waiting.exists():
            raise refuse("no_concern", _("No concern about this employer is open."))
        facts: dict[str, Any] = {"finding": finding, "found": found}
        if finding != VisitFinding.STANDS:
            if waiting.filter(raised_by=author(by)).exists():
                raise refuse("own_concern", _("You raised one of these concerns: another supervisor says that it is settled."))
            facts |= {"settled_at": clock.now(), "settled_by": author(by)}
        for concern in waiting:
            for name, value in facts.items():
                setattr(concern, "settled_by_id" if name == "settled_by" else name, value)
            concern.save(update_fields=list(facts))
    return employer


def refuse_while_concerned(employer: Employer) -> None:
    """Raise Refused where two concerns or more are open: nobody is newly placed there before a visit has settled them."""
    if EmployerConcern.objects.open().filter(employer=employer).count() >= STOPS:
        raise refuse(
            "employer_concerns",
            _("Two concerns about %(employer)s are open: nobody is newly placed there until a visit has settled them.")
            % {"employer": employer.name},
            rules.page("record_employer_visit", employer.pk),
            _("Look at the concerns"),
        )


def refuse_to_send_while_concerned(employer: Employer) -> None:
    """Raise Refused where a concern is open and the office itself would send somebody's CV."""
    if EmployerConcern.objects.open().filter(employer=employer).exists():
        raise refuse(
            "employer_concern",
            _("A concern about %(employer)s is open: the office sends nobody there until a visit has settled it.")
            % {"employer": employer.name},
            rules.page("record_employer_visit", employer.pk),
            _("Look at the concern"),
        )
