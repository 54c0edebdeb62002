"""Template tags of the kit: the verbs of a row, as `options` lists them."""

from typing import Any

from django import template

from workflows.acting import Option, options

register = template.Library()


@register.simple_tag(takes_context=True)
def verbs(context: dict[str, Any], obj: Any) -> list[Option]:
    """`{% verbs case as options %}`: every verb out of the present state, for whoever looks."""
    return options(obj, context["request"].user)


@register.filter
def option(found: list[Option], name: str) -> Option | None:
    """`options|option:"record_placement"`: that one verb among them, or None when the state does not know it."""
    return next((one for one in found if one.name == name), None)
