"""The pages of a programme: its rules in words, a change with its reason, opening it with what is missing, files without names."""

from typing import Any

import pytest
from django.urls import reverse

from casework.actions.case import last_days_of
from casework.actions.programme import change_programme, set_up_programme
from casework.models import Programme
from tests import factories as make
from workflows.models import Event
from workflows.partial import PartialDate

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme(clock: Any) -> Programme:
    return set_up_programme(by=make.user("gia"), code="MA-RETURN", name="Return to Morocco", country="MA", offices=[make.office()])


def signed_in(client: Any, name: str) -> Any:
    client.force_login(make.user(name))
    return client


def change(client: Any, programme: Programme, part: str, **typed: Any) -> Any:
    where = reverse("casework:change_programme", args=[programme.code, part])
    return client.post(where, {"reason": "Decided on Monday.", "version": Programme.objects.get().version, **typed})


# ——— reading ———


def test_the_list_shows_to_managers_every_programme_and_to_a_supervisor_those_of_the_office(
    client: Any, programme: Programme
) -> None:
    set_up_programme(by=make.user("gia"), code="GE-RETURN", name="Return to Georgia", country="GE", offices=[make.office("ZARZIS")])
    where = reverse("casework:programmes")
    for name, seen in (("gia", 2), ("lena", 2), ("mona", 2), ("boris", 1)):
        assert len(signed_in(client, name).get(where).context["programmes"]) == seen
    assert signed_in(client, "amina").get(where).status_code == 403


def test_the_page_says_every_rule_in_words_and_what_is_missing_with_its_link(client: Any, programme: Programme) -> None:
    page = signed_in(client, "gia").get(reverse("casework:programme", args=[programme.code])).content.decode()
    assert "EUR 100.00" in page
    assert "3, 6, 12 months" in page
    assert "12 months after the arrival" in page
    assert "Nobody has written down on what lawful basis files are kept" in page
    assert reverse("casework:change_programme", args=[programme.code, "lawful-basis"]) in page
    assert "There is no number to call in an emergency." in page


def test_a_programme_of_another_office_is_not_there_for_a_supervisor(client: Any, programme: Programme) -> None:
    assert signed_in(client, "nour").get(reverse("casework:programme", args=[programme.code])).status_code == 404
    assert signed_in(client, "boris").get(reverse("casework:programme", args=[programme.code])).status_code == 200


# ——— changing ———


def test_a_change_goes_through_the_verb_with_its_reason_and_stands_in_the_history(client: Any, programme: Programme) -> None:
    answer = change(
        signed_in(client, "gia"),
        programme,
        "ceilings",
        first_aid_ceiling="150",
        plan_approval_ceiling="2 000,50",
        payment_approval_ceiling="5000",
    )
    assert answer.status_code == 302
    changed = Programme.objects.get()
    assert (changed.first_aid_ceiling, changed.plan_approval_ceiling) == (150_00, 2_000_50)
    page = client.get(reverse("casework:programme", args=[programme.code])).content.decode()
    assert "the ceiling of first aid from EUR 100.00 to EUR 150.00" in page
    assert "Decided on Monday." in page


def test_a_change_without_a_reason_is_not_taken(client: Any, programme: Programme) -> None:
    answer = change(
        signed_in(client, "gia"),
        programme,
        "ceilings",
        first_aid_ceiling="150",
        plan_approval_ceiling="1",
        payment_approval_ceiling="1",
        reason="",
    )
    assert answer.status_code == 200
    assert answer.context["form"].errors["reason"]
    assert Programme.objects.get().first_aid_ceiling == 100_00


def test_every_part_of_the_rules_can_be_changed(client: Any, programme: Programme) -> None:
    signed_in(client, "lena")
    basis = {
        "lawful_basis": "The task given by law.",
        "lawful_basis_decided_by": "Lena Vogel",
        "lawful_basis_decided_on": "2026-03-02",
    }
    asking = {"round_opens_before": 0, "round_closes_after": 40, "ask_once_within": 30, "lost_after_days": 180}
    numbers = {"numbers-TOTAL_FORMS": 2, "numbers-INITIAL_FORMS": 0, "numbers-0-label": "Police", "numbers-0-number": "19"}
    for part, typed in {
        "name": {"name": "Return to Morocco, second phase", "ended_on": ""},
        "lawful-basis": basis,
        "numbers": {**numbers, "numbers-0-checked_on": "2026-03-01"},
        "offices": {"offices": [make.office().pk, make.office("ZARZIS").pk]},
        "asking": {**asking, "schedule_months": "1, 3, 12", "reminder_days": "5", "path_start_up": "6, 24"},
        "last-days": {"start_up": "18"},
        "languages": {"languages": ["fr"]},
        "figures": {"small_cell": 8, "placed_kinds": ["job"], "started_only_days": 14},
    }.items():
        answer = change(client, programme, part, **typed)
        assert answer.status_code == 302, (part, answer.context["form"].errors, answer.context["form"].blockers)
    now = Programme.objects.get()
    assert (now.name, now.lawful_basis_decided_by) == ("Return to Morocco, second phase", "Lena Vogel")
    assert [(one.label, one.number) for one in now.emergency_numbers.all()] == [("Police", "19")]
    assert now.offices.count() == 2
    assert (now.schedule_months, now.reminder_days, now.months_on("start_up"), now.months_on("work")) == (
        [1, 3, 12],
        [5],
        [6, 24],
        [1, 3, 12],
    )
    assert (now.last_days, now.languages, now.small_cell, now.placed_kinds) == ({"start_up": 18}, ["fr"], 8, ["job"])
    assert Event.objects.filter(verb="casework.change_programme").count() == 8


