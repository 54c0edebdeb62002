"""The jury: its sittings, who sits, who scores what, and what they scored. Blind to one another before release."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.scope import EVERYWHERE, scope_of
from casework.models.ties import at_and_by, one_of, only_when
from grants import rules, states
from grants.states import SittingState
from workflows.machine import AggregateRoot, StateField, creates, still, verb

PLANNED, OPEN, SIGNED = SittingState


class SittingQuerySet(models.QuerySet["Sitting"]):
    """Sittings. Every read starts from `visible_to`."""

    def visible_to(self, user: Any) -> "SittingQuerySet":
        """Those that one chairs or sits in, and those of the calls that one runs or signs for."""
        where = scope_of(user).offices("grant_officer", "programme_manager")
        if where == EVERYWHERE:
            return self
        mine = Q(chair=user.pk) | Q(members__user=user.pk, members__left_at=None)
        return self.filter(mine | Q(call__office__in=where) | Q(call__programme__programme_offices__office__in=where)).distinct()


class Sitting(AggregateRoot):
    """One meeting of the jury of a call, with its agenda, the order of hearing by lot, and its record."""

    stream_kind: ClassVar[str] = "sitting"

    call = models.ForeignKey("grants.Call", on_delete=models.PROTECT, related_name="sittings")
    kind = models.CharField(_("kind"), max_length=12, choices=states.SittingKind.choices, default=states.SittingKind.MEETING)
    state = StateField(SittingState, default=PLANNED)
    held_on = models.DateField(_("held on"))
    starts_at = models.TimeField(_("begins at"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    minutes_each = models.PositiveSmallIntegerField(_("minutes for each pitch"), default=20)
    chair = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="chaired", verbose_name=_("chair"))
    seed = models.CharField(_("seed of the lot"), max_length=64, blank=True, default="")
    # Canonical JSON of what was decided and from what; its digest is in the event of the signing.
    record = models.TextField(blank=True, default="", editable=False)
    record_digest = models.CharField(max_length=64, blank=True, default="", editable=False)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = SittingQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "pk"]
        constraints = [
            one_of("sitting", "state", SittingState),
            one_of("sitting", "kind", states.SittingKind),
            at_and_by("sitting", "signed"),
            only_when("sitting", "signed_at_when_signed", Q(signed_at__isnull=False), Q(state=SIGNED)),
            models.CheckConstraint(condition=Q(signed_by=None) | ~Q(signed_by=F("chair")), name="sitting_signed_by_another"),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.held_on}".strip()

    def get_absolute_url(self) -> str:
        return reverse("grants:sitting", args=[self.pk])

    def offices_for(self, verb: str) -> tuple[uuid.UUID, ...]:
        """Whose locks apply: the office that runs the call; a second signatory of any office of the programme."""
        if verb == "grants.sign_decisions":
            return (self.call.office_id, *self.call.programme.programme_offices.values_list("office", flat=True))
        return (self.call.office_id,)

    @verb(moves={PLANNED: OPEN}, label=_("Open the sitting"), needs=(rules.blockers_to_open_sitting,))
    def open_sitting(self) -> None:
        pass

    @verb(moves={OPEN: SIGNED}, label=_("Sign the decisions"), signs="sign_decisions", needs=(rules.blockers_to_sign_decisions,))
    def sign_decisions(self, *, at: Any, by: Any) -> None:
        self.signed_at, self.signed_by = at, by

    verbs = (
        creates("plan_sitting", label=_("Plan a sitting")),
        still("change_sitting", label=_("Change the sitting"), sources=PLANNED),
        still("put_on_agenda", label=_("Put on the agenda"), sources=PLANNED),
        still("take_off_agenda", label=_("Take off the agenda"), sources=(PLANNED, OPEN)),
        still("invite_juror", label=_("Invite a juror"), sources=(PLANNED, OPEN)),
        still("name_substitute", label=_("Name a substitute"), sources=(PLANNED, OPEN)),
        still("undertake", label=_("Read and sign the undertaking"), sources=(PLANNED, OPEN)),
        still("seat_jury", label=_("Seat the jury"), sources=(PLANNED, OPEN)),
        still("draw_lots", label=_("Draw the order of hearing"), sources=PLANNED),
        still("write_decision", label=_("Write a decision"), sources=OPEN),
        still("propose_decisions", label=_("Propose the decisions"), sources=OPEN, needs=(rules.blockers_to_propose_decisions,)),
    )

    @classmethod
    def load_facts(cls, rows: Any) -> Mapping[uuid.UUID, rules.SittingFacts]:
        """What the rules ask of sittings, in at most five queries for any number of them."""
        from grants.models.facts import facts_of_sittings

        return facts_of_sittings(rows)


class AgendaItem(models.Model):
    """A pitch on the agenda of a sitting, in the order drawn; heard, or the candidate did not come."""

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="agenda")
    pitch = models.ForeignKey("grants.Pitch", on_delete=models.PROTECT, related_name="agenda_items")
    position = models.PositiveSmallIntegerField(default=0)
    heard_at = models.DateTimeField(null=True, blank=True)
    absent_at = models.DateTimeField(null=True, blank=True)
    # Of this hearing: a pitch that is heard again is blind again, and what was opened the first time stays open.
    released_at = models.DateTimeField(null=True, blank=True)
    taken_off_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["sitting", "position", "pk"]
        constraints = [
            # A pitch is on one agenda at a time.
            models.UniqueConstraint(
                fields=["pitch"], condition=Q(taken_off_at=None, decided_at=None), name="agendaitem_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(heard_at=None) | Q(absent_at=None), name="agendaitem_heard_or_absent"),
        ]

    def __str__(self) -> str:
        return str(self.position)


class JuryMember(models.Model):
    """Somebody who sits in a jury for an institution: the undertaking, the languages, and how much they can read."""

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="jury_memberships")
    institution = models.CharField(_("institution"), max_length=120)
    languages = models.JSONField(_("reads"), default=list, blank=True)
    max_load = models.PositiveSmallIntegerField(_("at most so many pitches"), null=True, blank=True)
    # What equal numbers share, kept to find conflicts; the numbers themselves are not.
    phone_index = models.CharField(max_length=64, blank=True, default="", editable=False)
    account_index = models.CharField(max_length=64, blank=True, default="", editable=False)
    undertaken_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    substitute_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="substitutes")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["sitting", "user"], name="jurymember_once_a_sitting")]

    def __str__(self) -> str:
        return self.institution


class SeatQuerySet(models.QuerySet["Seat"]):
    """Seats. Every read starts from `visible_to`."""

    def visible_to(self, user: Any) -> "SeatQuerySet":
        """One's own, and those of the sittings that one chairs or runs. What a seat has scored is `Score.visible_to`'s to say."""
        where = scope_of(user).offices("grant_officer")
        if where == EVERYWHERE:
            return self
        seen = Q(member__user=user.pk) | Q(member__sitting__chair=user.pk) | Q(member__sitting__call__office__in=where)
        return self.filter(seen)

    def of(self, user: Any) -> "SeatQuerySet":
        """This juror's own."""
        return self.filter(member__user=user.pk, member__left_at=None)

    def held(self) -> "SeatQuerySet":
        """Not left."""
        return self.filter(left_at=None)

    def running(self) -> "SeatQuerySet":
        """Held in a sitting that is not signed: an earlier hearing of the same pitch plays no part in this one."""
        return self.held().filter(member__sitting__signed_at=None)


