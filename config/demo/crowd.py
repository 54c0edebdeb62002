"""The crowd: some three hundred invented returnees, each going through the verbs as people do, some quickly, some never."""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from casework.actions import case as cases
from casework.actions import closing, people, plan, support, talks, training, transfer, work
from casework.actions.people import new_person
from casework.models import Case, Course, Employer, Programme
from config.demo import names
from config.demo.cast import House
from config.demo.days import Life, at, workday
from workflows import clock
from workflows.acting import Refused, act_each
from workflows.partial import PartialDate


@dataclass
class Town:
    """What the crowd lives among: the programme, the house, employers and courses."""

    programme: Programme
    house: House
    employers: Sequence[Employer]
    courses: dict[str, Sequence[Course]]

    def caseworkers(self, office: str) -> list[User]:
        """Those who meet people at the office."""
        return [self.house.amina, self.house.amina, self.house.samia] if office == "TUNIS" else [self.house.chen]

    def supervisor(self, office: str) -> User:
        """Who signs as the second at the office."""
        return self.house.boris if office == "TUNIS" else self.house.nour


def somebody(rng: random.Random, number: int, office: str, day: dt.date) -> dict[str, Any]:
    """Who a returnee is: names in both scripts, born as far as it is known, where from and where to."""
    woman = rng.random() < 0.32
    given, given_ar = rng.choice(names.WOMEN if woman else names.MEN)
    family, family_ar = rng.choice(names.FAMILIES)
    region, place = rng.choice(names.PLACES[office])
    born = day.year - rng.randint(19, 58)
    known = rng.random()
    return {
        "given_names": given,
        "family_name": family,
        "native_name": f"{given_ar} {family_ar}" if rng.random() < 0.8 else "",
        "sex": "female" if woman else "male",
        "born": PartialDate(born, rng.randint(1, 12), rng.randint(1, 28)) if known < 0.85 else PartialDate(born),
        "born_is_estimate": known > 0.95,
        "nationality": "TN",
        "language": "ar",
        "region": region,
        "place": place,
        "years_abroad": rng.randint(1, 16),
        "household_size": rng.randint(1, 7),
        "document_number": f"{rng.choice('ABDEGHK')}{2_000_000 + number * 7919 % 7_000_000}" if rng.random() < 0.7 else "",
        "phone": f"+216 {rng.choice(('20', '22', '25', '29', '52', '98'))} {number % 1000:03} {rng.randint(100, 999)}"
        if rng.random() < 0.93
        else "",
        "email": f"{given.lower()}.{family.lower()}{number}@example.org" if rng.random() < 0.6 else "",
    }


def refer_many(everybody: Sequence[tuple[dict[str, Any], dict[str, Any]]], *, programme: Programme, by: Any) -> list[Case]:
    """Refer up to 200 people at once through the product's own chain: (who, facts of the case) each, as the importer does."""
    made = []
    for who, facts in everybody:
        person, rows = new_person(programme=programme, **who)
        case = cases.new_case(person=person, programme=programme, **facts)
        case._brings = (person, *rows)
        made.append(case)

    def body(case: Case) -> None:
        case.adds(*case._brings, *cases.last_days_of(case))
        case.says(person=case.person_id, programme=programme.pk, office=case.office_id, host_country=case.host_country)

    outcomes = act_each(made, "casework.refer", by=by, body=body)
    return [outcome.obj for outcome in outcomes if outcome.refused is None]


def fresh(case: Case) -> Case:
    """The case as it stands now."""
    return Case.objects.select_related("person", "programme", "office").get(pk=case.pk)


def life(case: Case, office: str, arrives: dt.date, town: Town, rng: random.Random) -> Life:
    """One ordinary way through the office, from the arrival on. Whatever a rule refuses ends the way, as in real life."""
    try:
        yield from _way(case, office, arrives, town, rng)
    except Refused:
        return


