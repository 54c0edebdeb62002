"""The jury: seated without a conflict, heard in the order drawn, scored, decided by two, recorded."""

import json
import threading
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.urls import reverse

from grants import conflicts, letters, record
from grants.actions import calls, decisions, pitches, scores, sittings
from grants.board import Board
from grants.models import Call, Decision, JuryMember, Pitch, Score, Seat, Sitting
from tests import factories as make
from tests.grants import stage, table
from workflows.acting import NotYours, Refused, Stale
from workflows.models import Draft, Event

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

# verb × state of the sitting. The specification of the machine: where it leads, "=" where it stays, "." where it is not.
SITTING = """
    change_sitting     = . .
    put_on_agenda      = . .
    take_off_agenda    = = .
    invite_juror       = = .
    name_substitute    = = .
    undertake          = = .
    seat_jury          = = .
    draw_lots          = . .
    open_sitting       open . .
    write_decision     . = .
    propose_decisions  . = .
    sign_decisions     . signed .
"""


def test_the_machine_of_a_sitting_is_this_table():
    expected = {name: cells for name, *cells in (line.split() for line in SITTING.strip().splitlines())}
    found = {}
    for verb in Sitting.known_verbs().values():
        if not verb.creates:
            found[verb.name] = [
                (verb.moves[state] or "=") if state in verb.moves else "." for state in ("planned", "open", "signed")
            ]
    assert found == expected


def refused(verb: Any, *args: Any, **said: Any) -> list[str]:
    with pytest.raises(Refused) as why:
        verb(*args, **said)
    return why.value.codes


# ——— put together ———


def test_a_sitting_takes_what_waits_to_be_heard_and_a_pitch_is_on_one_agenda(clock):
    at = table.planned(2)
    assert [item.position for item in at.agenda.all()] == [1, 2]
    other = sittings.plan_sitting(at.call, by=make.user("hana"), chair=make.user("farid"), held_on=clock.now().date())
    assert other.agenda.count() == 0
    assert refused(sittings.put_on_agenda, other, by=make.user("hana"), pitch=table.agenda(at)[0]) == ["on_another_agenda"]


def test_the_chair_does_not_score_and_a_juror_is_invited_once(clock):
    at = table.planned(1)
    make.give_role(make.user("farid"), "juror")
    hana = make.user("hana")
    assert refused(sittings.invite_juror, at, by=hana, user=make.user("farid"), institution="X") == ["chair_scores"]
    assert refused(sittings.invite_juror, at, by=hana, user=make.user("elif"), institution="X") == ["invited_already"]
    assert refused(sittings.invite_juror, at, by=hana, user=make.user("amina"), institution="X") == ["no_juror"]


@pytest.mark.parametrize(
    ("why", "what"),
    [
        ("caseload", lambda pitch, juror: Pitch.objects.filter(pk=pitch.pk) and _caseworker(pitch, juror)),
        ("candidate_wish", lambda pitch, juror: pitch.unwanted.add(juror)),
        ("supplier", lambda pitch, juror: JuryMember.objects.filter(user=juror).update(institution="FOURS du  Sud")),
        ("account", lambda pitch, juror: _same_account(pitch, juror)),
        ("phone", lambda pitch, juror: _same_phone(pitch, juror)),
        ("household", lambda pitch, juror: _same_household(pitch, juror)),
    ],
)
def test_a_proven_conflict_bars_and_is_not_told(clock, why, what):
    at = table.planned(1)
    pitch, juror = table.agenda(at)[0], make.user("elif")
    what(pitch, juror)
    member = JuryMember.objects.get(sitting=at, user=juror)
    assert conflicts.found([stage.again(pitch)], [member]).barred == {(pitch.pk, member.pk): why}
    with pytest.raises(Refused) as told:
        sittings.seat_juror(stage.again(pitch), by=make.user("hana"), member=member)
    assert str(told.value) == "This juror has a conflict with this pitch and does not hear it. Seat another."
    assert refused(sittings.seat_jury, at, by=make.user("hana")) == ["few_jurors"]
    assert not Seat.objects.exists()
    assert not Event.objects.filter(verb__in=["grants.seat_juror", "grants.seat_jury"]).exists()


