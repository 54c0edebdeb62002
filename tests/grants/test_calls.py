"""The call: written, cloned, opened, moved, closed, settled; each verb does, refuses, records and is denied."""

import datetime as dt

import pytest

from grants.actions import calls, pitches
from grants.models import Call, Pitch
from grants.states import CallState, PitchState
from tests import factories as make
from tests.grants import stage
from workflows import clock as clocks
from workflows.acting import NotYours, Refused, options
from workflows.models import Event

pytestmark = pytest.mark.django_db

# state × verb → where it leads ("=" stays). What stands in no row of a state is refused there.
TABLE = """
    draft               open_call=open change_call==
    open                close_submissions=submissions_closed prolong_call== raise_budget==
    submissions_closed  open_jury=in_jury raise_budget==
    in_jury             decide_call=decided raise_budget==
    decided             settle_call=settled
    settled
"""


def table() -> dict[str, dict[str, str]]:
    found = {}
    for line in TABLE.strip().splitlines():
        state, *moves = line.split()
        found[state] = {verb: target for verb, _eq, target in (move.partition("=") for move in moves)}
    return found


@pytest.mark.parametrize("state", list(CallState))
def test_the_machine_of_a_call_is_this_table(state):
    known = {verb.name: verb.moves[state] for verb in Call.known_verbs().values() if not verb.creates and state in verb.moves}
    assert {name: str(target or "=") for name, target in known.items()} == table()[state]


def test_a_call_is_written_with_its_criteria_and_rules():
    call = stage.call()
    assert (call.state, call.committed, call.left) == ("draft", 0, 40_000_00)
    assert [one.code for one in call.criteria.all()] == ["skill", "market", "figures"]
    event = Event.objects.get(stream=call.stream)
    assert (event.verb, event.facts["budget"], event.facts["currency"]) == ("grants.draft_call", 40_000_00, "EUR")


@pytest.mark.parametrize(
    ("settings", "code", "sentence"),
    [
        ({"floor": 7_000_00}, "ceiling", "The greatest amount is not below the least."),
        ({"split": [70, 40]}, "split", "Whole percentages that add up to 100, such as 70 and 30."),
        ({"share": 0}, "share", "A percentage from 1 to 100."),
        ({"quorum": 4}, "quorum", "At least one, and not more than the jurors of a pitch."),
        ({"closes_on": dt.date(2001, 1, 1)}, "closes_on", "The last day is not before the first."),
        ({"decides_by": dt.date(2001, 1, 1)}, "decides_by", "The decision comes after the last day for pitches."),
    ],
)
def test_settings_that_contradict_one_another_are_refused_in_words(settings, code, sentence):
    with pytest.raises(Refused) as refused:
        stage.call(**settings)
    assert [(one.code, str(one)) for one in refused.value.blockers] == [(code, sentence)]
    assert not Call.objects.exists()


def test_a_code_is_there_once_in_a_programme():
    stage.call(code="2026-1")
    with pytest.raises(Refused) as refused:
        stage.call(code="2026-1")
    assert refused.value.codes == ["code"]


def test_a_clone_takes_over_the_rules_and_must_say_the_rest_anew():
    call = stage.call(pass_mark=70)
    with pytest.raises(TypeError, match="budget"):
        calls.clone_call(call, by=make.user("hana"), code="next", title="Next")
    today = clocks.today()
    clone = calls.clone_call(
        call, by=make.user("hana"), code="next", title="Next", budget=10_000_00,
        opens_on=today, closes_on=today, decides_by=today,
    )  # fmt: skip
    assert (clone.cloned_from, clone.pass_mark, clone.budget, clone.state) == (call, 70, 10_000_00, "draft")
    assert [one.levels for one in clone.criteria.all()] == [stage.LEVELS] * 3
    assert [one.rule for one in clone.eligibility.all()] == ["plan_agreed", "asked"]


def test_a_change_says_what_was_and_what_is_now():
    call = calls.change_call(stage.call(), by=make.user("hana"), pass_mark=50, criteria=stage.CRITERIA[:1])
    facts = Event.objects.filter(stream=call.stream).latest("seq").facts
    assert (facts["changed"], facts["was"], facts["now"]) == (["pass_mark", "criteria"], {"pass_mark": 65}, {"pass_mark": 50})
    assert call.criteria.count() == 1


def test_a_call_opens_whole_or_says_all_that_is_missing():
    call = stage.call(criteria=[{**stage.CRITERIA[0], "levels": ["one"]}], eligibility=[], budget=1_000_00)
    with pytest.raises(Refused) as refused:
        calls.open_call(call, by=make.user("hana"))
    assert refused.value.codes == ["budget_below_floor", "criteria_without_levels", "no_rules"]
    assert stage.again(call).state == "draft"


def test_a_call_without_criteria_does_not_open():
    with pytest.raises(Refused) as refused:
        stage.open_call(criteria=[])
    assert refused.value.codes == ["no_criteria"]


