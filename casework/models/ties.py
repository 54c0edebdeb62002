"""Facts that belong together, tied in the database: an hour and the person, a state and its date, money and its currency."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

# ISO codes are upper case: "EUR", "TND".
CURRENCY: dict[str, Any] = {"max_length": 3}


def at_and_by(table: str, name: str) -> models.CheckConstraint:
    """`<name>_at` is known exactly when `<name>_by` is."""
    at, by = f"{name}_at", f"{name}_by"
    return models.CheckConstraint(
        condition=Q(**{at: None, by: None}) | Q(**{f"{at}__isnull": False, f"{by}__isnull": False}),
        name=f"{table}_{name}_at_and_by",
    )


def only_when(table: str, name: str, fact: Q, condition: Q) -> models.CheckConstraint:
    """`fact` holds exactly when `condition` does."""
    return models.CheckConstraint(condition=(fact & condition) | (~fact & ~condition), name=f"{table}_{name}")


def one_of(table: str, field: str, values: Iterable[str]) -> models.CheckConstraint:
    """`field` is one of the values that the product knows."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": sorted(str(one) for one in values)}), name=f"{table}_{field}_is_known"
    )


def not_negative(table: str, field: str) -> models.CheckConstraint:
    """Money is never below zero: a correction is a new line."""
    return models.CheckConstraint(condition=Q(**{f"{field}__gte": 0}) | Q(**{field: None}), name=f"{table}_{field}_not_negative")


class StreamOf(Func):
    """The stream's name of a row, in SQL: `Task.objects.filter(stream=StreamOf("case", OuterRef("pk")))`."""

    output_field = models.CharField()

    def __init__(self, kind: str, key: F | OuterRef | str) -> None:
        if not kind.isidentifier():
            raise ValueError(f"{kind!r} is no kind of stream.")
        super().__init__(key, kind=kind)

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> Any:
        return super().as_sql(compiler, connection, template="'%(kind)s:' || (%(expressions)s)::text", **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        # SQLite keeps a UUID as 32 hex digits; the stream's name has the dashes.
        parts = " || '-' || ".join(
            f"substr(%(expressions)s, {start}, {length})" for start, length in ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
        )
        return super().as_sql(compiler, connection, template="'%(kind)s:' || " + parts, **extra)


def number_of(rows: QuerySet[Any]) -> Coalesce:
    """How many of `rows`, correlated with the row outside, as a subquery of its own (a join would multiply them)."""
    counted = rows.order_by().annotate(n=Func(F("pk"), function="COUNT", output_field=IntegerField())).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
