"""Promise 5.15: *lost* takes two, kinds of work stand apart, nobody has figures of their own, whom we miss is on the same page."""

import datetime as dt
from typing import Any

import pytest

from casework.actions import closing, correction, work
from casework.models import Case
from monitoring.indicators import ALL, AskedRound
from monitoring.reports.follow_up import figures
from monitoring.reports.work import COLUMNS, kinds_of_work
from tests import factories
from tests.monitoring.asking import advised, in_work, placed, ticked
from workflows import jobs
from workflows.acting import Refused
from workflows.partial import PartialDate

pytestmark = pytest.mark.django_db

WORKS = {"kind": "job", "formality": "formal"}


@pytest.mark.parametrize("outcome", ["lost", "stopped_for_cause"])
def test_nobody_is_given_up_by_one_person(outcome: str, clock: Any) -> None:
    case, amina = factories.case_at("counselling"), factories.user("amina")
    with pytest.raises(Refused) as refused:
        closing.close_case(case, by=amina, outcome=outcome, words="No trace.")
    assert refused.value.codes == ["two_persons"]

    case = closing.propose_closing(factories.again(case), by=amina, outcome=outcome, words="No trace.")
    factories.give_role(amina, "supervisor", "TUNIS")
    with pytest.raises(Refused) as refused:
        closing.sign_closing(factories.again(case), by=amina)
    assert refused.value.codes == ["same_person"]
    assert factories.again(case).is_open

    assert closing.sign_closing(factories.again(case), by=factories.user("boris")).outcome == outcome


def works(number: int, on: dt.date, **facts: Any) -> list[Case]:
    cases = [advised(email="") for _n in range(number)]
    for case in cases:
        placed(case, on=on, **{**WORKS, **facts})
    return cases


def of_tunis(as_of: dt.date) -> dict[str, Any]:
    line = next(line for line in kinds_of_work(factories.programme(), as_of) if line.code == "TUNIS")
    return {name: "hidden" if cell.hidden else cell.value for name, cell in line.cells.items()}


def test_what_is_declared_what_is_not_and_what_is_a_try_stand_apart(clock: Any) -> None:
    factories.programme(small_cell=3)
    early, late = dt.date(2026, 1, 15), dt.date(2026, 2, 25)
    works(3, early)
    works(3, early, formality="informal")
    works(3, early, formality="")
    works(2, early, kind="trial")
    works(1, early, kind="internship", formality="informal")
    works(2, late)
    struck = works(1, early)[0]
    gone = works(1, early)[0]
    work.end_placement(gone.placements.get(), by=gone.caseworker, ended_on=PartialDate(2026, 1, 20), reason="resigned")
    correction.correct_placement(struck.placements.get(), by=struck.caseworker, mistake="wrong_person")
    jobs.drain()

    # Two too young to count and one that ended within the first weeks; the one written down by mistake is nowhere.
    found = of_tunis(dt.date(2026, 3, 2))
    assert found == {"all": 15, "declared": 3, "undeclared": 3, "not_known": 3, "short": 3, "step": 3}
    assert found["all"] == sum(count for name, count in found.items() if name != "all")


def test_a_few_in_a_kind_of_work_are_hidden_with_what_would_give_them_away(clock: Any) -> None:
    early = dt.date(2026, 1, 15)
    works(12, early)
    works(2, early, formality="informal")
    found = of_tunis(dt.date(2026, 3, 2))
    assert found["undeclared"] == "hidden"
    assert found["all"] == "hidden" or found["declared"] == "hidden"


def test_nobodys_own_figures_are_shown(client: Any, clock: Any) -> None:
    assert not {"caseworker", "by", "user"} & {*AskedRound.__dataclass_fields__, *COLUMNS}
    for _n in range(6):
        in_work()
    clock.set(dt.datetime(2026, 6, 2, 10))
    ticked()
    for name in ("gia", "boris", "lena"):
        client.force_login(factories.user(name))
        for where in ("/follow-up/", "/follow-up/print/", "/follow-up/figures.csv"):
            page = client.get(where).content.decode()
            # The bar names whoever is signed in; nobody else has a name here.
            assert not [one for one in factories.CAST if one != name and one.capitalize() in page], where


def test_whom_we_do_not_reach_stands_on_the_page_of_the_figures(client: Any, clock: Any) -> None:
    for _n in range(7):
        in_work()
    clock.set(dt.datetime(2026, 6, 2, 10))
    ticked()
    clock.set(dt.datetime(2026, 7, 20, 10))
    ticked()
    table = figures(factories.programme())
    assert table.line("work-3", ALL).cells["missed"].value == 7
    client.force_login(factories.user("gia"))
    page = client.get("/follow-up/").content.decode()
    assert page.index("By round and office") < page.index("Whom we do not reach") < page.index("What each figure means")
    assert "What kind of work began" in page