def _caseworker(pitch: Pitch, juror: Any) -> None:
    from casework.models import Case

    Case.objects.filter(pk=pitch.case_id).update(caseworker=juror)


def _same_account(pitch: Pitch, juror: Any) -> None:
    from grants.models import Account

    index = conflicts.account_index("TN59 1000 2000")
    Account.objects.filter(case=pitch.case_id).update(number_index=index)
    JuryMember.objects.filter(user=juror).update(account_index=conflicts.account_index("tn5910002000"))


def _same_phone(pitch: Pitch, juror: Any) -> None:
    from casework.models import Reach
    from casework.phones import address_index

    Reach.objects.create(person=pitch.case.person, kind=Reach.Kind.PHONE, value="26131860", position=3)
    Reach.objects.filter(person=pitch.case.person).update(value_index=address_index("phone", "+21626131860"))
    JuryMember.objects.filter(user=juror).update(phone_index=address_index("phone", "26 131 860", "TN"))


def _same_household(pitch: Pitch, juror: Any) -> None:
    """The juror returned once: a person with the juror's own e-mail lives with the candidate."""
    from casework.models import Household, Membership, Reach
    from casework.phones import address_index

    returned = make.person(given_names="Elif")
    Reach.objects.create(person=returned, kind=Reach.Kind.EMAIL, value=juror.email, position=0)
    Reach.objects.filter(person=returned).update(value_index=address_index("email", juror.email))
    together = Household.objects.create()
    for person in (returned, pitch.case.person):
        Membership.objects.create(household=together, person=person)


def test_a_name_alike_only_asks(clock):
    at = table.planned(1)
    pitch = table.agenda(at)[0]
    juror = make.user("elif")
    type(juror).objects.filter(pk=juror.pk).update(name=f"Elif {pitch.case.person.family_name}")
    sittings.seat_jury(at, by=make.user("hana"))
    assert table.seat_of("elif", pitch).asked_about == "name"


def test_seating_brings_the_pitches_before_the_jury_and_records_it_once_each(clock):
    at = table.planned(2)
    sittings.seat_jury(at, by=make.user("hana"))
    assert {pitch.state for pitch in table.agenda(at)} == {"in_jury"}
    assert Seat.objects.count() == 6
    assert Event.objects.filter(verb="grants.seat_jury").count() == 1
    assert Event.objects.filter(verb="grants.seat_juror").count() == 2


def test_the_lot_is_drawn_from_its_seed_by_anybody(clock):
    at = table.planned(4)
    sittings.draw_lots(at, by=make.user("hana"), seed="00ff00ff")
    order = [pitch.pk for pitch in table.agenda(at)]
    assert order == sorted(order, key=lambda key: sittings.lot_of("00ff00ff", key))
    assert stage.again(at).seed == "00ff00ff"


def test_a_sitting_opens_whole_and_by_its_own_chair(clock):
    at = table.planned(1, jurors=("elif",))
    assert refused(sittings.open_sitting, at, by=make.user("farid")) == ["no_jury", "not_drawn"]
    whole = table.seated(1)
    other = make.user("zoe", role="chair")
    with pytest.raises(NotYours):
        sittings.open_sitting(whole, by=other)
    assert stage.again(whole).state == "planned"


# ——— scored ———


def test_a_sheet_is_whole_or_refused_and_a_later_one_takes_its_place(clock):
    at = table.sitting(1)
    pitch, elif_ = table.agenda(at)[0], make.user("elif")
    seat, sheet = table.seat_of("elif", pitch), table.sheet(pitch, 4)
    first = next(iter(sheet))
    assert refused(scores.score_pitch, seat, by=elif_, scores={}) == ["not_whole"]
    assert refused(scores.score_pitch, seat, by=elif_, scores={**sheet, first: {"level": 5}}) == ["no_words"]
    assert refused(scores.score_pitch, seat, by=elif_, scores={**sheet, first: {"level": 6}}) == ["level"]
    assert not Score.objects.exists()
    scores.score_pitch(seat, by=elif_, scores=sheet)
    scores.score_pitch(stage.again(seat), by=elif_, scores=table.sheet(pitch, 3, None, 2))
    assert list(seat.scores.order_by("criterion__position").values_list("level", flat=True)) == [3, None, 2]


