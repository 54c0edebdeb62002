"""Views of the queue that somebody keeps for themselves. Like a draft they are nobody else's affair: no event tells of them."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from casework.actions.authorship import author, refuse
from casework.models import SavedView

MOST = 20


def save_view(*, by: Any, name: str, asked: Mapping[str, str]) -> SavedView:
    """Keep what is asked of the queue under a name of one's own.

    Refuses a name that is there already, and more than twenty: a shelf that nobody finds anything on.
    """
    owner = author(by)
    if SavedView.objects.filter(owner=owner).count() >= MOST:
        raise refuse("too_many", _("You keep twenty views already: delete one that you do not use."))
    try:
        with transaction.atomic():
            return SavedView.objects.create(owner_id=owner, name=_tidy(name), asked=dict(asked))
    except IntegrityError:
        raise refuse("name_taken", _("You keep a view of this name already. Give this one another.")) from None


def rename_view(view: SavedView, *, by: Any, name: str) -> SavedView:
    """Give one's own view another name. Refuses one that is there already."""
    found = SavedView.objects.get(pk=view.pk, owner=author(by))
    found.name = _tidy(name)
    try:
        with transaction.atomic():
            found.save(update_fields=["name"])
    except IntegrityError:
        raise refuse("name_taken", _("You keep a view of this name already. Give this one another.")) from None
    return found


def delete_view(view: SavedView, *, by: Any) -> None:
    """Keep it no more. The files that it showed stay as they are."""
    SavedView.objects.filter(pk=view.pk, owner=author(by)).delete()


def _tidy(name: str) -> str:
    if not (name := " ".join(name.split())[:60]):
        raise refuse("no_name", _("Give the view a name."))
    return name
