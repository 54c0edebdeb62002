"""The named stories: people one can follow from the first day, and what waits for the office this morning."""

import datetime as dt
import hashlib
import io
from pathlib import Path
from typing import Any

from dateutil.relativedelta import relativedelta
from django.core.files import File

from casework.actions import case as cases
from casework.actions import closing, people, plan, referral, support, talks, training, work
from casework.data import words
from casework.models import Case
from casework.referrals import read_list
from config.demo.cast import BY
from config.demo.crowd import Town, fresh, offer_to_the_other_office, refer_many
from config.demo.days import Days, Life, at, workday
from monitoring.actions import answering
from monitoring.models import Invitation
from workflows import clock
from workflows.partial import PartialDate

DEMO_LIST = Path(words.__file__).with_name("demo_referrals.csv")
WORRIED = "TR-HM"
"""Whose first answers worry: nobody else answers for her."""


def everybody(days: Days, town: Town, first: dt.date, today: dt.date) -> None:
    """Begin every named story at its own day."""
    day = lambda ago: workday(today - dt.timedelta(days=ago))  # noqa: E731 (read as a word in the lines below)
    days.begins(_khaled(town, day(410)))
    days.begins(_ghassen(town, day(300)))
    days.begins(_abdelghani(town, day(480)))
    days.begins(_mohamed(town, day(190)))
    days.begins(_sofien(town, day(120)))
    days.begins(_adel(town, day(60)))
    days.begins(_wafa(town, today - dt.timedelta(days=356)))
    days.begins(_household(town, day(150)))
    days.begins(_grandfather(town, day(200)))
    days.begins(_came_back(town, day(500)))
    days.begins(_hela(town, workday(today - dt.timedelta(days=170)), today))
    days.begins(_a_list_came(town, day(6)))


def _refer(town: Town, who: dict[str, Any], *, office: str = "TUNIS", **facts: Any) -> Case:
    who = {"nationality": "TN", "language": "ar", **who}
    facts = {"office": town.house.offices[office], "sender": "OFII", **facts}
    return refer_many([(who, facts)], programme=town.programme, by=BY)[0]


def met(case: Case, by: Any, *, follow_up: str = "yes", whose: str = "mine_alone", say: str = "the workshop") -> Case:
    """The first talk: notice, permissions, how to reach, counselling."""
    person = fresh(case).person
    people.record_notice(person, by=by, language="ar", text_version="1", case=case)
    people.record_consent(person, by=by, case=case, answers={"follow_up": follow_up, "training_centre": "yes", "counts": "yes"})
    after_work = {"hours_from": dt.time(17), "hours_to": dt.time(20)}
    ways = [
        {
            "id": way.pk,
            "kind": way.kind,
            "value": way.value,
            "whose": whose,
            "language": "ar",
            "may_be_said": say,
            "agreed_on": clock.today(),
            **(after_work if way.kind == "phone" else {}),
        }
        for way in person.reaches.filter(ended_at=None).order_by("kind")
    ]
    people.set_reach(person, by=by, ways=ways or [{"kind": "none"}])
    return cases.begin_counselling(fresh(case), by=by, language="ar")


def ready_for_a_plan(case: Case, by: Any, trade: str, *, level: str = "isced_3", years: int = 6) -> None:
    """What a plan rests on: screening, a paper, a profile."""
    people.record_screening(fresh(case).person, by=by, case=case, outcomes=["nothing_said"], alone=True)
    support.add_document(fresh(case), by=by, kind="identity", title="Passport and birth record", seen_on=clock.today())
    work.record_profile(
        fresh(case),
        by=by,
        occupation=trade,
        level=level,
        languages=["ar", "fr"],
        skills=f"{trade}, {years} years",
        years_abroad_at_work=years,
    )


