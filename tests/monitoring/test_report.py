"""The follow-up report: counted by hand, the same for a day whenever it is asked for, hidden alike on the page and in files."""

import csv
import datetime as dt
import io
import json
import uuid
from collections import Counter

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.actions import closing, correction, transfer
from casework.models import Case, Placement
from monitoring import exports
from monitoring.actions import answering, calling
from monitoring.actions.planning import plan_case
from monitoring.indicators import ALL, HIDDEN
from monitoring.models import Answer, Round, Schedule
from monitoring.reports.follow_up import NotYet, figures, label, standing
from tests import factories
from tests.monitoring.asking import advised, in_work, placed, rounds_of, ticked, turned_down
from workflows import jobs
from workflows.partial import PartialDate

pytestmark = pytest.mark.django_db

DUE = dt.datetime(2026, 6, 2, 10)
DAY = dt.timedelta(days=1)
PARTS = ("answered", "partly", "refused", "missed", "not_asked", "open")


def three(case: Case) -> Round:
    return rounds_of(case)["work", 3]


def says(case: Case, worked: str, **more: str) -> None:
    answers = {("employment", item): said for item, said in {"worked_last_week": worked, **more}.items()}
    answering.record_interview(three(case), by=case.caseworker, way="phone", answers=answers)
    jobs.drain()


def stood(day: dt.date, kind: str = "work-3") -> dict[tuple[str, str, bool], int]:
    """(office, state, in work) → how many, of one kind of round."""
    alike: Counter[tuple[str, str, bool]] = Counter()
    for one, many in standing(factories.programme(), day).items():
        if one.round_kind == kind:
            alike[one.office, one.state, bool(one.in_work)] += many
    return alike


def cells(table, kind: str, office: str) -> dict[str, object]:
    return {name: HIDDEN if cell.hidden else cell.value for name, cell in table.line(kind, office).cells.items()}


@pytest.fixture
def town(clock):
    """Fifteen people at work since 2 March; what became of their three months, nobody of them alone in a figure."""
    programme = factories.programme(small_cell=3)
    tunis = [in_work() for _n in range(9)]
    zarzis = [in_work(at="ZARZIS") for _n in range(6)]
    clock.set(DUE)
    ticked()
    for case in tunis[:3]:
        says(case, "yes")
    for case in tunis[3:6]:
        says(case, "no", away_from_work="no")
    for case in zarzis[:3]:
        says(case, "no", away_from_work="yes")
    for case in zarzis[3:]:
        calling.waive(three(case), by=case.caseworker, why="ill")
    clock.set(DUE + 46 * DAY)
    ticked()
    return programme


# ——— the figures ———


@pytest.mark.both_databases
def test_a_small_programme_counted_by_hand(town):
    table = figures(town)
    tunis, zarzis, both = (cells(table, "work-3", office) for office in ("TUNIS", "ZARZIS", ALL))
    names = ("rounds", "due", "reached", "refused", "missed", "not_asked", "waived", "stopped", "open", "in_work")
    assert [tunis[name] for name in names] == [9, 9, 6, 0, 3, 0, 0, 0, 0, 3]
    assert [zarzis[name] for name in names] == [6, 3, 3, 0, 0, 0, 3, 0, 0, 3]
    assert [both[name] for name in names] == [15, 12, 9, 0, 3, 0, 3, 0, 0, 6]
    assert (tunis["response_rate"], tunis["in_work_share"]) == (6 / 9, 0.5)
    # Six of nine reached, twelve due: by Wilson 35 to 88; if nobody of the three is in work 6 of 12, if all are 9 of 12.
    assert [round(both[f"in_work_{name}"], 2) for name in ("low", "high", "worst", "best")] == [0.35, 0.88, 0.5, 0.75]
    start = cells(table, "plan-0", ALL)
    assert [start[name] for name in ("due", "reached", "not_asked", "response_rate", "in_work_share")] == [15, 0, 15, 0.0, None]


