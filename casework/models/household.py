"""The household: people who live together, each adult with a case, consent and restricted notes of their own."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflows import clock

from .person import Person


class Household(models.Model):
    """People who live together. It is a list of people, never a way to read another's file."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return str(self.pk)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> "MembershipQuerySet":
        """Those who live there now. Somebody who left shows nobody the others, and is shown to nobody."""
        return self.filter(left_on__isnull=True)

    def together_with(self, person: Person) -> "MembershipQuerySet":
        """The others of the household that `person` lives in now."""
        mine = Membership.objects.current().filter(person=person).values("household_id")
        return self.current().filter(household_id__in=mine).exclude(person=person)


class Membership(models.Model):
    """One person in one household. A child is cared for in the case of the adult named (practice 2.8)."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    relation = models.CharField(_("relation"), max_length=60, blank=True)
    child = models.BooleanField(_("child"), default=False)
    cared_for_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="cares_for")
    needs = models.JSONField(_("needs"), default=list, blank=True, help_text=_("school, health, papers"))
    joined_on = models.DateField(default=clock.today)
    left_on = models.DateField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(left_on__isnull=True), name="membership_one_household_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(child=True) | Q(cared_for_by__isnull=True), name="membership_only_children_are_cared_for"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} · {self.person_id}"
