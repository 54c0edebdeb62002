"""The call: an offer of money with its rules, its criteria and its timetable."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.scope import EVERYWHERE, scope_of
from casework.models.ties import CURRENCY, one_of, only_when
from grants import rules, states
from grants.states import CallState
from workflows.machine import AggregateRoot, StateField, creates, still, verb

DRAFT, OPEN, SUBMISSIONS_CLOSED, IN_JURY, DECIDED, SETTLED = CallState
HUNDRED = 100


def default_split() -> list[int]:
    """The tranches of an award, in percent: 70 at the beginning, 30 after the check."""
    return [70, 30]


class CallQuerySet(models.QuerySet["Call"]):
    """Calls. Every read starts from `visible_to`."""

    def visible_to(self, user: Any) -> "CallQuerySet":
        """Those of the programmes that the user's offices carry out; a juror sees the calls of the sittings that seat them."""
        scope = scope_of(user)
        where = scope.offices("caseworker", "supervisor", "grant_officer", "finance", "chair", "programme_manager")
        if where == EVERYWHERE:
            return self
        return self.filter(
            Q(office__in=where)
            | Q(programme__programme_offices__office__in=where)
            | Q(sittings__members__user=user.pk, sittings__members__left_at=None)
        ).distinct()

    def taking_pitches(self) -> "CallQuerySet":
        """Open for pitches now."""
        return self.filter(state=OPEN)


class Call(AggregateRoot):
    """One offer of money. `committed` is what its awards have taken of the budget, never more than it."""

    stream_kind: ClassVar[str] = "call"

    programme = models.ForeignKey("casework.Programme", on_delete=models.PROTECT, related_name="calls")
    office = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="calls", verbose_name=_("run by"))
    code = models.SlugField(_("code"), max_length=30)
    title = models.CharField(_("title"), max_length=120)
    state = StateField(CallState, default=DRAFT)
    cloned_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="clones")

    currency = models.CharField(**CURRENCY)
    budget = models.PositiveBigIntegerField(_("budget"))
    committed = models.PositiveBigIntegerField(_("committed"), default=0, editable=False)
    floor = models.PositiveBigIntegerField(_("least amount for a plan"))
    ceiling = models.PositiveBigIntegerField(_("greatest amount for a plan"))
    share = models.PositiveSmallIntegerField(_("at most so many percent of the total cost"), default=80)
    split = models.JSONField(_("tranches in percent"), default=default_split)

    decision_mode = models.CharField(
        _("the committee decides"), max_length=12, choices=states.DecisionMode.choices, default=states.DecisionMode.MERIT
    )
    pass_mark = models.PositiveSmallIntegerField(_("pass mark, of 100"), default=65)
    jury_size = models.PositiveSmallIntegerField(_("jurors for each pitch"), default=3)
    quorum = models.PositiveSmallIntegerField(_("least jurors that must have scored"), default=2)

    opens_on = models.DateField(_("opens on"))
    closes_on = models.DateField(_("pitches until"))
    decides_by = models.DateField(_("decision by"))
    appeal_days = models.PositiveSmallIntegerField(_("days to appeal"), default=15)
    answer_days = models.PositiveSmallIntegerField(_("days to accept an award"), default=30)

    opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    settled_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_on", "code"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="call_code_once_a_programme"),
            one_of("call", "state", CallState),
            one_of("call", "decision_mode", states.DecisionMode),
            models.CheckConstraint(condition=Q(committed__lte=F("budget")), name="call_committed_within_budget"),
            models.CheckConstraint(condition=Q(floor__lte=F("ceiling")), name="call_floor_below_ceiling"),
            models.CheckConstraint(condition=Q(share__gte=1, share__lte=HUNDRED), name="call_share_is_a_percentage"),
            models.CheckConstraint(condition=Q(pass_mark__lte=HUNDRED), name="call_pass_mark_of_100"),
            models.CheckConstraint(condition=Q(quorum__gte=1) & Q(quorum__lte=F("jury_size")), name="call_quorum_within_jury"),
            models.CheckConstraint(
                condition=Q(opens_on__lte=F("closes_on")) & Q(closes_on__lte=F("decides_by")), name="call_timetable_in_order"
            ),
            only_when("call", "settled_at_when_settled", Q(settled_at__isnull=False), Q(state=SETTLED)),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("grants:call", args=[self.pk])

    @property
    def left(self) -> int:
        """What awards may still take, in minor units."""
        return self.budget - self.committed

    # ——— verbs that move the state ———

    @verb(moves={DRAFT: OPEN}, label=_("Open the call"), needs=(rules.blockers_to_open_call,))
    def open_call(self, *, at: Any) -> None:
        self.opened_at = at

    @verb(moves={OPEN: SUBMISSIONS_CLOSED}, label=_("Close submissions"))
    def close_submissions(self) -> None:
        pass

    @verb(moves={SUBMISSIONS_CLOSED: IN_JURY}, label=_("Open the jury"), needs=(rules.blockers_to_open_jury,))
    def open_jury(self) -> None:
        pass

    @verb(moves={IN_JURY: DECIDED}, label=_("Say that every pitch is decided"), needs=(rules.blockers_to_decide_call,))
    def decide_call(self) -> None:
        pass

    @verb(moves={DECIDED: SETTLED}, label=_("Settle the call"), needs=(rules.blockers_to_settle_call,))
    def settle_call(self, *, at: Any) -> None:
        self.settled_at = at

    # ——— verbs that move none ———

    verbs = (
        creates("draft_call", label=_("Write a call")),
        creates("clone_call", label=_("Write a call after this one")),
        still("change_call", label=_("Change the call"), sources=DRAFT),
        still("prolong_call", label=_("Move the last day"), sources=OPEN),
        still("raise_budget", label=_("Change the budget"), sources=(OPEN, SUBMISSIONS_CLOSED, IN_JURY)),
    )

    @classmethod
    def load_facts(cls, rows: Any) -> Mapping[uuid.UUID, rules.CallFacts]:
        """What the rules ask of calls, in two queries for any number of them."""
        from grants.models.facts import facts_of_calls

        return facts_of_calls(rows)


class Criterion(models.Model):
    """One question of the rubric, with its weight, what it predicts, and five sentences from 1 to 5."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="criteria")
    code = models.SlugField(_("code"), max_length=30)
    position = models.PositiveSmallIntegerField(default=0)
    question = models.CharField(_("question"), max_length=200)
    predicts = models.CharField(_("what it predicts"), max_length=200)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)
    levels = models.JSONField(_("what 1 to 5 mean"), default=list, help_text=_("Five sentences, from the least to the best."))

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["call", "code"], name="criterion_once_a_call"),
            models.CheckConstraint(condition=Q(weight__gte=1), name="criterion_weighs_something"),
        ]

    def __str__(self) -> str:
        return self.question


class EligibilityRule(models.Model):
    """What a candidate must fulfil: answered by the file where it can, asked where it cannot."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="eligibility")
    position = models.PositiveSmallIntegerField(default=0)
    rule = models.CharField(_("rule"), max_length=30, choices=states.Rule.choices)
    number = models.PositiveSmallIntegerField(_("how many"), null=True, blank=True)
    question = models.CharField(_("question, where it is asked"), max_length=200, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            one_of("eligibilityrule", "rule", states.Rule),
            models.UniqueConstraint(fields=["call", "rule"], condition=~Q(rule="asked"), name="eligibility_rule_once_a_call"),
        ]

    def __str__(self) -> str:
        return self.question or self.get_rule_display()