def test_what_was_due_is_what_became_of_it(town):
    for line in figures(town).lines:
        found = {name: cell.value for name, cell in line.cells.items()}
        assert found["due"] == sum(found[name] for name in PARTS)
        assert found["rounds"] == found["due"] + found["waived"] + found["stopped"]
        assert found["reached"] == found["answered"] + found["partly"]


def test_a_refusal_is_no_answer_and_stands_apart(clock):
    case = in_work()
    clock.set(DUE)
    answering.record_interview(three(case), by=case.caseworker, way="phone", answers={}, refused="not_this_time")
    assert stood(DUE.date()) == {("TUNIS", "refused", False): 1}


def test_a_round_whose_day_has_not_come_is_not_counted(clock):
    in_work()
    clock.set(DUE - DAY)
    assert stood(DUE.date() - DAY) == {}
    assert stood(DUE.date() - DAY, "plan-0") == {("TUNIS", "planned", False): 1}


def test_late_answers_are_not_counted(clock):
    case = in_work()
    clock.set(DUE)
    ticked()
    clock.set(DUE + 46 * DAY)
    ticked()
    says(case, "yes")
    assert Answer.objects.get(round=three(case)).late
    assert stood(DUE.date() + 46 * DAY) == {("TUNIS", "missed", False): 1}


@pytest.mark.parametrize("days", [5, 60])
def test_what_was_said_when_a_round_ended_is_not_unsaid_by_a_later_talk(clock, days):
    case = in_work()
    clock.set(DUE)
    says(case, "yes")
    clock.set(DUE + days * DAY)
    says(case, "no", away_from_work="no")
    assert stood(DUE.date()) == stood(DUE.date() + days * DAY) == {("TUNIS", "partly_answered", True): 1}
    assert Answer.objects.get(round=three(case), item="worked_last_week").code == "yes"


@pytest.mark.both_databases
def test_two_rounds_asked_once_count_for_both(clock):
    first = in_work()
    clock.set(dt.datetime(2026, 3, 12, 10))
    turned_down(first, on=dt.date(2026, 3, 12))
    plan_case(first.pk)
    clock.set(DUE)
    says(first, "yes")
    clock.set(DUE + 20 * DAY)
    assert stood(DUE.date() + 20 * DAY) == {("TUNIS", "partly_answered", True): 1}
    assert stood(DUE.date() + 20 * DAY, "decision-3") == {("TUNIS", "partly_answered", True): 1}
    assert label("decision-3") == "3 months, decision"


# ——— as of a day ———


@pytest.mark.both_databases
def test_a_day_that_is_over_keeps_its_figures(clock):
    """Whatever happens afterwards: answers, the end of the window, a transfer, a corrected date, new people."""
    told = [in_work() for _n in range(4)]
    clock.set(DUE)
    ticked()
    says(told[0], "yes")
    clock.set(DUE + DAY)
    day = DUE.date() + DAY
    then = standing(factories.programme(), day)
    assert stood(day) == {("TUNIS", "partly_answered", True): 1, ("TUNIS", "planned", False): 3}

    clock.set(DUE + 3 * DAY)
    says(told[1], "no", away_from_work="no")
    answering.record_interview(three(told[2]), by=told[2].caseworker, way="phone", answers={}, refused="not_this_time")
    moving = Case.objects.get(pk=told[0].pk)
    transfer.offer_transfer(moving, by=factories.user("boris"), to_office=factories.office("ZARZIS"))
    transfer.accept_transfer(Case.objects.get(pk=moving.pk), by=factories.user("nour"), caseworker=factories.user("chen"))
    late_told = advised()
    placed(late_told, on=dt.date(2026, 2, 20))
    clock.set(DUE + 60 * DAY)
    ticked()
    assert standing(factories.programme(), day) == then
    assert stood(DUE.date() + 60 * DAY) == {
        ("ZARZIS", "partly_answered", True): 1,
        ("TUNIS", "partly_answered", False): 1,
        ("TUNIS", "refused", False): 1,
        ("TUNIS", "missed", False): 2,
    }


