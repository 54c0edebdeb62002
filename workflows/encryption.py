"""Fields that are ciphertext in the database: AES-256-GCM with a key id, and keyed blind indexes to find by equality.

Stored text: `v1:<key id>:<base64(nonce + ciphertext + tag)>`. The additional data is `table.column`, so that a value
cannot be moved to another column. `manage.py rotate_keys` writes every value anew under the newest key.
"""

import base64
import functools
import hashlib
import hmac
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.lookups import Exact

_NONCE = 12


class Undecipherable(Exception):
    """The stored text was altered, moved, or sealed with a key that is not in HOMEWARD_FIELD_KEYS."""


@functools.lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def encrypt(plain: str, where: str) -> str:
    """`plain` as stored text for the column `where` ("table.column"), under the newest key."""
    kid, key = next(iter(settings.FIELD_KEYS.items()))
    nonce = os.urandom(_NONCE)
    sealed = nonce + _cipher(key).encrypt(nonce, plain.encode(), where.encode())
    return f"v1:{kid}:{base64.b64encode(sealed).decode()}"


def decrypt(stored: str, where: str) -> str:
    """The text that `encrypt` was given. Raises Undecipherable."""
    try:
        _, kid, encoded = stored.split(":", 2)
        sealed = base64.b64decode(encoded)
        return _cipher(settings.FIELD_KEYS[kid]).decrypt(sealed[:_NONCE], sealed[_NONCE:], where.encode()).decode()
    except (ValueError, KeyError, InvalidTag) as wrong:
        raise Undecipherable(f"A value of {where} cannot be read with the keys given.") from wrong


def blind_index(value: str, purpose: str) -> str:
    """32 hex digits that are equal for equal `value` and `purpose` ("document", "phone"), and tell nothing else.

    HMAC-SHA-256 under HOMEWARD_INDEX_KEY, cut to 16 bytes. The caller normalises; an empty value has an empty index.
    """
    if not value:
        return ""
    return hmac.new(settings.INDEX_KEY.encode(), f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()[:32]


class EncryptedTextField(models.TextField):
    """Text that only the application can read. It cannot be filtered or ordered by; an empty text is stored empty."""

    @property
    def _where(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return encrypt(value, self._where) if value else value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return decrypt(value, self._where) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "exact":
            return _OnlyEmpty
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise TypeError(f"{self.name} is encrypted: look it up by its blind index.")


class _OnlyEmpty(Exact):
    """Whether there is a text can be asked (constraints do); what it says cannot."""

    def get_prep_lookup(self) -> Any:
        if self.rhs not in ("", None):
            raise TypeError("An encrypted field is looked up by its blind index.")
        return self.rhs


class EncryptedJSONField(EncryptedTextField):
    """JSON that only the application can read (drafts, rows of a list, what was pressed by whom on a phone)."""

    # What the type checker is told that the column takes and gives.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def get_prep_value(self, value: Any) -> Any:
        if value is None:
            return None
        return super().get_prep_value(json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        plain = super().from_db_value(value, expression, connection)
        return json.loads(plain) if plain else plain

    def to_python(self, value: Any) -> Any:
        return value
