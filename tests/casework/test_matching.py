"""Matching: what fits, what is missing, what was left out, and what it never looks at (promises 5.11 and 5.16)."""

import dataclasses
import inspect
from typing import Any

import pytest
from django.urls import reverse

from casework import matching
from casework.actions import concerns, work
from casework.actions.training import complete_course, confirm_enrolment, enrol
from casework.forms.catalogue import VacancyForm
from casework.match_page import jobs_for_case, people_for_job
from casework.matching import Job, Seeker, fit_of, jobs_for, people_for
from casework.models import LANGUAGES_OF_WORK, LEVELS, Application, EmployerConcern, Vacancy
from tests import factories
from workflows.acting import NotYours, Refused
from workflows.models import Event
from workflows.partial import PartialDate

SPEAKS = dict(LANGUAGES_OF_WORK)


def fit(job: Job, seeker: Seeker) -> matching.Fit:
    return fit_of(job, seeker, levels=LEVELS, speaks=SPEAKS)


BAKER = Job("bakery", "Baker for the morning", trade="Baker", level="isced_2", languages=("fr", "it"), place="Sfax")


# ——— the module by itself ———


def test_what_fits_and_what_is_missing_is_said_in_sentences() -> None:
    found = fit(BAKER, Seeker("k", trade="baker", level="isced_3", languages=frozenset(["fr"]), place="Zarzis"))

    assert found.group == matching.NEARLY
    assert found.fits == (
        "The trade is the same: baker.",
        "Has learned enough: Secondary school or trade certificate.",
        "Speaks French.",
    )
    assert found.missing == ("Needs Italian.",)
    assert found.to_ask == ("In Sfax; they live in Zarzis. Ask about the way.",)


def test_distance_moves_nobody_down() -> None:
    near = fit(BAKER, Seeker("k", trade="Baker", level="isced_2", languages=frozenset(["fr", "it"]), place="sfax"))
    far = fit(BAKER, Seeker("k", trade="Baker", level="isced_2", languages=frozenset(["fr", "it"]), place="Tataouine"))

    assert near.group == far.group == matching.FITS
    assert "In Sfax, where they live." in near.fits


@pytest.mark.parametrize(
    ("wanted", "has", "goes"),
    [
        ("Baker", "Bakery worker", True),
        ("Soudeur", "Soudure", True),
        ("Pastry cook", "Cook", True),
        ("خباز", "خبّاز", True),
        ("Mason", "Machinist", False),
        ("General worker", "Kitchen worker", False),
        ("Electrician", "Plumber", False),
    ],
)
def test_trades_that_go_together(wanted: str, has: str, goes: bool) -> None:
    assert (fit(Job("j", wanted), Seeker("k", trade=has)).group == matching.FITS) is goes


def test_what_somebody_can_do_speaks_for_them_where_no_trade_is_written_down() -> None:
    found = fit(Job("j", "Welder"), Seeker("k", skills="Drove a van; welding of gates and stairs"))

    assert found.group == matching.NEARLY or found.group == matching.FITS
    assert found.fits == ("What they can do speaks of it: “welding”.",)


def test_nothing_known_is_asked_and_not_held_against_anybody() -> None:
    found = fit(BAKER, Seeker("k"))

    assert found.group == matching.OTHER and not found.left_out
    assert found.to_ask == ("No trade is written down: ask what they can do.",)
    assert found.missing == (
        "Asks for: Lower secondary school. What they have learned is not written down.",
        "Needs French, Italian. Their languages of work are not written down.",
    )


def test_promised_jobs_come_first_for_those_who_finished_the_course() -> None:
    seekers = [Seeker("a", trade="Baker"), Seeker("b", trade="Tailor", finished=(("employer", "Baker’s certificate"),))]

    found = people_for(Job("j", "Baker", employer="employer"), seekers, levels=LEVELS, speaks=SPEAKS)

    assert [[one.key for one, _fit in rows] for _title, rows in found.groups] == [["b"], ["a"]]
    assert found.groups[0][0] == "Promised to those who finished the course"


def test_what_was_left_out_is_told_with_its_reason() -> None:
    jobs = [
        Job("gone", "Baker", gone=True),
        Job("bad", "Baker", concerned=True),
        Job("asked", "Baker"),
        Job("roof", "Baker", dangerous=True),
        Job("good", "Baker"),
    ]
    seeker = Seeker("k", trade="Baker", asked=frozenset(["asked"]), too_young_for_danger="Forbidden under 18.")

    found = jobs_for(seeker, jobs, levels=LEVELS, speaks=SPEAKS)

    assert [one.key for _title, rows in found.groups for one, _fit in rows] == ["good"]
    assert {why: [one.key for one in some] for why, some in found.left_out} == {
        "The job is gone.": ["gone"],
        "A concern about the employer is open: nobody is sent there until a visit has settled it.": ["bad"],
        "Asked for already.": ["asked"],
        "Forbidden under 18.": ["roof"],
    }


