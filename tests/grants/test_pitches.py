"""The pitch on the candidate's side: written, handed in, found eligible or not, revised, withdrawn, appealed."""

import datetime as dt

import pytest

from casework.actions import closing
from grants import pitch_page
from grants.actions import pitches
from grants.models import Call, Decision, Pitch
from grants.states import PitchState
from tests import factories as make
from tests.grants import stage
from workflows import clock as clocks
from workflows.acting import NotYours, Refused, options
from workflows.models import Event

pytestmark = pytest.mark.django_db

# state × verb that moves it → where to (a line that begins with + goes on). The specification of the machine.
TABLE = """
    draft  submit_pitch=submitted withdraw_pitch=withdrawn
    submitted  send_back_pitch=draft revise_pitch=draft withdraw_pitch=withdrawn find_eligible=eligible
    +  confirm_ineligible=ineligible
    eligible  seat_juror=in_jury withdraw_pitch=withdrawn sign_decision=adjourned
    ineligible  appeal=appealed
    in_jury  seat_juror== release_scores=scored withdraw_pitch=withdrawn sign_decision=adjourned
    scored  withdraw_pitch=withdrawn sign_decision=awarded|reserve|adjourned|declined
    awarded  decline_award=withdrawn sign_contract=contracted
    reserve  promote_reserve=awarded lapse_reserve=declined withdraw_pitch=withdrawn
    adjourned  send_back_pitch=draft revise_pitch=draft withdraw_pitch=withdrawn
    declined  appeal=appealed
    appealed  admit_appeal=eligible reject_appeal=declined
    contracted  complete_contract=completed terminate_contract=terminated
    completed
    terminated
    withdrawn
"""


def moves() -> dict[str, dict[str, str]]:
    found = {}
    for line in TABLE.replace("\n    +", "").strip().splitlines():
        state, *told = line.split()
        found[state] = {verb: target for verb, _eq, target in (one.partition("=") for one in told)}
    return found


@pytest.mark.parametrize("state", list(PitchState))
def test_the_machine_of_a_pitch_is_this_table(state):
    found = {}
    for verb in Pitch.known_verbs().values():
        if verb.transition and state in verb.moves:
            target = verb.moves[state]
            found[verb.name] = "|".join(getattr(target, "states", None) or [target or "="])
    assert found == moves()[state]


# ——— begun ———


def test_a_pitch_is_begun_before_any_plan_is_agreed():
    case = make.case_at("counselling")
    pitch = stage.draft(stage.open_call(), case)
    assert (pitch.state, pitch.number, pitch.present.number, pitch.members.get().share) == ("draft", 1, 1, 100)
    facts = Event.objects.get(stream=pitch.stream).facts
    assert (facts["case"], facts["number"]) == (str(case.pk), 1)


def test_numbers_of_a_call_follow_one_another():
    call = stage.open_call()
    assert [stage.draft(call).number for _ in range(3)] == [1, 2, 3]


def test_a_case_has_one_pitch_in_a_call_and_is_led_to_it():
    pitch = stage.draft()
    with pytest.raises(Refused) as refused:
        stage.draft(pitch.call, pitch.case)
    assert (refused.value.codes, refused.value.blockers[0].link) == (["there_already"], pitch.get_absolute_url())


def test_a_call_that_is_not_open_takes_no_pitch():
    with pytest.raises(Refused) as refused:
        stage.draft(stage.call())
    assert refused.value.codes == ["call_not_open"]


def test_a_closed_case_begins_no_pitch():
    case = closing.close_case(make.case_at("counselling"), by=make.user("amina"), outcome="support_ended")
    with pytest.raises(Refused) as refused:
        stage.draft(stage.open_call(), case)
    assert refused.value.codes == ["case_closed"]
    assert not Pitch.objects.exists()


def test_only_those_of_the_office_write():
    case, call = make.case_at("counselling"), stage.open_call()
    for name in ("chen", "nour", "dana", "elif", "farid", "gia", "lena", "rida"):
        with pytest.raises(NotYours):
            pitches.draft_pitch(case, by=make.user(name), call=call, title="Bread")
    assert not Pitch.objects.exists()


# ——— written ———


