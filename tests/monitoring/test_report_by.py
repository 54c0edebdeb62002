"""The report by sex, path, host country and region: what adds up, what is hidden, who looks."""

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.urls import reverse

from casework.models import Case, Person
from monitoring.indicators import ALL, AskedRound, grouped, tabulate
from monitoring.reports.dimensions import OTHERS, laid_out, looked_at_by
from monitoring.reports.follow_up import figures, standing
from tests import factories
from tests.monitoring.asking import in_work

pytestmark = pytest.mark.django_db
DUE = dt.datetime(2026, 6, 2, 10)


@pytest.fixture
def town(clock: Any) -> list[Case]:
    """Thirteen people in work since March, seven women and six men, most of them back from Italy."""
    made = [in_work() for _ in range(13)]
    for number, case in enumerate(made):
        Person.objects.filter(pk=case.person_id).update(sex="female" if number < 7 else "male")
        Case.objects.filter(pk=case.pk).update(host_country="IT" if number < 11 else ("FR", "GN")[number - 11])
    clock.set(DUE)
    return made


def looks(by: str) -> Any:
    day = DUE.date()
    found = looked_at_by(factories.programme(), day, by, figures(factories.programme(), day))
    return {str(look.round): {line.code: line.cells for line in look.lines} for look in found}


def test_the_groups_add_up_to_the_report(town: list[Case]) -> None:
    three = looks("sex")["3 months"]

    assert {code: cells["due"].value for code, cells in three.items()} == {"female": 7, "male": 6, ALL: 13}
    assert three[ALL]["due"].value == figures(factories.programme()).line("work-3", ALL).cells["due"].value


def test_groups_too_small_to_be_named_lie_together(town: list[Case]) -> None:
    found = looks("host_country")

    for cells in found.values():
        assert not {"FR", "GN"} & set(cells)
        assert not cells or OTHERS in cells
    # Two people: their count is hidden, and the neighbour that would give it away.
    assert all(cells[OTHERS]["due"].hidden and cells["IT"]["due"].hidden for cells in found.values() if cells)


def test_a_round_whose_total_is_hidden_in_the_report_has_no_table(clock: Any) -> None:
    for _number in range(3):
        in_work()
    clock.set(DUE)

    assert not any(cells for cells in looks("sex").values())


def test_no_hidden_count_can_be_worked_out_from_what_is_shown() -> None:
    """Every split of thirteen due: wherever a group is between one and four, at least two lines of the column are hidden."""
    for women in range(1, 13):
        alike = Counter(
            {
                AskedRound("work-3", "female", "answered", in_work=True): women,
                AskedRound("work-3", "male", "answered", in_work=True): 13 - women,
            }
        )
        office = Counter({AskedRound("work-3", "TUNIS", "answered", in_work=True): 13})
        table = tabulate(
            grouped(office), ("work-3",), ("TUNIS",), (("work-3", "3 months"),), (("TUNIS", "Tunis"),), 5, {"as_of": "2026-06-02"}
        )
        (look,) = laid_out(grouped(alike), "sex", table, 5)
        groups = [line for line in look.lines if not line.is_total]
        hidden = [line.code for line in groups if line.cells["due"].hidden]
        assert len(hidden) != 1
        if min(women, 13 - women) < 5:
            assert not look.lines or len(hidden) == 2


def test_it_counts_what_the_report_counts(town: list[Case]) -> None:
    by_sex = standing(factories.programme(), DUE.date(), by="case__person__sex")

    assert sum(by_sex.values()) == sum(standing(factories.programme(), DUE.date()).values())


def test_the_page_and_the_file_say_the_same(town: list[Case], client: Any) -> None:
    client.force_login(factories.user("lena"), backend="allauth.account.auth_backends.AuthenticationBackend")

    page = client.get(reverse("monitoring:report_by"), {"by": "sex", "as_of": "2026-06-02"}).content.decode()
    lines = (
        client.get(reverse("monitoring:report_by_csv"), {"by": "sex", "as_of": "2026-06-02"})
        .content.decode("utf-8-sig")
        .splitlines()
    )

    assert "Follow-up by: Sex" in page and "female" in page
    assert lines[0] == 'Round,Sex,Due,Reached,In work,"In work, of those reached (%)",From,To'
    assert "3 months,female,7,0,0,,," in lines
    assert not any(case.reference in page or case.person.name in page for case in town)


def test_a_supervisor_is_told_who_looks_this_way(town: list[Case], client: Any) -> None:
    client.force_login(factories.user("boris"), backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.get(reverse("monitoring:report_by")).status_code == 403
    assert reverse("monitoring:report_by") not in client.get(reverse("monitoring:report")).content.decode()
