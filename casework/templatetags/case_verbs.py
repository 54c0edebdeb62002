"""The address of a verb's page."""

from typing import Any

from django import template

from casework.rules import page

register = template.Library()


@register.filter
def verb_page(name: str, row: Any) -> str:
    """`"record_placement"|verb_page:case`: where the verb is performed on the row."""
    return page(name, row.pk)
