"""What waits for a second person: signed or turned down, with enough to decide by and a name only for those who see the file."""

from typing import Any

import pytest
from django.urls import reverse

from casework.actions import closing, plan
from casework.actions.notes import write_note
from casework.actions.signing import turn_down_proposal
from casework.models import Case
from tests import factories as make
from workflows.acting import NotYours, Refused
from workflows.jobs import drain
from workflows.models import Event, Note, Signature, Task

pytestmark = pytest.mark.django_db
TO_SIGN = "/to-sign/"


@pytest.fixture
def case(clock: Any) -> Case:
    """Amina proposed to close Khaled's file as lost."""
    khaled = make.person(given_names="Khaled", family_name="Zarrouk")
    made = make.case(caseworker=make.user("amina"), person=khaled)
    closing.propose_closing(made, by=make.user("amina"), outcome="lost", words="Khaled’s sister knows nothing either.")
    return make.again(made)


@pytest.fixture
def costly(clock: Any) -> Case:
    """Amina wrote a plan above the ceiling."""
    made = make.case_at("counselling", person=make.person(given_names="Salma", family_name="Trabelsi"))
    lines = [{"kind": "training", "what": "Course for Salma", "amount": 2_500_00}]
    plan.draft_plan(made, by=make.user("amina"), path="training", lines=lines)
    return make.again(made)


def signed_in(client: Any, name: str) -> Any:
    client.force_login(make.user(name))
    return client


def proposal(of: Case) -> Signature:
    return Signature.objects.get(stream=of.stream, signed_at=None, withdrawn_at=None)


# ——— the page ———


def test_a_programme_manager_decides_by_facts_and_sees_no_name(client: Any, case: Case, costly: Case) -> None:
    page = signed_in(client, "gia").get(TO_SIGN)
    html = page.content.decode()
    assert [one.case.reference for one in page.context["waiting"]] == [case.reference, costly.reference]
    assert "EUR 2,500.00" in html
    assert "Tries to reach" in html
    for name in ("Khaled", "Zarrouk", "Salma", "Trabelsi", "sister"):
        assert name not in html, name


def test_a_supervisor_reads_the_name_and_the_reason_and_of_the_own_office_alone(client: Any, case: Case) -> None:
    html = signed_in(client, "boris").get(TO_SIGN).content.decode()
    assert "Khaled" in html
    assert "sister knows nothing either" in html
    assert signed_in(client, "nour").get(TO_SIGN).context["waiting"] == []


def test_whoever_proposed_it_is_told_that_another_signs(client: Any, clock: Any) -> None:
    made = make.case()
    closing.propose_closing(made, by=make.user("boris"), outcome="lost", words="No trace.")
    page = signed_in(client, "boris").get(TO_SIGN)
    assert (page.context["waiting"], len(page.context["own"])) == ([], 1)
    pressed = client.post(reverse("casework:sign_proposal", args=[proposal(made).pk]))
    assert pressed.status_code == 409
    assert "It takes a second person to sign" in pressed.content.decode()
    assert make.again(made).is_open


def test_the_page_asks_as_much_for_one_proposal_as_for_many(client: Any, case: Case, django_assert_max_num_queries: Any) -> None:
    signed_in(client, "gia").get(TO_SIGN)
    with django_assert_max_num_queries(13):
        client.get(TO_SIGN)
    for _n in range(12):
        closing.propose_closing(make.case(), by=make.user("amina"), outcome="lost", words="No trace.")
    with django_assert_max_num_queries(13):
        assert len(client.get(TO_SIGN).context["waiting"]) == 13


def test_a_programme_manager_finds_on_my_day_what_waits(client: Any, case: Case) -> None:
    assert "1 proposal waits for a second person" in signed_in(client, "gia").get("/day/").content.decode()


# ——— signing ———


def test_signing_closes_the_file_and_approves_the_plan(client: Any, case: Case, costly: Case) -> None:
    signed_in(client, "gia")
    for one in (case, costly):
        assert client.post(reverse("casework:sign_proposal", args=[proposal(one).pk])).url == TO_SIGN
    assert make.again(case).outcome == "lost"
    assert costly.plans.drafts().get().approved_by == make.user("gia")
    assert list(Event.objects.order_by("pk").values_list("verb", flat=True))[-2:] == [
        "casework.sign_closing",
        "casework.approve_plan",
    ]


def test_a_file_that_changed_since_is_not_signed(client: Any, case: Case) -> None:
    waiting = proposal(case).pk
    write_note(make.again(case), by=make.user("amina"), text="He rang.")
    page = signed_in(client, "gia").get(TO_SIGN)
    assert "It has to be proposed again." in page.content.decode()
    assert client.post(reverse("casework:sign_proposal", args=[waiting])).status_code == 409
    assert make.again(case).is_open


@pytest.mark.parametrize(("name", "status"), [("amina", 403), ("lena", 403), ("mona", 403), ("nour", 404)])
def test_nobody_else_signs_or_turns_down(client: Any, case: Case, name: str, status: int) -> None:
    signed_in(client, name)
    for verb in ("sign_proposal", "turn_down"):
        answer = client.post(reverse(f"casework:{verb}", args=[proposal(case).pk]), {"words": "No."})
        assert answer.status_code == status
        assert "Khaled" not in answer.content.decode()
    assert make.again(case).is_open


# ——— turning down ———


def test_turning_down_takes_the_proposal_off_and_the_caseworker_reads_why(client: Any, case: Case) -> None:
    where = reverse("casework:turn_down", args=[proposal(case).pk])
    assert signed_in(client, "gia").post(where, {"words": "Ask the workshop first."}).url == TO_SIGN
    assert not Signature.objects.filter(stream=case.stream, withdrawn_at=None).exists()
    assert make.again(case).is_open
    drain()
    task = Task.objects.get(kind="casework.turned_down")
    assert task.assignee_id == str(make.user("amina").pk)
    assert Task.objects.get(kind="casework.sign_closing").outcome == "turned_down"
    closing.propose_closing(make.again(case), by=make.user("amina"), outcome="lost", words="The workshop knows nothing.")
    assert proposal(case)


def test_turning_down_refuses_without_a_reason_and_without_a_proposal(client: Any, case: Case) -> None:
    empty = signed_in(client, "gia").post(reverse("casework:turn_down", args=[proposal(case).pk]), {"words": " "})
    assert empty.status_code == 409
    assert "Write down why" in empty.content.decode()
    with pytest.raises(Refused) as refused:
        turn_down_proposal(make.case(), by=make.user("gia"), what="close_case", words="No.")
    assert refused.value.codes == ["nothing_proposed"]


def test_turning_down_is_one_event_and_its_words_a_note(case: Case) -> None:
    before = Event.objects.count()
    turn_down_proposal(case, by=make.user("gia"), what="close_case", words="Ask the workshop first.")
    event = Event.objects.order_by("pk").last()
    assert event is not None
    assert Event.objects.count() == before + 1
    assert (event.verb, event.facts["what"], event.from_state) == ("casework.turn_down_proposal", "close_case", event.to_state)
    assert "workshop" not in event.body
    assert Note.objects.get(pk=event.facts["note"]).text == "Ask the workshop first."


def test_turning_down_is_denied_to_whoever_does_not_sign(case: Case) -> None:
    for name in ("amina", "nour", "lena"):
        with pytest.raises(NotYours):
            turn_down_proposal(case, by=make.user(name), what="close_case", words="No.")
    assert proposal(case)