class Seat(AggregateRoot):
    """One juror hears one pitch: declared free of conflict, scored, absent, or left.

    A stream of its own: what a juror does moves neither the version nor the story of the pitch, where others could read it.
    """

    stream_kind: ClassVar[str] = "seat"

    pitch = models.ForeignKey("grants.Pitch", on_delete=models.CASCADE, related_name="seats")
    member = models.ForeignKey(JuryMember, on_delete=models.PROTECT, related_name="seats")
    seated_at = models.DateTimeField()
    declared_at = models.DateTimeField(_("declared free of conflict at"), null=True, blank=True)
    # A likeness that the juror is asked about: "name", "place".
    asked_about = models.CharField(max_length=20, blank=True, default="")
    scored_at = models.DateTimeField(null=True, blank=True)
    absent_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    conflict = models.CharField(max_length=20, choices=states.Conflict.choices, blank=True, default="")

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["pitch", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["pitch", "member"], name="seat_once"),
            models.CheckConstraint(condition=Q(scored_at=None) | Q(declared_at__isnull=False), name="seat_declared_before_scored"),
            models.CheckConstraint(condition=Q(scored_at=None) | Q(absent_at=None), name="seat_scored_or_absent"),
            one_of("seat", "conflict", ["", *states.Conflict]),
        ]

    def __str__(self) -> str:
        return str(self.pitch)

    def get_absolute_url(self) -> str:
        return reverse("grants:score_pitch", args=[self.pk])

    def offices_for(self, verb: str) -> tuple[uuid.UUID, ...]:
        """Whose locks apply: the office that runs the call, whichever wrote the pitch."""
        return (self.pitch.call.office_id,)

    verbs = (
        still("declare", label=_("I have no part in it"), needs=(rules.blockers_to_declare,)),
        still("declare_conflict", label=_("I know this person"), needs=(rules.blockers_to_leave_a_seat,)),
        still("recuse", label=_("Leave this pitch"), needs=(rules.blockers_to_leave_a_seat,)),
        still("score_pitch", label=_("Hand in my scores"), needs=(rules.blockers_to_score_pitch,)),
        still("record_absence", label=_("This juror was not there"), needs=(rules.blockers_to_record_absence,)),
        still("replace_juror", label=_("Give the seat to another"), needs=(rules.blockers_to_leave_a_seat,)),
    )

    @classmethod
    def load_facts(cls, rows: Any) -> Mapping[uuid.UUID, rules.SeatFacts]:
        """What the rules ask of seats: one query for any number of them."""
        from grants.models.facts import facts_of_seats

        return facts_of_seats(rows)