@pytest.mark.both_databases
def test_a_date_corrected_afterwards_moves_no_round_of_an_earlier_day(clock):
    case = in_work()
    clock.set(DUE - 10 * DAY)
    day = DUE.date() - 10 * DAY
    assert stood(day) == {}
    spell = Placement.objects.get(case=case)
    started_on = PartialDate.of(dt.date(2026, 2, 10))
    correction.correct_placement(spell, by=factories.user("boris"), mistake="wrong_date", changes={"started_on": started_on})
    jobs.drain()
    assert three(case).due_on == dt.date(2026, 5, 10)
    assert stood(day) == {("TUNIS", "planned", False): 1}
    clock.set(DUE)
    assert stood(day) == {("TUNIS", "planned", False): 1}
    # On 20 May the office still thought that the day was 2 June.
    assert stood(dt.date(2026, 5, 20)) == {}


def test_a_death_taken_back_leaves_the_days_between_as_they_were(clock):
    case = in_work()
    clock.set(DUE)
    ticked()
    clock.set(DUE + DAY + dt.timedelta(hours=8))
    closing.record_death(Case.objects.get(pk=case.pk), by=case.caseworker, told_by="A cousin.")
    jobs.drain()
    day = DUE.date() + DAY
    assert stood(day) == {("TUNIS", "stopped", False): 1}
    clock.set(DUE + 2 * DAY)
    closing.undo_death(Case.objects.get(pk=case.pk), by=factories.user("boris"), words="Somebody of the same name.")
    jobs.drain()
    assert three(case).state == "planned"
    assert stood(day) == {("TUNIS", "stopped", False): 1}
    assert stood(DUE.date()) == {("TUNIS", "planned", False): 1}


@pytest.mark.both_databases
def test_who_had_died_was_not_missed(clock):
    """Died in May, missed in July, known in August: counted apart from then on, and as missed for the days before."""
    case = in_work()
    clock.set(DUE)
    ticked()
    clock.set(DUE + 50 * DAY)
    ticked()
    clock.set(DUE + 70 * DAY)
    died = PartialDate.of(dt.date(2026, 5, 20))
    closing.record_death(Case.objects.get(pk=case.pk), by=case.caseworker, told_by="A brother.", died_on=died)
    jobs.drain()
    assert stood(DUE.date() + 60 * DAY) == {("TUNIS", "missed", False): 1}
    assert stood(DUE.date() + 70 * DAY) == {("TUNIS", "stopped", False): 1}
    assert stood(DUE.date() + 70 * DAY, "plan-0") == {("TUNIS", "missed", False): 1}


def test_a_day_to_come_has_no_figures(clock):
    with pytest.raises(NotYet, match="has not come yet"):
        figures(factories.programme(), dt.date(2026, 3, 3))


# ——— the same in all four ———


def test_the_page_the_files_and_the_command_say_the_same(town, client, tmp_path, capsysbinary):
    client.force_login(factories.user("gia"))
    query = {"programme": "TN-RETURN", "as_of": "2026-07-18"}
    page = client.get(reverse("monitoring:report"), query).content.decode()
    rows = list(csv.reader(io.StringIO(client.get(reverse("monitoring:report_csv"), query).content.decode("utf-8-sig"))))
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("monitoring:report_xlsx"), query).content))
    call_command("follow_up_report", "--programme", "TN-RETURN", "--as-of", "2026-07-18", "--format", "json",
                 "--output", str(tmp_path / "f.json"))  # fmt: skip
    call_command("follow_up_report", "--programme", "TN-RETURN", "--as-of", "2026-07-18", "--format", "csv",
                 "--output", str(tmp_path / "f.csv"))  # fmt: skip
    told = json.loads((tmp_path / "f.json").read_text())
    assert (told["programme"], told["as_of"]) == ("TN-RETURN", "2026-07-18")
    assert list(csv.reader((tmp_path / "f.csv").read_text("utf-8-sig").splitlines())) == rows
    in_book = [["" if one is None else str(one) for one in row] for row in book.worksheets[0].iter_rows(values_only=True)]
    assert [row[:8] for row in in_book] == [row[:8] for row in rows]
    due = rows[0].index("Due")
    by_line = {(one["round_label"], one["office_label"]): one for one in told["rows"]}
    for row in rows[1:]:
        assert str(by_line[row[0], row[1]]["due"]) == row[due]
    assert "Of the 12 due to be asked at 3 months we reached 9," in " ".join(
        page.replace("<bdi>", "").replace("</bdi>", "").split()
    )
    assert "6</bdi> of those we reached are in work" in page
    assert "of returnees" in page
    assert "Tunis, 3 months: no answer from 3 of 9." in page