def _khaled(town: Town, day: dt.date) -> Life:
    """Khaled Belhaj: a fridge mechanic; course, work that ended, a new plan that waits to be agreed this morning."""
    me = town.house.amina
    yield at(day, 8)
    case = _refer(
        town,
        {
            "given_names": "Khaled",
            "family_name": "Belhaj",
            "native_name": "خالد بلحاج",
            "sex": "male",
            "born": PartialDate(day.year - 33),
            "born_is_estimate": True,
            "region": "Tunis",
            "place": "La Marsa",
            "years_abroad": 9,
            "phone": "+216 20 000 387",
            "email": "khaled.belhaj@example.org",
            "document_number": "A2951338",
        },
        sender_reference="TR-KB",
        return_as_sent="assisted_voluntary",
        host_country="IT",
        expected_arrival=PartialDate.of(day + dt.timedelta(days=3)),
        path="training",
    )
    cases.assign_caseworker(fresh(case), by=town.house.boris, caseworker=me)
    yield at(day + dt.timedelta(days=3), 14)
    cases.confirm_arrival(fresh(case), by=me, arrived_on=PartialDate.of(clock.today()))
    support.give_first_aid(fresh(case), by=me, kind="transport", amount=38_500, receipt="R-104", for_whom="Khaled")
    yield at(workday(day + dt.timedelta(days=15)), 10)
    cases.open_intake(fresh(case), by=me)
    met(case, me)
    talks.record_session(
        fresh(case), by=me, held_on=clock.today(), minutes=70, topics=["work", "family"], agreed="Bring the diploma from Zarzis."
    )
    yield at(workday(day + dt.timedelta(days=36)), 11)
    ready_for_a_plan(case, me, "fridge mechanic")
    plan.draft_plan(
        fresh(case),
        by=me,
        path="training",
        hope="A cold-repair shop at the harbour.",
        lines=[{"kind": "training", "what": "Refrigeration, 12 weeks", "amount": 92_000}],
        goals=[{"what": "Certificate in refrigeration", "by_when": clock.today() + dt.timedelta(days=120)}],
        promises=[
            {"whose": "office", "what": "Pay the course", "by_when": clock.today() + dt.timedelta(days=25)},
            {"whose": "office", "what": "Go with him to the bank", "by_when": clock.today() + dt.timedelta(days=90)},
            {"whose": "person", "what": "Open a work account", "by_when": clock.today() + dt.timedelta(days=90)},
        ],
    )
    plan.agree_plan(fresh(case), by=me, person_mark="reservations", reservations="Not before my mother’s operation.")
    yield at(workday(day + dt.timedelta(days=60)), 9)
    enrolment = training.enrol(fresh(case), by=me, course=town.courses["TUNIS"][0], confirmed=True, starts_on=clock.today())
    training.start_training(fresh(case), by=me)
    plan.keep_promise(fresh(case).plans.agreed().get().promises.first(), by=me)
    yield at(workday(day + dt.timedelta(days=142)), 16)
    training.complete_course(enrolment, by=me, on=clock.today(), certificate=True)
    work.begin_job_search(fresh(case), by=me)
    yield at(workday(day + dt.timedelta(days=190)), 12)
    placement = work.record_placement(
        fresh(case),
        by=me,
        employer=town.employers[2],
        occupation="fridge mechanic",
        started_on=PartialDate.of(clock.today()),
        known_by="contract",
        contract="fixed_term",
        formality="formal",
        wage=980_000,
        currency="TND",
        hours=40,
    )
    yield at(workday(day + dt.timedelta(days=370)), 15)
    work.end_placement(placement, by=me, ended_on=PartialDate.of(clock.today()), reason="contract_ended")
    talks.record_session(
        fresh(case), by=me, held_on=clock.today(), topics=["work", "business"], agreed="He would rather repair on his own account."
    )
    yield at(workday(day + dt.timedelta(days=392)), 10)
    plan.draft_plan(
        fresh(case),
        by=me,
        path="start_up",
        hope="A cold-repair shop at the harbour.",
        lines=[
            {"kind": "business", "what": "Compressor and tools", "amount": 78_000},
            {"kind": "transport", "what": "Van licence", "amount": 12_000},
        ],
        promises=[
            {"whose": "office", "what": "Ask the port for a stall", "by_when": clock.today() + dt.timedelta(days=40)},
            {"whose": "person", "what": "Bring a fresh quote", "by_when": clock.today() + dt.timedelta(days=20)},
        ],
    )
    cases.set_last_day(fresh(case), by=me, kind="papers", due_on=clock.today() + dt.timedelta(days=43))


