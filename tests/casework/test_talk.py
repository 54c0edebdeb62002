"""The talk: saved as it goes, said part by part; a new person; the slip."""

from typing import Any

import pytest
from django.urls import reverse

from casework.actions import people
from casework.models import Appointment, Case, FirstAid, NoticeGiven, Plan, PossibleDuplicate, Screening, Session
from casework.words import WORDS, words_in
from tests import factories
from tests.casework.test_views_verbs import signed_in
from workflows import clock as clocks
from workflows.models import Draft, Event, Note

pytestmark = pytest.mark.django_db


def talk_of(case: Case) -> str:
    return reverse("casework:talk", args=[case.pk])


def kept(client: Any, case: Case, part: str, **typed: Any) -> Any:
    return client.post(reverse("casework:talk_autosave", args=[case.pk]), {"part": part, **named(part, typed)})


def said(client: Any, case: Case, part: str, **typed: Any) -> Any:
    return client.post(talk_of(case), {"part": part, "say": "1", **named(part, typed)})


def named(part: str, typed: dict[str, Any]) -> dict[str, Any]:
    return {f"{part}-{name}": value for name, value in typed.items()}


WHO = {"called": "Khaled", "given_names": "Khaled", "family_name": "Belhaj", "sex": "male", "language": "ar"}


# ——— saved as it goes ———


def test_what_is_typed_is_kept_for_its_writer_and_stands_there_again(client: Any, clock: Any) -> None:
    case = factories.case_at("intake")
    events = Event.objects.count()
    amina = signed_in(client, "amina")

    answer = kept(
        amina, case, "who", called="Khaled the baker", born_0="", born_1="", born_2="about 1992", identity_seen_on="2026-13-45"
    )

    assert answer.status_code == 204
    assert answer["X-Saved-At"]
    assert Event.objects.count() == events
    page = amina.get(talk_of(case), {"step": "who"}).content.decode()
    assert "Khaled the baker" in page
    assert "about 1992" in page
    assert "2026-13-45" in page
    case.person.refresh_from_db()
    assert case.person.called == ""
    assert "Khaled the baker" not in signed_in(client, "boris").get(talk_of(case), {"step": "who"}).content.decode()


def test_a_draft_lies_encrypted_and_without_the_version(client: Any, clock: Any) -> None:
    from django.db import connection

    case = factories.case_at("intake")
    kept(signed_in(client, "amina"), case, "hope", hope="A bakery by the sea", version="3")

    with connection.cursor() as cursor:
        cursor.execute("SELECT payload FROM workflows_draft")
        assert b"bakery" not in bytes(str(cursor.fetchone()[0]), "utf-8")
    assert Draft.objects.get().payload == {"hope-hope": ["A bakery by the sea"]}


def test_ways_that_were_typed_stand_there_again(client: Any, clock: Any) -> None:
    case = factories.case_at("intake")
    amina = signed_in(client, "amina")
    kept(amina, case, "reach", **{"TOTAL_FORMS": "2", "INITIAL_FORMS": "0", "0-kind": "phone", "0-value": "+216 20 000 387"})

    page = amina.get(talk_of(case), {"step": "reach"}).content.decode()

    assert "+216 20 000 387" in page


def test_without_a_script_a_button_keeps(client: Any, clock: Any) -> None:
    case = factories.case_at("intake")
    answer = signed_in(client, "amina").post(talk_of(case), {"part": "hope", "keep": "1", "hope-hope": "A bakery"})
    assert answer.status_code == 302
    assert Draft.objects.get().payload["hope-hope"] == ["A bakery"]


def test_an_unknown_part_keeps_nothing(client: Any, clock: Any) -> None:
    case = factories.case_at("intake")
    assert kept(signed_in(client, "amina"), case, "elsewhere", x="1").status_code == 422
    assert not Draft.objects.exists()


def test_looking_at_the_talk_writes_nothing(client: Any, clock: Any) -> None:
    case = factories.case_at("intake")
    events = Event.objects.count()
    assert signed_in(client, "amina").get(talk_of(case)).status_code == 200
    assert (Event.objects.count(), Draft.objects.count()) == (events, 0)


# ——— each part is said once ———


def test_the_words_are_read_once(client: Any, clock: Any) -> None:
    case = factories.case_at("intake")
    amina = signed_in(client, "amina")
    typed = {"language": "ar", "version": case.person.version}

    first, second = said(amina, case, "words", **typed), said(amina, case, "words", **typed)

    assert first.status_code == 302
    assert second.status_code == 409
    assert NoticeGiven.objects.filter(case=case).count() == 1
    assert "Somebody changed this" in second.content.decode()