def test_the_command_writes_to_standard_output(town, capsys):
    call_command("follow_up_report", "--programme", "TN-RETURN", "--format", "json")
    assert json.loads(capsys.readouterr().out)["rows"]


def test_a_workbook_can_be_opened(town, tmp_path):
    call_command("follow_up_report", "--programme", "TN-RETURN", "--format", "xlsx", "--output", str(tmp_path / "f.xlsx"))
    assert len(openpyxl.load_workbook(tmp_path / "f.xlsx").worksheets) == 2


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--programme", "NOWHERE"], "No programme has the code NOWHERE."),
        (["--programme", "TN-RETURN", "--as-of", "2026-02-30"], "2026-02-30 is no day. Write it like 2026-06-30."),
        (["--programme", "TN-RETURN", "--as-of", "2099-01-01"], "This day has not come yet. Figures are of today or earlier."),
        (
            ["--programme", "TN-RETURN", "--output", "/nowhere/f.json"],
            "/nowhere/f.json cannot be written: No such file or directory.",
        ),
    ],
)
def test_the_command_says_in_one_line_what_is_wrong(clock, options, line):
    factories.programme()
    with pytest.raises(CommandError) as wrong:
        call_command("follow_up_report", *options)
    assert (str(wrong.value), wrong.value.returncode) == (line, 2)


# ——— nobody can be recognised ———


def test_small_figures_are_hidden_in_the_page_and_in_every_file(clock, client):
    """One person in work at Tunis, none at Zarzis: neither the figure nor what it is made of leaves the room."""
    case = in_work()
    clock.set(DUE)
    ticked()
    says(case, "yes")
    client.force_login(factories.user("gia"))
    table = figures(factories.programme())
    hidden = {name for name, cell in table.line("work-3", "TUNIS").cells.items() if cell.hidden}
    assert {"due", "reached", "in_work", "in_work_share", "response_rate", "in_work_worst"} <= hidden
    page = client.get(reverse("monitoring:report")).content.decode()
    assert str(HIDDEN) in page and "would point at somebody" in page
    assert "<bdi>1</bdi>" not in page
    for address in ("report_csv", "report_print"):
        assert str(HIDDEN) in client.get(reverse(f"monitoring:{address}")).content.decode()
    row = exports.as_dict(table)["rows"][0]
    assert row["due"] is None and "due" in row["hidden"]


def test_an_office_alone_hides_what_the_whole_hides(town, client):
    """A supervisor's print beside the programme manager's: the same cells are open in both."""
    whole = figures(town)
    alone = whole.of_offices({"ZARZIS"})
    assert {line.office for line in alone.lines} == {"ZARZIS"}
    for line in alone.lines:
        assert line.cells == whole.line(line.round_kind, "ZARZIS").cells


def test_no_name_reference_or_file_stands_in_the_report(town, client):
    client.force_login(factories.user("gia"))
    page = client.get(reverse("monitoring:report")).content.decode()
    for case in Case.objects.select_related("person"):
        assert case.person.family_name not in page and case.reference not in page and str(case.pk) not in page


# ——— who reads it ———


