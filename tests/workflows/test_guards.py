"""GET never writes: the database refuses, on both databases; and the same connection writes again afterwards."""

import pytest
from django.db import DatabaseError
from django.http import HttpResponse
from django.test import RequestFactory

from tests.toy.models import Door, Visitor
from tests.workflows.conftest import built
from workflows import accesses
from workflows.guards import ReadOnlyGets
from workflows.models import Access


def writes(request):
    Visitor.objects.create(door=Door.objects.get())
    return HttpResponse("written")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_page_that_writes_is_refused_by_the_database(porter, method):
    built(porter)
    request = getattr(RequestFactory(), method)("/")

    with pytest.raises(DatabaseError):
        ReadOnlyGets(writes)(request)

    assert Visitor.objects.count() == 0
    Visitor.objects.create(door=Door.objects.get())  # the connection is as it was


@pytest.mark.django_db(transaction=True)
def test_a_post_writes(porter):
    built(porter)

    assert ReadOnlyGets(writes)(RequestFactory().post("/")).content == b"written"


@pytest.mark.django_db(transaction=True)
def test_what_a_page_showed_is_noted_after_it_was_made(porter):
    def shows(request):
        accesses.note(request, "person", "1")
        return HttpResponse("Khaled")

    request = RequestFactory().get("/")
    request.user = porter
    ReadOnlyGets(shows)(request)

    assert list(Access.objects.values_list("user_id", "subject_kind", "subject_id", "kind")) == [
        (str(porter.pk), "person", "1", "open")
    ]