def _ghassen(town: Town, day: dt.date) -> Life:
    """Ghassen came with forty euros in his pocket: first aid on the day, a room, a course, a workshop."""
    me = town.house.amina
    yield at(day, 16, 40)
    case = _refer(
        town,
        {
            "given_names": "Ghassen",
            "family_name": "Tlili",
            "native_name": "غسان التليلي",
            "sex": "male",
            "born": PartialDate(day.year - 27, 5),
            "region": "Kef",
            "place": "Le Kef",
            "years_abroad": 4,
        },
        sender_reference="TR-GT",
        return_as_sent="forced",
        host_country="DE",
        arrived_on=PartialDate.of(day),
        path="",
    )
    for kind, amount, receipt in (("food", 12_000, "R-201"), ("bed", 60_000, "R-202"), ("phone", 8_000, "R-203")):
        support.give_first_aid(fresh(case), by=me, kind=kind, amount=amount, receipt=receipt, for_whom="Ghassen")
    cases.assign_caseworker(fresh(case), by=me, caseworker=me)
    yield at(workday(day + dt.timedelta(days=2)), 9)
    cases.open_intake(fresh(case), by=me)
    talks.record_session(fresh(case), by=me, held_on=clock.today(), topics=["housing", "first_needs"], minutes=50)
    people.set_reach(fresh(case).person, by=me, ways=[{"kind": "none"}])
    yield at(workday(day + dt.timedelta(days=20)), 9)
    met(case, me)
    ready_for_a_plan(case, me, "jeweller", level="isced_2", years=3)
    plan.draft_plan(
        fresh(case),
        by=me,
        path="training",
        hope="To make rings.",
        lines=[
            {"kind": "housing", "what": "Room, three months", "amount": 60_000},
            {"kind": "training", "what": "Jewellery course", "amount": 35_000},
        ],
    )
    plan.agree_plan(fresh(case), by=me, person_mark="agreed")
    enrolment = training.enrol(fresh(case), by=me, course=town.courses["TUNIS"][2], confirmed=True, starts_on=clock.today())
    training.start_training(fresh(case), by=me)
    yield at(workday(day + dt.timedelta(days=110)), 9)
    training.complete_course(enrolment, by=me, on=clock.today(), certificate=True)
    work.record_placement(
        fresh(case),
        by=me,
        employer=town.employers[0],
        occupation="jeweller",
        started_on=PartialDate.of(clock.today()),
        known_by="visit",
        contract="permanent",
        formality="formal",
        wage=850_000,
        currency="TND",
    )