def test_nobody_scores_for_another_and_the_chair_not_at_all(clock):
    at = table.sitting(1)
    pitch = table.agenda(at)[0]
    seat = table.seat_of("elif", pitch)
    for who in ("idris", "farid", "hana"):
        with pytest.raises(NotYours):
            scores.score_pitch(seat, by=make.user(who), scores=table.sheet(pitch, 4))
    assert not Score.objects.exists()


def test_before_scoring_come_undertaking_declaration_and_the_open_sitting(clock):
    at = table.planned(1)
    sittings.seat_jury(at, by=make.user("hana"))
    pitch, elif_ = table.agenda(at)[0], make.user("elif")
    seat, sheet = table.seat_of("elif", pitch), table.sheet(table.agenda(at)[0], 4)
    wanted = ["no_undertaking", "not_declared", "sitting_not_open"]
    assert refused(scores.score_pitch, seat, by=elif_, scores=sheet) == wanted
    assert refused(scores.declare, seat, by=elif_) == ["no_undertaking"]


def test_i_know_this_person_leaves_at_once_and_takes_what_was_typed(clock):
    at = table.sitting(1)
    pitch, elif_ = table.agenda(at)[0], make.user("elif")
    seat = table.seat_of("elif", pitch)
    Draft.keep(owner=elif_, form=scores.FORM, stream=seat.stream, payload={"1": {"level": 4}})
    table.scored(pitch, elif_=4)
    scores.declare_conflict(stage.again(seat), by=elif_)
    assert (stage.again(seat).conflict, Score.objects.count(), Draft.objects.count()) == ("declared", 0, 0)
    assert not Pitch.objects.visible_to(make.user("elif")).exists()
    member = JuryMember.objects.get(sitting=at, user=elif_)
    assert refused(sittings.seat_juror, stage.again(pitch), by=make.user("hana"), member=member) == ["conflict"]


def test_a_score_after_the_opening_is_refused_and_the_opened_ones_stand(clock):
    at = table.sitting(1)
    pitch = table.released(table.agenda(at)[0])
    seat = table.seat_of("elif", pitch)
    assert refused(scores.score_pitch, seat, by=make.user("elif"), scores=table.sheet(pitch, 2)) == ["released"]
    assert set(seat.scores.values_list("level", flat=True)) == {4}


def test_a_substitute_takes_the_seats_signs_and_declares_anew(clock):
    at = table.sitting(2)
    table.scored(table.agenda(at)[0], elif_=4)
    sami = make.user("sami", role="juror")
    old = JuryMember.objects.get(sitting=at, user=make.user("elif"))
    new = sittings.name_substitute(stage.again(at), by=make.user("farid"), member=old, user=sami)
    assert new.institution == old.institution
    assert new.undertaken_at is None
    assert Seat.objects.held().filter(member=old).count() == 0
    assert [seat.declared_at for seat in Seat.objects.held().filter(member=new)] == [None, None]


# ——— decided ———


def test_decisions_are_signed_by_another_and_all_follow_at_once(clock):
    at = table.proposed(2)
    make.give_role(make.user("farid"), "programme_manager")
    assert refused(decisions.sign_decisions, stage.again(at), by=make.user("farid")) == ["same_person"]
    done = decisions.sign_decisions(stage.again(at), by=make.user("gia"))
    assert done.state == "signed"
    assert {(pitch.state, pitch.amount) for pitch in table.agenda(at)} == {("awarded", 5_200_00)}
    assert stage.again(at.call).committed == 10_400_00
    event = Event.objects.get(verb="grants.sign_decisions")
    assert event.facts["record"] == done.record_digest
    assert Event.objects.filter(verb="grants.sign_decision").count() == 2


def test_what_changed_since_the_proposal_is_not_signed(clock):
    at = table.proposed(1)
    table.decide(at, table.agenda(at)[0], amount=4_800_00)
    assert refused(decisions.sign_decisions, stage.again(at), by=make.user("gia")) == ["changed_since"]
    assert stage.again(at.call).committed == 0