def test_who_it_is_with_what_is_not_known(client: Any, clock: Any) -> None:
    case = factories.case_at("referred")
    amina = signed_in(client, "amina")
    kept(amina, case, "who", called="Khaled")

    answer = said(amina, case, "who", **WHO, born_0="", born_1="7", born_2="about 1992", arrived_on="04/2026")

    assert answer.status_code == 302
    case.person.refresh_from_db()
    assert (str(case.person.born), case.person.born_is_estimate, case.person.called) == ("1992-07", True, "Khaled")
    assert str(factories.again(case).arrived_on) == "2026-04"
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("born", "why"),
    [
        (("31", "4", "1990"), "There is no such day."),
        (("31", "", "1990"), "A day without its month"),
        (("", "", "long ago"), "The year has four figures."),
        (("", "", "2090"), "This day lies ahead."),
    ],
)
def test_a_birth_that_cannot_be_is_said_in_place_and_kept(client: Any, clock: Any, born: Any, why: str) -> None:
    case = factories.case_at("intake")
    typed = {**WHO, **{f"born_{at}": part for at, part in enumerate(born)}}

    page = said(signed_in(client, "amina"), case, "who", **typed).content.decode()

    assert why in page
    assert 'value="Belhaj"' in page
    assert Draft.objects.filter(form="talk.who").exists()


def test_how_to_reach_in_order_and_no_phone_is_an_answer(client: Any, clock: Any) -> None:
    case = factories.case_at("intake")
    none = {
        "TOTAL_FORMS": "2",
        "INITIAL_FORMS": "0",
        "0-kind": "none",
        "0-whose": "unknown",
        "0-ORDER": "1",
        "1-kind": "",
        "1-whose": "",
    }

    answer = said(signed_in(client, "amina"), case, "reach", **none)

    assert answer.status_code == 302
    assert [way.kind for way in case.person.reaches.filter(ended_at=None)] == ["none"]


def test_a_trusted_person_without_words_is_refused_and_kept(client: Any, clock: Any) -> None:
    case = factories.case_at("intake")
    way = {"TOTAL_FORMS": "1", "INITIAL_FORMS": "0", "0-ORDER": "1"}
    way |= {"0-kind": "phone", "0-value": "+216 20 000 111", "0-whose": "trusted_person"}

    answer = said(signed_in(client, "amina"), case, "reach", **way)

    assert answer.status_code == 409
    assert "what may be said there" in answer.content.decode()
    assert "+216 20 000 111" in answer.content.decode()


def test_first_aid_out_of_the_ticks_all_or_nothing(client: Any, clock: Any) -> None:
    case = factories.case_at("intake")
    amina = signed_in(client, "amina")
    two = {"needs": ["transport", "phone"], "transport_amount": "5", "transport_thumb": "on", "phone_amount": "3"}

    refused = said(amina, case, "needs", **two)
    assert refused.status_code == 409
    assert "take a thumb-print" in refused.content.decode()
    assert not FirstAid.objects.exists()

    assert said(amina, case, "needs", **two, phone_receipt="117").status_code == 302
    assert sorted(FirstAid.objects.values_list("kind", "amount")) == [("phone", 300), ("transport", 500)]


def test_who_should_not_know_binds_at_once_and_stays_out_of_the_history(client: Any, clock: Any) -> None:
    case = factories.case_at("intake")
    answer = said(signed_in(client, "amina"), case, "home", household_size="4", feared_name="Uncle", never_visit_home="on")
    assert answer.status_code == 302
    case.person.refresh_from_db()
    assert (case.person.household_size, case.person.safety.never_visit_home) == (4, True)
    assert case.person.safety.feared == [{"name": "Uncle", "phone": ""}]


def test_an_emptied_safety_part_sets_nothing(client: Any, clock: Any) -> None:
    case = factories.case_at("intake")
    said(signed_in(client, "amina"), case, "home", household_size="2")
    assert not hasattr(case.person, "safety")


def test_the_years_away_with_the_papers_brought(client: Any, clock: Any) -> None:
    case = factories.case_at("intake")
    answer = said(signed_in(client, "amina"), case, "away", occupation="Baker", languages=["fr"], papers=["diploma"])
    assert answer.status_code == 302
    assert case.person.profile.occupation == "Baker"
    assert [paper.kind for paper in case.documents.all()] == ["diploma"]