def _abdelghani(town: Town, day: dt.date) -> Life:
    """Abdelghani: a nurse whose diploma was not recognised; recognition, internship, work, and now he would teach."""
    me = town.house.chen
    yield at(day, 9)
    case = _refer(
        town,
        {
            "given_names": "Abdelghani",
            "family_name": "Ferjani",
            "native_name": "عبد الغني الفرجاني",
            "sex": "male",
            "born": PartialDate(day.year - 44, 2, 11),
            "region": "Medenine",
            "place": "Zarzis",
            "years_abroad": 14,
            "phone": "+216 98 000 212",
            "email": "a.ferjani@example.org",
        },
        office="ZARZIS",
        sender_reference="TR-AF",
        return_as_sent="voluntary",
        host_country="FR",
        arrived_on=PartialDate.of(day),
        path="work",
        caseworker=me,
    )
    cases.open_intake(fresh(case), by=me)
    yield at(workday(day + dt.timedelta(days=8)), 9)
    met(case, me, say="the hospital")
    ready_for_a_plan(case, me, "nurse", level="isced_5", years=12)
    plan.draft_plan(
        fresh(case),
        by=me,
        path="work",
        hope="To work as a nurse again, and to teach.",
        lines=[{"kind": "recognition", "what": "Recognition of the French diploma", "amount": 45_000}],
    )
    plan.agree_plan(fresh(case), by=me, person_mark="agreed")
    work.begin_job_search(fresh(case), by=me)
    yield at(workday(day + dt.timedelta(days=90)), 9)
    internship = work.record_placement(
        fresh(case),
        by=me,
        employer=town.employers[4],
        occupation="nurse",
        kind="internship",
        started_on=PartialDate.of(clock.today()),
        known_by="contract",
        contract="fixed_term",
    )
    yield at(workday(day + dt.timedelta(days=180)), 9)
    work.end_placement(internship, by=me, ended_on=PartialDate.of(clock.today()), reason="contract_ended")
    work.record_placement(
        fresh(case),
        by=me,
        employer=town.employers[4],
        occupation="nurse",
        started_on=PartialDate.of(clock.today()),
        known_by="payslip",
        contract="permanent",
        formality="formal",
        wage=1_650_000,
        currency="TND",
    )
    yield at(workday(day + dt.timedelta(days=400)), 9)
    closing.close_case(fresh(case), by=me, outcome="employed")


def _mohamed(town: Town, day: dt.date) -> Life:
    """Mohamed writes the plan of a pizzeria in La Marsa."""
    me = town.house.amina
    yield at(day, 9)
    case = _refer(
        town,
        {
            "given_names": "Mohamed",
            "family_name": "Maaloul",
            "native_name": "محمد معلول",
            "sex": "male",
            "born": PartialDate(day.year - 38, 9, 2),
            "region": "Tunis",
            "place": "La Marsa",
            "years_abroad": 11,
            "phone": "+216 22 000 515",
            "email": "m.maaloul@example.org",
        },
        sender_reference="TR-MM",
        return_as_sent="voluntary",
        host_country="FR",
        arrived_on=PartialDate.of(day),
        path="start_up",
        caseworker=me,
    )
    cases.open_intake(fresh(case), by=me)
    yield at(workday(day + dt.timedelta(days=6)), 9)
    met(case, me, say="the pizzeria")
    ready_for_a_plan(case, me, "pizza maker", years=11)
    plan.draft_plan(
        fresh(case),
        by=me,
        path="start_up",
        hope="A pizzeria in La Marsa with two people.",
        lines=[{"kind": "business", "what": "Feasibility study", "amount": 90_000}],
    )
    plan.agree_plan(fresh(case), by=me, person_mark="agreed")
    work.begin_start_up(fresh(case), by=me)


def _sofien(town: Town, day: dt.date) -> Life:
    """Sofien came home by choice and only had questions; he left his number to talk with people who are newly back."""
    me = town.house.samia
    yield at(day, 11)
    case = _refer(
        town,
        {
            "given_names": "Sofien",
            "family_name": "Riahi",
            "native_name": "سفيان الرياحي",
            "sex": "male",
            "born": PartialDate(day.year - 51),
            "region": "Bizerte",
            "place": "Menzel Bourguiba",
            "phone": "+216 29 000 808",
        },
        sender_reference="TR-SR",
        return_as_sent="spontaneous",
        host_country="CH",
        arrived_on=PartialDate.of(day),
        caseworker=me,
    )
    cases.open_intake(fresh(case), by=me)
    talks.record_session(
        fresh(case),
        by=me,
        held_on=clock.today(),
        how="phone",
        minutes=25,
        topics=["rights_abroad", "papers"],
        agreed="Ask the Swiss fund for the pension statement.",
    )
    yield at(workday(day + dt.timedelta(days=30)), 11)
    closing.close_case(
        fresh(case), by=me, outcome="withdrew", words="Has what he came for. Would talk with people who are newly back."
    )