class ScoreQuerySet(models.QuerySet["Score"]):
    """Scores. Every read starts from `visible_to`: before release, nobody learns another's."""

    def visible_to(self, user: Any) -> "ScoreQuerySet":
        """One's own; after release, those of the pitches whose sitting one chairs, sits in, or runs. No caseworker reads one."""
        own = Q(seat__member__user=user.pk)
        released = models.Exists(
            AgendaItem.objects.filter(
                sitting=models.OuterRef("seat__member__sitting"), pitch=models.OuterRef("seat__pitch"), released_at__isnull=False
            )
        )
        at_the_table = Q(seat__member__sitting__chair=user.pk) | Q(
            seat__member__sitting__in=Sitting.objects.filter(members__user=user.pk, members__left_at=None).values("pk")
        )
        where = scope_of(user).offices("grant_officer")
        if where == EVERYWHERE:
            return self.filter(own | released)
        return self.filter(own | (released & (at_the_table | Q(seat__pitch__call__office__in=where))))


class Score(models.Model):
    """What one juror gave one criterion of one pitch: 1 to 5, or *cannot judge* with why; words at the extremes."""

    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey("grants.Criterion", on_delete=models.PROTECT, related_name="scores")
    level = models.PositiveSmallIntegerField(_("level"), null=True, blank=True)
    cannot_judge = models.CharField(
        _("cannot judge, because"), max_length=20, choices=states.CannotJudge.choices, blank=True, default=""
    )
    words = models.TextField(_("in words"), blank=True, default="")

    objects = ScoreQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seat", "criterion"], name="score_once"),
            models.CheckConstraint(condition=Q(level=None) | Q(level__gte=1, level__lte=5), name="score_from_1_to_5"),
            only_when("score", "level_or_cannot_judge", Q(level=None), ~Q(cannot_judge="")),
            models.CheckConstraint(condition=~Q(level__in=[1, 5]) | ~Q(words=""), name="score_words_at_the_extremes"),
        ]

    def __str__(self) -> str:
        return str(self.level or self.get_cannot_judge_display())


class PaperSheet(models.Model):
    """A sheet filled in by hand, known by its code: entered by one, compared with another's entry, then taken as the scores."""

    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="sheets")
    code = models.CharField(max_length=12, unique=True)
    printed_at = models.DateTimeField()
    first_entry = models.JSONField(default=dict, blank=True)
    first_at = models.DateTimeField(null=True, blank=True)
    first_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    second_entry = models.JSONField(default=dict, blank=True)
    second_at = models.DateTimeField(null=True, blank=True)
    second_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            at_and_by("papersheet", "first"),
            at_and_by("papersheet", "second"),
            models.CheckConstraint(condition=Q(second_by=None) | ~Q(second_by=F("first_by")), name="papersheet_entered_by_two"),
        ]

    def __str__(self) -> str:
        return self.code
