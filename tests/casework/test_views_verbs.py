"""The page of a verb: what it shows, how it refuses, and what it keeps."""

from typing import Any

import pytest
from django.urls import reverse

from casework.actions import support
from casework.views.case_verbs import PAGES
from tests import factories
from tests.casework.test_matrix import ORDER, TABLE, cells

pytestmark = pytest.mark.django_db
VERBS = [page.verb for page in PAGES]


def signed_in(client: Any, name: str) -> Any:
    client.force_login(factories.user(name), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def address(verb: str, case: Any) -> str:
    return reverse(f"casework:{verb}", args=[case.pk])


def test_every_verb_has_its_page() -> None:
    assert sorted(VERBS) == sorted(verb for verb in TABLE if TABLE[verb][1] != "system")


@pytest.mark.parametrize("verb", VERBS)
def test_the_page_of_a_verb_opens_where_the_verb_exists(verb: str, client: Any, clock: Any) -> None:
    case = factories.case_at(next(state for state in ORDER if cells(verb)[state] != "."))
    name = "boris" if "supervisor" in TABLE[verb][1] else "amina"

    page = signed_in(client, name).get(address(verb, case))

    assert page.status_code == 200
    assert str(page.context["option"].label) in page.content.decode()


def test_a_verb_is_performed_and_said_in_place(client: Any, clock: Any) -> None:
    case = factories.case_at("referred")

    page = signed_in(client, "amina").post(address("open_intake", case), {"version": case.version}, follow=True)

    assert page.redirect_chain == [(case.get_absolute_url(), 302)]
    assert f"{case.person.name} is now in intake." in page.content.decode()
    assert factories.again(case).state == "intake"


def test_what_is_missing_is_said_with_its_link(client: Any, clock: Any) -> None:
    case = factories.case_at("intake")

    page = signed_in(client, "amina").get(address("begin_counselling", case)).content.decode()

    assert "The notice has not been given" in page
    assert reverse("casework:record_notice", args=[case.person_id]) in page


def test_a_refusal_keeps_what_was_typed(client: Any, clock: Any) -> None:
    case = factories.case_at("referred")
    typed = {"version": case.version, "kind": "food", "amount": "120.50", "for_whom": "Khaled and his son", "receipt": "7"}

    page = signed_in(client, "amina").post(address("give_first_aid", case), typed)

    text = page.content.decode()
    assert page.status_code == 409
    assert "a supervisor gives the rest" in text
    assert 'value="Khaled and his son"' in text
    assert not case.first_aid.exists()


def test_a_stale_page_keeps_what_was_typed_and_can_be_pressed_again(client: Any, clock: Any) -> None:
    case = factories.case_at("counselling")
    typed = {"version": case.version, "reason": "birth", "review_on": "2026-05-01", "words": "A daughter."}
    support.book_cost(case, by=factories.user("boris"), category="transport", amount=500)

    page = signed_in(client, "amina").post(address("put_on_hold", case), typed)
    assert page.status_code == 409
    assert "A daughter." in page.content.decode()
    again = signed_in(client, "amina").post(
        address("put_on_hold", case), typed | {"version": page.context["form"]["version"].value()}
    )

    assert again.status_code == 302
    assert factories.again(case).state == "on_hold"


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_guessed_address_is_nowhere_and_a_colleague_without_the_role_is_told_who_may(
    method: str, client: Any, clock: Any
) -> None:
    case = factories.case_at("intake")
    assert getattr(signed_in(client, "chen"), method)(address("begin_counselling", case)).status_code == 404

    denied = getattr(signed_in(client, "dana"), method)(address("begin_counselling", case))

    assert denied.status_code == 403
    assert "Amina" in denied.content.decode()
    assert factories.again(case).state == "intake"


def test_out_of_its_state_a_verb_says_where_the_case_is(client: Any, clock: Any) -> None:
    case = factories.case_at("counselling")
    page = signed_in(client, "amina").get(address("open_intake", case)).content.decode()
    assert "The case is “Counselling”" in page


def test_a_plan_is_written_with_its_rows(client: Any, clock: Any) -> None:
    case = factories.case_at("counselling")
    rows = {
        f"{name}-{key}": value
        for name in ("goals", "lines", "promises")
        for key, value in (("TOTAL_FORMS", 2), ("INITIAL_FORMS", 0))
    }
    typed = rows | {
        "version": case.version, "path": "training", "hope": "Un fournil à moi", "goals-0-what": "Work as a baker",
        "lines-0-kind": "training", "lines-0-what": "Course", "lines-0-amount": "1 200,50", "lines-1-kind": "transport",
        "lines-1-amount": "30",
        "promises-0-whose": "office", "promises-0-what": "Find a course", "promises-0-by_when": "2026-04-01",
        "promises-1-whose": "office",
    }  # fmt: skip

    page = signed_in(client, "amina").post(address("draft_plan", case), typed)

    assert page.status_code == 302
    plan = case.plans.get()
    assert (plan.total, plan.hope, [str(goal) for goal in plan.goals.all()], plan.promises.count()) == (
        1_230_50,
        "Un fournil à moi",
        ["Work as a baker"],
        1,
    )


def test_work_is_recorded_and_ended_over_the_pages(client: Any, clock: Any) -> None:
    case = factories.agreed(factories.case_at("counselling"))
    typed = {
        "version": case.version, "employer": factories.employer().pk, "kind": "job", "occupation": "Baker", "started_on": "2/2026",
        "wage": "900", "known_by": "payslip", "contract": "permanent", "formality": "formal",
    }  # fmt: skip
    assert signed_in(client, "amina").post(address("record_placement", case), typed).status_code == 302
    spell = case.placements.get()
    assert (str(spell.started_on), spell.wage, spell.currency, factories.again(case).state) == ("2026-02", 900_00, "EUR", "placed")

    ended = {"placement": spell.pk, "ended_on": "2026-03-01", "reason": "resigned", "version": factories.again(case).version}
    assert client.post(address("end_placement", case), ended).status_code == 302

    assert factories.again(case).state == "job_search"


def test_a_row_of_another_case_cannot_be_chosen(client: Any, clock: Any) -> None:
    case, other = factories.case_at("placed"), factories.case_at("placed")
    typed = {"placement": other.placements.get().pk, "ended_on": "2026-03-01", "reason": "resigned", "version": case.version}

    page = signed_in(client, "amina").post(address("end_placement", case), typed)

    assert page.status_code == 200
    assert other.placements.running().count() == 1


@pytest.mark.parametrize("folder", ["centres", "courses", "employers", "vacancies"])
def test_what_all_files_draw_on_is_listed_for_those_who_work_with_people(folder: str, client: Any, clock: Any) -> None:
    factories.course(), factories.employer()
    assert signed_in(client, "amina").get(f"/{folder}/").status_code == 200
    assert signed_in(client, "elif").get(f"/{folder}/").status_code == 403


def test_an_employer_is_added_and_corrected(client: Any, clock: Any) -> None:
    signed_in(client, "amina").post(reverse("casework:add_employer"), {"name": "Four Ben Ali", "place": "Tunis"})
    employer = factories.Employer.objects.get(name="Four Ben Ali")

    client.post(reverse("casework:correct_employer", args=[employer.pk]), {"name": "Four Ben Ali", "place": "La Marsa"})

    employer.refresh_from_db()
    assert (employer.place, employer.version) == ("La Marsa", 2)


def test_a_known_person_is_referred_again(client: Any, clock: Any) -> None:
    case = factories.case_at("closed")
    typed = {"programme": case.programme_id, "office": case.office_id, "sender": "OFII", "expected_arrival": "2026-06"}

    page = signed_in(client, "amina").post(reverse("casework:refer", args=[case.person_id]), typed)

    new = case.person.cases.exclude(pk=case.pk).get()
    assert (page.url, new.state, str(new.expected_arrival)) == (new.get_absolute_url(), "referred", "2026-06")


@pytest.mark.parametrize(
    ("verb", "typed"),
    [
        ("record_notice", {"language": "ar", "text_version": "1", "understood": "on"}),
        ("record_screening", {"alone": "on", "outcomes": ["prefers_not"]}),
        ("record_consent", {"follow_up": "no", "counts": "yes"}),
    ],
)
def test_what_a_case_waits_for_is_met_on_the_persons_page(verb: str, typed: dict[str, Any], client: Any, clock: Any) -> None:
    case = factories.case_at("intake")
    where = reverse(f"casework:{verb}", args=[case.person_id])
    assert signed_in(client, "amina").get(where).status_code == 200

    page = client.post(where, typed | {"version": case.person.version})

    assert (page.status_code, page.url) == (302, case.get_absolute_url())