def _way(case: Case, office: str, arrives: dt.date, town: Town, rng: random.Random) -> Life:
    me, boss = rng.choice(town.caseworkers(office)), town.supervisor(office)

    def on(day: dt.date, least: int, most: int) -> dt.datetime:
        return at(workday(day + dt.timedelta(days=rng.randint(least, most))), rng.randint(8, 15), rng.choice((0, 15, 30, 45)))

    yield on(arrives, 0, 3)
    lot = rng.random()
    if lot < 0.03:
        closing.record_not_departed(fresh(case), by=me, words="The sender wrote that the flight was cancelled.")
        return
    case = cases.confirm_arrival(fresh(case), by=me, arrived_on=PartialDate.of(arrives))
    if lot < 0.06:
        closing.decline_referral(
            fresh(case), by=me, outcome="served_elsewhere", words="Another organisation already helps; we gave their number."
        )
        return
    if rng.random() < 0.93:
        case = cases.assign_caseworker(case, by=boss, caseworker=me)
    if rng.random() < 0.22:
        support.give_first_aid(
            fresh(case),
            by=me,
            kind=rng.choice(("transport", "food", "phone", "bed")),
            amount=rng.choice((800, 1_500, 3_850, 4_200)),
            receipt=f"R{rng.randint(100, 999)}",
        )
    if lot < 0.10:
        return  # still waits to be met

    yield on(clock.today(), 2, 9)
    case = cases.open_intake(fresh(case), by=me)
    talks.record_session(case, by=me, held_on=clock.today(), topics=["expectations", "first_needs"], minutes=60)
    if lot < 0.15:
        return
    yield on(clock.today(), 1, 12)
    person = fresh(case).person
    people.record_notice(person, by=me, language="ar", text_version="1", case=case)
    yes = lambda share: "yes" if rng.random() < share else rng.choice(("no", "later"))  # noqa: E731 (one line, used five times below)
    people.record_consent(
        person, by=me, case=case, answers={"follow_up": yes(0.93), "training_centre": yes(0.8), "counts": yes(0.9)}
    )
    _say_whose_phone(person, me, rng)
    case = cases.begin_counselling(fresh(case), by=me, language="ar")
    if lot < 0.19:
        talks.book_session(fresh(case), by=me, starts_at=_soon(rng), about="Plan")
        return
    yield on(clock.today(), 3, 14)
    people.record_screening(fresh(case).person, by=me, case=case, outcomes=["nothing_said"], alone=True)
    if rng.random() < 0.85:
        support.add_document(fresh(case), by=me, kind="identity", title="Passport", seen_on=clock.today())
    else:
        support.add_document(fresh(case), by=me, kind="identity", absent_because="lost")
    trade = rng.choice(names.TRADES)
    work.record_profile(
        fresh(case),
        by=me,
        occupation=trade,
        level=rng.choice(("isced_1", "isced_2", "isced_3", "isced_3", "isced_5")),
        languages=["ar", rng.choice(("fr", "it", "de"))],
        years_abroad_at_work=rng.randint(1, 12),
    )
    path = rng.choices(("work", "training", "start_up"), (62, 25, 13))[0]
    amount = {"work": rng.randint(15, 60) * 1000, "training": rng.randint(40, 95) * 1000, "start_up": rng.randint(45, 99) * 1000}[
        path
    ]
    plan.draft_plan(
        fresh(case),
        by=me,
        path=path,
        hope="A steady income near the family.",
        lines=[
            {"kind": {"work": "work", "training": "training", "start_up": "business"}[path], "what": trade, "amount": amount},
            {"kind": "transport", "what": "Bus to interviews", "amount": 5_000},
        ],
        goals=[{"what": f"Work as {trade}", "by_when": clock.today() + dt.timedelta(days=120)}],
        promises=[
            {"whose": "office", "what": "Ask two employers", "by_when": clock.today() + dt.timedelta(days=20)},
            {"whose": "person", "what": "Bring the work certificates", "by_when": clock.today() + dt.timedelta(days=14)},
        ],
    )
    if lot < 0.23:
        talks.book_session(fresh(case), by=me, starts_at=_soon(rng), about="Agree the plan")
        return
    yield on(clock.today(), 4, 16)
    mark = "agreed" if rng.random() < 0.9 else "reservations"
    if fresh(case).plans.drafts().get().total > town.programme.plan_approval_ceiling:
        plan.approve_plan(fresh(case), by=boss)
    plan.agree_plan(
        fresh(case),
        by=me,
        person_mark=mark,
        reservations="Not before the operation of the mother." if mark == "reservations" else "",
    )
    case = fresh(case)
    if rng.random() < 0.6:
        plan.keep_promise(case.plans.agreed().get().promises.first(), by=me)
    if lot < 0.28:
        case = cases.put_on_hold(
            case,
            by=me,
            reason=rng.choice(("illness", "birth", "harvest")),
            review_on=clock.today() + dt.timedelta(days=rng.randint(20, 90)),
        )
        yield on(clock.today(), 30, 80)
        case = cases.resume(fresh(case), by=me)
    if path == "start_up":
        yield on(clock.today(), 3, 12)
        cases_started = work.begin_start_up(fresh(case), by=me)
        talks.book_session(fresh(cases_started), by=me, starts_at=_soon(rng), about="Business plan")
        if rng.random() < 0.35:
            yield on(clock.today(), 40, 120)
            cases.back_to_counselling(fresh(case), by=me, reason="changed_mind")
        return
    if path == "training":
        yield from _course(case, office, me, town, rng, on)
        if fresh(case).state != "training":
            return
    yield on(clock.today(), 2, 10)
    case = work.begin_job_search(fresh(case), by=me)
    yield from _jobs(case, me, boss, trade, town, rng, on)