def _adel(town: Town, day: dt.date) -> Life:
    """Adel was not eligible: a kind no, and where else to go."""
    yield at(day, 11)
    case = _refer(
        town,
        {
            "given_names": "Adel",
            "family_name": "Toumi",
            "native_name": "عادل التومي",
            "sex": "male",
            "born": PartialDate(day.year - 30),
            "region": "Tunis",
            "place": "Tunis",
            "phone": "+216 52 000 301",
        },
        sender_reference="TR-AT",
        caseworker=town.house.amina,
    )
    closing.decline_referral(
        fresh(case),
        by=town.house.amina,
        outcome="no_longer_eligible",
        words="Never lived abroad. The employment service in rue de Rome expects him on Monday.",
    )


def _wafa(town: Town, day: dt.date) -> Life:
    """Wafa: her start-up file must reach a committee within twelve months of her return, and that is soon."""
    me = town.house.amina
    yield at(day, 10)
    case = _refer(
        town,
        {
            "given_names": "Wafa",
            "family_name": "Ouni",
            "native_name": "وفاء عوني",
            "sex": "female",
            "born": PartialDate(day.year - 41, 7, 19),
            "region": "Tunis",
            "place": "La Goulette",
            "phone": "+216 25 000 341",
            "email": "wafa.ouni@example.org",
        },
        sender_reference="TR-WO",
        return_as_sent="voluntary",
        host_country="BE",
        arrived_on=PartialDate.of(day),
        path="start_up",
        caseworker=me,
    )
    cases.open_intake(fresh(case), by=me)
    yield at(workday(day + dt.timedelta(days=12)), 10)
    met(case, me, say="the sewing course")
    ready_for_a_plan(case, me, "tailor")
    plan.draft_plan(
        fresh(case),
        by=me,
        path="start_up",
        hope="A sewing workshop with her sister.",
        lines=[{"kind": "business", "what": "Two machines", "amount": 96_000}],
    )
    plan.agree_plan(fresh(case), by=me, person_mark="agreed")
    work.begin_start_up(fresh(case), by=me)


def _household(town: Town, day: dt.date) -> Life:
    """Two adults and a child who came home together: each adult has a file and is heard alone."""
    me = town.house.samia
    yield at(day, 10)
    shared = {"region": "Ariana", "place": "Ariana", "phone": "+216 20 000 777"}
    mother = _refer(
        town,
        {
            "given_names": "Selma",
            "family_name": "Zouari",
            "native_name": "سلمى الزواري",
            "sex": "female",
            "born": PartialDate(day.year - 36, 1, 8),
            **shared,
        },
        sender_reference="TR-SZ",
        arrived_on=PartialDate.of(day),
        caseworker=me,
    )
    father = _refer(
        town,
        {
            "given_names": "Hatem",
            "family_name": "Zouari",
            "native_name": "حاتم الزواري",
            "sex": "male",
            "born": PartialDate(day.year - 39, 11, 3),
            **shared,
        },
        sender_reference="TR-HZ",
        arrived_on=PartialDate.of(day),
        caseworker=me,
    )
    people.join_household(fresh(father).person, by=me, other=fresh(mother).person, relation="partner")
    for case in (mother, father):
        cases.open_intake(fresh(case), by=me)
        met(case, me, whose="shared", say="the school")


def _grandfather(town: Town, day: dt.date) -> Life:
    """Somebody who died: everything stopped the same minute, and the supervisor confirmed it."""
    me = town.house.chen
    yield at(day, 10)
    case = _refer(
        town,
        {
            "given_names": "Fethi",
            "family_name": "Saidi",
            "native_name": "فتحي السعيدي",
            "sex": "male",
            "born": PartialDate(day.year - 63),
            "region": "Gabes",
            "place": "Gabès",
            "phone": "+216 98 000 004",
        },
        office="ZARZIS",
        sender_reference="TR-FS",
        arrived_on=PartialDate.of(day),
        caseworker=me,
    )
    cases.open_intake(fresh(case), by=me)
    met(case, me)
    yield at(workday(day + dt.timedelta(days=70)), 10)
    closing.record_death(
        fresh(case), by=me, told_by="His sister, at the office", died_on=PartialDate(clock.today().year, clock.today().month)
    )
    yield at(workday(day + dt.timedelta(days=71)), 10)
    closing.confirm_death(fresh(case), by=town.house.nour)