def test_a_rule_that_no_case_could_live_by_is_refused_in_a_sentence_and_what_was_typed_stays(
    client: Any, programme: Programme
) -> None:
    typed = {"round_opens_before": 0, "round_closes_after": 7, "ask_once_within": 30, "lost_after_days": 180}
    answer = change(signed_in(client, "gia"), programme, "asking", schedule_months="3", reminder_days="9", **typed)
    assert answer.status_code == 409
    assert "The last reminder comes after the round has closed." in answer.content.decode()
    assert answer.context["form"]["reminder_days"].value() == "9"


def test_a_stale_page_is_noticed(client: Any, programme: Programme) -> None:
    change_programme(programme, by=make.user("gia"), first_aid_ceiling=120_00)
    answer = change(signed_in(client, "gia"), programme, "name", name="Another", ended_on="", version=1)
    assert answer.status_code == 409
    assert Programme.objects.get().name == "Return to Morocco"


def test_an_administrator_and_a_supervisor_read_the_rules_and_are_told_who_changes_them(client: Any, programme: Programme) -> None:
    for name in ("mona", "boris"):
        answer = change(signed_in(client, name), programme, "name", name="Mine now", ended_on="")
        assert answer.status_code == 403
        assert "Gia" in answer.content.decode()
    assert Programme.objects.get().name == "Return to Morocco"


# ——— last days and rounds are the programme's ———


def test_the_last_days_of_a_file_are_those_of_its_programme(programme: Programme) -> None:
    change_programme(programme, by=make.user("gia"), last_days={"start_up": 18, "training": 3})
    case = make.case(programme=Programme.objects.get(), arrived_on=PartialDate(2026, 1, 31))
    assert {day.kind: str(day.due_on) for day in last_days_of(case)} == {
        "last_day.start_up": "2027-07-31",
        "last_day.training": "2026-04-30",
    }


# ——— setting up and opening ———


def test_a_programme_is_set_up_and_opened_when_nothing_is_missing(client: Any, clock: Any) -> None:
    signed_in(client, "gia")
    typed = {"code": "am-return", "name": "Return to Armenia", "country": "am", "currency": "eur", "offices": [make.office().pk]}
    answer = client.post(reverse("casework:set_up_programme"), typed)
    assert answer.url == reverse("casework:programme", args=["AM-RETURN"])
    opened = reverse("casework:go_live", args=["AM-RETURN"])
    refused = client.post(opened)
    assert refused.status_code == 409
    assert "There is no number to call in an emergency." in refused.content.decode()
    numbers = [{"label": "Police", "number": "102", "checked_on": clock.now().date()}]
    change_programme(
        Programme.objects.get(code="AM-RETURN"), by=make.user("lena"), emergency_numbers=numbers,
        lawful_basis="The law on return.", lawful_basis_decided_by="Lena",
    )  # fmt: skip
    assert client.post(opened).status_code == 302
    assert Programme.objects.get(code="AM-RETURN").live_since == clock.now()


def test_a_dead_number_blocks_the_opening_with_its_link(client: Any, programme: Programme) -> None:
    numbers = [{"label": "Police", "number": "19", "dead_since": "2026-02-01"}]
    change_programme(programme, by=make.user("gia"), emergency_numbers=numbers)
    answer = signed_in(client, "gia").post(reverse("casework:go_live", args=[programme.code]))
    assert "Police, 19, does not answer." in answer.content.decode()
    assert Programme.objects.get().live_since is None


def test_a_code_that_is_taken_is_said_at_the_field(client: Any, programme: Programme) -> None:
    typed = {"code": "ma-return", "name": "Again", "country": "MA", "currency": "EUR"}
    answer = signed_in(client, "gia").post(reverse("casework:set_up_programme"), typed)
    assert answer.context["form"].errors["code"] == ["Another programme has this code."]


# ——— files without names ———


def test_the_list_of_files_has_references_and_no_name(client: Any, clock: Any) -> None:
    case = make.case(person=make.person(given_names="Khaled", family_name="Zarrouk"))
    page = signed_in(client, "gia").get(reverse("casework:programme_files", args=[case.programme.code])).content.decode()
    assert case.reference in page
    assert "Zarrouk" not in page
    assert "Khaled" not in page


def test_the_list_of_files_asks_as_much_for_one_as_for_forty_and_pages_by_key(
    client: Any, clock: Any, django_assert_max_num_queries: Any
) -> None:
    first = make.case()
    where = reverse("casework:programme_files", args=[first.programme.code])
    signed_in(client, "gia").get(where)
    with django_assert_max_num_queries(9):
        client.get(where)
    for _n in range(41):
        make.case()
    with django_assert_max_num_queries(9):
        page = client.get(where).context["page"]
    rest = client.get(where, {"after": page.next_key}).context["page"]
    assert (len(page.cases), len(rest.cases), rest.next_key) == (40, 2, "")
    assert not {case.pk for case in page.cases} & {case.pk for case in rest.cases}
