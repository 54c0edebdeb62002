"""Two records of one person become one, and can be taken apart again exactly."""

from collections.abc import Iterator
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from casework.actions.authorship import refuse
from casework.models import Merge, Person
from workflows import clock
from workflows.acting import act
from workflows.actors import actor_of


def merge_people(kept: Person, *, by: Any, gone: Person, reason: str = "", version: int | None = None) -> Merge:
    """Make `gone` part of `kept`: returns, ways to reach, permissions and everything else that points at it move over.

    What both have and one may have only once (safety, profile) stays where it is, and both safety settings bind. Which rows
    moved is kept, so that `unmerge_people` puts them back. Refuses a record that was merged or erased.
    """
    with act(kept, "casework.merge_people", by=by, version=version, note=reason) as kept:
        gone = Person.objects.select_for_update(of=("self",)).get(pk=gone.pk)
        if gone.pk == kept.pk:
            raise refuse("same_record", _("This is one and the same record."))
        if gone.merged_into_id:
            raise refuse("merged_already", _("The other record was merged already."))
        if gone.erased_at:
            raise refuse("erased", _("The other record was erased."))
        moved = {place: _move(model, field, gone, kept) for place, model, field in _places()}
        Person.objects.filter(pk=gone.pk).update(merged_into=kept)
        merge = Merge.objects.create(
            kept=kept, gone=gone, moved={place: keys for place, keys in moved.items() if keys}, by=str(actor_of(by)), at=clock.now()
        )
        kept.says(gone=gone.pk, merge=merge.pk, moved=sum(map(len, moved.values())))
    return merge


def unmerge_people(kept: Person, *, by: Any, merge: Merge | None = None, reason: str = "", version: int | None = None) -> Person:
    """Take the records apart again (the last merge, or the one named) and give back the one that had gone.

    Every row that the merge moved goes back; what was added since stays with the record that was kept.
    """
    with act(kept, "casework.unmerge_people", by=by, version=version, note=reason) as kept:
        standing = Merge.objects.filter(kept=kept, undone_at=None)
        merge = standing.filter(pk=merge.pk).first() if merge else standing.order_by("-pk").first()
        if merge is None:
            raise refuse("nothing_merged", _("This merge was undone already."))
        for place, model, field in _places():
            keys = merge.moved.get(place, [])
            model._base_manager.filter(pk__in=keys, **{field.name: kept}).update(**{field.name: merge.gone_id})
        Person.objects.filter(pk=merge.gone_id).update(merged_into=None)
        Merge.objects.filter(pk=merge.pk).update(undone_at=clock.now(), undone_by=str(actor_of(by)))
        kept.says(gone=merge.gone_id, merge=merge.pk)
    return Person.objects.get(pk=merge.gone_id)


def standing(person: Person) -> Person:
    """The record that this one is part of now: itself, unless it was merged."""
    while person.merged_into_id:
        person = person.merged_into  # type: ignore[assignment]
    return person


def _places() -> Iterator[tuple[str, type[models.Model], Any]]:
    """Every column of every room that points at a person, but for the records of merging themselves."""
    for relation in Person._meta.related_objects:
        if relation.related_model not in (Person, Merge) and not relation.many_to_many:
            yield f"{relation.related_model._meta.label_lower}.{relation.field.name}", relation.related_model, relation.field


def _move(model: type[models.Model], field: Any, gone: Person, kept: Person) -> list[str]:
    rows = model._base_manager.filter(**{field.name: gone})
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    if not _only_once(model, field):
        rows.update(**{field.name: kept})
        return [_as_json(key) for key in keys]
    return [_as_json(key) for key in keys if _moved_alone(model, field, key, kept)]


def _only_once(model: type[models.Model], field: Any) -> bool:
    constraints = (one for one in model._meta.constraints if isinstance(one, models.UniqueConstraint))
    return field.unique or any(field.name in one.fields for one in constraints)


def _moved_alone(model: type[models.Model], field: Any, key: Any, kept: Person) -> bool:
    try:
        with transaction.atomic():
            model._base_manager.filter(pk=key).update(**{field.name: kept})
    except IntegrityError:
        return False
    return True


def _as_json(key: Any) -> Any:
    return key if isinstance(key, int) else str(key)