def _came_back(town: Town, day: dt.date) -> Life:
    """Somebody who came home twice: one person, two returns, two files."""
    me = town.house.samia
    yield at(day, 10)
    first = _refer(
        town,
        {
            "given_names": "Lotfi",
            "family_name": "Hamdi",
            "native_name": "لطفي الحمدي",
            "sex": "male",
            "born": PartialDate(day.year - 46, 6, 30),
            "region": "Tunis",
            "place": "Tunis",
            "phone": "+216 22 000 275",
        },
        sender_reference="TR-LH1",
        arrived_on=PartialDate.of(day),
        caseworker=me,
    )
    cases.open_intake(fresh(first), by=me)
    yield at(workday(day + dt.timedelta(days=60)), 10)
    closing.close_case(fresh(first), by=me, outcome="left_with_papers", words="Season in Italy.")
    yield at(workday(day + dt.timedelta(days=440)), 10)
    again = cases.refer(
        person=fresh(first).person,
        programme=town.programme,
        office=town.house.offices["TUNIS"],
        by=me,
        sender="OFII",
        sender_reference="TR-LH2",
        arrived_on=PartialDate.of(clock.today()),
        caseworker=me,
    )
    cases.open_intake(fresh(again), by=me)
    met(again, me)
    cases.put_on_hold(fresh(again), by=me, reason="illness", review_on=clock.today() + dt.timedelta(days=40))


def _hela(town: Town, day: dt.date, today: dt.date) -> Life:
    """Hela is in work; this morning, by the link, she will answer that she is in danger."""
    me = town.house.amina
    yield at(day, 10)
    case = _refer(
        town,
        {
            "given_names": "Hela",
            "family_name": "Mansour",
            "native_name": "هالة منصور",
            "sex": "female",
            "born": PartialDate(day.year - 31, 4, 2),
            "region": "Tunis",
            "place": "La Goulette",
            "phone": "+216 20 000 366",
            "email": "hela.mansour@example.org",
        },
        sender_reference=WORRIED,
        return_as_sent="forced",
        host_country="DE",
        arrived_on=PartialDate.of(day),
        caseworker=me,
    )
    cases.open_intake(fresh(case), by=me)
    met(case, me, say="the call-back you asked for")
    yield at(workday(day + dt.timedelta(days=20)), 10)
    ready_for_a_plan(case, me, "cook", years=5)
    plan.draft_plan(
        fresh(case),
        by=me,
        path="work",
        hope="Her own kitchen.",
        lines=[{"kind": "work", "what": "Way into work", "amount": 20_000}],
    )
    plan.agree_plan(fresh(case), by=me, person_mark="agreed")
    work.begin_job_search(fresh(case), by=me)
    began = today - relativedelta(months=3) - dt.timedelta(days=1)
    yield at(began, 10)
    work.record_placement(
        fresh(case),
        by=me,
        employer=town.employers[8],
        occupation="cook",
        started_on=PartialDate.of(began),
        known_by="contract",
        contract="fixed_term",
        formality="formal",
    )


