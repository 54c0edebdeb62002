"""The file of one return: where it stands, who works on it, and every verb that it knows."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Office
from accounts.scope import EVERYWHERE, scope_of
from casework import rules, states
from casework.models.facts import facts_of
from casework.models.opening import Opening
from casework.models.person import Barred
from casework.models.services import Appointment
from casework.models.ties import StreamOf, at_and_by, one_of, only_when
from casework.states import (
    CLOSED,
    COUNSELLING,
    FUNDED,
    INTAKE,
    JOB_SEARCH,
    NOT_CLOSED,
    ON_HOLD,
    OPEN,
    PLACED,
    REFERRED,
    START_UP,
    TRAINING,
    WORKING,
    CaseState,
    Outcome,
)
from workflows.machine import SAME, AggregateRoot, Returned, StateField, creates, still, verb
from workflows.models import Task
from workflows.partial import PartialDateField


class CaseQuerySet(models.QuerySet["Case"]):
    """Cases, asked for in the caseworkers' words. Every read starts from `visible_to`."""

    def visible_to(self, user: Any) -> "CaseQuerySet":
        """Those of the user's offices, those offered to an office that the user supervises, and none that bar this user.

        A programme manager reads figures, never names: such a role alone sees no file.
        """
        scope = scope_of(user)
        offices = scope.sees_files_of()
        if offices == EVERYWHERE:
            seen = self
        else:
            seen = self.filter(Q(office__in=offices) | Q(offered_to__in=_listed(scope.offices("supervisor"))))
        return seen.not_barring(user)

    def nameless_to(self, user: Any) -> "CaseQuerySet":
        """Those of which the user knows the reference and where they stand; a name takes a stated purpose (promise 5.18 holds)."""
        offices = scope_of(user).where("casework.open_for_purpose")
        return (self if offices == EVERYWHERE else self.filter(office__in=offices)).not_barring(user)

    def opened_by(self, user: Any, *, at: dt.datetime) -> "CaseQuerySet":
        """Those that the user opened for a purpose and whose time is not over; still the user's to open, and still not barred."""
        running = Opening.objects.running(at=at).filter(user=user.pk, case=OuterRef("pk"))
        return self.nameless_to(user).filter(Exists(running))

    def not_barring(self, user: Any) -> "CaseQuerySet":
        """Without the files of people who named this user as somebody who must not open theirs."""
        return self.exclude(Exists(Barred.objects.filter(person=OuterRef("person"), user=user.pk)))

    def open(self) -> "CaseQuerySet":
        """Not closed; a case on hold is open in this sense."""
        return self.filter(closed_at=None)

    def closed(self) -> "CaseQuerySet":
        """Closed, whatever the outcome."""
        return self.exclude(closed_at=None)

    def in_state(self, *names: str) -> "CaseQuerySet":
        """In one of the states."""
        return self.filter(state__in=names)

    def of_caseworker(self, user: Any) -> "CaseQuerySet":
        """In this caseworker's hands."""
        return self.filter(caseworker=user)

    def without_caseworker(self) -> "CaseQuerySet":
        """Open and in nobody's hands."""
        return self.open().filter(caseworker=None)

    def quiet_since(self, day: dt.date) -> "CaseQuerySet":
        """Open, and no contact recorded since `day`; a referral that nobody met counts from its first day."""
        return self.open().filter(Q(last_contact_on__lt=day) | Q(last_contact_on=None, referred_on__lt=day))

    def overdue(self, *, on: dt.date) -> "CaseQuerySet":
        """Open with something whose day has passed: a task, a review of a hold, an appointment that nobody recorded."""
        past_task = Task.objects.filter(stream=StreamOf("case", OuterRef("pk")), done_at=None, due_on__lt=on)
        past_talk = Appointment.objects.booked().filter(case=OuterRef("pk"), starts_at__date__lt=on)
        return self.open().filter(Q(review_on__lt=on) | Exists(past_task) | Exists(past_talk))


def _listed(offices: Any) -> Any:
    """The office ids as a filter takes them; EVERYWHERE is a query of its own."""
    return Office.objects.all() if offices == EVERYWHERE else offices


