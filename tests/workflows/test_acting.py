"""act(): one lock, one question of authority, one event, and nothing at all if anything fails."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.toy.models import Door, DoorState, Visitor
from tests.workflows.conftest import built
from workflows import hooks
from workflows.acting import LINK, SYSTEM, NestedAct, NotYours, Refused, Stale, act, act_each, freeze, options, signed_payload
from workflows.machine import OutsideAct
from workflows.models import Delivery, Event, Note, Signature


def perform(door, name, by, **kwargs):
    with act(door, f"toy.{name}", by=by, **kwargs) as fresh:
        getattr(fresh, name)()
    return fresh


# ——— it does ———


def test_a_verb_moves_the_state_and_writes_one_event(door, porter):
    shut = perform(door, "shut", porter)

    assert (shut.state, Door.objects.get().state) == (DoorState.SHUT, DoorState.SHUT)
    event = Event.objects.get(seq=2)
    assert json.loads(event.body) == {
        "v": 1,
        "stream": f"door:{door.pk}",
        "seq": 2,
        "prev": Event.objects.get(seq=1).hash,
        "verb": "toy.shut",
        "actor": ["user", str(porter.pk)],
        "subject": ["door", str(door.pk)],
        "at": event.recorded_at.isoformat(),
        "on": None,
        "from": "open",
        "to": "shut",
        "facts": {},
    }
    assert (shut.version, shut.stream_seq, shut.stream_head) == (2, 2, event.hash)


def test_a_root_begins_its_own_stream(porter, db):
    door = built(porter, colour="blue")

    assert [(event.seq, event.verb, event.prev, event.to_state) for event in Event.objects.all()] == [(1, "toy.build", "", "open")]
    assert Door.objects.get().colour == door.colour == "blue"


def test_a_verb_that_keeps_the_state_is_recorded_as_well(door, porter):
    with act(door, "toy.paint", by=porter) as painted:
        painted.colour = "green"

    assert Door.objects.get().colour == "green"
    assert (Event.objects.last().from_state, Event.objects.last().to_state) == ("open", "open")


def test_a_state_may_lead_back_to_where_it_was(door, porter, second_porter):
    perform(door, "shut", porter)
    propose(door, porter)
    with act(door, "toy.sign_lock", by=second_porter) as locked:
        signed_payload(locked, "lock")
        locked.sign_lock()

    assert perform(door, "unlock", porter).state == DoorState.OPEN


def test_facts_are_ids_codes_numbers_and_dates_and_never_words(door, porter):
    with act(door, "toy.paint", by=porter) as painted:
        painted.says(colour="green", coats=2, visitors=[1, 2])
        with pytest.raises(ValueError, match="words of people belong in a Note"):
            painted.says(why="Because Khaled likes green")

    assert Event.objects.last().facts == {"colour": "green", "coats": 2, "visitors": [1, 2]}


def test_words_go_into_a_note_that_the_event_names(door, porter):
    with act(door, "toy.paint", by=porter, note="Khaled likes green"):
        pass

    note = Note.objects.get()
    assert (note.text, note.stream, note.author_id) == ("Khaled likes green", door.stream, str(porter.pk))
    assert Event.objects.last().facts == {"note": str(note.pk)}
    assert "Khaled" not in Event.objects.last().body


def test_a_restricted_verb_leaves_a_neutral_event_and_a_restricted_note_of_its_kind(door, porter):
    with act(door, "toy.hide_key", by=porter) as hidden:
        hidden.says(place="mat")

    event, note = Event.objects.last(), Note.objects.get()
    assert (event.verb, event.facts) == ("toy.restricted_change", {"note": str(note.pk)})
    assert (note.kind, note.audience) == ("hide_key", Note.PROTECTION)


# ——— it refuses ———


def test_it_names_all_that_is_missing_each_with_its_link(door, porter):
    Visitor.objects.bulk_create([Visitor(door=door) for _ in range(3)])
    Door.objects.update(blocked_by_foot=True)

    with pytest.raises(Refused) as refused:
        perform(door, "shut", porter)

    assert [(one.code, one.link) for one in refused.value.blockers] == [("foot", "/foot/"), ("full", "")]
    assert Event.objects.count() == 1


def test_another_room_may_object(door, porter):
    hooks.objections("toy.shut", lambda obj, facts: [hooks.Blocker("wind", "It is windy.")])

    with pytest.raises(Refused) as refused:
        perform(door, "shut", porter)

    assert refused.value.codes == ["wind"]


def test_it_refuses_from_another_state_in_words(door, porter):
    with pytest.raises(Refused, match="The file is “Open” now, and “Unlock” does not lead on from there"):
        perform(door, "unlock", porter)


def test_a_stale_form_is_refused_and_nothing_is_lost(door, porter, second_porter):
    seen = door.version
    with act(door, "toy.paint", by=porter) as painted:
        painted.colour = "green"

    with pytest.raises(Stale):
        with act(door, "toy.paint", by=second_porter, version=seen) as painted:
            painted.colour = "red"

    assert Door.objects.get().colour == "green"


def test_whoever_may_not_is_told_who_does(door, guest):
    with pytest.raises(NotYours, match="The porter does this"):
        perform(door, "open", guest)


def test_nobody_may_anything_where_no_locks_are_registered(door, porter):
    hooks._authority.clear()

    with pytest.raises(NotYours):
        perform(door, "shut", porter)


def test_a_link_and_the_system_are_asked_like_everybody(door):
    with pytest.raises(NotYours):
        perform(door, "shut", LINK("invitation", 7))
    perform(door, "shut", SYSTEM("toy.wind"))

    assert (Event.objects.last().actor_kind, Event.objects.last().actor_id) == ("system", "toy.wind")


def test_a_transition_outside_act_raises(door):
    with pytest.raises(OutsideAct):
        door.shut()
    with pytest.raises(AttributeError):
        door.state = DoorState.LOCKED


def test_a_second_act_inside_an_act_raises(door, porter):
    with pytest.raises(NestedAct):
        with act(door, "toy.paint", by=porter):
            perform(door, "shut", porter)

    assert Event.objects.count() == 1


def test_a_body_that_forgets_its_transition_is_a_mistake(door, porter):
    with pytest.raises(RuntimeError, match="did not call shut"):
        with act(door, "toy.shut", by=porter):
            pass


def test_whatever_fails_midway_leaves_nothing(door, porter):
    before = Door.objects.values().get()
    with pytest.raises(ZeroDivisionError):
        with act(door, "toy.shut", by=porter, note="words") as shutting:
            Visitor.objects.create(door=shutting)
            shutting.shut()
            raise ZeroDivisionError

    assert Door.objects.values().get() == before
    assert (Event.objects.count(), Visitor.objects.count(), Note.objects.count(), Delivery.objects.count()) == (1, 0, 0, 0)


# ——— two persons ———


def propose(door, by):
    with act(door, "toy.propose_lock", by=by) as proposing:
        freeze(proposing, "lock", {"reason": "night"})


def test_what_one_proposes_another_signs(door, porter, second_porter):
    perform(door, "shut", porter)
    propose(door, porter)

    with act(door, "toy.sign_lock", by=second_porter) as signing:
        assert signed_payload(signing, "lock") == {"reason": "night"}
        signing.sign_lock()

    signature = Signature.objects.get()
    assert (signature.proposed_by, signature.signed_by, Door.objects.get().state) == (
        str(porter.pk),
        str(second_porter.pk),
        "locked",
    )


@pytest.mark.parametrize(("case", "code"), [("nothing", "nothing_proposed"), ("same", "same_person"), ("changed", "changed_since")])
def test_a_signature_is_refused(door, porter, second_porter, case, code):
    perform(door, "shut", porter)
    if case != "nothing":
        propose(door, porter)
    if case == "changed":
        with act(door, "toy.paint", by=second_porter):
            pass

    with pytest.raises(Refused) as refused:
        with act(door, "toy.sign_lock", by=porter if case == "same" else second_porter) as signing:
            signing.sign_lock()

    assert refused.value.codes == [code]


# ——— what is offered ———


def test_options_list_every_verb_as_open_blocked_or_not_yours(door, porter, guest):
    Door.objects.update(blocked_by_foot=True)
    door.refresh_from_db()

    mine = {one.name: (one.status, [blocker.code for blocker in one.blockers]) for one in options(door, porter)}
    theirs = {one.name: (one.status, str(one.why)) for one in options(door, guest)}

    assert mine == {"shut": ("blocked", ["foot"]), "open": ("open", []), "paint": ("open", []), "hide_key": ("open", [])}
    assert theirs["open"] == ("not_yours", "The porter does this. Ask him")
    assert "creak" in {one.name for one in options(door, SYSTEM("wind"), machine=True)}


# ——— many at once ———


def test_act_each_accepts_or_refuses_each_row_on_its_own(db, porter):
    doors = [built(porter) for _ in range(4)]
    Door.objects.filter(pk=doors[1].pk).update(blocked_by_foot=True)
    perform(doors[2], "shut", porter)

    def body(door):
        door.adds(Visitor(door=door, number=1))
        door.shut()
        if door.pk == doors[3].pk:
            raise Refused([hooks.Blocker("whim", "Not this one.")])

    outcomes = act_each(doors, "toy.shut", by=porter, body=body)

    assert [one.refused and one.refused.codes for one in outcomes] == [None, ["foot"], ["state"], ["whim"]]
    assert list(Visitor.objects.values_list("door", flat=True)) == [doors[0].pk]
    assert Event.objects.filter(verb="toy.shut").count() == 2


def test_act_each_creates_many_roots(db, porter):
    outcomes = act_each(
        [Door(colour=str(number)) for number in range(50)], "toy.build", by=porter, body=lambda door: door.adds(Visitor(door=door))
    )

    assert all(one.event for one in outcomes)
    assert (Door.objects.count(), Visitor.objects.count(), Event.objects.count()) == (50, 50, 50)


def test_act_each_costs_the_same_statements_for_two_rows_and_for_fifty(db, porter):
    counts = []
    for size in (2, 50):
        doors = [built(porter) for _ in range(size)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            act_each(doors, "toy.shut", by=porter)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_act_needs_at_most_ten_statements(door, porter):
    hooks.listen("toy.shut", "toy.hears", lambda event: None)
    with CaptureQueriesContext(connection) as queries:
        perform(door, "shut", porter)

    assert len(queries) <= 10, [query["sql"] for query in queries]