def test_half_a_plan_is_kept_and_the_event_has_no_word_of_it():
    pitch = pitches.write_pitch(stage.draft(), by=make.user("amina"), story="Eight years in bakeries", sources=stage.SOURCES)
    assert (pitch.present.story, pitch_page.in_words(pitch).asked) == ("Eight years in bakeries", 5_200_00)
    event = Event.objects.filter(stream=pitch.stream).latest("seq")
    assert event.facts["changed"] == ["sources", "story"]
    assert "bakeries" not in event.body


def test_a_plan_that_asks_for_seven_and_a_half_thousand_says_why_it_cannot_be_handed_in():
    sources = [{"kind": "asked", "amount": 7_500_00}]
    pitch = stage.written(sources=sources)
    with pytest.raises(Refused) as refused:
        pitches.submit_pitch(pitch, by=make.user("amina"), confirmed_how="signed")
    assert [one.code for one in refused.value.blockers] == ["above_ceiling", "above_share"]
    assert "Lower it by" in str(refused.value.blockers[0])
    assert stage.again(pitch).state == "draft"


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ({"sources": [{"kind": "asked", "amount": 3_000_00}, {"kind": "own", "amount": 4_500_00}]}, ["below_floor"]),
        ({"sources": [{"kind": "own", "amount": 7_500_00}]}, ["nothing_asked"]),
        ({"sources": stage.SOURCES[:2]}, ["sources_and_uses"]),
        ({"uses": stage.USES}, ["quotes"]),
        ({"forecast": [{"month": 1, "income": 1, "expense": 1}]}, ["forecast"]),
        ({"story": "  ", "risks": ""}, ["sections"]),
    ],
)
def test_what_is_missing_is_said_at_once_and_by_name(said, codes):
    pitch = stage.written(**said)
    with pytest.raises(Refused) as refused:
        pitches.submit_pitch(pitch, by=make.user("amina"), confirmed_how="signed")
    assert refused.value.codes == codes


def test_an_empty_draft_of_a_new_person_hears_everything_that_is_missing():
    pitch = stage.draft(stage.open_call(), make.case_at("counselling"))
    option = next(one for one in options(pitch, make.user("amina")) if one.name == "submit_pitch")
    assert [one.code for one in option.blockers] == [
        "sections", "nothing_asked", "forecast", "no_plan", "no_identity", "no_account",
    ]  # fmt: skip


def test_the_shares_of_partners_add_up_to_a_hundred():
    pitch = stage.written()
    partner = stage.candidate()
    pitches.write_pitch(pitch, by=make.user("amina"), members=[(pitch.case, 60), (partner, 30)])
    with pytest.raises(Refused) as refused:
        pitches.submit_pitch(stage.again(pitch), by=make.user("amina"), confirmed_how="signed")
    assert refused.value.codes == ["shares"]
    with pytest.raises(Refused) as refused:
        pitches.write_pitch(stage.again(pitch), by=make.user("amina"), members=[(partner, 100)])
    assert refused.value.codes == ["candidate"]


# ——— handed in ———


def test_a_pitch_is_handed_in_with_the_yes_of_the_candidate_and_the_answers_of_the_file():
    pitch = stage.written()
    with pytest.raises(Refused) as refused:
        pitches.submit_pitch(pitch, by=make.user("amina"), confirmed_how="")
    assert refused.value.codes == ["not_confirmed"]
    pitch = pitches.submit_pitch(pitch, by=make.user("amina"), confirmed_how="read_out")
    assert (pitch.state, pitch.present.confirmed_how) == ("submitted", "read_out")
    assert list(pitch.rule_answers.values_list("rule__rule", "met", "by_file")) == [("plan_agreed", "yes", True)]
    assert Event.objects.filter(stream=pitch.stream).latest("seq").facts["asked"] == 5_200_00


def test_after_the_last_day_the_pitch_is_led_to_the_next_call(clock):
    pitch = stage.written()
    clock.set(clocks.now() + dt.timedelta(days=15))
    pitches.write_pitch(pitch, by=make.user("amina"), uses=[{**use, "quoted_on": clocks.today()} for use in stage.USES])
    with pytest.raises(Refused) as refused:
        pitches.submit_pitch(stage.again(pitch), by=make.user("amina"), confirmed_how="signed")
    assert refused.value.codes == ["call_closed"]
    later = stage.open_call()
    moved = pitches.move_pitch(stage.again(pitch), by=make.user("amina"), call=later)
    assert (moved.call, moved.number) == (later, 1)
    assert pitches.submit_pitch(moved, by=make.user("amina"), confirmed_how="signed").state == "submitted"


