"""What kind of work began: what is declared, what is not, and what is only a try stand apart, so that a target cannot mix them."""

import datetime as dt
from collections import Counter
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Office
from casework.models import Placement, Programme
from casework.states import Formality
from monitoring.reports.slices import Slice, sliced

COLUMNS: dict[str, Any] = {
    "all": _("Spells of work"),
    "declared": _("Declared, and lasting"),
    "undeclared": _("Not declared, and lasting"),
    "not_known": _("Lasting, not known whether declared"),
    "short": _("Ended, or still too young to count"),
    "step": _("Trials, internships and the like"),
}
_PARTS = tuple(name for name in COLUMNS if name != "all")
_DECLARED = {Formality.FORMAL: "declared", Formality.INFORMAL: "undeclared", Formality.UNKNOWN: "not_known"}


def kinds_of_work(programme: Programme, as_of: dt.date) -> list[Slice]:
    """Spells of work by office as they stood when the day ended, by what they were; small counts hidden."""
    midnight = timezone.make_aware(dt.datetime.combine(as_of + dt.timedelta(days=1), dt.time(0)), timezone.get_default_timezone())
    spells = Placement.objects.filter(case__programme=programme, recorded_at__lt=midnight).filter(
        Q(struck_at=None) | Q(struck_at__gte=midnight)
    )
    counted: Counter[tuple[str, str]] = Counter()
    for spell in spells.select_related("case__office").only("kind", "formality", "started_on", "ended_on", "case__office__code"):
        if spell.started_on.earliest > as_of:
            continue
        office = spell.case.office.code
        counted[office, "all"] += 1
        counted[office, _kind(spell, programme, as_of)] += 1
    codes = sorted({office for office, _column in counted})
    names = dict(Office.objects.filter(code__in=codes).values_list("code", "name"))
    groups = [(code, names[code]) for code in codes]
    return sliced(counted, groups, tuple(COLUMNS), (("all", _PARTS),), threshold=programme.small_cell)


def _kind(spell: Placement, programme: Programme, as_of: dt.date) -> str:
    counts = spell.counts(on=as_of, programme=programme)
    if counts == "placed":
        return _DECLARED[Formality(spell.formality)]
    return "step" if counts == "step" else "short"
