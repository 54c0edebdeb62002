"""Telephone numbers as people write them, and as they are compared and called."""

import phonenumbers

from workflows.encryption import blind_index


def normal(number: str, country: str = "") -> str:
    """The number in its one international form ("+21626131860"), or "" where it cannot be one in `country`."""
    try:
        read = phonenumbers.parse(number, country or None)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164) if phonenumbers.is_possible_number(read) else ""


def same_number(a: str, b: str, country: str = "") -> bool:
    """Whether both are one number, however they are spaced. Nothing is the same as an unknown number."""
    return bool(a and b) and (normal(a, country) or a) == (normal(b, country) or b)


def address_index(kind: str, value: str, country: str = "") -> str:
    """What is equal for the same phone number or e-mail address; "" for a place or nothing."""
    if kind == "phone":
        return blind_index(normal(value, country) or value.strip(), "phone") if value.strip() else ""
    return blind_index(value.strip().casefold(), "email") if kind == "email" else ""