def test_what_was_handed_in_is_kept_when_it_is_sent_back_and_the_difference_is_shown():
    pitch, hana, amina = stage.submitted(), make.user("hana"), make.user("amina")
    with pytest.raises(Refused):
        pitches.send_back_pitch(pitch, by=hana, missing=" ")
    pitch = pitches.send_back_pitch(pitch, by=hana, missing="Name one more customer.")
    assert (pitch.state, pitch.present.number, pitch.present.sent_back_because) == ("draft", 2, "Name one more customer.")
    pitches.write_pitch(pitch, by=amina, market="Nine hundred pupils; three canteens have written.")
    pitches.submit_pitch(stage.again(pitch), by=amina, confirmed_how="signed")
    first, second = (pitch_page.in_words(pitch, number=number) for number in (1, 2))
    (difference,) = pitch_page.differences(first, second)
    assert [(one.kind, one.words) for one in difference.pieces] == [
        ("same", "Nine hundred pupils;"), ("gone", "two"), ("new", "three"), ("same", "canteens have written."),
    ]  # fmt: skip
    assert first.version.submitted_at
    assert pitch_page.heard(pitch).version.number == 2


def test_the_caseworker_takes_it_back_while_the_call_is_open():
    pitch = stage.submitted()
    assert pitches.revise_pitch(pitch, by=make.user("amina")).state == "draft"
    pitch = stage.submitted()
    Call.objects.filter(pk=pitch.call_id).update(state="submissions_closed")
    with pytest.raises(Refused) as refused:
        pitches.revise_pitch(pitch, by=make.user("amina"))
    assert refused.value.codes == ["call_not_open"]


def test_a_withdrawn_pitch_leaves_the_case_as_it_is():
    pitch = stage.submitted()
    with pytest.raises(Refused):
        pitches.withdraw_pitch(pitch, by=make.user("amina"), reason="")
    pitches.withdraw_pitch(pitch, by=make.user("amina"), reason="Found work")
    assert (stage.again(pitch).state, make.again(pitch.case).state) == ("withdrawn", "start_up")
    assert stage.draft(pitch.call, pitch.case).number == 2


# ——— eligible or not ———


def test_a_pitch_is_eligible_when_every_rule_is_answered_and_none_with_no():
    pitch, hana = stage.submitted(), make.user("hana")
    with pytest.raises(Refused) as refused:
        pitches.find_eligible(pitch, by=hana)
    assert refused.value.codes == ["rules_open"]
    asked = pitch.call.eligibility.get(rule="asked")
    pitches.answer_rule(pitch, by=hana, answers={asked.pk: "no"})
    with pytest.raises(Refused) as refused:
        pitches.find_eligible(stage.again(pitch), by=hana)
    assert refused.value.codes == ["rules_failed"]
    pitches.answer_rule(stage.again(pitch), by=hana, answers={asked.pk: "yes"})
    assert pitches.find_eligible(stage.again(pitch), by=hana).state == "eligible"


def test_not_eligible_takes_a_rule_a_reason_and_two_readers():
    pitch, hana, gia = stage.submitted(), make.user("hana"), make.user("gia")
    with pytest.raises(Refused) as refused:
        pitches.find_ineligible(pitch, by=hana, reason="Outside the region")
    assert refused.value.codes == ["no_rule_failed"]
    asked = pitch.call.eligibility.get(rule="asked")
    pitches.answer_rule(stage.again(pitch), by=hana, answers={asked.pk: "no"})
    pitches.find_ineligible(stage.again(pitch), by=hana, reason="Outside the region")
    assert stage.again(pitch).state == "submitted"
    with pytest.raises((Refused, NotYours)):
        pitches.confirm_ineligible(stage.again(pitch), by=hana)
    pitch = pitches.confirm_ineligible(stage.again(pitch), by=gia)
    assert (pitch.state, pitch.decided_on) == ("ineligible", clocks.today())