def _a_list_came(town: Town, day: dt.date) -> Life:
    """A list of last week: most are new, three could be people who are known, one cannot be read, one did not want to come."""
    yield at(day, 9, 20)
    year = day.year
    new = DEMO_LIST.read_text(encoding="utf-8-sig").splitlines()[1:5]
    rows = [
        # Khaled, as the Italian side writes him; Sofien, who was here before; Abdelghani, whose file is at Zarzis.
        f"OF-0101,بلحاج,خالد,,M,{year - 34},TN,,IT,{day},voluntary,+21620000387,,ar,Tunis,La Marsa,3,mechanic,9,,,yes,start_up,",
        f"OF-0102,Riahi,Soufiane,سفيان الرياحي,M,{year - 51},TN,,CH,{day},voluntary,+21629000808,,fr,Bizerte,,,,,,,yes,unsure,",
        f"OF-0103,Al Farjani,Abdel Ghani,,M,{year - 45}-02-11,TN,,FR,{day},voluntary,+21698000212,,ar,,,5,nurse,,,,yes,job,",
        f"OF-0104,Gharbi,Anis,,M,31/02/{year - 29},TN,,DE,{day},forced,,,ar,Tunis,,2,,3,,,yes,job,",
        f"OF-0105,Ayari,Wajdi,,M,{year - 40},TN,,DE,{day},voluntary,,,ar,Tunis,,2,,3,,,no,job,",
    ]
    heading = DEMO_LIST.read_text(encoding="utf-8-sig").splitlines()[0]
    text = "\n".join([heading, *new, *rows]).encode()
    referral.import_list(
        read_list(io.BytesIO(text), "returns-last-week.csv", country="TN"),
        programme=town.programme,
        office=town.house.offices["TUNIS"],
        by=town.house.amina,
        sender="IOM",
        file_name="returns-last-week.csv",
        sha256=hashlib.sha256(text).hexdigest(),
    )


def _a_list_waits(town: Town) -> None:
    """The list that Amina handed in this morning: looked through, and nothing imported yet."""
    with DEMO_LIST.open("rb") as file:
        listing = referral.take_in(
            File(file, name="referrals-tunis.csv"),
            by=town.house.amina,
            programme=town.programme,
            office=town.house.offices["TUNIS"],
            sender="IOM",
        )
    referral.look_through(listing)


def work_for_today(town: Town, today: dt.date) -> None:
    """What waits this morning: talks by the clock, a task, an offered transfer, a closing to sign, a list to be decided."""
    me = town.house.amina
    mine = Case.objects.filter(caseworker=me, closed_at=None, death_recorded_at=None, offered_to=None)
    khaled = mine.filter(sender_reference="TR-KB").get()
    talks.book_session(
        fresh(khaled),
        by=me,
        starts_at=at(today, 9, 30),
        about="Plan, version 2, to agree",
        bring="A fresh quote for the compressor",
    )
    others = mine.exclude(pk=khaled.pk)
    for case, hour, about in zip(
        others.filter(state__in=("intake", "counselling")).order_by("-state_since")[:3],
        (11, 14, 15),
        ("First talk", "Plan", "Papers"),
        strict=False,
    ):
        talks.book_session(fresh(case), by=me, starts_at=at(today, hour), about=about, interpreter="Tigrinya" if hour == 11 else "")
    for case in others.filter(state="training").order_by("state_since")[:1]:
        cases.add_task(fresh(case), by=me, what="The course ended on Friday: how did it end, and what comes next?", due_on=today)
    for case in others.filter(state="job_search").order_by("state_since")[:1]:
        closing.propose_closing(fresh(case), by=me, outcome="lost", words="Five tries, a visit, a letter.")
    for case in others.filter(state="counselling").order_by("state_since")[:1]:
        offer_to_the_other_office(case, town)
    _a_list_waits(town)
    _an_answer_worries(me)


def _an_answer_worries(me: Any) -> None:
    """Somebody answers this morning, by the link, that they are in danger: it is the first thing on *My day*."""
    asked = Invitation.objects.filter(ended_at=None, round__case__caseworker=me, round__case__sender_reference=WORRIED)
    for invitation in asked.select_related("round__case"):
        answering.begin_answers(invitation, phone_is="mine_alone", language="ar")
        invitation.refresh_from_db()
        danger = next(
            (one for one in answering.questions(invitation.round, way="web", alone=True) if one.item.id == "in_danger"), None
        )
        if danger and invitation.alone:
            answering.save_answer(invitation, danger, "yes")
            return
