from typing import Any

from django.utils.translation import gettext_lazy as _

from casework import states
from casework.forms.verb import VerbForm, choice, row, words
from casework.models import Case
from workflows.partial import PartialDateFormField


def _outcomes(some: Any) -> list[tuple[str, Any]]:
    return [(one.value, one.label) for one in some]


class DeclineReferralForm(VerbForm):
    outcome = choice(_outcomes(states.DECLINED), _("Outcome"))
    words = words(_("What the person is told, and where else to go"), required=True)


class RecordNotDepartedForm(VerbForm):
    words = words(_("Who said so, and when"), required=True, lines=2)


class CloseCaseForm(VerbForm):
    outcome = choice(_outcomes(states.CLOSING_OUTCOMES), _("Outcome"))
    words = words(_("What was done, what is still open, how to come back"))


class ProposeClosingForm(VerbForm):
    outcome = choice(_outcomes(states.TWO_PERSON_OUTCOMES), _("Outcome"))
    words = words(_("Why"), required=True)


class CloseAsMergedForm(VerbForm):
    into = row(_("The case where work goes on"))
    words = words(_("In words"))

    def prepare(self) -> None:
        same = Case.objects.visible_to(self.user).filter(
            person=self.case.person_id, programme=self.case.programme_id, merged_into=None
        )
        self.fields["into"].queryset = same.exclude(pk=self.case.pk)  # type: ignore[attr-defined]


class RecordDeathForm(VerbForm):
    died_on = PartialDateFormField(label=_("Died on"), required=False)
    told_by = words(_("Who told it, and how"), required=True, lines=2)


class UndoDeathForm(VerbForm):
    words = words(_("What was wrong"))


class ReopenCaseForm(VerbForm):
    words = words(_("Why the case begins again"), required=True)
