"""What was spent on a case, as it was spent: its own amount, currency and day. A correction strikes the line out."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework import states
from casework.models.services import Correctable, StandingQuerySet
from casework.models.ties import CURRENCY, at_and_by, not_negative, one_of


class Cost(Correctable):
    """One amount booked to one case."""

    case = models.ForeignKey("casework.Case", on_delete=models.CASCADE, related_name="costs")
    category = models.CharField(_("for"), max_length=20, choices=states.CostCategory.choices)
    what = models.CharField(_("what"), max_length=120, blank=True)
    amount = models.PositiveBigIntegerField(_("amount"))
    currency = models.CharField(**CURRENCY)
    spent_on = models.DateField(_("spent on"))
    receipt = models.CharField(_("receipt number"), max_length=40, blank=True)
    first_aid = models.OneToOneField("casework.FirstAid", null=True, blank=True, on_delete=models.PROTECT, related_name="cost")

    objects = StandingQuerySet.as_manager()

    class Meta:
        ordering = ["-spent_on", "-pk"]
        constraints = [at_and_by("cost", "struck"), one_of("cost", "category", states.CostCategory), not_negative("cost", "amount")]

    def __str__(self) -> str:
        return self.what or self.get_category_display()