def test_one_pitch_that_cannot_be_decided_keeps_all_from_being_decided(clock):
    at = table.proposed(2)
    lost = table.agenda(at)[0]
    Pitch.objects.filter(pk=lost.pk).update(state="withdrawn")
    with pytest.raises(Refused):
        decisions.sign_decisions(stage.again(at), by=make.user("gia"))
    assert (stage.again(at).state, stage.again(at.call).committed) == ("open", 0)
    assert not Event.objects.filter(verb__in=["grants.sign_decision", "grants.sign_decisions"]).exists()


def test_who_did_not_come_is_adjourned_and_never_declined(clock):
    at = table.sitting(2)
    first, second = table.agenda(at)
    table.released(first)
    table.decide(at, first)
    sittings.mark_absent(stage.again(second), by=make.user("farid"))
    why = ["absent"]
    assert refused(table.decide, at, second, "declined") == why
    decisions.sign_decisions(decisions.propose_decisions(stage.again(at), by=make.user("farid")), by=make.user("gia"))
    assert stage.again(second).state == "adjourned"
    assert Decision.objects.get(pitch=second).reasons == ["absent"]


def test_leaving_the_rule_asks_why(clock):
    at = table.sitting(1)
    pitch = table.released(table.agenda(at)[0], elif_=2, idris=2, karim=2)
    with pytest.raises(Refused) as told:
        table.decide(at, pitch)
    assert told.value.codes == ["leaves_rule"]
    assert "Awarded below the pass mark of 65." in str(told.value)
    table.decide(at, pitch, leaves_rule_because="The only plan of the valley.")
    assert Decision.objects.get(pitch=pitch).leaves_rule_because


def test_what_is_missing_for_the_proposal_is_said(clock):
    at = table.sitting(2)
    first, _second = table.agenda(at)
    assert refused(decisions.propose_decisions, at, by=make.user("farid")) == ["without_decision"]
    assert refused(table.decide, at, first) == ["not_released"]
    table.released(first)
    assert refused(table.decide, at, first, amount=7_000_00) == ["amount_bounds"]
    assert refused(table.decide, at, first, "declined", reasons=[]) == ["no_reason"]


def test_awards_beyond_the_budget_are_neither_proposed_nor_signed(clock):
    at = table.sitting(2, budget=10_000_00)
    for pitch in table.agenda(at):
        table.released(pitch)
        table.decide(at, pitch, leaves_rule_because="Both are good.")
    assert refused(decisions.propose_decisions, stage.again(at), by=make.user("farid")) == ["over_budget"]


def test_the_reserve_is_promoted_by_two_when_money_becomes_free(clock):
    at = table.sitting(2, budget=6_000_00)
    first, second = table.agenda(at)
    table.released(first)
    table.decide(at, first)
    table.released(second)
    table.decide(at, second, "reserve")
    decisions.sign_decisions(decisions.propose_decisions(stage.again(at), by=make.user("farid")), by=make.user("gia"))
    farid = make.user("farid")
    assert refused(decisions.propose_promotion, stage.again(second), by=farid, amount=5_200_00) == ["over_budget"]
    pitches.decline_award(stage.again(first), by=make.user("amina"))
    decisions.propose_promotion(stage.again(second), by=farid, amount=5_200_00)
    done = decisions.promote_reserve(stage.again(second), by=make.user("gia"))
    assert (done.state, stage.again(at.call).committed) == ("awarded", 5_200_00)


# ——— on record ———


def test_the_record_holds_keys_and_no_names_and_follows_from_the_scores(clock):
    at = table.signed(2)
    kept = json.loads(at.record)
    assert {one["juror"] for one in kept["jury"]} == {str(make.user(name).pk) for name in table.JURORS}
    assert not any(make.user(name).name in at.record for name in table.JURORS)
    out = StringIO()
    call_command("recompute_decision", str(at.pk), stdout=out)
    assert at.record_digest in out.getvalue()


