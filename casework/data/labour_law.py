"""What the law says to whoever finds work for others, country by country: whom it protects from a wish, and how young is too young.

Where a country is not listed, the conventions of the International Labour Organization stand. An office has its lawyer read
the lines of its country before it goes live.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class LabourLaw:
    """The laws by name, and the two least ages with the articles that set them."""

    by_sex: object
    by_age: object
    by_origin: object
    least_age: int
    least_age_from: object
    dangerous_age: int
    dangerous_age_from: object


_CONVENTIONS = LabourLaw(
    by_sex=_("Convention 111 of the International Labour Organization"),
    by_age=_("Recommendation 162 of the International Labour Organization"),
    by_origin=_("Convention 111 of the International Labour Organization"),
    least_age=15,
    least_age_from=_("Convention 138 of the International Labour Organization"),
    dangerous_age=18,
    dangerous_age_from=_("Convention 182 of the International Labour Organization"),
)

_COUNTRIES = {
    "TN": LabourLaw(
        by_sex=_("article 5 bis of the Tunisian Labour Code"),
        by_age=_CONVENTIONS.by_age,
        by_origin=_("Tunisian Organic Law 2018-50 against racial discrimination"),
        least_age=16,
        least_age_from=_("article 53 of the Tunisian Labour Code"),
        dangerous_age=18,
        dangerous_age_from=_("article 58 of the Tunisian Labour Code"),
    ),
}


def law_of(country: str) -> LabourLaw:
    """The law of the country."""
    return _COUNTRIES.get(country, _CONVENTIONS)
