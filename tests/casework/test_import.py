"""From a list of referrals to files: each row answered once, nothing twice, nothing lost, nothing seen by the wrong eyes."""

import csv
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework import jobs
from casework.actions import people, referral
from casework.actions.duplicate import carry_out, decide_duplicate, open_meanwhile
from casework.actions.support import give_first_aid
from casework.models import Case, Consent, Person, PossibleDuplicate, ReferralList, ReferralRow, Vulnerability
from casework.queries import beside, search, undecided_of
from casework.referrals import read
from tests import factories as make
from workflows import clock as clocks
from workflows.acting import NotYours, Refused
from workflows.jobs import drain
from workflows.models import Event, Note, Task

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

KHALED = {
    "reference": "TUN-26-0001",
    "family_name": "Belhadj",
    "given_names": "Khaled",
    "sex": "M",
    "date_of_birth": "1994-03-14",
    "nationality": "TN",
    "document_number": "A9513358",
    "host_country": "IT",
    "return_date": "2026-10-09",
    "return_type": "forced",
    "phone": "+21626131860",
    "language": "ar",
    "place": "La Marsa",
    "education_isced": "3",
    "occupation": "beekeeper",
    "vulnerabilities": "large_family;health",
    "consent": "yes",
    "path_wish": "job",
    "notes": "Asks for his tools.",
}
ARABIC = {"family_name": "بلحاج", "given_names": "خالد", "document_number": ""}
LEILA = {
    "reference": "TUN-26-0002",
    "family_name": "Trabelsi",
    "given_names": "Leila",
    "sex": "F",
    "date_of_birth": "1984-07",
    "consent": "unknown",
    "phone": "+21622000111",
}


def again(row: dict[str, str], reference: str, **changed: str) -> dict[str, str]:
    return {**row, "reference": reference, **changed}


def written(folder: Path, *rows: dict[str, str], name: str = "list.csv") -> Path:
    headings = list(dict.fromkeys(heading for row in rows for heading in row)) or ["reference", "family_name", "given_names"]
    text = io.StringIO()
    writer = csv.DictWriter(text, headings)
    writer.writeheader()
    writer.writerows(rows)
    (folder / name).write_text(text.getvalue(), encoding="utf-8-sig")
    return folder / name


