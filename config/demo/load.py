"""As many files as are asked for, made by the product's own chain: twenty offices, a caseload of forty, work due today.

What every file goes through is performed in batches through `act_each`, the rest verb by verb. A caseworker has the same
forty files whether there are a hundred in the house or a hundred thousand, so that a page is compared with itself.
"""

import datetime as dt
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.actions import grant_role, invite_user, open_office
from accounts.models import Office, User
from casework.actions import case as cases
from casework.actions import people, talks, work
from casework.models import Appointment, Case, Employer, Programme, Session
from config.demo import crowd, names
from config.demo.cast import BY, PASSWORD, let_in
from config.demo.days import at, workday
from config.demo.programme import open_programme
from workflows import clock, jobs
from workflows.acting import act_each
from workflows.partial import PartialDate

OFFICES = 20
CASELOAD = 40

# Of each forty: how many were met, advised, are in work; have work to be done, and a talk booked.
_MET, _ADVISED, _IN_WORK, _TASKS, _TALKS = 34, 4, 2, 6, 4


@dataclass
class Load:
    """What was made, and as whom to look at it."""

    cases: int = 0
    caseworkers: int = 0
    accounts: list[tuple[str, str]] = field(default_factory=list)


def make(many: int, *, seed: int = 1, short: bool = False, said: Callable[[str], Any] = print) -> Load:
    """Refer `many` people and let each file begin its way; with `short`, nothing is said, due or asked in it.

    What is there already stays: a second time adds to it. Listeners have run when it returns.
    """
    rng = random.Random(seed)
    began = Case.objects.count()
    house = _House(max(OFFICES, -(-many // CASELOAD)))
    made = Load(caseworkers=len(house.caseworkers), accounts=[(user.email, PASSWORD) for user in house.caseworkers[:3]])
    for number, start in enumerate(range(0, many, CASELOAD)):
        files = _referred(house, rng, number, began + start, min(CASELOAD, many - start))
        _live(files, house.caseworkers[number], house, rng, short=short)
        made.cases += len(files)
        if made.cases % 2_000 < CASELOAD:
            jobs.drain()
            said(f"  {made.cases:,} of {many:,}")
    jobs.drain()
    return made


class _House:
    """The offices, their caseworkers and the programme: what is there is used, what is missing is made."""

    def __init__(self, caseworkers: int) -> None:
        self.offices = [self._office(number) for number in range(1, OFFICES + 1)]
        self.caseworkers = [self._user(f"caseworker{n:02}", "caseworker", self.office_of(n - 1)) for n in range(1, caseworkers + 1)]
        supervisors = [self._user(f"supervisor{n:02}", "supervisor", office) for n, office in enumerate(self.offices, 1)]
        manager = self._user("manager", "programme_manager", None)
        administrator = self._user("administrator", "administrator", None)
        let_in([*self.caseworkers, *supervisors, manager, administrator])
        self.programme = Programme.objects.filter(code="LOAD").first() or open_programme(
            code="LOAD", name="Many returns", offices=self.offices, administrator=administrator, manager=manager,
            lawful_basis_decided_by="Lena Vogel",
        )  # fmt: skip
        self.employer = Employer.objects.filter(name="Atelier du Lac").first() or work.add_employer(
            by=self.caseworkers[0], name="Atelier du Lac", trade="construction", place="Tunis"
        )

    def office_of(self, caseworker: int) -> Office:
        return self.offices[caseworker % OFFICES]

    @staticmethod
    def _office(number: int) -> Office:
        code = f"OFFICE{number:02}"
        return Office.objects.filter(code=code).first() or open_office(
            by=BY, code=code, name=f"Office {number:02}", country="TN", phone="+216 71 000 100", hours="8:30–16:30"
        )

    @staticmethod
    def _user(name: str, role: str, office: Office | None) -> User:
        email = f"{name}@load.example"
        found = User.objects.filter(email=email).first()
        if found is None:
            found = invite_user(by=BY, email=email, name=name.capitalize(), letter=False)
            grant_role(found, by=BY, role=role, office=office)
        return User.objects.get(pk=found.pk)


def _referred(house: _House, rng: random.Random, caseworker: int, number: int, many: int) -> list[Case]:
    today = clock.today()
    everybody = []
    for n in range(number, number + many):
        place = rng.choice(tuple(names.PLACES))
        arrived = today - dt.timedelta(days=rng.randint(5, 240))
        everybody.append(
            (
                crowd.somebody(rng, n, place, today),
                {
                    "office": house.office_of(caseworker),
                    "caseworker": house.caseworkers[caseworker],
                    "sender": "OFII",
                    "sender_reference": f"LD-{n:06}",
                    "host_country": rng.choice(names.HOSTS),
                    "referred_on": arrived - dt.timedelta(days=5),
                    "arrived_on": PartialDate.of(arrived),
                    "path": rng.choice(("work", "training", "start_up", "")),
                },
            )
        )
    return crowd.refer_many(everybody, programme=house.programme, by=BY)


def _live(files: Sequence[Case], by: User, house: _House, rng: random.Random, *, short: bool) -> None:
    today = clock.today()
    met = files[: len(files) * _MET // CASELOAD]
    _each(met, "casework.open_intake", by, lambda case: case.open_intake(on=today))
    if short:
        return
    _each(met, "casework.record_session", by, lambda case: _session(case, by, today - dt.timedelta(days=rng.randint(1, 60))))
    for case in files[:_TASKS]:
        cases.add_task(case, by=by, what="Ask for the school papers.", due_on=today + dt.timedelta(days=rng.randint(-3, 6)))
    free = _free_day(by, today)
    for hour, case in enumerate(met[-_TALKS:], 9):
        talks.book_session(case, by=by, starts_at=at(free, hour, 30), about="Plan")
    for place, case in enumerate(met[:_ADVISED]):
        people.record_notice(case.person, by=by, language="ar", text_version="1", case=case)
        people.record_consent(case.person, by=by, answers={"follow_up": "yes"}, case=case)
        cases.begin_counselling(case, by=by, language="ar")
        if place < _IN_WORK:
            # A quarter of a year ago: their first round of questions is due.
            work.record_placement(
                case, by=by, employer=house.employer, occupation="mason", known_by="contract",
                started_on=PartialDate.of(today - dt.timedelta(days=100)),
            )  # fmt: skip


def _free_day(by: User, today: dt.date) -> dt.date:
    """The next working day on which this caseworker has no talk: another time of making adds to the first."""
    day = workday(today + dt.timedelta(days=1))
    while Appointment.objects.booked().filter(with_user=by, starts_at__date=day).exists():
        day = workday(day + dt.timedelta(days=1))
    return day


def _each(rows: Sequence[Case], verb: str, by: User, body: Callable[[Case], None]) -> None:
    for outcome in act_each(rows, verb, by=by, body=body):
        if outcome.refused:
            raise outcome.refused


def _session(case: Case, by: User, day: dt.date) -> None:
    case.adds(Session(case=case, held_on=day, topics=["first_needs"], recorded_at=clock.now(), recorded_by=by))
    case.met(day)
    case.says(topics=["first_needs"])
