"""Work: what somebody can do, who hires, applications, and spells of work."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from casework import rules
from casework.actions.authorship import author, refuse
from casework.actions.concerns import refuse_to_send_while_concerned, refuse_while_concerned
from casework.models import Application, Case, Consent, Employer, Placement, Profile, Purpose, Sharing, Vacancy
from casework.states import ApplicationState, KnownBy, PlacementKind
from workflows import clock
from workflows.acting import act
from workflows.partial import PartialDate

SHARED_FOR = dt.timedelta(days=183)
"""So long may an employer keep what was sent with an application."""


def record_profile(
    case: Case,
    *,
    by: Any,
    occupation: str,
    level: str,
    languages: Sequence[str],
    skills: str = "",
    years_abroad_at_work: int | None = None,
    version: int | None = None,
) -> Profile:
    """Write down what the person can do; it goes with the person into later returns.

    Half a profile is kept too: only a job search asks for an occupation, a level and a language.
    """
    with act(case, "casework.record_profile", by=by, version=version) as case:
        facts = {
            "occupation": occupation,
            "level": level,
            "languages": list(languages),
            "skills": skills,
            "years_abroad_at_work": years_abroad_at_work,
        }
        profile, _made = Profile.objects.update_or_create(person_id=case.person_id, defaults=facts)
        case.says(profile=profile.pk, level=level, languages=list(languages))
    return profile


def begin_job_search(case: Case, *, by: Any, version: int | None = None) -> Case:
    """Make the search for work what the office and the person chiefly work on.

    Refuses without an agreed plan, and with a profile that names no occupation, level or language.
    """
    with act(case, "casework.begin_job_search", by=by, version=version) as case:
        case.begin_job_search(on=clock.today())
    return case


def begin_start_up(case: Case, *, by: Any, version: int | None = None) -> Case:
    """Begin to write the plan of a business.

    Refuses without a plan agreed on that path. Needs no open call: writing comes first.
    """
    with act(case, "casework.begin_start_up", by=by, version=version) as case:
        case.begin_start_up(on=clock.today())
    return case


def add_employer(*, by: Any, **facts: Any) -> Employer:
    """Add somebody who hires. The same name at the same place is there once."""
    with act(Employer(**facts), "casework.add_employer", by=by) as employer:
        pass
    return employer


def correct_employer(employer: Employer, *, by: Any, version: int | None = None, **facts: Any) -> Employer:
    """Correct what is known of an employer."""
    with act(employer, "casework.correct_employer", by=by, version=version) as employer:
        for name, value in facts.items():
            setattr(employer, name, value)
        employer.says(fields=sorted(facts))
    return employer


def post_vacancy(*, by: Any, posted_on: dt.date | None = None, **facts: Any) -> Vacancy:
    """Add a job that is to be had, with where it was found."""
    with act(Vacancy(posted_on=posted_on or clock.today(), **facts), "casework.post_vacancy", by=by) as vacancy:
        vacancy.says(employer=vacancy.employer_id, kind=vacancy.kind)
    return vacancy


def fill_vacancy(vacancy: Vacancy, *, by: Any, on: dt.date | None = None, version: int | None = None) -> Vacancy:
    """Say that a job is gone; every case with an open application hears of it as a task.

    Refuses one that is gone already.
    """
    with act(vacancy, "casework.fill_vacancy", by=by, version=version) as vacancy:
        if vacancy.filled_on:
            raise refuse("filled", _("This job is gone already."))
        vacancy.filled_on = on or clock.today()
        vacancy.says(filled_on=vacancy.filled_on)
    return vacancy


def apply_for_vacancy(
    case: Case, *, by: Any, vacancy: Vacancy, applied_on: dt.date | None = None, cv_sent: bool = False, version: int | None = None
) -> Application:
    """Write down that the person asks for a job.

    Refuses without an agreed plan, for a job that is gone, and twice for the same job. Where the office itself sends the
    CV, it needs the person's yes for this very employer, and stands in the register of sharing; an application of the
    person's own needs none.
    """
    with act(case, "casework.apply_for_vacancy", by=by, version=version) as case:
        day = applied_on or clock.today()
        if not Vacancy.objects.still_open(on=day).filter(pk=vacancy.pk).exists():
            raise refuse("gone", _("This job is gone."))
        if case.applications.filter(vacancy=vacancy).exists():
            raise refuse("applied", _("The person has asked for this job before."))
        if cv_sent:
            refuse_to_send_while_concerned(vacancy.employer)
        if (
            cv_sent
            and not Consent.objects.allowing(Purpose.CV_SHARING, str(vacancy.employer_id)).filter(person=case.person_id).exists()
        ):
            raise refuse(
                "no_consent",
                _("The person has not said yes to sharing the CV with this employer. They can still apply by themselves."),
                rules.page("record_consent", case.person_id) + f"?about={vacancy.employer_id}",
                _("Ask for it"),
            )
        if cv_sent:
            Sharing.objects.create(
                person_id=case.person_id, case=case, employer_id=vacancy.employer_id, since=day, until=day + SHARED_FOR
            )
        application = Application.objects.create(
            case=case, vacancy=vacancy, applied_on=day, recorded_at=clock.now(), recorded_by_id=author(by)
        )
        case.says(application=application.pk, vacancy=vacancy.pk, cv_sent=cv_sent)
    return application


def record_employer_answer(
    application: Application, *, by: Any, state: str, on: dt.date | None = None, version: int | None = None
) -> Application:
    """Write down what the employer answered, or that the person took the application back.

    Refuses one that has its last answer. Places nobody: *record placement* does, when the work begins.
    """
    with act(application.case, "casework.record_employer_answer", by=by, version=version) as case:
        if not Application.objects.open().filter(pk=application.pk).update(state=state, answered_on=on or clock.today()):
            raise refuse("answered", _("This application has its last answer."))
        case.says(application=application.pk, answer=state)
    application.refresh_from_db()
    return application


def record_placement(
    case: Case,
    *,
    by: Any,
    employer: Employer,
    occupation: str,
    started_on: PartialDate,
    known_by: str,
    kind: str = PlacementKind.JOB,
    main: bool = True,
    contract: str = "",
    formality: str = "",
    hours: Decimal | None = None,
    wage: int | None = None,
    currency: str = "",
    vacancy: Vacancy | None = None,
    version: int | None = None,
) -> Placement:
    """Write down that the person has begun to work; calls in week two and after a month become tasks.

    Refuses a start ahead, a second main work beside a running one, and an employer about whom two concerns are open. A placed
    or funded person stays so: the spell is what counts, and a short one counts as *started* only.
    """
    if started_on.earliest > clock.today():
        raise refuse("ahead", _("The first day lies ahead: record the placement when the work has begun."))
    with act(case, "casework.record_placement", by=by, version=version, occurred_on=started_on.earliest) as case:
        refuse_while_concerned(employer)
        if main and case.placements.running().filter(main=True).exists():
            raise refuse(
                "main_runs",
                _("Another main work is running: end it first, or record this one as work beside it."),
                rules.page("end_placement", case.pk),
                _("End placement"),
            )
        placement = Placement.objects.create(
            case=case,
            employer=employer,
            vacancy=vacancy,
            kind=kind,
            main=main,
            occupation=occupation,
            contract=contract,
            formality=formality,
            started_on=started_on,
            hours=hours,
            wage=wage,
            currency=(currency or case.programme.currency) if wage is not None else "",
            known_by=known_by,
            moved_from=case.state,
            recorded_at=clock.now(),
            recorded_by_id=author(by),
        )
        if vacancy:
            case.applications.open().filter(vacancy=vacancy).update(state=ApplicationState.OFFERED, answered_on=clock.today())
        case.record_placement(on=clock.today())
        case.met(clock.today()) if known_by == KnownBy.PERSON else None
        case.says(
            placement=placement.pk,
            kind=kind,
            started_on=started_on,
            main=main,
            formality=formality,
            known_by=known_by,
            employer=employer.pk,
        )
    return placement


def record_first_payment(case: Case, *, by: Any, contract: Any, paid_on: dt.date) -> Case:
    """Write down that the first money of an award arrived (the system does, when the payment is confirmed).

    A case that works towards it is *funded* from then on; one on hold resumes as funded; any other stays where it is. `contract`
    is the key of the promise that was paid. Changes nothing of the money, and is not undone when the bank sends it back.
    """
    with act(case, "casework.record_first_payment", by=by, occurred_on=paid_on) as case:
        case.record_first_payment(on=clock.today())
        case.says(contract=contract, paid_on=paid_on)
    return case


def confirm_placement(placement: Placement, *, by: Any, how: str, version: int | None = None) -> Placement:
    """Write down that a second source says the person works there.

    Refuses a spell that has ended.
    """
    with act(placement.case, "casework.confirm_placement", by=by, version=version) as case:
        if (
            not Placement.objects.running()
            .filter(pk=placement.pk)
            .update(confirmed_how=how, confirmed_at=clock.now(), confirmed_by=author(by))
        ):
            raise refuse("ended", _("This work has ended."))
        case.says(placement=placement.pk, how=how)
    placement.refresh_from_db()
    return placement


def end_placement(
    placement: Placement, *, by: Any, ended_on: PartialDate, reason: str, words: str = "", version: int | None = None
) -> Placement:
    """Write down that a spell of work ended; a task for tomorrow asks what next.

    A placed case without other work goes back to looking for work. Refuses an end ahead, before the start, or twice.
    Blames nobody: a spell that ended soon counts as *started*.
    """
    if ended_on.latest < placement.started_on.earliest:
        raise refuse("before_start", _("It cannot end before it began."))
    if ended_on.earliest > clock.today():
        raise refuse("ahead", _("The last day lies ahead: record the end when it has come."))
    with act(
        placement.case,
        "casework.end_placement",
        by=by,
        version=version,
        occurred_on=min(ended_on.latest, clock.today()),
        note=words,
    ) as case:
        if not Placement.objects.running().filter(pk=placement.pk).update(ended_on=ended_on, end_reason=reason):
            raise refuse("ended", _("This work has ended already."))
        placement.refresh_from_db()
        case.end_placement(another_runs=case.placements.running().exists(), on=clock.today())
        counts = placement.counts(on=clock.today(), programme=case.programme)
        case.says(placement=placement.pk, ended_on=ended_on, reason=reason, counts=counts)
    return placement