class Case(AggregateRoot):
    """One return of one person: what was asked, agreed, done, and how it ended."""

    stream_kind = "case"

    person = models.ForeignKey("casework.Person", on_delete=models.PROTECT, related_name="cases")
    programme = models.ForeignKey("casework.Programme", on_delete=models.PROTECT, related_name="cases")
    office = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="cases")
    caseworker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="caseload"
    )
    offered_to = models.ForeignKey("accounts.Office", null=True, blank=True, on_delete=models.PROTECT, related_name="cases_offered")

    reference = models.CharField(_("reference"), max_length=40)
    sender = models.CharField(_("sender"), max_length=120, blank=True)
    sender_reference = models.CharField(_("reference of the sender"), max_length=60, blank=True)
    referred_on = models.DateField(_("referred on"))

    state = StateField(CaseState, default=REFERRED)
    state_since = models.DateField()
    path = models.CharField(_("path"), max_length=20, choices=states.Path.choices, blank=True, default="")
    return_as_sent = models.CharField(
        _("return, as the sender wrote it"), max_length=20, choices=states.ReturnAsSent.choices, blank=True, default=""
    )
    return_as_told = models.CharField(
        _("return, as the person tells it"), max_length=20, choices=states.ReturnAsTold.choices, blank=True, default=""
    )
    host_country = models.CharField(_("host country"), max_length=2, blank=True)
    expected_arrival = PartialDateField(_("expected arrival"))
    arrived_on = PartialDateField(_("arrived on"))

    counselling_since = models.DateField(null=True, blank=True)
    last_contact_on = models.DateField(null=True, blank=True)

    held_from = models.CharField(max_length=30, choices=CaseState.choices, blank=True, default="")
    hold_reason = models.CharField(max_length=20, choices=states.HoldReason.choices, blank=True, default="")
    review_on = models.DateField(null=True, blank=True)

    closed_at = models.DateTimeField(null=True, blank=True)
    closed_from = models.CharField(max_length=30, choices=CaseState.choices, blank=True, default="")
    outcome = models.CharField(max_length=30, choices=Outcome.choices, blank=True, default="")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_cases")
    erased_at = models.DateTimeField(null=True, blank=True)

    died_on = PartialDateField(_("date of death"))
    death_recorded_at = models.DateTimeField(null=True, blank=True)
    death_recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    death_confirmed_at = models.DateTimeField(null=True, blank=True)
    death_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CaseQuerySet.as_manager()

    opened: "Opening | None" = None
    """The opening for a purpose under which this row is held by its reader; never stored."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "reference"], name="case_reference_once_a_programme"),
            models.UniqueConstraint(
                fields=["programme", "sender", "sender_reference"],
                condition=~Q(sender_reference=""),
                name="case_sender_reference_once",
            ),
            one_of("case", "state", CaseState),
            one_of("case", "outcome", ["", *Outcome]),
            only_when("case", "closed_at_when_closed", Q(closed_at__isnull=False), Q(state=CLOSED)),
            only_when("case", "outcome_when_closed", ~Q(outcome=""), Q(state=CLOSED)),
            only_when("case", "held_from_on_hold", ~Q(held_from=""), Q(state=ON_HOLD)),
            only_when("case", "review_on_hold", Q(review_on__isnull=False), Q(state=ON_HOLD)),
            models.CheckConstraint(condition=Q(held_from__in=["", *OPEN]), name="case_held_from_an_open_state"),
            at_and_by("case", "death_recorded"),
            at_and_by("case", "death_confirmed"),
            models.CheckConstraint(
                condition=Q(death_confirmed_at=None) | Q(death_recorded_at__isnull=False),
                name="case_death_recorded_before_confirmed",
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="case_not_merged_into_itself"),
        ]
        indexes = [
            # The queue: one office's cases, a page by key, newest change first; filtered by state.
            models.Index(fields=["office", "state", "-state_since", "id"], name="case_queue"),
            models.Index(fields=["office", "-state_since", "id"], name="case_queue_all"),
            # My day and the caseload.
            models.Index(fields=["caseworker", "state"], condition=Q(closed_at=None), name="case_open_caseload"),
            # Files that have been quiet.
            models.Index(fields=["office", "last_contact_on"], condition=Q(closed_at=None), name="case_quiet"),
            # Search: "the file whose reference begins with …", the office's own or the sender's.
            models.Index(fields=["reference"], name="case_search_reference", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["sender_reference"], name="case_search_sender", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["offered_to"], condition=Q(offered_to__isnull=False), name="case_offered"),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return rules.page("case", self.pk)

    @property
    def subject_person_id(self) -> uuid.UUID:
        """Whose data an opening of this file shows."""
        return self.person_id

    @property
    def is_open(self) -> bool:
        """Whether anybody still works on it; on hold is open."""
        return self.closed_at is None

    @property
    def dead(self) -> bool:
        """Whether a death is on record, confirmed or not: nothing goes out from then on."""
        return self.death_recorded_at is not None

    def offices_for(self, verb: str) -> tuple[uuid.UUID, ...]:
        """Whose locks apply: the office where the case is; an offer is answered by the one it is offered to, or taken back."""
        if self.offered_to_id and verb == "casework.accept_transfer":
            return (self.offered_to_id,)
        if self.offered_to_id and verb == "casework.return_transfer":
            return (self.offered_to_id, self.office_id)
        return (self.office_id,)

    def still_stands(self, proposal: Any) -> bool:
        """A proposed plan stands until it is written anew; any other proposal until anything happens in the file."""
        if proposal.what == "approve_plan":
            return self.plans.drafts().filter(pk=proposal.payload["plan"]).exists()
        return super().still_stands(proposal)

    # ——— verbs that move the state ———

    @verb(moves={REFERRED: INTAKE}, label=_("Open intake"), needs=(rules.blockers_after_a_death, rules.blockers_to_open_intake))
    def open_intake(self, *, on: dt.date) -> None:
        self.state_since = on

    @verb(moves={REFERRED: CLOSED}, label=_("Decline referral"), needs=(rules.blockers_after_a_death, rules.blockers_while_offered))
    def decline_referral(self, *, outcome: str, at: dt.datetime, on: dt.date) -> None:
        self._close(outcome, at, on)

    @verb(
        moves={REFERRED: CLOSED}, label=_("Record “not departed”"),
        needs=(rules.blockers_after_a_death, rules.blockers_to_record_not_departed, rules.blockers_while_offered),
    )  # fmt: skip
    def record_not_departed(self, *, at: dt.datetime, on: dt.date) -> None:
        self._close(Outcome.DID_NOT_DEPART, at, on)

    @verb(
        moves={INTAKE: COUNSELLING},
        label=_("Begin counselling"),
        needs=(rules.blockers_after_a_death, rules.blockers_to_begin_counselling),
    )
    def begin_counselling(self, *, on: dt.date) -> None:
        self.state_since = on
        self.counselling_since = self.counselling_since or on

    @verb(
        moves={(COUNSELLING, JOB_SEARCH): TRAINING},
        label=_("Start training"),
        needs=(rules.blockers_after_a_death, rules.blockers_to_start_training),
    )
    def start_training(self, *, on: dt.date) -> None:
        self.state_since = on

    @verb(
        moves={(COUNSELLING, TRAINING): JOB_SEARCH}, label=_("Begin job search"),
        needs=(rules.blockers_after_a_death, rules.blockers_to_begin_job_search),
    )  # fmt: skip
    def begin_job_search(self, *, on: dt.date) -> None:
        self.state_since = on

    @verb(
        moves={(COUNSELLING, TRAINING, JOB_SEARCH, START_UP): PLACED, (PLACED, FUNDED): SAME}, label=_("Record placement"),
        needs=(rules.blockers_after_a_death,),
    )  # fmt: skip
    def record_placement(self, *, on: dt.date) -> None:
        if self.state not in (PLACED, FUNDED):
            self.state_since = on

    @verb(
        moves={PLACED: Returned(PLACED, JOB_SEARCH), tuple(s for s in states.EVERY if s != PLACED): SAME}, label=_("End placement"),
        needs=(rules.blockers_to_end_placement,),
    )  # fmt: skip
    def end_placement(self, *, another_runs: bool, on: dt.date) -> str:
        if self.state != PLACED or another_runs:
            return PLACED
        self.state_since = on
        return JOB_SEARCH

    @verb(
        moves={(COUNSELLING, TRAINING, JOB_SEARCH, PLACED): START_UP}, label=_("Begin start-up"),
        needs=(rules.blockers_after_a_death, rules.blockers_to_begin_start_up),
    )  # fmt: skip
    def begin_start_up(self, *, on: dt.date) -> None:
        self.state_since = on

    @verb(
        moves={states.PAID_INTO: FUNDED, (REFERRED, INTAKE, FUNDED, ON_HOLD, CLOSED): SAME},
        label=_("Record the first payment"), said_by_machine=True,
    )  # fmt: skip
    def record_first_payment(self, *, on: dt.date) -> None:
        if self.held_from in states.PAID_INTO:
            self.held_from = FUNDED
        elif self.state in states.PAID_INTO:
            self.state_since = on

    @verb(
        moves={(TRAINING, JOB_SEARCH, PLACED, START_UP, FUNDED): COUNSELLING}, label=_("Back to counselling"),
        needs=(rules.blockers_after_a_death,),
    )  # fmt: skip
    def back_to_counselling(self, *, on: dt.date) -> None:
        self.state_since = on

    @verb(moves={OPEN: ON_HOLD}, label=_("Put on hold"), needs=(rules.blockers_after_a_death, rules.blockers_while_offered))
    def put_on_hold(self, *, reason: str, review_on: dt.date, on: dt.date) -> None:
        self.held_from = self.state
        self.hold_reason, self.review_on, self.state_since = reason, review_on, on

    @verb(moves={ON_HOLD: Returned(*OPEN)}, label=_("Resume"), needs=(rules.blockers_after_a_death,))
    def resume(self, *, to: str, on: dt.date) -> str:
        self.held_from, self.hold_reason, self.review_on, self.state_since = "", "", None, on
        return to

    @verb(moves={NOT_CLOSED: CLOSED}, label=_("Close case"), needs=(rules.blockers_after_a_death, rules.blockers_while_offered))
    def close_case(self, *, outcome: str, at: dt.datetime, on: dt.date) -> None:
        self._close(outcome, at, on)

    @verb(
        moves={NOT_CLOSED: CLOSED}, label=_("Sign the closing"), signs="close_case",
        needs=(rules.blockers_after_a_death, rules.blockers_while_offered),
    )  # fmt: skip
    def sign_closing(self, *, outcome: str, at: dt.datetime, on: dt.date) -> None:
        self._close(outcome, at, on)

    @verb(
        moves={NOT_CLOSED: CLOSED}, label=_("Close as merged"), needs=(rules.blockers_after_a_death, rules.blockers_while_offered)
    )
    def close_as_merged(self, *, into: "Case", at: dt.datetime, on: dt.date) -> None:
        self.merged_into = into
        self._close(Outcome.MERGED, at, on)

    @verb(moves={(*NOT_CLOSED, CLOSED): CLOSED}, label=_("Confirm the death"), needs=(rules.blockers_to_confirm_death,))
    def confirm_death(self, *, by: Any, at: dt.datetime, on: dt.date) -> None:
        self.death_confirmed_at, self.death_confirmed_by_id = at, by.pk
        if self.state != CLOSED:
            self._close(Outcome.DECEASED, at, on)

    @verb(moves={CLOSED: Returned(INTAKE, COUNSELLING)}, label=_("Reopen case"), needs=(rules.blockers_to_reopen_case,))
    def reopen_case(self, *, on: dt.date) -> str:
        self.closed_at, self.outcome, self.closed_from, self.state_since = None, "", "", on
        self.forget_death()
        return COUNSELLING if self.counselling_since else INTAKE

    @verb(
        moves={PLACED: Returned(*WORKING), tuple(s for s in states.EVERY if s != PLACED): SAME}, label=_("Correct placement"),
        needs=(rules.blockers_to_correct_placement,),
    )  # fmt: skip
    def correct_placement(self, *, to: str, on: dt.date) -> str:
        if to != self.state:
            self.state_since = on
        return to

    def _close(self, outcome: str, at: dt.datetime, on: dt.date) -> None:
        self.closed_from = self.held_from or self.state
        self.outcome, self.closed_at, self.state_since = outcome, at, on
        self.held_from, self.hold_reason, self.review_on = "", "", None

    def forget_death(self) -> None:
        """Take the record of a death off the case: it was another person, or the office was told wrong."""
        self.died_on = None
        self.death_recorded_at = self.death_recorded_by = self.death_confirmed_at = self.death_confirmed_by = None

    def met(self, on: dt.date) -> None:
        """The person was spoken to on this day."""
        self.last_contact_on = max(filter(None, (self.last_contact_on, on)))

    # ——— verbs that move none ———

    verbs = (
        creates("refer", label=_("Refer")),
        still(
            "confirm_arrival",
            label=_("Confirm arrival"),
            sources=REFERRED,
            needs=(rules.blockers_after_a_death, rules.blockers_to_confirm_arrival),
        ),
        still("correct_arrival", label=_("Correct arrival"), needs=(rules.blockers_to_correct_arrival,)),
        still("assign_caseworker", label=_("Assign caseworker"), sources=NOT_CLOSED),
        still(
            "offer_transfer",
            label=_("Offer transfer"),
            sources=NOT_CLOSED,
            needs=(rules.blockers_after_a_death, rules.blockers_while_offered),
        ),
        still("accept_transfer", label=_("Accept transfer"), sources=NOT_CLOSED, needs=(rules.blockers_unless_offered,)),
        still("return_transfer", label=_("Return transfer"), sources=NOT_CLOSED, needs=(rules.blockers_unless_offered,)),
        still("give_first_aid", label=_("Give first aid"), sources=NOT_CLOSED),
        # the plan
        still("draft_plan", label=_("Write the plan"), sources=(INTAKE, *WORKING), needs=(rules.blockers_after_a_death,)),
        still(
            "approve_plan",
            label=_("Approve the plan"),
            sources=(INTAKE, *WORKING),
            signs="approve_plan",
            needs=(rules.blockers_after_a_death, rules.blockers_to_approve_plan),
        ),
        still(
            "agree_plan",
            label=_("Agree the plan"),
            sources=WORKING,
            needs=(rules.blockers_after_a_death, rules.blockers_to_agree_plan),
        ),
        still("keep_promise", label=_("Mark a promise kept"), needs=(rules.blockers_without_promises,)),
        still(
            "turn_down_proposal",
            label=_("Turn the proposal down"),
            sources=NOT_CLOSED,
            needs=(rules.blockers_without_proposal,),
        ),
        # talks
        still("book_session", label=_("Book a talk"), sources=NOT_CLOSED, needs=(rules.blockers_after_a_death,)),
        still("cancel_session", label=_("Cancel a talk"), needs=(rules.blockers_without_appointments,)),
        still("record_session", label=_("Record a talk"), sources=NOT_CLOSED),
        still("record_no_show", label=_("Record “did not come”"), sources=NOT_CLOSED, needs=(rules.blockers_without_appointments,)),
        still("correct_session", label=_("Correct a talk"), needs=(rules.blockers_without_sessions,)),
        still("log_attempt", label=_("Log an attempt"), sources=NOT_CLOSED, needs=(rules.blockers_after_a_death,)),
        # skills and training
        still("record_profile", label=_("Record skills"), sources=NOT_CLOSED),
        still("enrol", label=_("Enrol"), sources=OPEN, needs=(rules.blockers_after_a_death, rules.blockers_without_plan)),
        still(
            "confirm_enrolment", label=_("Confirm the place"), sources=NOT_CLOSED, needs=(rules.blockers_without_enrolment_asked,)
        ),
        still("record_attendance", label=_("Record attendance"), sources=NOT_CLOSED, needs=(rules.blockers_without_enrolment,)),
        still("complete_course", label=_("Complete course"), sources=NOT_CLOSED, needs=(rules.blockers_without_enrolment,)),
        still("drop_out", label=_("Record “dropped out”"), sources=NOT_CLOSED, needs=(rules.blockers_without_enrolment,)),
        still("correct_enrolment", label=_("Correct enrolment"), needs=(rules.blockers_without_any_enrolment,)),
        # work
        still(
            "apply_for_vacancy",
            label=_("Apply for a vacancy"),
            sources=OPEN,
            needs=(rules.blockers_after_a_death, rules.blockers_without_plan),
        ),
        still(
            "record_employer_answer",
            label=_("Record the employer’s answer"),
            sources=NOT_CLOSED,
            needs=(rules.blockers_without_application,),
        ),
        still("confirm_placement", label=_("Confirm placement"), needs=(rules.blockers_to_end_placement,)),
        # papers and money
        still("add_document", label=_("Add a paper")),
        still("book_cost", label=_("Book a cost")),
        still("correct_cost", label=_("Correct a cost"), needs=(rules.blockers_without_costs,)),
        # days and tasks
        still("set_last_day", label=_("Set a last day"), sources=NOT_CLOSED),
        still("write_note", label=_("Write a note")),
        still("add_task", label=_("Add a task"), sources=NOT_CLOSED),
        still("complete_task", label=_("Complete a task"), needs=(rules.blockers_without_tasks,)),
        # endings
        still(
            "propose_closing",
            label=_("Propose closing"),
            sources=NOT_CLOSED,
            needs=(rules.blockers_after_a_death, rules.blockers_while_offered),
        ),
        still("record_death", label=_("Record a death"), needs=(rules.blockers_to_record_death,)),
        still("undo_death", label=_("Undo the record of a death"), needs=(rules.blockers_to_undo_death,)),
    )

    # ——— what the rules ask ———

    @classmethod
    def load_facts(cls, rows: Sequence["Case"]) -> Mapping[uuid.UUID, rules.CaseFacts]:
        """The facts of any number of cases, in one query beside the rows in hand."""
        return facts_of(rows)
