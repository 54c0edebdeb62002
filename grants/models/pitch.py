"""The pitch: one candidate's plan in versions, who stands behind it, and what the committee decided."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.scope import EVERYWHERE, scope_of
from casework.models import Case
from casework.models.ties import at_and_by, one_of, only_when
from grants import rules, states
from grants.states import PitchState
from workflows.machine import SAME, AggregateRoot, Returned, StateField, creates, still, verb

(
    DRAFT, SUBMITTED, ELIGIBLE, INELIGIBLE, IN_JURY, SCORED, AWARDED, RESERVE, ADJOURNED, DECLINED, APPEALED, CONTRACTED,
    COMPLETED, TERMINATED, WITHDRAWN,
) = PitchState  # fmt: skip


class PitchQuerySet(models.QuerySet["Pitch"]):
    """Pitches. Every read starts from `visible_to`."""

    def visible_to(self, user: Any) -> "PitchQuerySet":
        """The pitches of the files that one sees, of the calls that one runs or pays, and of the seats that one holds.

        A chair sees those on an agenda of theirs. A juror sees the seated ones from the moment the seat is theirs until they
        leave it, and nothing of the file; a programme manager reads them without names.
        """
        from grants.models.jury import AgendaItem, Seat

        scope = scope_of(user)
        seated = Seat.objects.filter(pitch=OuterRef("pk"), member__user=user.pk, left_at=None, member__left_at=None)
        chaired = AgendaItem.objects.filter(pitch=OuterRef("pk"), sitting__chair=user.pk)
        running = scope.offices("grant_officer", "finance")
        signing = scope.offices("programme_manager")
        seen = Q(Exists(seated)) | Q(Exists(chaired)) | Q(case__in=Case.objects.visible_to(user).values("pk"))
        if running == EVERYWHERE or signing == EVERYWHERE:
            seen |= ~Q(state=DRAFT)
        else:
            seen |= ~Q(state=DRAFT) & (Q(call__office__in=running | signing) | Q(office__in=running | signing))
        if (own := scope.offices("caseworker", "supervisor")) != EVERYWHERE:
            # After a transfer the old office sees a running pitch until it is decided.
            seen |= Q(office__in=own, state__in=states.UNSETTLED_PITCH)
        return self.filter(seen).not_barring(user)

    def not_barring(self, user: Any) -> "PitchQuerySet":
        """Without those of people who named this user as somebody who must not open their file."""
        from casework.models import Barred

        return self.exclude(Exists(Barred.objects.filter(person=OuterRef("case__person"), user=user.pk)))

    def of_case(self, case_id: uuid.UUID) -> "PitchQuerySet":
        """Those that the case wrote, and those that it shares in."""
        return self.filter(Q(case=case_id) | Exists(PitchMember.objects.filter(pitch=OuterRef("pk"), case=case_id)))

    def in_state(self, *names: str) -> "PitchQuerySet":
        """In one of the states."""
        return self.filter(state__in=names)

    def before_a_jury(self) -> "PitchQuerySet":
        """Submitted and not decided."""
        return self.in_state(*states.BEFORE_A_JURY)


class Pitch(AggregateRoot):
    """One candidate's plan before one call. The jury sees it and nothing of the file behind it."""

    stream_kind: ClassVar[str] = "pitch"

    call = models.ForeignKey("grants.Call", on_delete=models.PROTECT, related_name="pitches")
    case = models.ForeignKey("casework.Case", on_delete=models.PROTECT, related_name="pitches")
    # The office that wrote it: it keeps a running pitch when the case moves.
    office = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="pitches")
    number = models.PositiveIntegerField(_("number in the call"))
    state = StateField(PitchState, default=DRAFT)
    state_since = models.DateField()
    title = models.CharField(_("what it is, in one line"), max_length=120)

    amount = models.PositiveBigIntegerField(_("amount awarded"), null=True, blank=True, editable=False)
    released_at = models.DateTimeField(null=True, blank=True, editable=False)
    decided_on = models.DateField(null=True, blank=True, editable=False)
    told_on = models.DateField(_("letter handed over on"), null=True, blank=True, editable=False)
    waiting_since = models.DateField(null=True, blank=True, editable=False)
    appealed_on = models.DateField(null=True, blank=True, editable=False)
    read_out_on = models.DateField(_("contract read out on"), null=True, blank=True, editable=False)
    # "Is there anyone you would not want to decide on you? You need not say why."
    unwanted = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")

    objects = PitchQuerySet.as_manager()

    class Meta:
        ordering = ["call", "number"]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="pitch_number_once_a_call"),
            models.UniqueConstraint(fields=["call", "case"], condition=~Q(state=WITHDRAWN), name="pitch_one_of_a_case_in_a_call"),
            one_of("pitch", "state", PitchState),
            only_when(
                "pitch", "amount_when_awarded", Q(amount__isnull=False), Q(state__in=[AWARDED, CONTRACTED, COMPLETED, TERMINATED])
            ),
            only_when("pitch", "waiting_when_reserve", Q(waiting_since__isnull=False), Q(state=RESERVE)),
        ]
        indexes = [
            models.Index(fields=["call", "state"], name="pitch_of_call"),
            models.Index(fields=["case"], name="pitch_of_case"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("grants:pitch", args=[self.pk])

    def offices_for(self, verb: str) -> tuple[uuid.UUID, ...]:
        """Whose locks apply: the office that wrote it, and the one that runs the call; a signatory of any of the programme."""
        if verb in ("grants.sign_decision", "grants.promote_reserve"):
            return (self.call.office_id, *self.call.programme.programme_offices.values_list("office", flat=True))
        return (self.office_id, self.call.office_id)

    @property
    def present(self) -> "PitchVersion":
        """The version in force: the newest."""
        return self.versions.all()[0]

    # ——— the candidate's side ———

    @verb(moves={DRAFT: SUBMITTED}, label=_("Submit the pitch"), needs=(rules.blockers_to_submit_pitch,))
    def submit_pitch(self, *, on: Any) -> None:
        self.state_since = on

    @verb(moves={(SUBMITTED, ADJOURNED): DRAFT}, label=_("Send back to be mended"))
    def send_back_pitch(self, *, on: Any) -> None:
        self.state_since = on

    @verb(moves={(SUBMITTED, ADJOURNED): DRAFT}, label=_("Revise the pitch"), needs=(rules.blockers_to_revise_pitch,))
    def revise_pitch(self, *, on: Any) -> None:
        self.state_since = on

    @verb(
        moves={(DRAFT, SUBMITTED, ELIGIBLE, IN_JURY, SCORED, RESERVE, ADJOURNED): WITHDRAWN}, label=_("Withdraw the pitch"),
    )  # fmt: skip
    def withdraw_pitch(self, *, on: Any) -> None:
        self.state_since, self.waiting_since = on, None

    # ——— eligible or not ———

    @verb(moves={SUBMITTED: ELIGIBLE}, label=_("Find eligible"), needs=(rules.blockers_to_find_eligible,))
    def find_eligible(self, *, on: Any) -> None:
        self.state_since = on

    @verb(moves={SUBMITTED: INELIGIBLE}, label=_("Confirm: not eligible"), signs="find_ineligible")
    def confirm_ineligible(self, *, on: Any) -> None:
        self.state_since = self.decided_on = on

    # ——— the jury ———

    @verb(moves={ELIGIBLE: IN_JURY, IN_JURY: SAME}, label=_("Seat a juror"))
    def seat_juror(self, *, on: Any) -> None:
        # With its first seat a pitch is before the jury: were it the first score, the state would tell of it.
        if self.state == ELIGIBLE:
            self.released_at, self.state_since = None, on

    @verb(moves={IN_JURY: SCORED}, label=_("Release the scores"), needs=(rules.blockers_to_release_scores,))
    def release_scores(self, *, at: Any, on: Any) -> None:
        self.released_at, self.state_since = at, on

    @verb(
        moves={(ELIGIBLE, IN_JURY): Returned(ADJOURNED), SCORED: Returned(AWARDED, RESERVE, ADJOURNED, DECLINED)},
        label=_("Sign the decision"),
    )
    def sign_decision(self, *, result: str, amount: int | None, on: Any) -> str:
        self.amount, self.decided_on, self.state_since = (amount if result == AWARDED else None), on, on
        self.waiting_since = on if result == RESERVE else None
        return result

    # ——— afterwards ———

    @verb(moves={RESERVE: AWARDED}, label=_("Promote from the reserve"), signs="promote_reserve")
    def promote_reserve(self, *, amount: int, on: Any) -> None:
        self.amount, self.waiting_since, self.state_since = amount, None, on

    @verb(moves={RESERVE: DECLINED}, label=_("Let the reserve lapse"), said_by_machine=True)
    def lapse_reserve(self, *, on: Any) -> None:
        self.waiting_since, self.state_since = None, on

    @verb(moves={AWARDED: WITHDRAWN}, label=_("Decline the award"))
    def decline_award(self, *, on: Any) -> None:
        self.amount, self.state_since = None, on

    @verb(moves={(DECLINED, INELIGIBLE): APPEALED}, label=_("Appeal"), needs=(rules.blockers_to_appeal,))
    def appeal(self, *, on: Any) -> None:
        self.appealed_on = self.state_since = on

    @verb(moves={APPEALED: ELIGIBLE}, label=_("Admit the appeal"))
    def admit_appeal(self, *, on: Any) -> None:
        self.released_at, self.decided_on, self.state_since = None, None, on

    @verb(moves={APPEALED: DECLINED}, label=_("Reject the appeal"))
    def reject_appeal(self, *, on: Any) -> None:
        self.state_since = on

    @verb(moves={AWARDED: CONTRACTED}, label=_("Sign the contract"), needs=(rules.blockers_to_sign_contract,))
    def sign_contract(self, *, on: Any) -> None:
        self.state_since = on

    @verb(moves={CONTRACTED: COMPLETED}, label=_("Complete the contract"), needs=(rules.blockers_to_complete_contract,))
    def complete_contract(self, *, on: Any) -> None:
        self.state_since = on

    @verb(moves={CONTRACTED: TERMINATED}, label=_("End the contract early"), signs="terminate_contract")
    def terminate_contract(self, *, on: Any) -> None:
        self.state_since = on

    # ——— verbs that move none ———

    verbs = (
        creates("draft_pitch", label=_("Write a pitch")),
        still("write_pitch", label=_("Write on"), sources=DRAFT),
        still("move_pitch", label=_("Move to the next call"), sources=DRAFT),
        still("answer_rule", label=_("Answer a rule"), sources=SUBMITTED),
        still("find_ineligible", label=_("Propose: not eligible"), sources=SUBMITTED),
        still("name_unwanted", label=_("Name whom you would not want to decide"), sources=(DRAFT, SUBMITTED, ELIGIBLE)),
        still("hear_pitch", label=_("Hear this pitch"), sources=(ELIGIBLE, IN_JURY, SCORED)),
        still("mark_absent", label=_("The candidate did not come"), sources=(ELIGIBLE, IN_JURY, SCORED)),
        still("hand_over_letter", label=_("The letter was handed over"), sources=(*states.DECIDED, INELIGIBLE, CONTRACTED)),
        still("propose_promotion", label=_("Propose to promote"), sources=RESERVE),
        still("read_out_contract", label=_("Read the contract out"), sources=AWARDED),
        still("propose_termination", label=_("Propose to end the contract"), sources=CONTRACTED),
    )

    @classmethod
    def load_facts(cls, rows: Any) -> Mapping[uuid.UUID, rules.PitchFacts]:
        """What the rules ask of pitches, in at most five queries for any number of them."""
        from grants.models.facts import facts_of_pitches

        return facts_of_pitches(rows)


class PitchMember(models.Model):
    """One of those who run the business, with their share. Conflicts, ceilings and follow-up count for each."""

    pitch = models.ForeignKey(Pitch, on_delete=models.CASCADE, related_name="members")
    case = models.ForeignKey("casework.Case", on_delete=models.PROTECT, related_name="pitch_memberships")
    share = models.PositiveSmallIntegerField(_("share in percent"), default=100)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["pitch", "case"], name="pitchmember_once"),
            models.CheckConstraint(condition=Q(share__gte=1, share__lte=100), name="pitchmember_share_is_a_percentage"),
        ]

    def __str__(self) -> str:
        return f"{self.share} %"