@pytest.mark.parametrize("name", ["amina", "rida", "hana", "dana", "elif", "farid", "mona", "petra"])
@pytest.mark.parametrize("address", ["report", "report_print", "report_csv", "report_xlsx"])
def test_others_are_told_who_reads_it(client, clock, name, address):
    factories.programme()
    client.force_login(factories.user(name))
    answer = client.get(reverse(f"monitoring:{address}"))
    assert answer.status_code == 403
    assert "Supervisors read the figures of their office" in answer.content.decode()


@pytest.mark.parametrize("address", ["report", "report_print", "report_csv"])
def test_a_supervisor_reads_the_own_office_alone(town, client, address):
    client.force_login(factories.user("nour"))
    page = client.get(reverse(f"monitoring:{address}")).content.decode()
    assert "Zarzis" in page
    assert "Tunis<" not in page and ",Tunis," not in page and "All offices" not in page


def test_a_programme_of_other_offices_is_not_there(town, client):
    factories.programme("OTHER", name="Another").programme_offices.all().delete()
    client.force_login(factories.user("nour"))
    assert client.get(reverse("monitoring:report"), {"programme": "OTHER"}).status_code == 404
    assert client.get(reverse("monitoring:report"), {"programme": "NOWHERE"}).status_code == 404
    client.force_login(factories.user("gia"))
    assert client.get(reverse("monitoring:report"), {"programme": "OTHER"}).status_code == 200


def test_a_supervisor_without_a_programme_is_told_so(client, clock):
    factories.office("SFAX")
    client.force_login(factories.user("somebody", role="supervisor", at="SFAX"))
    assert "No programme is carried out at your office yet." in client.get(reverse("monitoring:report")).content.decode()


# ——— dates, languages, growth ———


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2026-02-30", "There is no such day: 2026-02-30."),
        ("x" * 10_000, "There is no such day: xxxxxxxxxxxxxxxxxxxx."),
        ("2027-01-01", "This day has not come yet."),
        ("1900-01-01", "No round was due by then."),
    ],
)
def test_a_day_that_is_none_has_its_sentence(client, clock, day, sentence):
    factories.programme()
    client.force_login(factories.user("gia"))
    answer = client.get(reverse("monitoring:report"), {"as_of": day})
    assert answer.status_code == 200 and sentence in answer.content.decode()
    file = client.get(reverse("monitoring:report_csv"), {"as_of": day})
    if day != "1900-01-01":
        assert file.status_code == 302 and file["Location"].startswith(reverse("monitoring:report") + "?as_of=")


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_it_opens_in_other_languages(town, client, language):
    client.force_login(factories.user("gia"))
    client.cookies["django_language"] = language
    for address in ("report", "report_print", "report_csv", "report_xlsx"):
        assert client.get(reverse(f"monitoring:{address}")).status_code == 200


def test_it_costs_the_same_queries_for_ten_rounds_and_five_hundred(client, clock):
    pattern = in_work()
    clock.set(DUE)
    client.force_login(factories.user("gia"))

    def add(many: int) -> None:
        files, schedules, rounds = [], [], []
        for _n in range(many):
            file, row, one = Case.objects.get(pk=pattern.pk), three(pattern).schedule, three(pattern)
            file.pk = file.id = uuid.uuid4()
            file.reference = file.pk.hex
            row.pk, row.case = None, file
            one.pk = one.id = uuid.uuid4()
            one.case, one.schedule = file, row
            files.append(file), schedules.append(row), rounds.append(one)
        Case.objects.bulk_create(files)
        Schedule.objects.bulk_create(schedules)
        Round.objects.bulk_create(rounds)

    add(9)
    client.get(reverse("monitoring:report"))
    with CaptureQueriesContext(connection) as ten:
        client.get(reverse("monitoring:report"))
    add(490)
    with CaptureQueriesContext(connection) as many:
        page = client.get(reverse("monitoring:report")).content.decode()
    assert "<bdi>500</bdi>" in page
    assert len(many) == len(ten) <= 15
    with CaptureQueriesContext(connection) as read:
        figures(factories.programme())
    assert len(read) <= 4
