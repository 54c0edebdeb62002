"""The chain: whatever is done to the record behind the product's back is found, and the database itself refuses most of it."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from tests.toy.models import Door
from tests.workflows.conftest import built
from workflows import accesses, chain, triggers
from workflows.acting import act
from workflows.models import Access, Event, Seal


@pytest.fixture
def record(db, porter):
    """Two doors, painted three times each, sealed after the first."""
    doors = [built(porter), built(porter)]
    for number, door in enumerate(doors):
        for _ in range(3):
            with act(door, "toy.paint", by=porter):
                pass
        if number == 0:
            chain.seal("events")
    accesses.record(porter.pk, [("door", str(doors[0].pk), "open", "")])
    chain.seal("accesses")
    return doors


def sql(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def test_an_untouched_record_holds(record):
    done = chain.verify()

    assert (done.events, done.streams, done.accesses, done.seals, done.unsealed) == (8, 2, 1, 2, 3)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE workflows_event SET verb = 'toy.nothing'",
        "DELETE FROM workflows_event",
        "UPDATE workflows_seal SET count = 0",
        "DELETE FROM workflows_seal",
        "UPDATE workflows_access SET user_id = 'x'",
        "DELETE FROM workflows_access",
    ],
)
def test_the_database_refuses_to_change_the_record(record, statement):
    with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
        sql(statement)


@pytest.mark.parametrize("unique", ["id", "place"])
def test_sqlite_refuses_to_replace_an_event(record, unique):
    if connection.vendor != "sqlite":
        with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
            sql("TRUNCATE workflows_event CASCADE")
        return
    columns = (
        "id, stream, seq, verb, actor_kind, actor_id, subject_kind, subject_id, recorded_at, body, prev, hash, hash_version, key_id"
    )
    chosen = columns if unique == "id" else columns.replace("id, stream", "NULL, stream", 1)
    with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
        sql(f"INSERT OR REPLACE INTO workflows_event ({columns}) SELECT {chosen} FROM workflows_event LIMIT 1")


def forge_text(events):
    sql("UPDATE workflows_event SET body = replace(body, 'paint', 'creak') WHERE id = %s", events[2].pk)


def forge_column(events):
    sql("UPDATE workflows_event SET verb = 'toy.creak' WHERE id = %s", events[2].pk)


def forge_with_its_hash(events):
    body = events[2].body.replace("paint", "creak")
    sql(
        "UPDATE workflows_event SET verb = 'toy.creak', body = %s, hash = %s WHERE id = %s",
        body,
        chain.digest(body, "none"),
        events[2].pk,
    )


def remove_from_the_middle(events):
    sql("DELETE FROM workflows_event WHERE id = %s", events[2].pk)


def remove_the_tail(events):
    sql("DELETE FROM workflows_event WHERE id = %s", events[3].pk)


def remove_the_tail_and_move_the_head(events):
    remove_the_tail(events)
    Door.objects.filter(pk=events[3].subject_id).update(stream_seq=3, stream_head=events[2].hash)


def remove_a_stream_with_its_row(events):
    sql("DELETE FROM workflows_event WHERE stream = %s", events[0].stream)
    Door.objects.filter(pk=events[0].subject_id).delete()


def swap_two(events):
    for seq, event in ((99, events[1]), (2, events[2]), (3, events[1])):
        sql("UPDATE workflows_event SET seq = %s WHERE id = %s", seq, event.pk)


def insert_one(events):
    last = events[-1]
    Event.objects.create(
        **{**{f.attname: getattr(last, f.attname) for f in Event._meta.concrete_fields if f.attname != "id"}, "seq": last.seq + 1}
    )


def replace_one(events):
    event, forged = events[2], events[2].body.replace("paint", "creak")
    kept = [one.column for one in Event._meta.concrete_fields if one.column not in ("verb", "body", "hash")]
    columns = ", ".join([*kept, "verb", "body", "hash"])
    copied = f"SELECT {', '.join(kept)}, 'toy.creak', %s, %s FROM workflows_event WHERE id = %s"
    if connection.vendor == "sqlite":
        statement = f"INSERT OR REPLACE INTO workflows_event ({columns}) {copied}"
    else:
        over = "verb = EXCLUDED.verb, body = EXCLUDED.body, hash = EXCLUDED.hash"
        statement = f"INSERT INTO workflows_event ({columns}) {copied} ON CONFLICT (id) DO UPDATE SET {over}"
    sql(statement, forged, chain.digest(forged, "none"), event.pk)


def forge_a_seal(events):
    sql("UPDATE workflows_seal SET count = count - 1 WHERE ledger = 'events'")


def forge_a_seal_with_its_hash(events):
    seal = Seal.objects.get(ledger="events")
    seal.count -= 1
    Seal.objects.filter(pk=seal.pk).update(count=seal.count, hash=chain._seal_hash(seal))


def remove_a_seal(events):
    chain.seal("events")
    sql("DELETE FROM workflows_seal WHERE ledger = 'events' AND number = 1")


def put_the_row_back(events):
    Door.objects.filter(pk=events[0].subject_id).update(stream_seq=2, stream_head=events[1].hash)


@pytest.mark.parametrize(
    "forgery",
    [
        forge_text,
        forge_column,
        forge_with_its_hash,
        remove_from_the_middle,
        remove_the_tail,
        remove_the_tail_and_move_the_head,
        remove_a_stream_with_its_row,
        swap_two,
        insert_one,
        replace_one,
        forge_a_seal,
        forge_a_seal_with_its_hash,
        remove_a_seal,
        put_the_row_back,
    ],
    ids=lambda one: one.__name__,
)
def test_a_forgery_by_somebody_who_took_the_triggers_down_is_found(record, forgery):
    events = list(Event.objects.filter(stream=record[0].stream).order_by("seq"))
    triggers.drop()
    forgery(events)
    triggers.install()

    with pytest.raises(chain.Broken):
        chain.verify()


def test_an_owner_of_the_table_who_turns_the_triggers_off_is_found_out(record):
    event = Event.objects.filter(stream=record[0].stream, seq=3).get()
    if connection.vendor == "postgresql":
        sql("ALTER TABLE workflows_event DISABLE TRIGGER ALL")
        assert triggers.missing() == ["workflows_event_no_change", "workflows_event_no_truncate"]
    else:
        sql("DROP TRIGGER workflows_event_no_delete")
        assert triggers.missing() == ["workflows_event_no_delete"]
    sql("DELETE FROM workflows_event WHERE id = %s", event.pk)
    if connection.vendor == "postgresql":
        sql("ALTER TABLE workflows_event ENABLE TRIGGER ALL")
    triggers.install()

    assert not triggers.missing()
    with pytest.raises(chain.Broken, match="3 was expected here"):
        chain.verify()


def test_a_changed_access_is_found(record):
    triggers.drop()
    Access.objects.update(user_id="somebody-else")
    triggers.install()

    with pytest.raises(chain.Broken, match="access"):
        chain.verify()


def test_events_under_a_key_cannot_be_forged_without_it(db, porter, settings):
    settings.EVENT_KEYS = {"k1": bytes(range(32))}
    door = built(porter)
    event = Event.objects.get()
    assert event.key_id == "k1"
    forged = event.body.replace('"toy.build"', '"toy.burnt"')
    triggers.drop()
    sql("UPDATE workflows_event SET verb = 'toy.burnt', body = %s, hash = %s", forged, chain.digest(forged, "none"))
    Door.objects.filter(pk=door.pk).update(stream_head=chain.digest(forged, "none"))
    triggers.install()

    with pytest.raises(chain.Broken, match="its text does not have its hash"):
        chain.verify()


def test_a_lost_trigger_is_said_by_check_and_command(record, capsys):
    triggers.drop()

    assert len(triggers.missing()) == len(triggers._wanted())
    with pytest.raises(CommandError, match="would let it be rewritten"):
        call_command("verify_events")
    triggers.install()
    call_command("verify_events")
    assert capsys.readouterr().out.startswith("8 events in 2 streams hold, under 2 seals; 1 accesses.")


def test_looking_twice_within_ten_minutes_is_one_row(db, porter):
    for _ in range(3):
        accesses.record(porter.pk, [("door", "1", "open", ""), ("door", "2", "open", "")])

    assert Access.objects.count() == 2
