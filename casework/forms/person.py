from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.forms.verb import DayField, words
from casework.models import Answer, Employer, Person, Purpose
from casework.models.screening import ScreeningOutcome
from workflows.acting import Refused


class PersonForm(forms.Form):
    """The form of one verb on one person."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        self.person = person
        self.blockers: list[Any] = []
        kwargs["initial"] = {"version": person.version, **self.begins_with(person)}
        super().__init__(*args, **kwargs)

    def begins_with(self, person: Person) -> dict[str, Any]:
        return {}

    def keywords(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}

    def refuse(self, refused: Refused) -> None:
        self.blockers = refused.blockers

    def keep_up(self, version: int) -> None:
        """After a stale page: the next press speaks of the record as it is now."""
        self.data = self.data.copy()
        self.data["version"] = str(version)


class RecordNoticeForm(PersonForm):
    language = forms.CharField(label=_("Language in which it was read out"), max_length=12)
    text_version = forms.CharField(label=_("Version of the text"), max_length=30, initial="1")
    understood = forms.BooleanField(label=_("Understood: the person said it in their own words"), required=False)
    interpreter = forms.CharField(label=_("Interpreter"), max_length=120, required=False)
    interpreter_bound = forms.BooleanField(label=_("The interpreter has signed to keep silent"), required=False)
    given_on = DayField(label=_("Given on"), required=False)

    def begins_with(self, person: Person) -> dict[str, Any]:
        return {"language": person.language}


class RecordScreeningForm(PersonForm):
    alone = forms.BooleanField(label=_("It was only the two of us, and an interpreter bound to silence"), required=False)
    outcomes = forms.MultipleChoiceField(
        label=_("What follows"),
        widget=forms.CheckboxSelectMultiple,
        choices=ScreeningOutcome.choices,
    )
    interpreter = forms.CharField(label=_("Interpreter"), max_length=120, required=False)
    words = words(_("What was said, for the protection lead alone"))
    done_on = DayField(label=_("Done on"), required=False)


class RecordConsentForm(PersonForm):
    """Each question with yes, no or later; a no costs nothing. Sharing a CV is asked for one employer, named in the address."""

    recipient = forms.ModelChoiceField(queryset=Employer.objects.all(), label=_("Employer"), required=False)

    def __init__(self, *args: Any, about: Employer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if about:
            self.fields["recipient"].initial = about.pk
        else:
            del self.fields["recipient"]
        for purpose in (
            [Purpose.CV_SHARING]
            if about
            else [Purpose.FOLLOW_UP, Purpose.TRAINING_CENTRE, Purpose.COUNTS, Purpose.PHOTO, Purpose.STORY]
        ):
            answers = [
                ("", _("Not asked today")),
                *((one.value, one.label.capitalize()) for one in (Answer.YES, Answer.NO, Answer.LATER)),
            ]
            self.fields[purpose.value] = forms.ChoiceField(
                label=purpose.label.capitalize(), choices=answers, required=False, widget=forms.RadioSelect
            )

    def keywords(self) -> dict[str, Any]:
        facts = self.cleaned_data
        said = {name: value for name, value in facts.items() if name in Purpose.values and value}
        recipient = facts.get("recipient")
        return {"answers": said, "recipient": str(recipient.pk) if recipient else "", "version": facts.get("version")}