class PitchVersion(models.Model):
    """One version of the plan. The newest is written on while the pitch is a draft; one that was submitted is never changed."""

    SECTIONS: ClassVar = (
        "story", "qualifications", "activity", "market", "place", "permits", "support", "risks",
    )  # fmt: skip

    pitch = models.ForeignKey(Pitch, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    language = models.CharField(_("written in"), max_length=10, default="fr")
    story = models.TextField(_("your story, as you want it told"), blank=True, default="")
    qualifications = models.TextField(_("what you can do, and where you learned it"), blank=True, default="")
    activity = models.TextField(_("what you will make, sell or do"), blank=True, default="")
    market = models.TextField(_("who buys, at what price, and who else sells it"), blank=True, default="")
    place = models.TextField(_("where"), blank=True, default="")
    permits = models.TextField(_("permits, lease, registration"), blank=True, default="")
    support = models.TextField(_("who stands behind you"), blank=True, default="")
    risks = models.TextField(_("what could go wrong, and what you would do"), blank=True, default="")
    price = models.PositiveBigIntegerField(_("price of what you sell most"), null=True, blank=True)
    unit_cost = models.PositiveBigIntegerField(_("what one costs you"), null=True, blank=True)
    jobs_self = models.PositiveSmallIntegerField(_("work for yourself and partners"), default=1)
    jobs_women = models.PositiveSmallIntegerField(_("jobs for women"), default=0)
    jobs_men = models.PositiveSmallIntegerField(_("jobs for men"), default=0)
    profile_shown = models.BooleanField(_("show my skills profile to the jury"), default=False)

    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_how = models.CharField(_("how the candidate confirmed it"), max_length=20, blank=True, default="")
    sent_back_because = models.TextField(_("what is missing"), blank=True, default="")

    class Meta:
        ordering = ["pitch", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["pitch", "number"], name="pitchversion_once"),
            models.UniqueConstraint(fields=["pitch"], condition=Q(submitted_at=None), name="pitchversion_one_draft"),
            at_and_by("pitchversion", "submitted"),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"


class Use(models.Model):
    """One thing that the money buys, with its quote."""

    version = models.ForeignKey(PitchVersion, on_delete=models.CASCADE, related_name="uses")
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(_("kind"), max_length=20, choices=states.UseKind.choices)
    what = models.CharField(_("what"), max_length=200)
    amount = models.PositiveBigIntegerField(_("amount"))
    supplier = models.CharField(_("supplier"), max_length=120, blank=True)
    supplier_phone = models.CharField(_("telephone of the supplier"), max_length=40, blank=True)
    quoted_on = models.DateField(_("date of the quote"), null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [one_of("use", "kind", states.UseKind)]

    def __str__(self) -> str:
        return self.what


class Source(models.Model):
    """Where one part of the money comes from. What is asked from the programme is the amount of the pitch."""

    version = models.ForeignKey(PitchVersion, on_delete=models.CASCADE, related_name="sources")
    kind = models.CharField(_("from"), max_length=20, choices=states.SourceKind.choices)
    amount = models.PositiveBigIntegerField(_("amount"))
    note = models.CharField(_("in words"), max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            one_of("source", "kind", states.SourceKind),
            models.UniqueConstraint(fields=["version", "kind"], name="source_once_a_kind"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class ForecastMonth(models.Model):
    """What one of the first twelve months brings and costs."""

    version = models.ForeignKey(PitchVersion, on_delete=models.CASCADE, related_name="forecast")
    month = models.PositiveSmallIntegerField(_("month"))
    income = models.PositiveBigIntegerField(_("income"), default=0)
    expense = models.PositiveBigIntegerField(_("expense"), default=0)

    class Meta:
        ordering = ["month"]
        constraints = [
            models.UniqueConstraint(fields=["version", "month"], name="forecastmonth_once"),
            models.CheckConstraint(condition=Q(month__gte=1, month__lte=12), name="forecastmonth_of_a_year"),
        ]

    def __str__(self) -> str:
        return str(self.month)


class RuleAnswer(models.Model):
    """Whether one rule of the call is met, and who said so: the file, or a person."""

    pitch = models.ForeignKey(Pitch, on_delete=models.CASCADE, related_name="rule_answers")
    rule = models.ForeignKey("grants.EligibilityRule", on_delete=models.PROTECT, related_name="answers")
    met = models.CharField(max_length=10, choices=states.Met.choices)
    by_file = models.BooleanField(default=False)
    answered_at = models.DateTimeField()
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pitch", "rule"], name="ruleanswer_once"),
            one_of("ruleanswer", "met", states.Met),
        ]

    def __str__(self) -> str:
        return str(self.get_met_display())


class Decision(models.Model):
    """What the committee decided on one pitch at one sitting, in the words of the letter. Written by the chair, then signed."""

    pitch = models.ForeignKey(Pitch, on_delete=models.CASCADE, related_name="decisions")
    sitting = models.ForeignKey("grants.Sitting", on_delete=models.PROTECT, related_name="decisions")
    result = models.CharField(_("decision"), max_length=12, choices=states.Result.choices)
    amount = models.PositiveBigIntegerField(_("amount"), null=True, blank=True)
    conditions = models.JSONField(_("conditions, which become evidence of the first tranche"), default=list, blank=True)
    reasons = models.JSONField(_("reasons for the letter"), default=list, blank=True)
    words = models.TextField(_("words to the candidate"), blank=True, default="")
    come_back_on = models.DateField(_("come back on"), null=True, blank=True)
    votes_for = models.PositiveSmallIntegerField(null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField(null=True, blank=True)
    leaves_rule_because = models.TextField(_("why it leaves the rule"), blank=True, default="")
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-written_at"]
        constraints = [
            models.UniqueConstraint(fields=["pitch", "sitting"], name="decision_once_a_sitting"),
            one_of("decision", "result", states.Result),
            only_when("decision", "amount_when_awarded", Q(amount__isnull=False), Q(result="awarded")),
            at_and_by("decision", "signed"),
            models.CheckConstraint(
                condition=Q(signed_by=None) | ~Q(signed_by=models.F("written_by")), name="decision_signed_by_another"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_result_display())

    @property
    def reason_labels(self) -> list[Any]:
        """The reasons in words."""
        return [states.LetterReason(one).label for one in self.reasons if one in states.LetterReason.values]
