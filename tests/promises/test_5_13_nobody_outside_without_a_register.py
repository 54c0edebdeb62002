"""Promise 5.13: no recipient without a line in the register of sharing, shown to the person; nobody is handed out in bulk."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import get_resolver, reverse

from casework.actions import people, work
from casework.models import Case, Reach, Sharing
from tests import factories
from tests.access.addresses import PUBLIC
from tests.access.test_every_address import made, patterns, table
from tests.casework.test_matrix import _vacancy
from tests.monitoring.asking import in_work, ticked
from workflows.models import Access, Message

pytestmark = pytest.mark.django_db

# The files that can be fetched: of people, for those who may read them, which is noted; and figures, hidden where they are small.
OF_PEOPLE = {"casework:rejected_rows", "casework:looked_csv"}
OF_FIGURES = {"monitoring:report_csv", "monitoring:report_xlsx", "monitoring:report_by_csv", "monitoring:effort_csv"}
OURS = ("accounts:", "casework:", "monitoring:")


@pytest.fixture
def allowed(clock: Any) -> Case:
    """Looks for work, and lets one employer see the CV."""
    case = factories.case_at("job_search")
    people.record_consent(
        case.person, by=case.caseworker, answers={"cv_sharing": "yes"}, recipient=str(_vacancy().employer_id), case=case
    )
    return factories.again(case)


def test_whoever_is_given_something_stands_in_the_register(allowed: Case) -> None:
    work.apply_for_vacancy(allowed, by=allowed.caseworker, vacancy=_vacancy(), cv_sent=True)

    one = Sharing.objects.get()
    assert (one.person, one.employer, one.what, one.basis) == (allowed.person, _vacancy().employer, "cv", "consent")
    assert (one.since, one.until) == (dt.date(2026, 3, 2), dt.date(2026, 9, 1))


def test_an_application_of_ones_own_shares_nothing(allowed: Case) -> None:
    work.apply_for_vacancy(allowed, by=allowed.caseworker, vacancy=_vacancy())
    assert not Sharing.objects.exists()


def test_the_register_can_be_shown_to_the_person(client: Any, allowed: Case) -> None:
    client.force_login(allowed.caseworker)
    section = reverse("casework:section", args=[allowed.pk, "consent"])
    assert "Nobody outside was given anything." in client.get(section).content.decode()

    work.apply_for_vacancy(allowed, by=allowed.caseworker, vacancy=_vacancy(), cv_sent=True)

    page = client.get(section).content.decode()
    for words in ("Boulangerie du Port", "the CV", "with the person’s yes for this very recipient", "may be kept until"):
        assert words in page


def test_taking_the_yes_back_ends_the_sharing(allowed: Case, clock: Any) -> None:
    work.apply_for_vacancy(allowed, by=allowed.caseworker, vacancy=_vacancy(), cv_sent=True)
    clock.set(dt.datetime(2026, 3, 9, 10))
    people.withdraw_consent(allowed.person, by=allowed.caseworker, purpose="cv_sharing", recipient=str(_vacancy().employer_id))
    assert Sharing.objects.get().ended_on == dt.date(2026, 3, 9)
    assert not Sharing.objects.running().exists()


def test_a_sharing_without_an_end_is_no_sharing(allowed: Case) -> None:
    day = dt.date(2026, 3, 2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Sharing.objects.create(
            person=allowed.person, case=allowed, employer=_vacancy().employer, since=day, until=day - dt.timedelta(days=1)
        )


def test_every_message_goes_to_the_person_or_to_a_colleague(clock: Any) -> None:
    case = in_work()
    factories.user("boris")
    clock.set(dt.datetime(2026, 6, 2, 10))
    ticked()
    ours = {case.caseworker.email, factories.user("boris").email, *(way.value for way in Reach.objects.filter(person=case.person))}
    assert Message.objects.exists()
    assert {message.address for message in Message.objects.all()} <= ours


def test_nobody_gets_in_without_signing_in_and_no_address_hands_out_people_in_bulk(client: Any, clock: Any) -> None:
    amina = factories.user("amina")
    world = SimpleNamespace(**made())
    names = {one.person.name for one in Case.objects.select_related("person")}
    files = set()
    for name, address in table().items():
        if address.post or not name.startswith(OURS):
            continue
        where = reverse(name, args=address.args(world))
        client.logout()
        assert not any(one in client.get(where).content.decode(errors="replace") for one in names), name
        for reader in (amina, factories.user("lena"), factories.user("gia")):
            client.force_login(reader)
            answer = client.get(where)
            if answer.status_code == 200 and not answer["Content-Type"].startswith("text/html"):
                files.add(name)
    assert files <= OF_PEOPLE | OF_FIGURES
    assert {name for name, _route, _pattern in patterns(get_resolver()) if "api" in name.split(":")[-1].split("_")} == set()
    assert not PUBLIC & (OF_PEOPLE | OF_FIGURES)


def test_an_export_is_of_files_that_one_may_open_and_notes_each_of_them(client: Any, clock: Any) -> None:
    mine, theirs = factories.case(caseworker=factories.user("amina")), factories.case(at="ZARZIS", by=factories.user("chen"))
    client.force_login(factories.user("amina"))
    sheet = b"".join(client.get("/queue/", {"view": "all", "export": "csv"}).streaming_content).decode()
    assert mine.reference in sheet and theirs.reference not in sheet
    noted = Access.objects.filter(kind=Access.EXPORT).values_list("subject_id", flat=True)
    assert list(noted) == [str(mine.person_id)]
