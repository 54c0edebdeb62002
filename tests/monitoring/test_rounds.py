"""The machine of a round: one literal table, state × verb, and who performs it. It is the specification."""

import uuid

import pytest

from accounts.authority import authority
from monitoring.models import Round
from monitoring.states import ENDED, OPEN, RoundState
from tests import factories
from tests.monitoring.asking import in_work, rounds_of
from workflows.acting import LINK, SYSTEM, Refused, act, options
from workflows.actors import actor_of
from workflows.machine import OutsideAct

# state: verbs that lead on from it.
MOVES = {
    "planned": {
        "invite",
        "hand_to_caseworker",
        "record_interview",
        "miss",
        "waive",
        "stop",
        "count_with",
        "move_round",
        "ask_with",
    },
    "invited": {
        "hand_to_caseworker",
        "submit_answers",
        "record_interview",
        "refuse",
        "keep_part",
        "miss",
        "waive",
        "stop",
        "remind",
        "save_answer",
        "log_attempt",
    },
    "interviewing": {
        "submit_answers",
        "record_interview",
        "refuse",
        "keep_part",
        "miss",
        "waive",
        "stop",
        "save_answer",
        "log_attempt",
    },
    "answered": {"record_interview", "log_attempt"},
    "partly_answered": {"record_interview", "submit_answers", "save_answer", "log_attempt"},
    "refused": set(),
    "missed": {"record_interview", "submit_answers", "save_answer"},
    "waived": {"take_up"},
    "stopped": {"take_up"},
}
EVERYWHERE = {"acknowledge_alarm"}

WHO = {
    "plan_round": "system",
    "move_round": "system",
    "ask_with": "system",
    "invite": "system",
    "remind": "system",
    "keep_part": "system",
    "miss": "system",
    "count_with": "system",
    "take_up": "system",
    "stop": "system caseworker supervisor",
    "save_answer": "link",
    "submit_answers": "link",
    "refuse": "link",
    "hand_to_caseworker": "system caseworker supervisor",
    "waive": "system caseworker supervisor",
    "log_attempt": "caseworker supervisor",
    "record_interview": "caseworker supervisor",
    "acknowledge_alarm": "caseworker supervisor protection_lead",
}


@pytest.mark.parametrize("state", RoundState.values)
def test_the_table_of_states_and_verbs(state):
    leads = {one.name for one in Round.known_verbs().values() if one.leads_from(state)}
    assert leads == MOVES[state] | EVERYWHERE


@pytest.mark.django_db
@pytest.mark.parametrize("verb", sorted(WHO))
def test_the_table_of_verbs_and_actors(verb):
    one = Round(id=uuid.uuid4())
    office = factories.office()
    one._state.fields_cache["case"] = type("Held", (), {"office_id": office.pk})()
    may = set()
    if authority(SYSTEM("monitoring.dispatch"), f"monitoring.{verb}", one) is None:
        may.add("system")
    if authority(LINK("invitation", uuid.uuid4()), f"monitoring.{verb}", one) is None:
        may.add("link")
    for name, (role, _at) in factories.CAST.items():
        if authority(actor_of(factories.user(name)), f"monitoring.{verb}", one) is None:
            may.add(role)
    assert may == set(WHO[verb].split())


def test_every_verb_stands_in_both_tables():
    assert set(Round.known_verbs()) == set(WHO)
    assert set().union(*MOVES.values(), EVERYWHERE) == set(WHO) - {"plan_round"}


def test_every_open_state_has_a_way_out_and_no_end_leads_back_but_by_taking_up():
    for state in OPEN:
        assert {"miss", "stop"} <= MOVES[state]
    for state in ENDED:
        assert MOVES[state] & {"invite", "miss", "waive", "stop", "refuse"} == set()


@pytest.mark.django_db
def test_a_transition_outside_its_act_raises(clock):
    one = rounds_of(in_work())["work", 3]
    with pytest.raises(OutsideAct):
        one.miss(at=clock.now())


@pytest.mark.django_db
def test_a_verb_out_of_order_is_refused_with_its_sentence(clock):
    one = rounds_of(in_work())["work", 3]
    with pytest.raises(Refused) as refused, act(one, "monitoring.remind", by=SYSTEM("monitoring.dispatch")):
        pass
    assert refused.value.codes == ["state"]


@pytest.mark.django_db
def test_a_colleague_of_another_office_may_not(clock):
    one = rounds_of(in_work())["work", 3]
    chen = factories.user("chen")
    assert not Round.objects.visible_to(chen).exists()
    assert {option.status for option in options(one, chen)} == {"not_yours"}