# ——— alone only ———


def test_the_gentle_questions_open_after_the_answer_alone(client: Any, clock: Any) -> None:
    case = factories.case_at("intake")
    amina = signed_in(client, "amina")

    before = amina.get(talk_of(case), {"step": "alone"}).content.decode()
    after = amina.get(talk_of(case), {"step": "alone", "alone": "1"}).content.decode()

    assert "Is it only the two of us" in before
    assert words_in("en").gentle[0] not in before
    assert words_in("en").gentle[0] in after


def test_the_screening_is_refused_when_not_alone_and_keeps_the_words(client: Any, clock: Any) -> None:
    case = factories.case_at("intake")
    answer = said(signed_in(client, "amina"), case, "alone", outcomes=["prefers_not"], words="She looked at the door")
    assert answer.status_code == 409
    assert not Screening.objects.exists()
    assert Draft.objects.get(form="talk.alone").payload["alone-words"] == ["She looked at the door"]
    page = answer.content.decode()
    assert "only the two of you" in page
    assert "She looked at the door" not in page


def test_the_screening_alone_is_written_for_protection(client: Any, clock: Any) -> None:
    case = factories.case_at("intake")
    answer = said(signed_in(client, "amina"), case, "alone", alone="on", outcomes=["protection"], words="Afraid of an uncle")
    assert answer.status_code == 302
    assert Note.objects.get(kind="record_screening").audience == Note.PROTECTION


def test_what_is_not_mine_to_say_is_said_in_place_and_kept(client: Any, clock: Any) -> None:
    case = factories.case_at("intake")
    answer = said(signed_in(client, "petra"), case, "hope", hope="A bakery")
    assert answer.status_code == 403
    assert "A bakery" in answer.content.decode()
    assert not Plan.objects.exists()


# ——— hope, permissions, the talk itself ———


def test_hope_and_promises_begin_the_plan(client: Any, clock: Any) -> None:
    case = factories.case_at("intake")
    answer = said(
        signed_in(client, "amina"), case, "hope", hope="A bakery", path="start_up", office_promises="Ask the town\nCall on Monday",
        person_promises="Bring the diploma", not_promised="Money",
    )  # fmt: skip
    assert answer.status_code == 302
    plan = Plan.objects.get(case=case)
    assert (plan.hope, plan.path, plan.promises.count()) == ("A bakery", "start_up", 3)


def test_a_plan_before_intake_is_refused_and_kept(client: Any, clock: Any) -> None:
    case = factories.case_at("referred")
    answer = said(signed_in(client, "amina"), case, "hope", hope="A bakery")
    assert answer.status_code == 409
    assert "A bakery" in answer.content.decode()


def test_permissions_yes_no_later_and_what_was_not_asked(client: Any, clock: Any) -> None:
    case = factories.case_at("intake")
    answer = said(signed_in(client, "amina"), case, "permissions", follow_up="yes", counts="later", language="ar")
    assert answer.status_code == 302
    assert dict(case.person.consents.values_list("purpose", "answer")) == {"follow_up": "yes", "counts": "later"}


def test_nothing_asked_is_no_answer(client: Any, clock: Any) -> None:
    case = factories.case_at("intake")
    assert said(signed_in(client, "amina"), case, "permissions").status_code == 409
    assert not case.person.consents.exists()


def test_ninety_seconds_for_somebody_who_comes_again(client: Any, clock: Any) -> None:
    case = factories.case_at("counselling")
    amina = signed_in(client, "amina")
    page = amina.get(talk_of(case) + "?session").content.decode()
    assert "What we talked about" in page
    next_at = clocks.now() + factories.dt.timedelta(days=7)

    answer = said(
        amina, case, "session", topics=["work"], agreed="Call the bakery", came_with="his sister", next_bring="The diploma",
        next_at=next_at.strftime("%Y-%m-%dT10:00"), restricted_note="Tired", version=case.version,
    )  # fmt: skip

    assert answer.status_code == 302
    assert answer.url == reverse("casework:slip", args=[case.pk])
    session, booked = Session.objects.get(case=case), Appointment.objects.get(case=case)
    assert (session.agreed, session.next_on, booked.bring) == ("Call the bakery", booked.starts_at.date(), "The diploma")
    slip = amina.get(answer.url).content.decode()
    assert "The diploma" in slip
    assert case.reference in slip
    assert WORDS["ar"].slip["free"] in slip
    assert "Tired" not in slip


