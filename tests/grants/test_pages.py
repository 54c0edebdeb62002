"""The pages of calls and pitches, as a grant officer, a caseworker and a juror use them."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from grants.models import Call, Pitch, PitchVersion
from tests import factories as make
from tests.conftest import look_over
from tests.grants import stage
from workflows import clock as clocks
from workflows.models import Draft

pytestmark = pytest.mark.django_db


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(make.user(name))
    return client


def posted(call: Call | None = None, **said: str) -> dict[str, str]:
    """A whole call as its form sends it."""
    today = clocks.today()
    rows = {
        "criteria-TOTAL_FORMS": "1", "criteria-INITIAL_FORMS": "0",
        "criteria-0-question": "Will somebody buy?", "criteria-0-predicts": "Takings", "criteria-0-weight": "2",
        "criteria-0-levels": "\n".join(stage.LEVELS),
        "eligibility-TOTAL_FORMS": "1", "eligibility-INITIAL_FORMS": "0",
        "eligibility-0-rule": "plan_agreed",
    }  # fmt: skip
    return {
        "title": "Spring call", "code": "2026-1", "budget": "40 000,00", "floor": "4000", "ceiling": "6000", "share": "80",
        "split": "70, 30", "decision_mode": "merit", "pass_mark": "65", "jury_size": "3", "quorum": "2",
        "opens_on": today.isoformat(), "closes_on": (today + dt.timedelta(days=14)).isoformat(),
        "decides_by": (today + dt.timedelta(days=40)).isoformat(), "appeal_days": "15", "answer_days": "30",
        "version": str(call.version) if call else "0",
        **rows, **said,
    }  # fmt: skip


def test_a_grant_officer_writes_a_call_and_opens_it():
    make.programme()
    hana = signed_in("hana")
    answer = hana.post(reverse("grants:draft_call"), posted())
    call = Call.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, call.get_absolute_url())
    assert (call.budget, call.split, call.criteria.get().levels) == (4_000_000, [70, 30], stage.LEVELS)
    page = hana.get(call.get_absolute_url())
    look_over(page)
    assert "Open the call" in page.content.decode()
    hana.post(reverse("grants:open_call", args=[call.pk]), {"version": call.version})
    assert stage.again(call).state == "open"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"split": "70, 40"}, "Whole percentages that add up to 100"),
        ({"split": "most"}, "Write whole percentages: 70, 30."),
        ({"budget": "much"}, "Enter a number"),
        ({"criteria-0-levels": "good\nbad"}, "Five lines, one for each level; here are 2."),
        ({"eligibility-0-rule": "months_abroad"}, "Say how many months."),
        ({"closes_on": "31/02/2026"}, "This is not a date."),
        ({"ceiling": "100"}, "The greatest amount is not below the least."),
    ],
)
def test_a_call_that_does_not_fit_says_why_and_keeps_what_was_typed(said, sentence):
    make.programme()
    page = signed_in("hana").post(reverse("grants:draft_call"), posted(**said)).content.decode()
    assert sentence in page
    assert "Spring call" in page
    assert "Will somebody buy?" in page
    assert not Call.objects.exists()


def test_a_clone_begins_as_the_call_was_but_for_what_must_be_said_anew():
    call, hana = stage.open_call(pass_mark=70), signed_in("hana")
    page = hana.get(reverse("grants:clone_call", args=[call.pk])).content.decode()
    assert 'value="70"' in page
    assert "Will somebody buy?" in page
    assert 'value="40000' not in page
    hana.post(reverse("grants:clone_call", args=[call.pk]), posted(code="next", title="Next call"))
    assert Call.objects.get(code="next").cloned_from == call


def test_an_open_call_is_not_changed_on_its_page_either():
    call = stage.open_call()
    page = signed_in("hana").get(reverse("grants:change_call", args=[call.pk])).content.decode()
    assert "An open call is not changed" in page


def written(pitch: Pitch, **said: str) -> dict[str, str]:
    """A plan as its form sends it."""
    today = clocks.today().isoformat()
    rows: dict[str, str] = {
        "sources-TOTAL_FORMS": "2", "sources-INITIAL_FORMS": "0",
        "sources-0-kind": "asked", "sources-0-amount": "5200", "sources-1-kind": "own", "sources-1-amount": "2300",
        "uses-TOTAL_FORMS": "1", "uses-INITIAL_FORMS": "0", "uses-0-kind": "equipment", "uses-0-what": "Deck oven",
        "uses-0-amount": "7500", "uses-0-quoted_on": today,
        "members-TOTAL_FORMS": "1", "members-INITIAL_FORMS": "1",
        "members-0-reference": pitch.case.reference, "members-0-share": "100",
        "forecast-TOTAL_FORMS": "12", "forecast-INITIAL_FORMS": "12",
    }  # fmt: skip
    for month in range(12):
        rows |= {
            f"forecast-{month}-month": str(month + 1), f"forecast-{month}-income": "900", f"forecast-{month}-expense": "700",
        }  # fmt: skip
    return {
        "title": "Warm bread", "language": "fr", **stage.WORDS, "jobs_self": "1", "jobs_women": "1", "jobs_men": "0",
        "version": str(pitch.version), **rows, **said,
    }  # fmt: skip


def test_a_caseworker_begins_writes_and_hands_in_a_pitch():
    call, case, amina = stage.open_call(), stage.candidate(), signed_in("amina")
    answer = amina.post(reverse("grants:draft_pitch", args=[case.pk]), {"call": call.pk, "title": "Warm bread"})
    pitch = Pitch.objects.get()
    assert answer["Location"] == reverse("grants:write_pitch", args=[pitch.pk])
    look_over(amina.get(answer["Location"]))
    assert amina.post(answer["Location"], written(pitch)).status_code == 302
    version = PitchVersion.objects.get()
    assert (version.story, version.uses.get().amount, version.forecast.count()) == (stage.WORDS["story"], 750_000, 12)
    page = amina.get(pitch.get_absolute_url())
    look_over(page)
    assert "Submit the pitch" in page.content.decode()


def test_what_is_typed_is_kept_without_an_event_and_stands_there_again():
    pitch, amina = stage.draft(), signed_in("amina")
    seq = pitch.stream_seq
    answer = amina.post(reverse("grants:autosave_pitch", args=[pitch.pk]), written(pitch, story="Half a senten"))
    assert (answer.status_code, bool(answer["X-Saved-At"])) == (204, True)
    assert stage.again(pitch).stream_seq == seq
    assert "Half a senten" in amina.get(reverse("grants:write_pitch", args=[pitch.pk])).content.decode()
    amina.post(reverse("grants:write_pitch", args=[pitch.pk]), written(pitch))
    assert not Draft.objects.filter(stream=pitch.stream).exists()


def test_a_stale_form_says_so_and_keeps_the_plan():
    pitch, amina = stage.draft(), signed_in("amina")
    address, form = reverse("grants:write_pitch", args=[pitch.pk]), written(pitch)
    amina.post(address, written(pitch, story="The first"))
    answer = amina.post(address, {**form, "story": "The second"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody changed this since you opened it" in page
    assert "The second" in page


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"sources-1-kind": "asked"}, "Each source stands once: add the amounts up."),
        ({"members-0-reference": "NOBODY"}, "No file of this programme has this reference."),
        ({"uses-0-amount": "-5"}, "greater than or equal to 0"),
        ({"forecast-0-month": "-1"}, "greater than or equal to 1"),
        ({"uses-0-amount": "1,2345"}, "decimals"),
    ],
)
def test_a_plan_that_does_not_fit_says_where(said, sentence):
    pitch = stage.draft()
    page = signed_in("amina").post(reverse("grants:write_pitch", args=[pitch.pk]), written(pitch, **said)).content.decode()
    assert sentence in page
    assert "Deck oven" in page
    assert not PitchVersion.objects.get().uses.exists()


def test_two_versions_are_laid_side_by_side_for_the_office_and_not_for_others():
    from grants.actions import pitches

    pitch = pitches.send_back_pitch(stage.submitted(), by=make.user("hana"), missing="Name a customer.")
    pitches.write_pitch(pitch, by=make.user("amina"), place="A kiosk in La Marsa.")
    address = reverse("grants:pitch_versions", args=[pitch.pk])
    page = signed_in("amina").get(address).content.decode()
    assert "<ins>kiosk</ins>" in page
    assert "Name a customer." in page
    assert signed_in("elif").get(address).status_code == 404


def test_the_lists_ask_the_same_number_of_questions_for_one_call_and_twenty(django_assert_max_num_queries):
    amina, hana = signed_in("amina"), signed_in("hana")
    call = stage.open_call()
    stage.draft(call)
    for _ in range(5):
        stage.draft(stage.open_call())
    with django_assert_max_num_queries(15):
        amina.get(reverse("grants:calls"))
    for _ in range(4):
        stage.submitted(call)
    with django_assert_max_num_queries(15):
        hana.get(call.get_absolute_url())


def test_a_call_lists_its_sittings():
    from grants.models import Sitting

    call = stage.open_call()
    sitting = Sitting.objects.create(call=call, held_on=clocks.today(), place="Zarzis", chair=make.user("farid"))
    page = signed_in("hana").get(call.get_absolute_url())
    look_over(page)
    assert sitting.get_absolute_url() in page.content.decode()