def many(number: int, start: int = 1) -> list[dict[str, str]]:
    """So many people who are nobody twice."""
    sounds = ["ba", "de", "fi", "go", "ku", "la", "me", "ni", "ro", "su", "ta", "ze"]
    return [
        {
            "reference": f"MANY-{n}",
            "family_name": (sounds[n % 12] + sounds[n // 12 % 12] + sounds[n // 144 % 12] + sounds[n * 7 % 12]).capitalize(),
            "given_names": (sounds[n * 5 % 12] + sounds[n // 5 % 12] + sounds[n // 60 % 12]).capitalize(),
            "date_of_birth": f"{1960 + n % 40}-{1 + n // 40 % 12:02}-{1 + n // 480 % 28:02}",
            "phone": f"+2162{n:07}",
            "consent": "yes",
        }
        for n in range(start, start + number)
    ]


def answers(file: Path, *, by: str = "amina", at: str = "TUNIS", **more: Any) -> list[dict[str, Any]]:
    make.programme()
    report = referral.import_list(read(file), programme=make.programme(), office=make.office(at), by=make.user(by), **more)
    return report.as_json()["rows"]


def outcomes(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(row["reference"], row["outcome"]) for row in rows]


# ——— what becomes of a row ———


def test_an_accepted_row_becomes_a_person_a_case_and_what_comes_along(tmp_path: Path) -> None:
    assert outcomes(answers(written(tmp_path, KHALED))) == [("TUN-26-0001", "accepted")]

    case = Case.objects.get()
    person = case.person
    assert (case.state, case.sender_reference, case.return_as_sent, case.host_country, case.path) == (
        "referred",
        "TUN-26-0001",
        "forced",
        "IT",
        "work",
    )
    assert (str(case.expected_arrival), case.arrived_on) == ("2026-10-09", None)
    assert (person.given_names, str(person.born), person.sex, person.document_number) == (
        "Khaled",
        "1994-03-14",
        "male",
        "A9513358",
    )
    assert [(way.kind, way.value, way.whose) for way in person.reaches.all()] == [("phone", "+21626131860", "unknown")]
    assert set(Vulnerability.objects.values_list("code", flat=True)) == {"large_family", "health"}
    assert list(Consent.objects.values_list("purpose", "answer", "how")) == [("referral", "yes", "sender")]
    assert (person.profile.occupation, person.profile.level, person.profile.languages) == ("beekeeper", "isced_3", ["ar"])
    assert Note.objects.get(stream=case.stream).text == "Asks for his tools."
    assert [hit.case for hit in search(make.user("amina"), "بلحاج").hits] == [case]


def test_an_accepted_row_leaves_one_event_without_a_name(tmp_path: Path) -> None:
    answers(written(tmp_path, KHALED))

    case = Case.objects.get()
    event = Event.objects.get(stream=case.stream)
    assert event.verb == "casework.refer"
    assert event.facts == {
        "person": str(case.person_id),
        "programme": str(case.programme_id),
        "office": str(case.office_id),
        "list": str(ReferralList.objects.get().pk),
        "line": 2,
    }
    assert not any("elhadj" in body for body in Event.objects.values_list("body", flat=True))


def test_partial_dates_stay_partial(tmp_path: Path) -> None:
    answers(written(tmp_path, LEILA))
    assert str(Person.objects.get().born) == "1984-07"


def test_every_row_is_answered_in_the_order_of_the_file(tmp_path: Path) -> None:
    rows = answers(
        written(
            tmp_path,
            LEILA,
            again(KHALED, "TUN-26-0001"),
            again(KHALED, "TUN-26-0009", **ARABIC),
            {**LEILA, "reference": "TUN-26-0004", "family_name": " ", "phone": "12-ab-9"},
            again(
                KHALED,
                "TUN-26-0001",
                family_name="Mansouri",
                given_names="Moncef",
                date_of_birth="1968",
                document_number="",
                phone="",
            ),
        )
    )

    assert [(row["line"], row["reference"], row["outcome"], row["of"]) for row in rows] == [
        (2, "TUN-26-0002", "accepted", ""),
        (3, "TUN-26-0001", "accepted", ""),
        (4, "TUN-26-0009", "possible_duplicate", "TUN-26-0001"),
        (5, "TUN-26-0004", "rejected", ""),
        (6, "TUN-26-0001", "rejected", ""),
    ]
    assert rows[2]["how"] == ["script"]
    assert {fault["code"] for fault in rows[3]["errors"]} == {"missing_family_name", "bad_phone"}
    assert [fault["code"] for fault in rows[4]["errors"]] == ["repeated_reference"]


def test_of_a_refused_consent_only_reference_and_code_are_kept(tmp_path: Path) -> None:
    answers(written(tmp_path, again(KHALED, "TUN-26-0007", consent="no")))

    row = ReferralRow.objects.get()
    assert (row.reference, [fault["code"] for fault in row.faults]) == ("TUN-26-0007", ["consent_refused"])
    assert (row.values, row.fingerprint, row.person, row.case) == (None, "", None, None)
    assert not Person.objects.exists()


def test_a_shared_phone_alone_makes_nobody_a_duplicate(tmp_path: Path) -> None:
    rows = answers(written(tmp_path, KHALED, {**LEILA, "phone": KHALED["phone"]}))
    assert outcomes(rows) == [("TUN-26-0001", "accepted"), ("TUN-26-0002", "accepted")]


def test_a_person_of_an_earlier_list_is_found(tmp_path: Path) -> None:
    answers(written(tmp_path, KHALED))
    (row,) = answers(written(tmp_path, again(KHALED, "TUN-26-0077", family_name="Bel Haj"), name="second.csv"))
    assert (row["outcome"], row["of"]) == ("possible_duplicate", "TUN-26-0001")
    assert "document" in row["how"]


def test_a_match_one_may_not_see_is_an_office_and_a_strength(tmp_path: Path) -> None:
    answers(written(tmp_path, KHALED), by="chen", at="ZARZIS")
    (row,) = answers(written(tmp_path, again(KHALED, "TUN-26-0077"), name="second.csv"))
    assert (row["outcome"], row["of"], row["how"]) == ("possible_duplicate", "a file at the office of Zarzis", ["strong"])

    duplicate = PossibleDuplicate.objects.get()
    amina, both = make.user("amina"), make.user("both", role="caseworker", at="TUNIS")
    make.give_role(both, "caseworker", "ZARZIS")
    hidden, shown = beside(duplicate, amina), beside(duplicate, both)
    assert (str(hidden), hidden.person, hidden.case, hidden.how, hidden.parts) == (
        "a file at the office of Zarzis",
        None,
        None,
        (),
        (),
    )
    assert shown.person == Person.objects.get()
    assert list(undecided_of(make.user("chen"))) == []
    assert list(undecided_of(amina)) == [duplicate]


# ——— sent again ———


def test_the_same_list_again_is_unchanged_and_writes_nothing(tmp_path: Path) -> None:
    file = written(tmp_path, KHALED, LEILA, again(KHALED, "TUN-26-0009", **ARABIC))
    answers(file)
    before = (Case.objects.count(), Person.objects.count(), PossibleDuplicate.objects.count())

    assert [outcome for _reference, outcome in outcomes(answers(file))] == ["unchanged"] * 3
    assert (Case.objects.count(), Person.objects.count(), PossibleDuplicate.objects.count()) == before


def test_a_mended_row_is_accepted(tmp_path: Path) -> None:
    bad = again(KHALED, "TUN-26-0001", phone="12-ab-9")
    assert outcomes(answers(written(tmp_path, bad))) == [("TUN-26-0001", "rejected")]
    assert outcomes(answers(written(tmp_path, KHALED, name="mended.csv"))) == [("TUN-26-0001", "accepted")]


def test_a_known_reference_with_other_words_waits_for_a_person(tmp_path: Path) -> None:
    answers(written(tmp_path, LEILA))
    (row,) = answers(written(tmp_path, again(KHALED, "TUN-26-0002"), name="second.csv"))
    assert (row["outcome"], row["of"], row["how"]) == ("possible_duplicate", "TUN-26-0002", ["same_reference"])


def test_two_senders_may_use_one_reference(tmp_path: Path) -> None:
    answers(written(tmp_path, LEILA), sender="OFII")
    (row,) = answers(written(tmp_path, again(KHALED, "TUN-26-0002"), name="second.csv"), sender="BAMF")
    assert row["outcome"] == "accepted"


# ——— in commits, and after a kill ———


def test_a_killed_import_goes_on_where_it_stopped(tmp_path: Path) -> None:
    file, amina, programme, office = written(tmp_path, *many(230)), make.user("amina"), make.programme(), make.office()
    listing = referral.hand_in_list(by=amina, programme=programme, office=office, file_name="list.csv", sha256="f" * 64)
    listing = referral.import_referrals(listing, by=amina)
    assert next(referral.work_through(listing, read(file), by=amina)) == 100
    assert Case.objects.count() == 100

    report = referral.import_list(read(file), programme=programme, office=office, by=amina, sha256="f" * 64)

    assert Case.objects.count() == 230
    assert report.as_json()["accepted"] == 230
    listing.refresh_from_db()
    assert (listing.stage, listing.rows_done, listing.accepted, listing.percent) == ("done", 230, 230, 100)
    assert ReferralList.objects.count() == 1


def test_a_batch_that_fails_midway_leaves_nothing_of_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path, *many(3))

    def fails(*_rows: Any, **_more: Any) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as broken:
        broken.setattr(ReferralRow.objects, "bulk_create", fails)
        with pytest.raises(RuntimeError):
            answers(file)
    assert not Case.objects.exists()
    assert not Person.objects.exists()
    assert not Event.objects.filter(verb="casework.refer").exists()


def asked(queries: CaptureQueriesContext) -> int:
    return sum(not query["sql"].startswith("INSERT") for query in queries.captured_queries)


def test_a_batch_takes_the_same_queries_for_ten_rows_and_a_hundred(tmp_path: Path) -> None:
    answers(written(tmp_path, KHALED, name="warm.csv"))
    repeats = again(KHALED, "R-1"), again(KHALED, "R-2")
    with CaptureQueriesContext(connection) as ten:
        answers(written(tmp_path, repeats[0], *many(10), name="ten.csv"))
    with CaptureQueriesContext(connection) as hundred:
        answers(written(tmp_path, repeats[1], *many(99, 500), name="hundred.csv"))
    # Inserts are left out: SQLite takes a thousand values a statement, and so needs more of them for more rows.
    assert asked(hundred) == asked(ten)


def test_a_preview_gives_the_same_answers_and_writes_nothing(tmp_path: Path) -> None:
    file = written(
        tmp_path, KHALED, LEILA, again(KHALED, "TUN-26-0009", **ARABIC), {**LEILA, "reference": "X", "sex": "Q"}, *many(150)
    )
    make.user("amina"), make.programme()
    events = Event.objects.count()
    previewed = answers(file, dry_run=True)
    assert (Case.objects.count(), Person.objects.count(), ReferralRow.objects.count(), Event.objects.count()) == (0, 0, 0, events)
    assert previewed == answers(file)


# ——— who may ———


@pytest.mark.parametrize("who", ["chen", "rida", "dana", "gia", "mona"])
def test_import_referrals_is_denied(tmp_path: Path, who: str) -> None:
    with pytest.raises(NotYours):
        answers(written(tmp_path, KHALED), by=who)
    assert (ReferralList.objects.count(), Person.objects.count()) == (0, 0)


def test_import_referrals_refuses_a_programme_that_is_not_open_and_a_list_twice(tmp_path: Path) -> None:
    amina = make.user("amina")
    closed = make.programme("OLD", live_since=None)
    listing = referral.hand_in_list(by=amina, programme=closed, office=make.office(), file_name="x", sha256="0" * 64)
    with pytest.raises(Refused) as refused:
        referral.import_referrals(listing, by=amina)
    assert refused.value.codes == ["not_live"]
    answers(written(tmp_path, KHALED))
    with pytest.raises(Refused) as refused:
        referral.import_referrals(ReferralList.objects.get(stage="done"), by=amina)
    assert refused.value.codes == ["begun"]


def test_a_list_is_recorded_when_handed_in_and_when_imported(tmp_path: Path) -> None:
    answers(written(tmp_path, KHALED), sha256="a" * 64)
    listing = ReferralList.objects.get()
    first, second = Event.objects.filter(stream=listing.stream).order_by("seq")
    assert (first.verb, first.facts["sha256"], first.facts["rows"]) == ("casework.hand_in_list", "a" * 64, 1)
    assert (second.verb, second.facts) == ("casework.import_referrals", {"rows": 1})


# ——— deciding ———


@pytest.fixture
def waiting(tmp_path: Path) -> PossibleDuplicate:
    """A row that may be Khaled, whose case is open in Tunis."""
    answers(written(tmp_path, KHALED, again(KHALED, "TUN-26-0009", return_date="2026-11-01", **ARABIC)))
    return PossibleDuplicate.objects.get()


def test_same_notes_the_referral_on_the_file_that_is_there(waiting: PossibleDuplicate) -> None:
    decided = decide_duplicate(waiting, by=make.user("amina"), decision="same")

    decided.row.refresh_from_db()
    assert (decided.row.case, decided.row.person) == (Case.objects.get(), Person.objects.get())
    assert decided.row.values is None
    assert not PossibleDuplicate.objects.undecided().exists()


def test_same_new_return_opens_another_file_of_the_person(waiting: PossibleDuplicate) -> None:
    decide_duplicate(waiting, by=make.user("amina"), decision="same_new_return")

    person = Person.objects.get()
    new = person.cases.get(sender_reference="TUN-26-0009")
    assert (person.cases.count(), str(new.expected_arrival)) == (2, "2026-11-01")
    assert person.profile.occupation == "beekeeper"


def test_different_opens_a_file_of_somebody_else(waiting: PossibleDuplicate) -> None:
    decide_duplicate(waiting, by=make.user("amina"), decision="different")

    new = Case.objects.get(sender_reference="TUN-26-0009")
    assert Person.objects.count() == 2
    assert (new.person.family_name, str(new.person.born)) == ("بلحاج", "1994-03-14")
    assert new.vulnerabilities.count() == 2


def test_later_goes_on_waiting(waiting: PossibleDuplicate) -> None:
    decide_duplicate(waiting, by=make.user("amina"), decision="later")
    assert PossibleDuplicate.objects.undecided().get() == waiting
    decide_duplicate(waiting, by=make.user("amina"), decision="different")
    assert Case.objects.count() == 2


def test_decide_duplicate_records_the_decision(waiting: PossibleDuplicate) -> None:
    decide_duplicate(waiting, by=make.user("amina"), decision="same", reason="He said so.")
    event = Event.objects.get(stream=waiting.stream)
    note = Note.objects.get(stream=waiting.stream)
    assert event.verb == "casework.decide_duplicate"
    assert event.facts == {
        "decision": "same",
        "person": str(waiting.person_id),
        "case": None,
        "row": waiting.row_id,
        "how": list(waiting.how),
        "note": str(note.pk),
    }


def test_decide_duplicate_refuses_a_second_decision(waiting: PossibleDuplicate) -> None:
    decide_duplicate(waiting, by=make.user("amina"), decision="different")
    with pytest.raises(Refused) as refused:
        decide_duplicate(waiting, by=make.user("amina"), decision="same")
    assert refused.value.codes == ["decided_already"]
    assert [str(one) for one in refused.value.blockers] == ["This was decided already: different."]


@pytest.mark.parametrize("who", ["chen", "rida", "gia"])
def test_decide_duplicate_is_denied(waiting: PossibleDuplicate, who: str) -> None:
    with pytest.raises(NotYours):
        decide_duplicate(waiting, by=make.user(who), decision="different")
    assert Person.objects.count() == 1


def test_what_a_decision_says_is_done_once_whoever_does_it(waiting: PossibleDuplicate) -> None:
    amina = make.user("amina")
    decide_duplicate(waiting, by=amina, decision="different")
    drain()
    carry_out(PossibleDuplicate.objects.get(), by=amina)
    assert Case.objects.count() == 2


def test_a_crash_between_the_decision_and_the_file_is_made_good(
    waiting: PossibleDuplicate, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("casework.actions.duplicate.carry_out", lambda *_a, **_k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            decide_duplicate(waiting, by=make.user("amina"), decision="different")
    assert Case.objects.count() == 1
    drain()
    assert Case.objects.count() == 2


def test_first_aid_waits_for_no_decision(waiting: PossibleDuplicate) -> None:
    amina = make.user("amina")
    case = open_meanwhile(waiting, by=amina)
    give_first_aid(case, by=amina, kind="bed", amount=20_00, thumb_print=True)

    waiting.refresh_from_db()
    assert waiting.case == case
    assert PossibleDuplicate.objects.undecided().get() == waiting
    with pytest.raises(Refused) as refused:
        open_meanwhile(waiting, by=amina)
    assert refused.value.codes == ["open_already"]


def test_same_after_a_file_was_opened_merges_where_a_supervisor_decides(waiting: PossibleDuplicate) -> None:
    case = open_meanwhile(waiting, by=make.user("amina"))
    decide_duplicate(waiting, by=make.user("boris"), decision="same")

    khaled = Person.objects.get(merged_into=None)
    case.refresh_from_db()
    assert (case.person, case.state, case.outcome) == (khaled, "closed", "merged")
    assert khaled.cases.count() == 2


def test_same_after_a_file_was_opened_leaves_a_task_to_the_supervisor(waiting: PossibleDuplicate) -> None:
    case = open_meanwhile(waiting, by=make.user("amina"))
    decide_duplicate(waiting, by=make.user("amina"), decision="same_new_return")

    case.refresh_from_db()
    assert Person.objects.filter(merged_into=None).count() == 2
    task = Task.objects.get(kind="casework.merge_people")
    assert (task.role, task.office_id, task.done_at) == ("supervisor", str(case.office_id), None)


def test_a_person_who_bars_the_one_who_imports_is_an_office_to_them(waiting: PossibleDuplicate) -> None:
    people.bar_colleague(waiting.person, by=make.user("boris"), colleague=make.user("amina"))
    assert list(undecided_of(make.user("amina"))) == []
    assert beside(waiting, make.user("amina")).person is None


# ——— the command ———


def command(file: Path, tmp_path: Path, **options: Any) -> dict[str, Any]:
    make.programme(), make.user("amina")
    out = tmp_path / "report.json"
    call_command(
        "import_referrals",
        file,
        **{"programme": "TN-RETURN", "office": "TUNIS", "by": "amina@example.org", "report": out, **options},
        stdout=io.StringIO(),
    )
    return json.loads(out.read_text(encoding="utf-8"))


def test_the_report_has_counts_and_rows(tmp_path: Path) -> None:
    file = written(tmp_path, KHALED, again(KHALED, "TUN-26-0009", **ARABIC), again(KHALED, "X", sex="Q"))
    told = command(file, tmp_path)
    assert {name: told[name] for name in told if name != "rows"} == {
        "read": 3,
        "accepted": 1,
        "possible_duplicates": 1,
        "rejected": 1,
        "unchanged": 0,
    }
    assert told["rows"][1] == {
        "line": 3,
        "reference": "TUN-26-0009",
        "outcome": "possible_duplicate",
        "of": "TUN-26-0001",
        "how": ["script"],
        "errors": [],
    }
    assert [(fault["field"], fault["code"]) for fault in told["rows"][2]["errors"]] == [("sex", "unknown_sex")]


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    assert command(written(tmp_path, KHALED), tmp_path, dry_run=True)["accepted"] == 1
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    "options",
    [
        {"programme": "NONE"},
        {"office": "NONE"},
        {"by": "nobody@example.org"},
        {"by": "mona@example.org"},
        {"by": "chen@example.org"},
    ],
)
def test_what_cannot_begin_ends_with_2_and_one_line(tmp_path: Path, options: dict[str, str]) -> None:
    make.user("mona"), make.user("chen")
    with pytest.raises(CommandError) as wrong:
        command(written(tmp_path, KHALED), tmp_path, **options)
    assert wrong.value.returncode == 2
    assert len(str(wrong.value).splitlines()) == 1
    assert not ReferralList.objects.exists()


@pytest.mark.parametrize(
    ("name", "content"), [("list.csv", b""), ("list.xlsx", b"a;b\n1;2\n"), ("list.csv", b"%PDF-1.7 ..."), ("no.csv", None)]
)
def test_a_file_that_cannot_be_read_ends_with_2_and_one_line(tmp_path: Path, name: str, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(CommandError) as wrong:
        command(tmp_path / name, tmp_path)
    assert wrong.value.returncode == 2
    assert len(str(wrong.value).splitlines()) == 1


def test_a_list_of_headings_alone_is_read_as_no_rows(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("reference,family_name,given_names\n", encoding="utf-8")
    try:
        told = command(tmp_path / "list.csv", tmp_path)
    except CommandError as wrong:
        assert wrong.returncode == 2
    else:
        assert told["read"] == 0


# ——— the worker, and forgetting ———


class Uploaded(io.BytesIO):
    """As Django hands an upload over."""

    def chunks(self) -> list[bytes]:
        return [self.getvalue()]


def handed_in(file: Path) -> ReferralList:
    path, sha256 = referral.keep_file(Uploaded(file.read_bytes()))
    return referral.hand_in_list(
        by=make.user("amina"), programme=make.programme(), office=make.office(), file_name=file.name, sha256=sha256, path=path
    )


def test_the_worker_imports_what_was_decided_and_nothing_else(tmp_path: Path) -> None:
    listing = handed_in(written(tmp_path, *many(120)))
    assert jobs.run_waiting_imports() == 0
    referral.import_referrals(listing, by=make.user("amina"))
    assert jobs.run_waiting_imports() == 1
    listing.refresh_from_db()
    assert (listing.stage, listing.accepted, listing.lease) == ("done", 120, "")
    assert jobs.run_waiting_imports() == 0


def test_a_list_whose_worker_died_is_taken_up_when_its_lease_ran_out(tmp_path: Path, clock: Any) -> None:
    listing = handed_in(written(tmp_path, *many(120)))
    referral.import_referrals(listing, by=make.user("amina"))
    ReferralList.objects.update(lease="dead", leased_until=clocks.now() + dt.timedelta(minutes=2))
    assert jobs.run_waiting_imports() == 0
    clock.set(clocks.now() + dt.timedelta(minutes=3))
    assert jobs.run_waiting_imports() == 1
    assert Case.objects.count() == 120


def test_a_list_that_cannot_be_read_any_more_says_so(tmp_path: Path) -> None:
    listing = handed_in(written(tmp_path, KHALED))
    referral.import_referrals(listing, by=make.user("amina"))
    (Path(settings.DATA) / listing.path).write_bytes(b"%PDF-1.7")
    assert jobs.run_waiting_imports() == 0
    listing.refresh_from_db()
    assert (listing.stage, bool(listing.fault)) == ("failed", True)


def test_the_file_goes_after_7_days_and_the_words_of_rejected_rows_after_30(tmp_path: Path, clock: Any) -> None:
    listing = handed_in(written(tmp_path, again(KHALED, "X", sex="Q")))
    kept = Path(settings.DATA) / listing.path
    referral.import_referrals(listing, by=make.user("amina"))
    jobs.run_waiting_imports()
    start = clocks.now()
    assert ReferralRow.objects.get().values["raw"]["family_name"] == "Belhadj"

    clock.set(start + dt.timedelta(days=6))
    assert jobs.forget_old_lists() == (0, 0)
    clock.set(start + dt.timedelta(days=8))
    assert jobs.forget_old_lists() == (1, 0)
    assert not kept.exists()
    clock.set(start + dt.timedelta(days=32))
    assert jobs.forget_old_lists() == (0, 1)
    row = ReferralRow.objects.get()
    assert (row.reference, row.values, [fault["code"] for fault in row.faults]) == ("X", None, ["unknown_sex"])


def test_values_that_wait_are_ciphertext_in_the_database(waiting: PossibleDuplicate) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + connection.ops.quote_name("values") + " FROM casework_referralrow WHERE outcome = 'possible_duplicate'"
        )
        (stored,) = cursor.fetchone()
    assert stored.startswith("v1:")