def test_a_next_date_that_has_passed_takes_nothing_down(client: Any, clock: Any) -> None:
    case = factories.case_at("counselling")
    answer = said(signed_in(client, "amina"), case, "session", agreed="Call the bakery", next_at="2020-01-01T10:00")
    assert answer.status_code == 409
    assert "This hour has passed" in answer.content.decode()
    assert "Call the bakery" in answer.content.decode()
    assert not Session.objects.exists()


def test_nothing_written_today_drops_what_was_typed(client: Any, clock: Any) -> None:
    case = factories.case_at("intake")
    amina = signed_in(client, "amina")
    kept(amina, case, "who", called="Khaled")
    answer = amina.post(talk_of(case), {"part": "words", "nothing": "1"}, follow=True)
    assert not Draft.objects.exists()
    assert "Nothing was written down today" in answer.content.decode()


def test_intake_and_counselling_begin_from_the_margin(client: Any, clock: Any) -> None:
    case = factories.case_at("referred")
    amina = signed_in(client, "amina")
    amina.post(talk_of(case), {"begin": "open_intake"})
    assert factories.again(case).state == "intake"
    said(amina, case, "words", language="ar")
    amina.post(talk_of(case), {"begin": "begin_counselling"})
    assert factories.again(case).state == "counselling"


def test_the_margin_says_what_is_missing_for_the_plan(client: Any, clock: Any) -> None:
    case = factories.case_at("intake")
    page = signed_in(client, "amina").get(talk_of(case)).content.decode()
    for words in ("The words, read out", "Identity seen, or why not", "The gentle questions, alone", "What you hope for"):
        assert words in page
    assert "?step=alone#alone" in page


# ——— who may ———


@pytest.mark.parametrize("name", ["talk", "slip"])
def test_a_file_that_one_may_not_see_is_not_there(client: Any, clock: Any, name: str) -> None:
    case = factories.case_at("intake")
    assert signed_in(client, "chen").get(reverse(f"casework:{name}", args=[case.pk])).status_code == 404


def test_nobody_elsewhere_keeps_or_says(client: Any, clock: Any) -> None:
    case = factories.case_at("intake")
    chen = signed_in(client, "chen")
    assert kept(chen, case, "who", called="X").status_code == 404
    assert said(chen, case, "who", called="X").status_code == 404


def test_the_front_desk_sees_the_file_and_holds_no_talk(client: Any, clock: Any) -> None:
    case = factories.case_at("intake")
    assert signed_in(client, "rida").get(talk_of(case)).status_code == 403


# ——— a new person ———


NEW = {"given_names": "Khaled", "family_name": "Belhaj", "born_0": "", "born_1": "", "born_2": "1990", "sex": "male"}


def new(client: Any, **typed: Any) -> Any:
    where = {"programme": factories.programme().pk, "office": factories.office().pk}
    return client.post(reverse("casework:new_person"), {**NEW, **where, **typed})


def test_a_new_person_has_a_file_and_a_talk(client: Any, clock: Any) -> None:
    factories.programme()
    answer = new(signed_in(client, "amina"), phone="+216 20 000 387", arrived_on="2026-04")
    case = Case.objects.get()
    assert answer.url == talk_of(case)
    assert (case.person.family_name, case.caseworker.name, str(case.arrived_on)) == ("Belhaj", "Amina", "2026-04")
    assert case.person.reaches.get().value == "+21620000387"


def test_one_thing_that_is_known_is_enough_and_nothing_is_not(client: Any, clock: Any) -> None:
    factories.programme()
    amina = signed_in(client, "amina")
    empty = new(amina, given_names="", family_name="", born_2="")
    assert "Write one thing that you know" in empty.content.decode()
    assert not Case.objects.exists()
    assert new(amina, given_names="", family_name="", born_2="", place="Ben Arous").status_code == 302


def known(at: str = "TUNIS", **who: Any) -> Case:
    facts = {"given_names": "Khaled", "family_name": "Belhaj", "born": factories.PartialDate(1990, 5, 2), **who}
    return factories.case(person=factories.person(**facts), at=at)


