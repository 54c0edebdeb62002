"""One time of asking, what it counts from, how it was asked, and what was answered.

Answers are read by follow-up staff alone, and item by item by the caseworker where the person said yes (promise 5.3).
"""

import datetime as dt
import secrets
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.scope import scope_of
from casework.models import Barred, Case, Reach
from casework.models.ties import number_of
from casework.states import Reached
from monitoring import rules, states
from monitoring.states import (
    ANSWERED,
    ENDED,
    INTERVIEWING,
    INVITED,
    MISSED,
    OPEN,
    PARTLY_ANSWERED,
    PLANNED,
    REFUSED,
    STOPPED,
    TAKEN_BACK,
    WAIVED,
    RoundState,
    Way,
    Why,
)
from workflows import clock
from workflows.encryption import EncryptedTextField, blind_index
from workflows.machine import SAME, AggregateRoot, Returned, StateField, creates, still, verb


class Schedule(models.Model):
    """What the rounds of a case count from: a fact of one kind, with its date."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="schedules")
    kind = models.CharField(max_length=10, choices=states.AnchorKind.choices)
    anchor_on = models.DateField()
    planned_at = models.DateTimeField(default=clock.now)
    # The fact is no longer so (a placement was struck, or did not last): nothing new is asked from it.
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "kind"], name="schedule_one_a_kind"),
            models.CheckConstraint(condition=Q(kind__in=states.AnchorKind.values), name="schedule_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.anchor_on}"


class RoundQuerySet(models.QuerySet["Round"]):
    def visible_to(self, user: Any) -> "RoundQuerySet":
        """The rounds of the files that this user may see."""
        return self.filter(case__in=Case.objects.visible_to(user).values("pk"))

    def not_barring(self, user: Any) -> "RoundQuerySet":
        """Without those of people who named this user as somebody who must not open their file (promise 5.18)."""
        return self.exclude(Exists(Barred.objects.filter(person=OuterRef("case__person"), user=user.pk)))

    def open(self) -> "RoundQuerySet":
        """Not ended."""
        return self.filter(state__in=OPEN)

    def waiting_for_dispatch(self, at: dt.datetime) -> "RoundQuerySet":
        """Open rounds whose next step is due, in the order of their turn; one asked with another waits for that one."""
        return self.open().filter(next_step_at__lte=at, asked_with=None).order_by("next_step_at", "pk")

    def to_call(self) -> "RoundQuerySet":
        """On the caseworkers' list of calls: to be asked by voice, or answered on a shared telephone with questions left."""
        left = Q(state__in=(ANSWERED, PARTLY_ANSWERED), left_for_voice=True, closes_on__gte=clock.today())
        return self.filter(Q(state=INTERVIEWING) | left, asked_with=None)

    def with_attempts(self) -> "RoundQuerySet":
        """Each with `tries`, the number of attempts, and `last_try`, what came of the last."""
        attempts = Attempt.objects.filter(round=OuterRef("pk"))
        last = attempts.order_by("-at", "-pk")
        return self.annotate(
            tries=number_of(attempts),
            last_try=Subquery(last.values("outcome")[:1]),
            last_try_at=Subquery(last.values("at")[:1]),
        )

    def by_state(self) -> dict[str, int]:
        """How many stand in each state, every state named. The identity: all = open + the six ends."""
        found = dict(self.order_by().values_list("state").annotate(Count("pk")))
        return {state: found.get(state, 0) for state in RoundState.values}


