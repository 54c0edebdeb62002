"""Promise 5.7: a third person is tried only if named, with what may be said, twice a round, never under a safety setting."""

import datetime as dt

import pytest
from django.urls import reverse

from casework.models import Reach, Safety
from monitoring.actions import calling
from monitoring.models import Attempt
from tests.monitoring.asking import in_work, links, rounds_of, ticked
from workflows.acting import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(clock):
    made = in_work(email="")
    clock.set(dt.datetime(2026, 6, 2, 10))
    ticked()
    return made


def brother(case, **more) -> Reach:
    facts = {"trusted_name": "Sami", "may_be_said": "the call-back she asked for", **more}
    return Reach.objects.create(person=case.person, kind="phone", value="+216 20 000 009", whose=Reach.Whose.TRUSTED, **facts)


def tried(case, reach) -> Attempt:
    return calling.log_attempt(rounds_of(case)["work", 3], by=case.caseworker, outcome="no_answer", reach=reach)


def test_named_with_what_may_be_said_he_may_be_called_and_the_script_is_on_screen(case, client):
    reach = brother(case)
    client.force_login(case.caseworker)
    page = client.get(reverse("monitoring:call", args=[rounds_of(case)["work", 3].pk])).content.decode()
    assert "Sami" in page and "the call-back she asked for" in page
    assert tried(case, reach).through_another


@pytest.mark.parametrize("lacking", [{"trusted_name": ""}, {"may_be_said": ""}])
def test_without_a_name_or_words_he_is_not(case, lacking):
    with pytest.raises(Refused) as refused:
        tried(case, brother(case, **lacking))
    assert refused.value.codes == ["nothing_may_be_said"]


def test_two_tries_a_round_and_no_third(case):
    reach = brother(case)
    tried(case, reach)
    tried(case, reach)
    with pytest.raises(Refused) as refused:
        tried(case, reach)
    assert refused.value.codes == ["through_others_spent"]
    assert Attempt.objects.filter(through_another=True).count() == 2


@pytest.mark.parametrize(
    "setting",
    [
        {"never_visit_home": True},
        {"safe_from": dt.time(8), "safe_to": dt.time(20)},
        {"feared": [{"name": "Sami", "phone": "+216 20 000 009"}]},
    ],
)
def test_where_any_safety_setting_stands_he_is_never_called(case, client, setting):
    Safety.objects.create(person=case.person, **setting)
    reach = brother(case)
    with pytest.raises(Refused) as refused:
        tried(case, reach)
    assert refused.value.codes == ["safety_setting"]
    client.force_login(case.caseworker)
    page = client.get(reverse("monitoring:call", args=[rounds_of(case)["work", 3].pk])).content.decode()
    assert "+216 20 000 009" not in page


def test_he_is_never_written_to(clock):
    in_work(whose=Reach.Whose.TRUSTED)
    clock.set(dt.datetime(2026, 6, 2, 10))
    ticked()
    assert links() == []
