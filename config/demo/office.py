"""What the office does of an evening: the talks of the day are written down, the tasks done, old files closed."""

import contextlib
import datetime as dt
import random
from typing import Any

from django.utils import timezone

from accounts.models import User
from casework.actions import case as cases
from casework.actions import closing, talks
from casework.models import Appointment, Case
from config.demo.cast import House
from workflows.acting import NotYours, Refused
from workflows.models import Task

LEFT_OPEN_DAYS = 4
CLOSED_AFTER_DAYS = 400


class Office:
    """The diligent part of the cast: leaves open what was due in the last few days, and finishes what is older."""

    def __init__(self, rng: random.Random, house: House) -> None:
        self.rng = rng
        self.users = {str(user.pk): user for user in house.users.values()}

    def tidies_up(self, moment: dt.datetime) -> None:
        """Record the talks of the past days, finish tasks, and once a week close files that have run their time."""
        day = timezone.localtime(moment).date()
        held = Appointment.objects.booked().filter(
            starts_at__lt=moment - dt.timedelta(days=self.rng.randint(0, 2)), stopped_by_death=False
        )
        for talk in held.select_related("case", "with_user"):
            self._tries(self._talk_is_over, talk, talk.with_user or talk.booked_by)
        for task in (
            Task.objects.due(on=day - dt.timedelta(days=self.rng.randint(0, LEFT_OPEN_DAYS)))
            .filter(stream__startswith="case:", urgent=False)
            .exclude(kind="monitoring.call")
        ):
            by = self.users.get(task.assignee_id)
            if by is not None:
                self._tries(cases.complete_task, task, by)
        if day.weekday() == 2:
            self._asks_how_it_goes(day)
        if day.weekday() == 4:
            self._close_what_has_run_its_time(day)

    def _talk_is_over(self, talk: Appointment, *, by: User) -> None:
        if self.rng.random() < 0.12:
            talks.record_no_show(talk, by=by, reason=self.rng.choice(("bus_money", "at_work", "not_known")))
        else:
            talks.record_session(
                talk.case, by=by, held_on=timezone.localtime(talk.starts_at).date(), appointment=talk, topics=["work"]
            )

    def _asks_how_it_goes(self, day: dt.date) -> None:
        quiet = Case.objects.quiet_since(day - dt.timedelta(days=40)).filter(caseworker__isnull=False, death_recorded_at=None)
        for case in quiet.select_related("caseworker").order_by("last_contact_on")[: self.rng.randint(3, 9)]:
            self._tries(talks.record_session, case, case.caseworker, held_on=day, how="phone", minutes=15, topics=["work"])

    def _close_what_has_run_its_time(self, day: dt.date) -> None:
        old = Case.objects.open().filter(
            referred_on__lt=day - dt.timedelta(days=CLOSED_AFTER_DAYS), caseworker__isnull=False, offered_to=None
        )
        for case in old.exclude(sender_reference__in=("TR-KB", "TR-AF")).exclude(state="on_hold").select_related("caseworker"):
            outcome = "employed" if case.state == "placed" else "support_ended"
            self._tries(closing.close_case, case, case.caseworker, outcome=outcome)

    def _tries(self, verb: Any, of: Any, by: User, **also: Any) -> None:
        # What a rule refuses stays undone, as it would for anybody.
        with contextlib.suppress(Refused, NotYours):
            verb(of, by=by, **also)
