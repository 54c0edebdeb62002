"""Promise 5.16: an employer with an open abuse concern is not matched; two concerns stop new placements till a visit."""

from typing import Any

import pytest

from casework.actions import concerns, work
from casework.match_page import jobs_for_case
from tests import factories
from workflows.acting import Refused

pytestmark = pytest.mark.django_db


def offered(case: Any) -> list[str]:
    return [job.title for _title, rows in jobs_for_case(case).found.groups for job, _fit in rows]


def warned(kind: str) -> None:
    concerns.raise_employer_concern(factories.employer(), by=factories.user("amina"), kind=kind)


def test_one_concern_ends_matching_and_two_end_placements_until_somebody_has_been_there(clock: Any) -> None:
    case = factories.case_at("job_search")
    work.post_vacancy(by=factories.user("amina"), employer=factories.employer(), title="Baker")
    assert offered(case) == ["Baker"]

    warned("keeps_papers")
    assert offered(case) == []
    warned("not_paid")
    with pytest.raises(Refused) as refused:
        factories.placed(case)
    assert [one.code for one in refused.value.blockers] == ["employer_concerns"]

    concerns.record_employer_visit(factories.employer(), by=factories.user("boris"), finding="mended")
    assert offered(case) == ["Baker"] and factories.placed(case).state == "placed"