class Round(AggregateRoot):
    """One time of asking one person, so many months after something happened."""

    stream_kind = "round"

    state = StateField(RoundState, default=PLANNED)
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="rounds")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="rounds")
    months = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    opens_on = models.DateField()
    closes_on = models.DateField()
    moved_from = models.DateField(null=True, blank=True)
    # When dispatch looks at it next. No state and no promise: a nudge that can be computed anew.
    next_step_at = models.DateTimeField()
    # Null: nobody has asked yet. What ends like this is *missed, not asked*, never *not reached*.
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_with = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="counts_for")
    reminders = models.PositiveSmallIntegerField(default=0)
    # What it asks, name → version, fixed when it is first asked: kept answers are read by the wording they were given to.
    instruments = models.JSONField(default=dict, blank=True)
    # Sensitive questions that the page did not show, because the telephone is shared: a voice asks them (promise 5.6).
    left_for_voice = models.BooleanField(default=False)
    how = models.CharField(max_length=6, choices=Way.choices, blank=True, default="")
    why = models.CharField(max_length=20, choices=Why.choices, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["schedule", "months"], name="round_once_a_schedule"),
            models.CheckConstraint(condition=Q(state__in=RoundState.values), name="round_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, ended_at=None) | Q(state__in=ENDED, ended_at__isnull=False),
                name="round_ended_at_when_ended",
            ),
            models.CheckConstraint(condition=Q(state__in=OPEN, why="") | Q(state__in=ENDED), name="round_why_when_ended"),
            models.CheckConstraint(
                condition=~Q(state__in=[MISSED, WAIVED, STOPPED, REFUSED]) | ~Q(why=""), name="round_end_says_why"
            ),
            models.CheckConstraint(condition=~Q(state__in=[ANSWERED, PARTLY_ANSWERED]) | ~Q(how=""), name="round_answer_says_how"),
            models.CheckConstraint(condition=~Q(why=Why.NOT_ASKED) | Q(asked_at=None), name="round_not_asked_was_not"),
            models.CheckConstraint(
                condition=~Q(why=Why.NOT_REACHED) | Q(asked_at__isnull=False), name="round_not_reached_was_asked"
            ),
            models.CheckConstraint(
                condition=Q(opens_on__lte=F("due_on"), closes_on__gt=F("due_on")), name="round_window_around_its_day"
            ),
            models.CheckConstraint(condition=~Q(asked_with=F("id")), name="round_not_asked_with_itself"),
        ]
        indexes = [
            # Dispatch: whose turn is it?
            models.Index(fields=["next_step_at", "id"], condition=Q(state__in=OPEN), name="round_next_step"),
            # The report: what was due in a period, and how it ended.
            models.Index(fields=["due_on", "state"], name="round_due"),
            models.Index(fields=["case", "due_on"], name="round_of_case"),
        ]

    def __str__(self) -> str:
        return f"{self.months} m · {self.due_on}"

    @classmethod
    def load_facts(cls, rows: Sequence["Round"]) -> Mapping[uuid.UUID, rules.RoundFacts]:
        """The rounds with their attempts through others and the file that they follow, in two queries for any number."""
        through = dict(
            Attempt.objects.filter(round__in=rows, through_another=True).order_by().values_list("round").annotate(Count("pk"))
        )
        cases = Case.objects.in_bulk({row.case_id for row in rows})
        return {row.pk: rules.RoundFacts(row, cases[row.case_id], through.get(row.pk, 0), clock.now()) for row in rows}

    @property
    def subject_person_id(self) -> uuid.UUID:
        """Whose data an opening of this round shows."""
        return self.case.person_id

    @property
    def office_id(self) -> uuid.UUID:
        """The office that answers for it: the case's."""
        return self.case.office_id

    @property
    def ended(self) -> bool:
        """Whether nothing more is done about it."""
        return self.ended_at is not None

    @property
    def asked(self) -> bool:
        """Whether the person was ever asked."""
        return self.asked_at is not None

    # ——— verbs that move the state ———

    @verb(moves={PLANNED: INVITED}, label=_("Invite"), said_by_machine=True)
    def invite(self, *, at: dt.datetime, next_step_at: dt.datetime) -> None:
        self.asked_at, self.next_step_at = self.asked_at or at, next_step_at

    @verb(
        moves={(PLANNED, INVITED): INTERVIEWING}, label=_("Put on the list of calls"), needs=(rules.blockers_after_following_ended,)
    )
    def hand_to_caseworker(self, *, next_step_at: dt.datetime) -> None:
        self.next_step_at = next_step_at

    @verb(
        moves={(INVITED, INTERVIEWING): Returned(ANSWERED, PARTLY_ANSWERED, REFUSED), (MISSED, PARTLY_ANSWERED): SAME},
        label=_("Send the answers"),
        said_by_machine=True,
    )
    def submit_answers(self, *, to: str, at: dt.datetime, why: str = "") -> str:
        return self._answered(to, Way.WEB, at, why)

    @verb(
        moves={OPEN: Returned(ANSWERED, PARTLY_ANSWERED, REFUSED), (ANSWERED, PARTLY_ANSWERED, MISSED): SAME},
        label=_("Record the talk"),
        needs=(rules.blockers_after_following_ended, rules.blockers_when_asked_with_another),
    )
    def record_interview(self, *, to: str, how: str, at: dt.datetime, why: str = "") -> str:
        if self.state in OPEN:
            self.asked_at = self.asked_at or at
        return self._answered(to, how, at, why)

    @verb(moves={(INVITED, INTERVIEWING): REFUSED}, label=_("Say no to this"), said_by_machine=True)
    def refuse(self, *, at: dt.datetime, why: str) -> None:
        self._end(at, why, how=Way.WEB)

    @verb(moves={(INVITED, INTERVIEWING): PARTLY_ANSWERED}, label=_("Close with what was answered"), said_by_machine=True)
    def keep_part(self, *, at: dt.datetime, how: str) -> None:
        self._end(at, Why.WINDOW_CLOSED, how=how)

    @verb(moves={OPEN: MISSED}, label=_("Close as missed"), said_by_machine=True)
    def miss(self, *, at: dt.datetime) -> None:
        self._end(at, Why.NOT_REACHED if self.asked else Why.NOT_ASKED)

    @verb(moves={OPEN: WAIVED}, label=_("Leave this one out"))
    def waive(self, *, at: dt.datetime, why: str) -> None:
        self._end(at, why)

    @verb(moves={OPEN: STOPPED}, label=_("Stop asking"), said_by_machine=True)
    def stop(self, *, at: dt.datetime, why: str) -> None:
        self._end(at, why)

    @verb(moves={PLANNED: Returned(*ENDED)}, label=_("Count with the other round"), said_by_machine=True)
    def count_with(self, *, lead: "Round") -> str:
        self.asked_at, self.instruments = lead.asked_at, lead.instruments
        assert lead.ended_at is not None
        self._end(lead.ended_at, lead.why, how=lead.how)
        return lead.state

    @verb(moves={TAKEN_BACK: PLANNED}, label=_("Take up again"), said_by_machine=True)
    def take_up(self, *, due_on: dt.date, opens_on: dt.date, closes_on: dt.date, next_step_at: dt.datetime) -> None:
        self.ended_at, self.why, self.how, self.asked_with, self.reminders = None, "", "", None, 0
        self.move_to(due_on, opens_on, closes_on, next_step_at)

    def _answered(self, to: str, how: str, at: dt.datetime, why: str) -> str:
        if self.state not in OPEN:
            # After the window: what was said is kept as late, and the round stays as it ended.
            return str(self.state)
        self._end(at, why, how=how)
        return to

    def _end(self, at: dt.datetime, why: str, *, how: str = "") -> None:
        self.ended_at, self.why, self.how = at, why, how

    def move_to(self, due_on: dt.date, opens_on: dt.date, closes_on: dt.date, next_step_at: dt.datetime) -> None:
        """Put the round on another day."""
        if self.due_on != due_on:
            self.moved_from = self.due_on
        self.due_on, self.opens_on, self.closes_on, self.next_step_at = due_on, opens_on, closes_on, next_step_at

    # ——— verbs that move none ———

    verbs = (
        creates("plan_round", label=_("Plan a round"), said_by_machine=True),
        still("move_round", label=_("Move with the date that it counts from"), sources=PLANNED, said_by_machine=True),
        still("ask_with", label=_("Ask together with another round"), sources=PLANNED, said_by_machine=True),
        still("remind", label=_("Remind"), sources=INVITED, said_by_machine=True),
        still(
            "save_answer", label=_("Keep an answer"), sources=(INVITED, INTERVIEWING, MISSED, PARTLY_ANSWERED), said_by_machine=True
        ),
        still("acknowledge_alarm", label=_("I am on it"), restricted=True),
        still(
            "log_attempt",
            label=_("Log a try"),
            sources=(INVITED, INTERVIEWING, ANSWERED, PARTLY_ANSWERED),
            needs=(rules.blockers_after_following_ended,),
        ),
    )