def test_matching_cannot_look_at_who_somebody_is() -> None:
    """Promise 5.11: what a seeker has not, no line can read; and the module reads no database."""
    known = {one.name for one in dataclasses.fields(Seeker)}

    assert known == {
        "key", "trade", "skills", "level", "languages", "place", "finished", "too_young", "too_young_for_danger", "asked",
    }  # fmt: skip
    assert not {"casework.models", "django.db"} & set(inspect.getsource(matching).split())
    assert not any(
        isinstance(value, int | float) and not isinstance(value, bool) for value in vars(fit(BAKER, Seeker("k"))).values()
    )


# ——— among what one may see ———


@pytest.fixture
def looking(db: None, clock: Any) -> Any:
    """Khaled, a baker, who looks for work in Amina's hands."""
    case = factories.case_at("job_search")
    work.record_profile(
        case, by=factories.user("amina"), occupation="Baker", level="isced_3", languages=["fr"], skills="", years_abroad_at_work=4
    )
    return factories.again(case)


def vacancy(title: str = "Baker", **facts: Any) -> Vacancy:
    return work.post_vacancy(by=factories.user("amina"), employer=factories.employer(), title=title, **facts)


def signed_in(client: Any, name: str) -> Any:
    client.force_login(factories.user(name), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def titles(matched: Any) -> list[str]:
    return [job.title for _title, rows in matched.found.groups for job, _fit in rows]


def test_the_jobs_of_a_person_and_the_people_of_a_job(looking: Any) -> None:
    job = vacancy(level="isced_2")

    assert titles(jobs_for_case(looking)) == ["Baker"]
    found = people_for_job(factories.user("amina"), Vacancy.objects.with_concerns().get(pk=job.pk))
    assert list(found.rows) == [looking.pk]


def test_another_office_finds_none_of_our_people(looking: Any, client: Any) -> None:
    job = vacancy()

    page = signed_in(client, "chen").get(reverse("casework:match_vacancy", args=[job.pk])).content.decode()

    assert looking.reference not in page and looking.person.name not in page
    assert client.get(reverse("casework:match_case", args=[looking.pk])).status_code == 404


def test_one_press_applies(looking: Any, client: Any) -> None:
    job = vacancy()
    page = signed_in(client, "amina").get(reverse("casework:match_case", args=[looking.pk])).content.decode()
    assert "The trade is the same: Baker." in page and "Not looked at: sex, age, origin" in page

    client.post(reverse("casework:apply_for_vacancy", args=[looking.pk]), {"version": looking.version, "vacancy": str(job.pk)})

    assert Application.objects.get().vacancy == job
    assert "Asked for already." in client.get(reverse("casework:match_case", args=[looking.pk])).content.decode()


def test_the_pages_ask_the_same_for_one_row_and_for_twenty(looking: Any, client: Any, django_assert_max_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    signed_in(client, "amina")
    asked = []
    for many in (1, 20):
        while Vacancy.objects.count() < many:
            vacancy(f"Baker {Vacancy.objects.count()}")
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get(reverse("casework:match_case", args=[looking.pk]))
        asked.append(len(seen))
    assert asked[0] == asked[1]


def test_a_child_is_not_offered_what_the_law_forbids(looking: Any) -> None:
    vacancy("Baker at night", hazardous=True)
    vacancy("Shop")
    looking.person.born = PartialDate(2009, 12)
    looking.person.save()

    found = jobs_for_case(factories.again(looking))

    assert titles(found) == ["Shop"]
    assert [why for why, _some in found.found.left_out] == [
        "The law forbids dangerous work under 18: article 58 of the Tunisian Labour Code."
    ]


def test_whoever_finished_a_course_is_offered_the_promised_job_first(looking: Any) -> None:
    amina = factories.user("amina")
    course = factories.course()
    course.committed_employer, course.committed_jobs = factories.employer(), 2
    course.save()
    enrolment = enrol(looking, by=amina, course=course)
    confirm_enrolment(enrolment, by=amina)
    enrolment.refresh_from_db()
    complete_course(enrolment, by=amina, on=factories.days_ago(0))
    vacancy("Oven hand")

    found = jobs_for_case(factories.again(looking))

    assert found.found.groups[0][0] == "Promised to those who finished the course"


# ——— concerns about an employer (promise 5.16) ———


def warned(name: str = "amina", kind: str = "keeps_papers") -> EmployerConcern:
    return concerns.raise_employer_concern(factories.employer(), by=factories.user(name), kind=kind, words="Passports in a drawer")


def test_raise_employer_concern_keeps_the_employer_out_of_matching(looking: Any) -> None:
    vacancy()
    warned()

    assert titles(jobs_for_case(looking)) == []
    # Whoever reads the chain learns that something restricted changed, and no more.
    said = Event.objects.latest("pk")
    assert said.verb == "casework.restricted_change" and "papers" not in said.body


def test_raise_employer_concern_is_denied_to_others(looking: Any) -> None:
    with pytest.raises(NotYours):
        warned("dana")
    assert not EmployerConcern.objects.exists()


def test_the_office_sends_nobody_there_but_nobody_is_kept_from_asking(looking: Any) -> None:
    job = vacancy()
    warned()

    with pytest.raises(Refused) as refused:
        work.apply_for_vacancy(looking, by=factories.user("amina"), vacancy=job, cv_sent=True)
    assert [one.code for one in refused.value.blockers] == ["employer_concern"]
    assert work.apply_for_vacancy(looking, by=factories.user("amina"), vacancy=job)


def test_two_concerns_stop_new_placements_until_a_visit(looking: Any) -> None:
    warned()
    warned("amina", "not_paid")

    with pytest.raises(Refused) as refused:
        factories.placed(looking)
    assert [str(one.sentence) for one in refused.value.blockers] == [
        "Two concerns about Boulangerie du Port are open: nobody is newly placed there until a visit has settled them."
    ]

    concerns.record_employer_visit(factories.employer(), by=factories.user("boris"), finding="mended", found="Papers handed back")
    assert factories.placed(looking).state == "placed"


def test_one_concern_stops_no_placement(looking: Any) -> None:
    warned()

    assert factories.placed(looking).state == "placed"


def test_record_employer_visit_that_finds_it_so_keeps_the_concern_open(looking: Any) -> None:
    warned()

    concerns.record_employer_visit(factories.employer(), by=factories.user("boris"), finding="stands")

    concern = EmployerConcern.objects.open().get()
    assert (concern.finding, concern.settled_at) == ("stands", None)


def test_record_employer_visit_refuses_ones_own_concern_and_none(looking: Any) -> None:
    with pytest.raises(Refused) as none:
        concerns.record_employer_visit(factories.employer(), by=factories.user("boris"), finding="mended")
    warned("boris")
    with pytest.raises(Refused) as own:
        concerns.record_employer_visit(factories.employer(), by=factories.user("boris"), finding="unfounded")

    assert [one.code for one in (*none.value.blockers, *own.value.blockers)] == ["no_concern", "own_concern"]
    with pytest.raises(NotYours):
        concerns.record_employer_visit(factories.employer(), by=factories.user("amina"), finding="mended")


def test_the_pages_of_a_concern(looking: Any, client: Any) -> None:
    address = reverse("casework:raise_employer_concern", args=[factories.employer().pk])
    signed_in(client, "amina").post(address, {"kind": "not_paid", "words": "Three weeks without pay"})

    assert EmployerConcern.objects.get().words == "Three weeks without pay"
    assert "Three weeks without pay" in client.get(address).content.decode()
    visit = reverse("casework:record_employer_visit", args=[factories.employer().pk])
    assert client.get(visit).status_code == 403
    assert signed_in(client, "boris").get(visit).status_code == 200


# ——— an employer's wish ———


@pytest.mark.parametrize(
    ("facts", "field", "law"),
    [
        ({"wish": ["sex"]}, "wish", "article 5 bis of the Tunisian Labour Code"),
        ({"wish": ["origin"]}, "wish", "Organic Law 2018-50"),
        ({"title": "Waiter, men only"}, "title", "article 5 bis of the Tunisian Labour Code"),
        ({"title": "Vendeur, moins de 30 ans"}, "title", "Recommendation 162"),
        ({"title": "عامل، نساء"}, "title", "article 5 bis of the Tunisian Labour Code"),
        ({"title": "Guard, no returnees"}, "title", "Organic Law 2018-50"),
    ],
)
def test_a_wish_by_sex_age_or_origin_is_refused_with_the_law_named(facts: Any, field: str, law: str, looking: Any) -> None:
    form = VacancyForm({"employer": factories.employer().pk, "title": "Waiter", "kind": "job", **facts})

    assert not form.is_valid() and list(form.errors) == [field]
    assert law in str(form.errors[field])


@pytest.mark.parametrize(
    "title", ["Baker", "Chauffeur, permis B", "Serveuse ou serveur", "Manager of 30 rooms", "Femme de chambre"]
)
def test_a_trade_is_no_wish(title: str, looking: Any) -> None:
    form = VacancyForm({"employer": factories.employer().pk, "title": title, "kind": "job"})

    assert form.is_valid(), form.errors
