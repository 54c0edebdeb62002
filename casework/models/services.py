"""What one person receives: talks, first aid, courses. They run beside the state of the case."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework import states
from casework.models.ties import CURRENCY, at_and_by, not_negative, one_of
from workflows.encryption import EncryptedTextField
from workflows.machine import AggregateRoot, creates, still


class Correctable(models.Model):
    """A row that somebody wrote down, and that may turn out to be recorded by mistake: it is struck out, never deleted."""

    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    struck_at = models.DateTimeField(null=True, blank=True)
    struck_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    mistake = models.CharField(max_length=20, choices=states.Mistake.choices, blank=True, default="")

    class Meta:
        abstract = True


class StandingQuerySet(models.QuerySet):
    def standing(self) -> "StandingQuerySet":
        """Without what was struck out as a mistake."""
        return self.filter(struck_at=None)


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def booked(self) -> "AppointmentQuerySet":
        """Still to be held, or past and not recorded yet."""
        return self.filter(state=states.AppointmentState.BOOKED)


class Appointment(models.Model):
    """A talk that is booked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("casework.Case", on_delete=models.CASCADE, related_name="appointments")
    starts_at = models.DateTimeField(_("when"))
    minutes = models.PositiveSmallIntegerField(_("how long"), default=45)
    how = models.CharField(_("how"), max_length=10, choices=states.Meeting.choices, default=states.Meeting.OFFICE)
    place = models.CharField(_("where"), max_length=120, blank=True)
    about = models.CharField(_("about"), max_length=120, blank=True)
    bring = models.CharField(_("what you bring"), max_length=200, blank=True)
    interpreter = models.CharField(_("interpreter"), max_length=80, blank=True)
    with_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("with")
    )
    state = models.CharField(max_length=10, choices=states.AppointmentState.choices, default=states.AppointmentState.BOOKED)
    no_show_reason = models.CharField(max_length=20, choices=states.NoShowReason.choices, blank=True, default="")
    stopped_by_death = models.BooleanField(default=False)
    booked_at = models.DateTimeField()
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            one_of("appointment", "state", states.AppointmentState),
            models.CheckConstraint(condition=Q(no_show_reason="") | Q(state="no_show"), name="appointment_reason_of_a_no_show"),
        ]
        indexes = [
            # My day, by the clock.
            models.Index(fields=["with_user", "starts_at"], condition=Q(state="booked"), name="appointment_my_day")
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.starts_at):%Y-%m-%d %H:%M}"


class Session(Correctable):
    """A talk that was held. Length comes from the appointment; it is no timesheet."""

    case = models.ForeignKey("casework.Case", on_delete=models.CASCADE, related_name="sessions")
    appointment = models.OneToOneField(Appointment, null=True, blank=True, on_delete=models.PROTECT, related_name="session")
    held_on = models.DateField(_("held on"))
    minutes = models.PositiveSmallIntegerField(_("how long"), default=45)
    how = models.CharField(_("how"), max_length=10, choices=states.Meeting.choices, default=states.Meeting.OFFICE)
    topics = models.JSONField(_("what we talked about"), default=list, blank=True)
    came_with = models.CharField(_("who came along"), max_length=120, blank=True)
    interpreter = models.CharField(_("interpreted by"), max_length=80, blank=True)
    agreed = EncryptedTextField(_("what we agreed"), blank=True, default="")
    next_on = models.DateField(_("next date"), null=True, blank=True)

    objects = StandingQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-pk"]
        constraints = [at_and_by("session", "struck")]

    def __str__(self) -> str:
        return str(self.held_on)


class Attempt(models.Model):
    """A try to reach the person outside a round of asking."""

    case = models.ForeignKey("casework.Case", on_delete=models.CASCADE, related_name="attempts")
    tried_at = models.DateTimeField()
    tried_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(_("what came of it"), max_length=20, choices=states.Reached.choices)

    class Meta:
        ordering = ["-tried_at"]
        constraints = [one_of("attempt", "result", states.Reached)]

    def __str__(self) -> str:
        return self.result


