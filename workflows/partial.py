"""Dates as people know them: the year, the month, or the day. Unknown is a value; nobody is born on 1900-01-01."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from functools import total_ordering
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import formats
from django.utils.translation import gettext_lazy as _

_SHAPE = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")


@total_ordering
@dataclass(frozen=True)
class PartialDate:
    """A year, maybe a month, maybe a day. `PartialDate.parse("1984-07")`; ordering is by the earliest day it may be."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.day is not None and self.month is None:
            raise ValueError("A day without its month.")
        if not 1 <= self.year <= 9999:
            raise ValueError("The year is not one.")
        if self.month is not None and not 1 <= self.month <= 12:
            raise ValueError("There are twelve months.")
        if self.month is not None and self.day is not None:
            dt.date(self.year, self.month, self.day)

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """`1984`, `1984-07` or `1984-07-12`. Raises ValueError for anything else."""
        found = _SHAPE.match(text)
        if not found:
            raise ValueError(f"{text!r} is not a year, a month or a day in ISO form.")
        return cls(*(int(part) if part else None for part in found.groups()))  # type: ignore[arg-type]

    @classmethod
    def of(cls, day: dt.date) -> "PartialDate":
        """The whole date `day`."""
        return cls(day.year, day.month, day.day)

    @property
    def known(self) -> str:
        """How much is known: "year", "month" or "day"."""
        return "day" if self.day else "month" if self.month else "year"

    @property
    def earliest(self) -> dt.date:
        """The first day that it may be."""
        return dt.date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> dt.date:
        """The last day that it may be."""
        month = self.month or 12
        return dt.date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def age_on(self, day: dt.date) -> tuple[int, int]:
        """The least and the most full years that somebody born then has on `day`."""

        def years(born: dt.date) -> int:
            return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

        return years(self.latest), years(self.earliest)

    def __str__(self) -> str:
        return "-".join([f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part)])

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, PartialDate):
            return NotImplemented
        return (self.earliest, self.latest) < (other.earliest, other.latest)

    def in_words(self) -> str:
        """As the active language writes it: "12 July 1984", "July 1984", "1984"."""
        if self.day:
            return formats.date_format(self.earliest, "DATE_FORMAT")
        if self.month:
            return formats.date_format(self.earliest, "YEAR_MONTH_FORMAT")
        return str(self.year)


class PartialDateFormField(forms.CharField):
    """One box for a date as far as it is known."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("The day, the month or the year, as far as it is known: 1984-07-12, 1984-07 or 1984."))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, PartialDate):
            return value
        text = (super().to_python(value) or "").strip()
        for shape in (r"^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$", r"^(\d{1,2})[/.](\d{4})$"):
            if found := re.match(shape, text):
                text = "-".join(part.zfill(2) for part in reversed(found.groups()))
        if not text:
            return None
        try:
            return PartialDate.parse(text)
        except ValueError:
            raise ValidationError(
                _("“%(text)s” is not a date. If the day is not known, write the month: 1984-07."), "bad_date", {"text": text[:40]}
            ) from None

    def prepare_value(self, value: Any) -> Any:
        return str(value) if value else ""


class PartialDateField(models.CharField):
    """Stores ISO text ("1984", "1984-07", "1984-07-12", or "" for unknown); gives a PartialDate or None."""

    # What the type checker is told that the column takes and gives.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 10)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> PartialDate | None:
        return PartialDate.parse(value) if value else None

    def to_python(self, value: Any) -> Any:
        if value in (None, "") or isinstance(value, PartialDate):
            return value or None
        try:
            return PartialDate.of(value) if isinstance(value, dt.date) else PartialDate.parse(str(value))
        except ValueError:
            raise ValidationError(_("“%(text)s” is not a date."), "bad_date", {"text": value}) from None

    def get_prep_value(self, value: Any) -> str:
        if isinstance(value, dt.date):
            value = PartialDate.of(value)
        return str(value) if value else ""

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj))

    def formfield(self, **kwargs: Any) -> Any:
        return PartialDateFormField(label=kwargs.get("label", self.verbose_name), required=False)