def test_a_score_changed_behind_the_record_is_named(clock):
    at = table.signed(1)
    one = Score.objects.order_by("pk").first()
    Score.objects.filter(pk=one.pk).update(level=2)
    with pytest.raises(CommandError, match=r"record\.\w+.* is on record, .* follows from the scores"):
        call_command("recompute_decision", str(at.pk))
    assert next(iter(record.differences(stage.again(at))))


# ——— letters ———


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_letters_come_from_the_committee_name_no_juror_and_never_say_rejected(clock, language):
    at = table.sitting(3)
    awarded, declined, adjourned = table.agenda(at)
    for pitch, result in ((awarded, "awarded"), (declined, "declined"), (adjourned, "adjourned")):
        table.released(pitch)
        table.decide(at, pitch, result, leaves_rule_because="" if result == "awarded" else "The committee says so.")
    for decision in Decision.objects.select_related("pitch__call"):
        made = letters.letter(decision, language=language)
        said = " ".join([made.subject, *made.paragraphs, *made.points, *made.after, made.signature, made.free])
        assert not any(make.user(name).name in said for name in (*table.JURORS, "farid"))
        assert not any(word in said.lower() for word in ("reject", "rejet", "refus", "مرفوض", "رفض"))
        assert "Savings bank" in said
        assert made.free.startswith(letters.words_in(language).slip["free"])
        if language != "en":
            assert "The committee" not in said
            assert made.direction == ("rtl" if language == "ar" else "ltr")


def test_the_letter_is_seen_before_signing_and_given_out_after(clock, client):
    at = table.sitting(1)
    pitch = table.released(table.agenda(at)[0])
    table.decide(at, pitch, conditions=["The patent"])
    client.force_login(make.user("farid"))
    page = client.get(reverse("grants:sitting", args=[at.pk]) + f"?pitch={pitch.pk}&letter=en").content.decode()
    assert "The committee has heard your plan" in page
    assert "The patent" in page
    client.force_login(make.user("amina"))
    assert client.get(reverse("grants:letter", args=[pitch.pk])).status_code == 404
    decisions.sign_decisions(decisions.propose_decisions(stage.again(at), by=make.user("farid")), by=make.user("gia"))
    assert client.get(reverse("grants:letter", args=[pitch.pk])).status_code == 200
    answer = client.get(reverse("grants:letter", args=[pitch.pk]) + "?as=pdf")
    if letters.pdf_is_possible():
        assert answer.content.startswith(b"%PDF")
    else:
        assert "This machine makes no PDF" in answer.content.decode()


# ——— pages ———


def test_a_juror_scores_without_javascript_question_by_question(clock, client):
    at = table.sitting(1)
    pitch = table.agenda(at)[0]
    seat = table.seat_of("elif", pitch)
    client.force_login(make.user("elif"))
    page = reverse("grants:score_pitch", args=[seat.pk])
    assert "to come" in client.get(page).content.decode()
    for n, criterion in enumerate(pitch.call.criteria.all(), 1):
        level = {1: "4", 2: "0", 3: "5"}[n]
        said = {"criterion": criterion.pk, "level": level, "words": "Orders seen." if level == "5" else "", "to": n + 1}
        assert client.post(page, {**said, "cannot_judge": "not_my_field"}).status_code == 302
    assert seat.scores.count() == 0
    assert "Hand in my scores" in client.get(page).content.decode()
    client.post(page, {"hand_in": "1"})
    assert list(seat.scores.order_by("criterion__position").values_list("level", flat=True)) == [4, None, 5]
    assert "1 of 1 handed in" in client.get(reverse("grants:my_pitches")).content.decode()


def test_the_sheet_keeps_itself_for_its_juror_alone(clock, client):
    at = table.sitting(1)
    pitch = table.agenda(at)[0]
    seat = table.seat_of("elif", pitch)
    client.force_login(make.user("elif"))
    criterion = pitch.call.criteria.first()
    answer = client.post(reverse("grants:autosave_scores", args=[seat.pk]), {"criterion": criterion.pk, "level": "3"})
    assert (answer.status_code, "X-Saved-At" in answer.headers) == (204, True)
    assert Event.objects.filter(stream=seat.stream, verb="grants.score_pitch").count() == 0
    assert Draft.objects.get(stream=seat.stream).owner_id == str(make.user("elif").pk)