def _say_whose_phone(person: Any, me: User, rng: random.Random) -> None:
    ways = []
    for way in person.reaches.filter(ended_at=None):
        whose = "mine_alone" if rng.random() < 0.75 else "shared"
        ways.append(
            {
                "id": way.pk,
                "kind": way.kind,
                "value": way.value,
                "whose": whose,
                "language": "ar",
                "may_be_said": "the call-back you asked for",
                "agreed_on": clock.today(),
            }
        )
    if ways:
        # The e-mail first, where there is one: that is how the questions go out.
        people.set_reach(person, by=me, ways=sorted(ways, key=lambda way: way["kind"] != "email"))


def _soon(rng: random.Random) -> dt.datetime:
    return at(workday(clock.today() + dt.timedelta(days=rng.randint(5, 16))), rng.randint(9, 15), rng.choice((0, 30)))


def _course(case: Case, office: str, me: User, town: Town, rng: random.Random, on: Any) -> Life:
    course = rng.choice(town.courses[office])
    enrolment = training.enrol(fresh(case), by=me, course=course, confirmed=False)
    yield on(clock.today(), 4, 15)
    training.confirm_enrolment(enrolment, by=me, starts_on=clock.today())
    case = training.start_training(fresh(case), by=me)
    first = clock.today()
    yield on(first, 50, 85)
    if rng.random() < 0.14:
        training.drop_out(enrolment, by=me, on=clock.today(), reason=rng.choice(("distance", "work", "family")))
        cases.back_to_counselling(fresh(case), by=me, reason="dropped_out")
        return
    training.complete_course(enrolment, by=me, on=clock.today(), certificate=rng.random() < 0.85)


def _jobs(case: Case, me: User, boss: User, trade: str, town: Town, rng: random.Random, on: Any) -> Life:
    yield on(clock.today(), 10, 70)
    lot = rng.random()
    if lot < 0.06:
        closing.propose_closing(
            fresh(case), by=me, outcome="lost", words="Three calls, one visit, one letter; nobody knows where he is."
        )
        yield on(clock.today(), 1, 6)
        closing.sign_closing(fresh(case), by=boss)
        return
    if lot < 0.10:
        closing.close_case(
            fresh(case),
            by=me,
            outcome=rng.choice(("left_with_papers", "caring", "moved_away", "withdrew")),
            words="Said so on the phone.",
        )
        return
    if lot < 0.15:
        return
    kind = rng.choices(("job", "internship", "seasonal", "apprenticeship"), (80, 7, 6, 7))[0]
    formal = rng.random() < 0.65
    placement = work.record_placement(
        fresh(case),
        by=me,
        employer=rng.choice(town.employers),
        occupation=trade,
        started_on=PartialDate.of(clock.today()),
        kind=kind,
        known_by=rng.choice(("contract", "person", "employer")),
        contract="fixed_term" if formal else "spoken",
        formality="formal" if formal else "informal",
        wage=rng.randint(550, 1400) * 1000,
        currency="TND",
    )
    if rng.random() < 0.4:
        yield on(clock.today(), 14, 20)
        work.confirm_placement(placement, by=me, how=rng.choice(("employer", "payslip")))
    if rng.random() < 0.25:
        yield on(clock.today(), 12, 150)
        work.end_placement(
            placement,
            by=me,
            ended_on=PartialDate.of(clock.today()),
            reason=rng.choice(("contract_ended", "resigned", "not_paid", "family")),
        )
        yield on(clock.today(), 20, 60)
        if rng.random() < 0.6:
            work.record_placement(
                fresh(case),
                by=me,
                employer=rng.choice(town.employers),
                occupation=trade,
                started_on=PartialDate.of(clock.today()),
                known_by="contract",
                contract="fixed_term",
                formality="formal",
            )
        return
    if rng.random() < 0.3:
        yield on(clock.today(), 90, 200)
        closing.close_case(fresh(case), by=me, outcome="employed")


def offer_to_the_other_office(case: Case, town: Town) -> None:
    """One case that waits for the other office's answer."""
    transfer.offer_transfer(
        fresh(case),
        by=town.house.boris,
        to_office=town.house.offices["ZARZIS"],
        promised="A place on the welding course in June.",
        careful_with="Do not call after six.",
        next="Meet him at the office of Zarzis.",
    )
