"""Promise 5.12: special needs are in restricted rows from the import on; filters, counts, exports and search give nothing away."""

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from casework.models import Case, ReferralRow, Vulnerability
from casework.queue import Asked, count_of
from monitoring import exports
from monitoring.indicators import HIDDEN, AskedRound, table
from tests import factories
from tests.casework.test_import import KHALED, LEILA, answers, written

pytestmark = pytest.mark.django_db

NEED = "victim_of_trafficking"
RESTRICTED = {"casework_vulnerability"}
NAMED = {"amina", "boris", "petra"}


@pytest.fixture
def imported(tmp_path: Path, clock: Any) -> Case:
    """A list with one person who was trafficked, imported at Tunis."""
    answers(written(tmp_path, {**KHALED, "vulnerabilities": NEED}, LEILA))
    return Case.objects.get(sender_reference=KHALED["reference"])


def tables_that_say(words: str) -> set[str]:
    """Every table of the database in whose plain text the words stand: what a stolen copy would show."""
    found = set()
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
            if any(words in str(value) for row in cursor.fetchall() for value in row):
                found.add(name)
    return found


def test_from_the_import_on_the_need_stands_in_the_restricted_rows_alone(imported: Case) -> None:
    assert list(Vulnerability.objects.values_list("code", flat=True)) == [NEED]
    assert tables_that_say(NEED) == RESTRICTED


def test_what_was_written_wrongly_in_a_list_is_sealed_too(tmp_path: Path, clock: Any) -> None:
    answers(written(tmp_path, {**KHALED, "vulnerabilities": "beaten by an uncle"}))
    assert ReferralRow.objects.get().outcome == "rejected"
    assert tables_that_say("beaten by an uncle") == set()


@pytest.mark.parametrize("name", ["amina", "boris", "petra", "rida", "hana", "dana", "gia", "lena", "mona", "elif", "chen"])
def test_the_filter_of_the_queue_is_for_named_roles(client: Any, imported: Case, name: str) -> None:
    user = factories.user(name)
    client.force_login(user)
    said = {"view": "all", "flag": NEED}
    page = client.get("/queue/", said).content.decode()

    assert (imported.reference in page) == (name in NAMED)
    assert count_of(user, Asked(view="all", flag=NEED)) == (name in NAMED)
    if name not in NAMED | {"chen"}:
        assert "trafficked" not in page
    lines = list(csv.reader(io.StringIO(b"".join(client.get("/queue/", {**said, "export": "csv"}).streaming_content).decode())))
    assert len(lines) == 1 + (name in NAMED)


def test_a_need_one_may_not_know_of_answers_like_one_that_nobody_has(client: Any, imported: Case) -> None:
    client.force_login(factories.user("rida"))
    pages = [client.get("/queue/", {"view": "all", "flag": need}).content.decode() for need in (NEED, "elderly")]
    # The token of each form is another every time.
    tidy = [re.sub(r"\b\w{64}\b", "", page).replace(NEED, "").replace("elderly", "") for page in pages]
    assert tidy[0] == tidy[1]


@pytest.mark.parametrize("name", ["rida", "hana", "dana"])
def test_whoever_sees_the_file_without_the_role_is_shown_no_need(client: Any, imported: Case, name: str) -> None:
    client.force_login(factories.user(name))
    for where in (imported.get_absolute_url(), f"{imported.get_absolute_url()}print/", f"{imported.get_absolute_url()}story/"):
        assert "trafficked" not in client.get(where).content.decode()


def test_no_export_or_search_says_the_need_even_to_those_who_may_know(client: Any, imported: Case) -> None:
    client.force_login(factories.user("amina"))
    export = b"".join(client.get("/queue/", {"view": "all", "export": "csv"}).streaming_content).decode()
    assert imported.reference in export
    assert not any(words in export for words in (NEED, "trafficked"))
    for words in ("trafficked", NEED, "victim"):
        assert imported.reference not in client.get("/search/", {"q": words}).content.decode()


def test_no_report_is_cut_by_need_and_every_hidden_cell_says_the_same(clock: Any) -> None:
    assert not {"flag", "need", "vulnerability", "person", "case"} & set(AskedRound.__dataclass_fields__)
    rows = [AskedRound("work-3", "TUNIS", "answered", invited=True, in_work=True)] * 2  # too small to be shown
    rows += [AskedRound("work-3", "ZARZIS", "answered", invited=True, in_work=bool(n % 2)) for n in range(40)]  # gives them away
    rows += [AskedRound("work-3", "TUNIS", "missed", invited=True)] * 30
    made = table(rows, round_kinds=[("work-3", "3 months")], offices=[("TUNIS", "Tunis"), ("ZARZIS", "Zarzis")])

    hidden = {(line.office, name) for line in made.lines for name, cell in line.cells.items() if cell.hidden}
    assert {office for office, _name in hidden} >= {"TUNIS", "ZARZIS"}, "what is small and what would give it away"
    said = [
        value
        for row in list(csv.reader(io.StringIO(exports.as_csv(made).decode("utf-8-sig"))))[1:]
        for value in row[2:]
        if value and not re.fullmatch(r"-?[\d.]+", value)
    ]
    assert len(said) == len(hidden)
    assert set(said) == {str(HIDDEN)}
    assert exports.as_dict(made)["hidden_means"] == str(HIDDEN)