def test_who_may_be_known_stands_side_by_side_before_a_file_is_opened(client: Any, clock: Any) -> None:
    case = known()
    answer = new(signed_in(client, "amina"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert case.reference in page
    assert "Same person, new return" in page
    assert 'value="Belhaj"' in page
    assert Case.objects.count() == 1


def test_the_same_person_leads_to_the_file_there_is(client: Any, clock: Any) -> None:
    case = known()
    answer = new(signed_in(client, "amina"), decide=f"same:{case.person_id}")
    assert answer.url == talk_of(case)
    assert Case.objects.count() == 1


def test_a_new_return_of_the_same_person(client: Any, clock: Any) -> None:
    case = known()
    answer = new(signed_in(client, "amina"), decide=f"same_new_return:{case.person_id}")
    assert answer.status_code == 302
    assert case.person.cases.count() == 2


@pytest.mark.parametrize("decision", ["different", "later"])
def test_someone_else_or_later_opens_a_file_and_says_what_is_decided(client: Any, clock: Any, decision: str) -> None:
    case = known()
    assert new(signed_in(client, "amina"), decide=decision).status_code == 302
    held = PossibleDuplicate.objects.get(person=case.person)
    assert held.case_id != case.pk
    assert held.decision == ("different" if decision == "different" else "")


def test_while_typing_another_office_shows_its_name_and_the_strength_alone(client: Any, clock: Any) -> None:
    case = known(at="ZARZIS", native_name="خالد بلحاج", place="Djerba")
    page = signed_in(client, "amina").post(reverse("casework:could_be"), NEW | {"programme": case.programme_id}).content.decode()
    assert "office of <bdi>Zarzis</bdi>" in page
    for secret in (case.reference, "خالد بلحاج", "Djerba", str(case.person_id), str(case.pk), "May 1990"):
        assert secret not in page


def test_one_who_barred_me_is_not_there_and_still_waits_for_the_supervisor(client: Any, clock: Any) -> None:
    case = known()
    people.bar_colleague(case.person, by=factories.user("boris"), colleague=factories.user("amina"))
    amina = signed_in(client, "amina")
    assert "dup" not in amina.post(reverse("casework:could_be"), NEW | {"programme": case.programme_id}).content.decode()
    assert new(amina).status_code == 302
    assert PossibleDuplicate.objects.filter(person=case.person, decision="").exists()


def test_while_typing_nothing_is_written(client: Any, clock: Any) -> None:
    case = known()
    events = Event.objects.count()
    page = signed_in(client, "amina").post(reverse("casework:could_be"), NEW | {"programme": case.programme_id, "born_2": "19"})
    assert page.status_code == 200
    assert (Event.objects.count(), PossibleDuplicate.objects.count()) == (events, 0)


def test_in_the_talk_a_decision_is_taken_once(client: Any, clock: Any) -> None:
    known()
    case = factories.case(person=factories.person(given_names="Khaled", family_name="Belhaj", born=factories.PartialDate(1990)))
    amina = signed_in(client, "amina")
    other = Case.objects.exclude(pk=case.pk).get().person_id
    assert "Could be someone we know" in amina.get(talk_of(case), {"step": "who"}).content.decode()
    typed = named("who", {**NEW, "called": "Khaled"})

    amina.post(talk_of(case), {"part": "who", "decide": f"different:{other}", **typed})

    assert PossibleDuplicate.objects.get(case=case).decision == "different"
    assert "Could be someone we know" not in amina.get(talk_of(case), {"step": "who"}).content.decode()


def test_who_may_not_open_files_opens_none(client: Any, clock: Any) -> None:
    assert signed_in(client, "dana").get(reverse("casework:new_person")).status_code == 403
    assert signed_in(client, "dana").post(reverse("casework:could_be"), NEW).status_code == 403


def test_the_front_desk_opens_a_file_and_is_led_to_it(client: Any, clock: Any) -> None:
    factories.programme()
    answer = new(signed_in(client, "rida"))
    assert answer.url == Case.objects.get().get_absolute_url()


# ——— the words ———


def test_every_language_says_all_of_it() -> None:
    english = WORDS["en"]
    for words in WORDS.values():
        assert "{name}" in words.notice
        assert words.permissions.keys() == english.permissions.keys()
        assert words.slip.keys() == english.slip.keys()
        assert [len(each) for each in (words.asked, words.gentle, words.cannot)] == [4, 3, 3]


def test_a_language_that_we_have_no_words_in_falls_back() -> None:
    assert words_in("ti", "fr").language == "fr"
    assert words_in("ti", "").language == "en"