def test_only_a_grant_officer_opens_a_call():
    call = stage.call()
    for name in ("amina", "boris", "dana", "elif", "farid", "gia", "lena", "mona"):
        with pytest.raises(NotYours):
            calls.open_call(call, by=make.user(name))
    assert not Event.objects.filter(verb="grants.open_call").exists()
    assert calls.open_call(call, by=make.user("hana")).state == "open"


def test_an_open_call_is_not_changed_but_its_last_day_moves_for_everybody():
    call = stage.open_call()
    with pytest.raises(Refused):
        calls.change_call(call, by=make.user("hana"), ceiling=9_000_00)
    later = call.closes_on + dt.timedelta(days=7)
    moved = calls.prolong_call(call, by=make.user("hana"), closes_on=later, reason="Floods in the south")
    assert (moved.closes_on, moved.decides_by) == (later, call.decides_by + dt.timedelta(days=7))
    with pytest.raises(Refused) as refused:
        calls.prolong_call(moved, by=make.user("hana"), closes_on=call.closes_on, reason="Back")
    assert refused.value.codes == ["earlier"]


def test_the_budget_is_never_below_what_was_awarded():
    call = stage.open_call()
    calls.commit_money(call.pk, 12_000_00)
    with pytest.raises(Refused) as refused:
        calls.raise_budget(stage.again(call), by=make.user("hana"), budget=11_000_00, reason="Cut")
    assert refused.value.codes == ["below_committed"]
    assert calls.raise_budget(stage.again(call), by=make.user("gia"), budget=12_000_00, reason="Cut").left == 0
    with pytest.raises(Refused) as refused:
        calls.commit_money(call.pk, 1)
    assert refused.value.codes == ["over_budget"]
    assert stage.again(call).committed == 12_000_00


def test_submissions_close_after_the_last_day_and_drafts_move_along(clock):
    call, next_call = stage.open_call(), stage.open_call(closes_on=clocks.today() + dt.timedelta(days=60),
                                                         decides_by=clocks.today() + dt.timedelta(days=90))  # fmt: skip
    mine, theirs = stage.draft(call), stage.draft(call)
    both = stage.draft(call)
    stage.draft(next_call, both.case)
    hana = make.user("hana")
    with pytest.raises(Refused) as refused:
        calls.close_submissions(call, by=hana)
    assert refused.value.codes == ["too_early"]
    clock.set(clocks.now() + dt.timedelta(days=15))
    calls.close_submissions(call, by=hana, next_call=next_call)
    assert {(one.pk, one.number) for one in next_call.pitches.exclude(case=both.case)} == {(mine.pk, 2), (theirs.pk, 3)}
    assert [one.pk for one in call.pitches.all()] == [both.pk]


def test_the_jury_opens_when_every_pitch_was_read(clock):
    call, hana = stage.open_call(), make.user("hana")
    pitch = stage.submitted(call)
    clock.set(clocks.now() + dt.timedelta(days=15))
    calls.close_submissions(call, by=hana)
    with pytest.raises(Refused) as refused:
        calls.open_jury(stage.again(call), by=hana)
    assert refused.value.codes == ["submitted", "nobody_eligible"]
    pitches.answer_rule(pitch, by=hana, answers={rule.pk: "yes" for rule in call.eligibility.all()})
    pitches.find_eligible(stage.again(pitch), by=hana)
    assert calls.open_jury(stage.again(call), by=hana).state == "in_jury"
    with pytest.raises(Refused) as refused:
        calls.decide_call(stage.again(call), by=hana)
    assert refused.value.codes == ["undecided"]


def test_a_call_is_settled_when_nothing_of_it_is_open(clock):
    call, hana = stage.open_call(), make.user("hana")
    Call.objects.filter(pk=call.pk).update(state=CallState.DECIDED)
    pitch = stage.draft(stage.open_call())
    for state, code in (("adjourned", "has_adjourned"), ("appealed", "has_appealed")):
        Pitch.objects.filter(pk=pitch.pk).update(call=call, state=state)
        with pytest.raises(Refused) as refused:
            calls.settle_call(stage.again(call), by=hana)
        assert refused.value.codes == [code]
    Pitch.objects.filter(pk=pitch.pk).update(state=PitchState.DECLINED)
    assert calls.settle_call(stage.again(call), by=hana).settled_at == clocks.now()


def test_who_sees_a_call():
    call = stage.call()
    seen = {name for name in make.CAST if Call.objects.visible_to(make.user(name)).filter(pk=call.pk).exists()}
    assert seen == {"amina", "boris", "chen", "nour", "dana", "farid", "gia", "hana"}


def test_options_say_what_leads_on_and_what_is_missing():
    call = stage.call(criteria=[])
    found = {one.name: (one.status, [each.code for each in one.blockers]) for one in options(call, make.user("hana"))}
    assert found == {"open_call": ("blocked", ["no_criteria"]), "change_call": ("open", [])}
