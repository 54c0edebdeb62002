"""Views of the queue under a name of one's own."""

from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from casework.actions.saved_views import MOST, save_view
from casework.models import SavedView
from casework.queue import Asked
from tests import factories
from workflows.acting import Refused

pytestmark = pytest.mark.django_db
NARROW = {"view": "all", "state": "intake", "q": "Khaled", "overdue": "1"}


@pytest.fixture
def amina(client: Any, clock: Any) -> Any:
    client.force_login(factories.user("amina"), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def saved(name: str = "Late with Khaled", asked: Any = NARROW, by: str = "amina") -> SavedView:
    return save_view(by=factories.user(by), name=name, asked=asked)


def test_what_an_address_says_is_what_is_asked_again() -> None:
    asked = Asked.of(NARROW, view="mine")

    assert Asked.of(asked.as_said(), view="mine") == asked
    assert asked.in_words() == "All I may see · Intake · “Khaled” · Overdue only"


def test_a_view_is_saved_where_one_stands_and_stands_beside_the_others(amina: Any) -> None:
    page = amina.get(reverse("casework:queue"), NARROW).content.decode()
    assert "Save this view" in page

    page = amina.post(reverse("casework:save_view"), {**NARROW, "name": "  Late   with Khaled "}, follow=True)

    assert page.redirect_chain[0][0] == "/queue/?view=all&q=Khaled&state=intake&overdue=1"
    told = page.content.decode()
    assert "“Late with Khaled” stands beside the other views now." in told
    assert "Save this view" not in told and "Change saved views" in told
    assert SavedView.objects.get().asked == NARROW


def test_the_whole_queue_needs_no_name(amina: Any) -> None:
    assert "Save this view" not in amina.get(reverse("casework:queue")).content.decode()


def test_a_saved_view_pages_and_exports_what_it_asks(amina: Any) -> None:
    there = factories.case_at("intake")
    factories.case_at("counselling")
    saved(asked={"view": "all", "state": "intake"})

    page = amina.get("/queue/?view=all&state=intake")
    export = b"".join(amina.get("/queue/?view=all&state=intake&export=csv").streaming_content).decode()

    assert [row.case.pk for row in page.context["page"].rows] == [there.pk]
    assert export.count("\r\n") == 2 and there.reference in export


def test_a_name_that_is_there_is_refused_and_kept_to_be_mended(amina: Any) -> None:
    saved()

    page = amina.post(reverse("casework:save_view"), {"view": "all", "state": "placed", "name": "Late with Khaled"}, follow=True)

    told = page.content.decode()
    assert "You keep a view of this name already. Give this one another." in told
    assert 'value="Late with Khaled"' in told and SavedView.objects.count() == 1


def test_twenty_are_enough_and_a_view_has_a_name(amina: Any) -> None:
    for number in range(MOST):
        saved(f"View {number}")
    with pytest.raises(Refused) as refused:
        saved("One more")
    assert [one.code for one in refused.value.blockers] == ["too_many"]
    SavedView.objects.all().delete()
    with pytest.raises(Refused) as refused:
        saved("   ")
    assert [one.code for one in refused.value.blockers] == ["no_name"]


def test_it_is_renamed_and_deleted_on_its_page(amina: Any) -> None:
    one = saved()
    assert "All I may see · Intake · “Khaled” · Overdue only" in amina.get(reverse("casework:saved_views")).content.decode()

    amina.post(reverse("casework:rename_view", args=[one.pk]), {"name": "Khaled"})
    assert SavedView.objects.get().name == "Khaled"
    amina.post(reverse("casework:delete_view", args=[one.pk]))

    assert not SavedView.objects.exists()
    assert "You keep no view yet." in amina.get(reverse("casework:saved_views")).content.decode()


def test_nobody_sees_renames_or_deletes_what_a_colleague_keeps(amina: Any) -> None:
    theirs = saved("Boris looks", by="boris")

    assert "Boris looks" not in amina.get(reverse("casework:queue")).content.decode()
    assert "Boris looks" not in amina.get(reverse("casework:saved_views")).content.decode()
    assert amina.post(reverse("casework:rename_view", args=[theirs.pk]), {"name": "Mine"}).status_code == 404
    assert amina.post(reverse("casework:delete_view", args=[theirs.pk])).status_code == 404
    assert SavedView.objects.get().name == "Boris looks"


def test_a_saved_question_shows_no_more_than_one_may_see_today(amina: Any) -> None:
    elsewhere = factories.case(at="ZARZIS", caseworker=factories.user("chen"))
    saved("Zarzis", {"view": "all", "office": "ZARZIS"})

    page = amina.get("/queue/?view=all&office=ZARZIS")

    assert elsewhere.reference not in page.content.decode()


def test_what_is_looked_for_is_not_legible_in_the_database(amina: Any) -> None:
    saved()
    with connection.cursor() as cursor:
        cursor.execute("SELECT asked FROM casework_savedview")
        assert "Khaled" not in str(cursor.fetchone()[0])
