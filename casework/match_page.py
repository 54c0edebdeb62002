"""What the pages of matching read: the jobs for one file, the people for one job, each among what this user may see."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case as OneOf
from django.db.models import Exists, IntegerField, OuterRef, QuerySet, Value, When
from django.utils.translation import gettext as _

from accounts.scope import EVERYWHERE, scope_of
from casework.data.labour_law import law_of
from casework.matching import Found, Job, Seeker, jobs_for, people_for
from casework.models import LANGUAGES_OF_WORK, LEVELS, Application, Case, Enrolment, Person, Plan, Profile, Vacancy
from casework.states import COUNSELLING, JOB_SEARCH, TRAINING, EnrolmentState
from workflows import clock

MOST = 300
"""Of each side so many are compared: the newest jobs, and the people who have looked for the longest."""
LOOKING = (JOB_SEARCH, TRAINING, COUNSELLING)
_SPEAKS = dict(LANGUAGES_OF_WORK)


@dataclass(frozen=True)
class Matched:
    """The other side as it was found, with the rows behind it, and whether there were more than were compared."""

    found: Found[Any]
    rows: Mapping[Any, Any]
    more: bool = False


def open_jobs() -> QuerySet[Vacancy]:
    """The jobs that are to be had today, the newest first: a list of the whole country, with nobody's name in it."""
    return Vacancy.objects.still_open(on=clock.today()).with_concerns().select_related("employer").order_by("-posted_on", "pk")


def people_looking(user: Any) -> QuerySet[Case]:
    """The files whose person looks for work or prepares for it, of the offices where this user applies for jobs; who has waited
    longest first."""
    offices = scope_of(user).where("casework.apply_for_vacancy")
    seen = Case.objects.visible_to(user).in_state(*LOOKING).filter(death_recorded_at=None)
    seen = seen if offices == EVERYWHERE else seen.filter(office__in=offices)
    agreed = Plan.objects.agreed().filter(case=OuterRef("pk"))
    turn = OneOf(*(When(state=state, then=Value(at)) for at, state in enumerate(LOOKING)), output_field=IntegerField())
    return (
        seen.filter(Exists(agreed)).select_related("person__profile", "programme", "caseworker").order_by(turn, "state_since", "pk")
    )


def jobs_for_case(case: Case) -> Matched:
    """The open jobs for the person of a file: four questions, however many there are."""
    jobs = list(open_jobs()[: MOST + 1])
    rows = {job.pk: job for job in jobs[:MOST]}
    asked = frozenset(Application.objects.filter(case=case).values_list("vacancy_id", flat=True))
    seeker = _seeker(case, _finished([case.person_id])[case.person_id], asked)
    return Matched(jobs_for(seeker, map(_job, rows.values()), levels=LEVELS, speaks=_SPEAKS), rows, len(jobs) > MOST)


def people_for_job(user: Any, vacancy: Vacancy) -> Matched:
    """The people for a job among the files that this user may see: three questions, however many there are."""
    cases = list(people_looking(user)[: MOST + 1])
    rows = {case.pk: case for case in cases[:MOST]}
    asked = set(Application.objects.filter(vacancy=vacancy, case__in=rows).values_list("case_id", flat=True))
    finished = _finished([case.person_id for case in rows.values()])
    seekers = [
        _seeker(case, finished[case.person_id], frozenset([vacancy.pk]) if case.pk in asked else frozenset())
        for case in rows.values()
    ]
    return Matched(people_for(_job(vacancy), seekers, levels=LEVELS, speaks=_SPEAKS), rows, len(cases) > MOST)


def _job(vacancy: Any) -> Job:
    return Job(
        key=vacancy.pk,
        title=vacancy.title,
        trade=vacancy.occupation,
        level=vacancy.level,
        languages=tuple(vacancy.languages),
        place=vacancy.place or vacancy.employer.place,
        employer=vacancy.employer_id,
        dangerous=vacancy.hazardous,
        gone=vacancy.filled_on is not None or bool(vacancy.expires_on and vacancy.expires_on < clock.today()),
        concerned=vacancy.concerned,
    )


def _seeker(case: Case, finished: tuple[tuple[UUID, str], ...], asked: frozenset[UUID]) -> Seeker:
    person = case.person
    profile = getattr(person, "profile", None) or Profile()
    young, young_for_danger = _too_young(person, case.programme.country)
    return Seeker(
        key=case.pk,
        trade=profile.occupation,
        skills=profile.skills,
        level=profile.level,
        languages=frozenset(profile.languages),
        place=person.place,
        finished=finished,
        too_young=young,
        too_young_for_danger=young_for_danger,
        asked=asked,
    )


def _too_young(person: Person, country: str) -> tuple[str, str]:
    """What the law says of somebody's age: whoever may be a child is treated as one where the work is dangerous."""
    law, age = law_of(country), person.age()
    words = {"age": law.least_age, "law": law.least_age_from}
    young = _("The law forbids work under %(age)s: %(law)s.") % words if age and age[0] < law.least_age else ""
    words = {"age": law.dangerous_age, "law": law.dangerous_age_from}
    if age is None:
        return "", _("The age is not known, and the law forbids dangerous work under %(age)s: %(law)s.") % words
    danger = _("The law forbids dangerous work under %(age)s: %(law)s.") % words if age[0] < law.dangerous_age else ""
    return young, danger


def _finished(people: Iterable[UUID]) -> Mapping[UUID, tuple[tuple[UUID, str], ...]]:
    """The employers who committed to jobs, by whom of these people finished their course."""
    today: dt.date = clock.today()
    done = (
        Enrolment.objects.standing()
        .filter(case__person__in=list(people), state=EnrolmentState.COMPLETED, course__committed_employer__isnull=False)
        .exclude(course__committed_by__lt=today)
        .values_list("case__person", "course__committed_employer", "course__title")
    )
    found: dict[UUID, tuple[tuple[UUID, str], ...]] = defaultdict(tuple)
    for person, employer, title in done:
        found[person] = (*found[person], (employer, title))
    return found
