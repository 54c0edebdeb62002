"""A programme: set up with its rules, opened to referrals once its emergency numbers answer, changed by name."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from casework.actions.authorship import refuse
from casework.models import EmergencyNumber, Programme, ProgrammeOffice
from workflows import clock
from workflows.acting import act

_NEVER = {"id", "code", "version", "stream_seq", "stream_head", "live_since"}
_SETTINGS = frozenset(one.name for one in Programme._meta.concrete_fields) - _NEVER


def set_up_programme(*, by: Any, code: str, name: str, country: str, offices: Iterable[Any] = (), **settings: Any) -> Programme:
    """Write a programme's rules down, with the offices that carry it out. It takes no referral before it is opened.

    Refuses a code that another programme has; raises ValidationError for settings that no case could live by.
    """
    if Programme.objects.filter(code__iexact=code).exists():
        raise refuse("known_code", _("Another programme has this code."))
    programme = Programme(code=code, name=name, country=country, **settings)
    programme.clean()
    with act(programme, "casework.set_up_programme", by=by) as programme:
        programme.adds(*(ProgrammeOffice(programme=programme, office=office) for office in offices))
        programme.says(code=code, country=country)
    return programme


def change_programme(
    programme: Programme,
    *,
    by: Any,
    numbers: Sequence[tuple[str, str, dt.date | None]] | None = None,
    version: int | None = None,
    **settings: Any,
) -> Programme:
    """Change settings of a programme; `numbers` replaces its emergency numbers: (who answers, number, last called on) each.

    The event names the settings that changed. Raises ValidationError for settings that no case could live by, and TypeError
    for a setting that there is not. Rounds already asked keep the rules they were asked under.
    """
    if unknown := set(settings) - _SETTINGS:
        raise TypeError(f"A programme has no setting {', '.join(sorted(unknown))}.")
    with act(programme, "casework.change_programme", by=by, version=version) as programme:
        changed = sorted(name for name, value in settings.items() if getattr(programme, name) != value)
        for name in changed:
            setattr(programme, name, settings[name])
        programme.clean()
        if numbers is not None:
            programme.emergency_numbers.all().delete()
            programme.adds(
                *(
                    EmergencyNumber(programme=programme, label=label, number=number, checked_on=checked, position=place)
                    for place, (label, number, checked) in enumerate(numbers)
                )
            )
            changed.append("numbers")
        programme.says(changed=changed)
    return programme


def go_live(programme: Programme, *, by: Any, version: int | None = None) -> Programme:
    """Open the programme to referrals. Refuses while an emergency number is missing, unchecked or dead, or no basis is stated."""
    with act(programme, "casework.go_live", by=by, version=version) as programme:
        if programme.live_since:
            raise refuse("live", _("The programme is open already."))
        programme.live_since = clock.now()
    return programme