def test_the_second_reader_reads_what_was_proposed_or_nothing():
    pitch, hana, gia = stage.submitted(), make.user("hana"), make.user("gia")
    asked = pitch.call.eligibility.get(rule="asked")
    pitches.answer_rule(pitch, by=hana, answers={asked.pk: "no"})
    pitches.find_ineligible(stage.again(pitch), by=hana, reason="Outside the region")
    pitches.answer_rule(stage.again(pitch), by=hana, answers={asked.pk: "yes"})
    with pytest.raises(Refused):
        pitches.confirm_ineligible(stage.again(pitch), by=gia)
    assert stage.again(pitch).state == "submitted"


# ——— looked at again ———


def declined(by: str = "farid", signed: str = "gia") -> Pitch:
    """A pitch that a committee turned down; how it came to that is the jury's own file."""
    pitch = stage.eligible()
    from grants.models import Sitting

    sitting = Sitting.objects.create(call=pitch.call, held_on=clocks.today(), chair=make.user("farid"))
    Decision.objects.create(
        pitch=pitch, sitting=sitting, result="declined", written_at=clocks.now(), written_by=make.user(by),
        signed_at=clocks.now(), signed_by=make.user(signed),
    )  # fmt: skip
    Pitch.objects.filter(pk=pitch.pk).update(state=PitchState.DECLINED, decided_on=clocks.today())
    return stage.again(pitch)


def test_others_look_again_within_the_days(clock):
    pitch, amina = declined(), make.user("amina")
    with pytest.raises(Refused):
        pitches.appeal(pitch, by=amina, words="")
    assert pitches.appeal(pitch, by=amina, words="The third canteen has written since.").state == "appealed"

    late = declined()
    clock.set(clocks.now() + dt.timedelta(days=16))
    with pytest.raises(Refused) as refused:
        pitches.appeal(late, by=amina, words="Late")
    assert refused.value.codes == ["appeal_late"]


def test_the_days_to_appeal_count_from_the_letter(clock):
    pitch, amina = declined(), make.user("amina")
    clock.set(clocks.now() + dt.timedelta(days=10))
    pitches.hand_over_letter(pitch, by=amina)
    clock.set(clocks.now() + dt.timedelta(days=10))
    assert pitches.appeal(stage.again(pitch), by=amina, words="Now").state == "appealed"


def test_whoever_had_a_part_in_the_first_decision_does_not_answer_the_appeal():
    amina, hana = make.user("amina"), make.user("hana")
    pitch = pitches.appeal(declined(by="hana"), by=amina, words="Look again")
    for verb in (pitches.admit_appeal, pitches.reject_appeal):
        with pytest.raises(Refused) as refused:
            verb(stage.again(pitch), by=hana, reason="Because")
        assert refused.value.codes == ["had_a_part"]
    colleague = make.user("olfa", role="grant_officer")
    admitted = pitches.admit_appeal(stage.again(pitch), by=colleague, reason="New letters")
    assert (admitted.state, admitted.released_at) == ("eligible", None)


def test_an_award_that_is_declined_gives_its_money_back():
    pitch = stage.eligible()
    Call.objects.filter(pk=pitch.call_id).update(committed=4_792_00)
    Pitch.objects.filter(pk=pitch.pk).update(state=PitchState.AWARDED, amount=4_792_00)
    pitches.decline_award(stage.again(pitch), by=make.user("amina"), reason="Another loan")
    assert (stage.again(pitch).amount, stage.again(pitch.call).committed) == (None, 0)


# ——— who sees it ———


def test_who_sees_a_pitch_as_it_goes_its_way():
    pitch = stage.draft()

    def seen() -> set[str]:
        return {name for name in make.CAST if Pitch.objects.visible_to(make.user(name)).filter(pk=pitch.pk).exists()}

    of_the_file = {name for name in make.CAST if make.Case.objects.visible_to(make.user(name)).filter(pk=pitch.case_id).exists()}
    assert seen() == of_the_file
    Pitch.objects.filter(pk=pitch.pk).update(state=PitchState.SUBMITTED)
    assert seen() == of_the_file | {"gia", "hana", "dana"}


def test_somebody_named_by_the_person_never_sees_the_pitch():
    from casework.actions import people

    pitch = stage.submitted()
    people.bar_colleague(pitch.case.person, by=make.user("boris"), colleague=make.user("hana"))
    assert not Pitch.objects.visible_to(make.user("hana")).exists()