def new_token() -> str:
    """An opaque token for a link: 144 random bits."""
    return secrets.token_urlsafe(18)


def token_index(token: str) -> str:
    """What finds an invitation by the token of its link."""
    return blind_index(token, "invitation")


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def of_token(self, token: str) -> "Invitation | None":
        """The invitation whose link this is; None for one that was altered."""
        return (
            self.filter(token_index=token_index(token))
            .select_related("round__case__programme", "round__case__office", "reach")
            .first()
        )


class Invitation(models.Model):
    """One round put into somebody's hand as a link. It dies after the last answer, or when it expires."""

    # More sends than this in ten minutes are no person's thumb.
    POSTS_IN_TEN_MINUTES = 80

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="invitations")
    reach = models.ForeignKey(Reach, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    channel = models.CharField(max_length=10, default="email")
    language = models.CharField(max_length=10)
    token_index = models.CharField(max_length=32, unique=True)
    # Kept to be written into reminders; emptied when the link dies.
    token = EncryptedTextField(blank=True)
    sent_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    phone_is = models.CharField(max_length=12, choices=states.PhoneIs.choices, blank=True, default="")
    begun_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    posts = models.PositiveSmallIntegerField(default=0)
    posts_since = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round"], condition=Q(ended_at=None), name="invitation_one_alive_a_round")]

    def __str__(self) -> str:
        return f"{self.channel} {timezone.localtime(self.sent_at):%Y-%m-%d}"

    @property
    def alone(self) -> bool:
        """Whether sensitive questions may stand on the page: nobody else has this address or this telephone (promise 5.6)."""
        return bool(self.reach and self.reach.whose == Reach.Whose.MINE_ALONE) and self.phone_is == states.PhoneIs.MINE_ALONE

    def expired(self, at: dt.datetime) -> bool:
        """Whether the link's time is over."""
        return at >= self.expires_at

    def too_fast(self, at: dt.datetime) -> bool:
        """Count one more send; whether there were too many of them in ten minutes."""
        if self.posts_since is None or at - self.posts_since > dt.timedelta(minutes=10):
            self.posts, self.posts_since = 0, at
        self.posts += 1
        Invitation.objects.filter(pk=self.pk).update(posts=self.posts, posts_since=self.posts_since)
        return self.posts > self.POSTS_IN_TEN_MINUTES


class AnswerQuerySet(models.QuerySet["Answer"]):
    def counted(self) -> "AnswerQuerySet":
        """Those that came inside the window."""
        return self.filter(late=False)

    def shared(self) -> "AnswerQuerySet":
        """Those that the person let the caseworker read."""
        return self.filter(shared_with_caseworker=True)

    def readable_by(self, user: Any, case: Case) -> "AnswerQuerySet":
        """What this user may read of the case's answers: all for follow-up staff, the shared for its caseworker, else nothing."""
        mine, scope = self.filter(round__case=case), scope_of(user)
        if scope.reads("answers", case.office_id):
            return mine
        return mine.shared() if case.caseworker_id == user.pk and scope.holds("caseworker", case.office_id) else mine.none()


class Answer(models.Model):
    """What somebody answered to one item. A plain code where the database may count it; sealed where it is sensitive."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="answers")
    instrument = models.CharField(max_length=40)
    item = models.CharField(max_length=40)
    code = models.CharField(max_length=120, blank=True, default="")
    value = EncryptedTextField(blank=True, default="")
    declined = models.BooleanField(default=False)
    way = models.CharField(max_length=6, choices=Way.choices)
    at = models.DateTimeField(default=clock.now)
    late = models.BooleanField(default=False)
    shared_with_caseworker = models.BooleanField(default=False)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "instrument", "item"], name="answer_once_an_item"),
            models.CheckConstraint(condition=Q(declined=False) | Q(code="", value=""), name="answer_declined_says_nothing"),
        ]
        indexes = [
            # The report: how many gave which answer to an item.
            models.Index(fields=["instrument", "item", "code"], name="answer_of_item")
        ]

    def __str__(self) -> str:
        return self.item

    @property
    def said(self) -> str:
        """The code or the words, wherever they are kept."""
        return self.code or self.value


class Attempt(models.Model):
    """One try to reach somebody for a round, by hand."""

    MOST_THROUGH_OTHERS = rules.MOST_THROUGH_OTHERS

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reach = models.ForeignKey(Reach, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    way = models.CharField(max_length=6, choices=Way.choices, default=Way.PHONE)
    through_another = models.BooleanField(default=False)
    outcome = models.CharField(max_length=14, choices=Reached.choices)
    later_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(outcome=Reached.LATER) | Q(later_at=None), name="attempt_later_only_when_asked")
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {timezone.localtime(self.at):%Y-%m-%d}"


def whose_rounds(cases: Iterable[Any]) -> RoundQuerySet:
    """The rounds of these cases with their schedules, in the order of their days."""
    return Round.objects.filter(case__in=list(cases)).select_related("schedule").order_by("due_on", "months")
