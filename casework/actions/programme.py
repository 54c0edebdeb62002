"""The programme: set up, changed, opened."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from casework.actions.authorship import refuse
from casework.models import EmergencyNumber, Programme, ProgrammeOffice
from workflows import clock
from workflows.acting import Blocker, Refused, act

_SETTINGS = (
    "name",
    "country",
    "currency",
    "languages",
    "lawful_basis",
    "lawful_basis_decided_by",
    "lawful_basis_decided_on",
    "first_aid_ceiling",
    "plan_approval_ceiling",
    "payment_approval_ceiling",
    "schedule_months",
    "schedule_by_path",
    "last_days",
    "reminder_days",
    "round_opens_before",
    "round_closes_after",
    "ask_once_within",
    "lost_after_days",
    "small_cell",
    "placed_kinds",
    "started_only_days",
    "ended_on",
)
_CODES = ("languages", "schedule_months", "schedule_by_path", "last_days", "reminder_days", "placed_kinds")


def set_up_programme(
    *,
    by: Any,
    code: str,
    name: str,
    country: str,
    offices: Sequence[Any] = (),
    emergency_numbers: Sequence[Mapping[str, Any]] = (),
    **settings: Any,
) -> Programme:
    """Write down a new programme with its offices and numbers. It takes no referrals before it is opened.

    Refuses settings that no case could live by, each with its sentence.
    """
    programme = Programme(code=code, name=name, country=country)
    _set(programme, settings)
    _check(programme)
    with act(programme, "casework.set_up_programme", by=by) as programme:
        programme.says(code=code, country=country, offices=[office.pk for office in offices])
        programme.adds(*(ProgrammeOffice(programme=programme, office=office) for office in offices))
        programme.adds(*_numbers(programme, emergency_numbers))
    return programme


def change_programme(
    programme: Programme,
    *,
    by: Any,
    offices: Sequence[Any] | None = None,
    emergency_numbers: Sequence[Mapping[str, Any]] | None = None,
    reason: str = "",
    version: int | None = None,
    **settings: Any,
) -> Programme:
    """Change the rules of a programme; they bind from now on. The event says which changed, and numbers and codes from and to.

    Refuses settings that no case could live by, and to take an office out that still has open cases.
    """
    with act(programme, "casework.change_programme", by=by, version=version, note=reason) as programme:
        before = {name: getattr(programme, name) for name in settings}
        _set(programme, settings)
        _check(programme)
        changed = sorted(name for name, value in before.items() if getattr(programme, name) != value)
        told = [name for name in changed if isinstance(before[name], int) or name in _CODES]
        programme.says(
            changed=changed, was={name: before[name] for name in told}, now={name: getattr(programme, name) for name in told}
        )
        if offices is not None:
            _set_offices(programme, offices)
        if emergency_numbers is not None:
            programme.emergency_numbers.all().delete()
            programme.adds(*_numbers(programme, emergency_numbers))
            programme.says(numbers=len(emergency_numbers))
    return programme


def go_live(programme: Programme, *, by: Any, version: int | None = None) -> Programme:
    """Open the programme: from now on it takes referrals.

    Refuses without a lawful basis, an office, and emergency numbers that were called in the last three months and answer.
    """
    with act(programme, "casework.go_live", by=by, version=version) as programme:
        programme.live_since = clock.now()
    return programme


def _set(programme: Programme, settings: Mapping[str, Any]) -> None:
    unknown = set(settings) - set(_SETTINGS)
    if unknown:
        raise TypeError(f"A programme has no setting {', '.join(sorted(unknown))}.")
    for name, value in settings.items():
        setattr(programme, name, value)


def _numbers(programme: Programme, numbers: Sequence[Mapping[str, Any]]) -> list[EmergencyNumber]:
    return [EmergencyNumber(programme=programme, position=position, **number) for position, number in enumerate(numbers)]


def _check(programme: Programme) -> None:
    try:
        programme.full_clean(validate_constraints=False)
    except ValidationError as wrong:
        raise Refused([Blocker(name, " ".join(map(str, sentences))) for name, sentences in wrong.message_dict.items()]) from wrong


def _set_offices(programme: Programme, offices: Sequence[Any]) -> None:
    wanted = {office.pk for office in offices}
    leaving = programme.programme_offices.exclude(office__in=wanted)
    if programme.cases.filter(closed_at=None, office__in=leaving.values("office")).exists():
        raise refuse("open_cases", _("An office with open cases stays in the programme: move its cases first."))
    leaving.delete()
    have = set(programme.programme_offices.values_list("office", flat=True))
    ProgrammeOffice.objects.bulk_create(ProgrammeOffice(programme=programme, office_id=pk) for pk in wanted - have)
    programme.says(offices=sorted(map(str, wanted)))