class FirstAid(Correctable):
    """Help before everything: for whom, what, how much, and what shows it."""

    case = models.ForeignKey("casework.Case", on_delete=models.CASCADE, related_name="first_aid")
    kind = models.CharField(_("what"), max_length=20, choices=states.AidKind.choices)
    for_whom = models.CharField(_("for whom"), max_length=80, blank=True)
    amount = models.PositiveBigIntegerField(_("how much"), default=0)
    currency = models.CharField(**CURRENCY)
    given_on = models.DateField(_("given on"))
    receipt = models.CharField(_("receipt number"), max_length=40, blank=True)
    thumb_print = models.BooleanField(_("thumb-print taken"), default=False)
    first_witness = models.CharField(_("first witness"), max_length=80, blank=True)
    second_witness = models.CharField(_("second witness"), max_length=80, blank=True)

    objects = StandingQuerySet.as_manager()

    class Meta:
        ordering = ["-given_on", "-pk"]
        verbose_name_plural = "first aid"
        constraints = [
            at_and_by("firstaid", "struck"),
            one_of("firstaid", "kind", states.AidKind),
            not_negative("firstaid", "amount"),
            models.CheckConstraint(
                condition=~Q(receipt="")
                | Q(thumb_print=True)
                | (~Q(first_witness="") & ~Q(second_witness="") & ~Q(first_witness=F("second_witness"))),
                name="firstaid_is_witnessed",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Provider(AggregateRoot):
    """A centre, school or firm that teaches."""

    stream_kind = "provider"
    verbs = (creates("add_provider", label=_("Add a centre")), still("correct_provider", label=_("Correct a centre")))

    name = models.CharField(_("name"), max_length=120, unique=True)
    place = models.CharField(_("place"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CourseQuerySet(models.QuerySet["Course"]):
    def still_open(self, *, on: object) -> "CourseQuerySet":
        """Those that have not ended by the day."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=on))


class Course(AggregateRoot):
    """A course, maybe with an employer who committed to jobs for those who finish."""

    stream_kind = "course"
    verbs = (creates("add_course", label=_("Add a course")), still("correct_course", label=_("Correct a course")))

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="courses")
    title = models.CharField(_("title"), max_length=120)
    occupation = models.CharField(_("occupation"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    places = models.PositiveSmallIntegerField(_("places"), null=True, blank=True)
    committed_employer = models.ForeignKey(
        "casework.Employer",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="committed_courses",
        verbose_name=_("employer who committed"),
    )
    committed_jobs = models.PositiveSmallIntegerField(_("jobs promised"), default=0)
    committed_by = models.DateField(_("by when"), null=True, blank=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")), name="course_starts_before_it_ends"
            )
        ]

    def __str__(self) -> str:
        return self.title


class EnrolmentQuerySet(StandingQuerySet):
    def running(self) -> "EnrolmentQuerySet":
        """Confirmed, and neither completed nor dropped."""
        return self.filter(struck_at=None, state=states.EnrolmentState.CONFIRMED)


class Enrolment(Correctable):
    """One person's place on one course."""

    case = models.ForeignKey("casework.Case", on_delete=models.CASCADE, related_name="enrolments")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="enrolments", verbose_name=_("course"))
    state = models.CharField(max_length=12, choices=states.EnrolmentState.choices, default=states.EnrolmentState.ASKED)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    certificate = models.BooleanField(_("certificate given"), default=False)
    drop_reason = models.CharField(max_length=20, choices=states.DropOut.choices, blank=True, default="")

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_at"]
        constraints = [
            at_and_by("enrolment", "struck"),
            at_and_by("enrolment", "confirmed"),
            one_of("enrolment", "state", states.EnrolmentState),
            models.UniqueConstraint(
                fields=["case", "course"],
                condition=Q(struck_at=None, state__in=["asked", "confirmed"]),
                name="enrolment_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "confirmed"], ended_on=None)
                | Q(state__in=["completed", "dropped_out"], ended_on__isnull=False),
                name="enrolment_ended_on_when_ended",
            ),
            models.CheckConstraint(condition=Q(drop_reason="") | Q(state="dropped_out"), name="enrolment_reason_of_a_drop_out"),
        ]

    def __str__(self) -> str:
        return str(self.course)


class Attendance(models.Model):
    """Whether a learner was there on a day."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="attendances")
    day = models.DateField(_("day"))
    present = models.BooleanField(_("was there"))

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["enrolment", "day"], name="attendance_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {'+' if self.present else '–'}"