def test_the_board_costs_as_much_for_two_pitches_as_for_four(clock, client, django_assert_max_num_queries):
    counts = []
    for n in (2, 4):
        at = table.sitting(n)
        for pitch in table.agenda(at):
            table.released(pitch)
        client.force_login(make.user("farid"))
        page = reverse("grants:sitting", args=[at.pk])
        client.get(page)
        with django_assert_max_num_queries(15) as asked:
            client.get(page)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_chair_works_the_board_from_the_first_pitch_to_the_second_signature(clock, client):
    at = table.sitting(1)
    pitch = table.agenda(at)[0]
    client.force_login(make.user("farid"))
    board = reverse("grants:sitting", args=[at.pk])
    client.post(reverse("grants:hear_pitch", args=[pitch.pk]), {"version": stage.again(pitch).version})
    table.scored(pitch, elif_=4, idris=4, karim=4)
    opened = client.post(reverse("grants:release_scores", args=[pitch.pk]), {"version": stage.again(pitch).version})
    assert opened.url == f"{board}?pitch={pitch.pk}"
    said = {"result": "awarded", "amount": "5200", "conditions": "The patent\nA lease", "version": stage.again(at).version}
    write = reverse("grants:write_decision", args=[at.pk]) + f"?pitch={pitch.pk}"
    wrong = client.post(write, {**said, "amount": "9000"})
    assert wrong.status_code == 409
    assert "The amount lies outside what this call gives." in wrong.content.decode()
    assert client.post(write, said).status_code == 302
    assert Decision.objects.get().conditions == ["The patent", "A lease"]
    client.post(reverse("grants:propose_decisions", args=[at.pk]), {"version": stage.again(at).version})
    client.force_login(make.user("gia"))
    page = reverse("grants:sign_decisions", args=[at.pk])
    assert "The patent" in client.get(page).content.decode()
    client.post(page, {"version": stage.again(at).version})
    assert stage.again(pitch).state == "awarded"
    minutes = client.get(reverse("grants:minutes", args=[at.pk])).content.decode()
    assert "Savings bank" in minutes
    assert "Karim" not in minutes
    assert client.get(reverse("grants:minutes", args=[at.pk]) + "?closed=1").status_code == 403
    client.force_login(make.user("farid"))
    assert "Karim" in client.get(reverse("grants:minutes", args=[at.pk]) + "?closed=1").content.decode()


# ——— at once ———


def _at_once(work: Any, number: int) -> list[Any]:
    """Run `work(n)` in so many threads that begin together; what each returned or raised."""
    start, found = threading.Barrier(number), [None] * number

    def run(n: int) -> None:
        start.wait()
        try:
            found[n] = work(n)
        except (Refused, NotYours) as why:
            found[n] = why
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[n]) for n in range(number)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return found


@pytest.mark.on_postgresql
@pytest.mark.django_db(transaction=True)
def test_twenty_deciding_on_one_call_never_pass_its_budget():
    """Each thread takes an award of one call at the same moment; the database has the last word."""
    call = stage.call(budget=40_000_00)
    found = _at_once(lambda _n: calls.commit_money(call.pk, 5_200_00), 20)
    assert stage.again(call).committed == 7 * 5_200_00
    assert sum(isinstance(one, Refused) for one in found) == 13


@pytest.mark.on_postgresql
@pytest.mark.django_db(transaction=True)
def test_two_who_sign_one_sitting_at_once_decide_it_once():
    at = table.proposed(1)
    version = at.version
    other = make.user("zora", role="programme_manager")
    both = [make.user("gia"), other]
    found = _at_once(lambda n: decisions.sign_decisions(Sitting.objects.get(pk=at.pk), by=both[n], version=version), 2)
    assert sorted(type(one).__name__ for one in found) == ["Sitting", "Stale"]
    assert isinstance(next(one for one in found if not isinstance(one, Sitting)), Stale)
    assert Call.objects.get(pk=at.call_id).committed == 5_200_00
    assert Board(Sitting.objects.get(pk=at.pk)).awarded == 5_200_00
