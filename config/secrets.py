"""Keys: given by the environment in production, made once and kept in the data folder on a newcomer's machine."""

import base64
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_LEAST = 32


def secret(given: str, data: Path, name: str, *, production: bool, keyed: bool = False) -> str:
    """The secret that was given, or else one made and kept in `data/keys/name`, for its owner alone. Production makes none."""
    if given:
        if production and not keyed and (len(given) < _LEAST or len(set(given)) < _LEAST // 3):
            raise ImproperlyConfigured(f"HOMEWARD_{name.upper()} is too weak: give at least {_LEAST} random characters.")
        return given
    if production:
        raise ImproperlyConfigured(f"Production needs HOMEWARD_{name.upper()}: at least {_LEAST} random characters.")
    file = data / "keys" / name
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = f"local:{base64.b64encode(os.urandom(32)).decode()}" if keyed else secrets.token_urlsafe(48)
    # Web, worker and beat may start together: whoever links first wins, the others read what is there.
    part = file.with_suffix(f".{os.getpid()}")
    part.write_text(made)
    part.chmod(0o600)
    try:
        os.link(part, file)
    except FileExistsError:
        pass
    finally:
        part.unlink()
    return file.read_text().strip()


def field_keys(given: str, *, name: str, required: bool) -> dict[str, bytes]:
    """`"kid:base64,kid:base64"` as {kid: 32 bytes}, the newest first. Raises ImproperlyConfigured for anything weaker."""
    keys: dict[str, bytes] = {}
    for entry in filter(None, (part.strip() for part in given.split(","))):
        kid, _, encoded = entry.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not kid or len(key) != _LEAST:
            raise ImproperlyConfigured(f"{name}: each key is an id, a colon and {_LEAST} bytes in base64.")
        if len(set(key)) < 8:
            raise ImproperlyConfigured(f"{name}: the key {kid} is not random.")
        keys[kid] = key
    if required and not keys:
        raise ImproperlyConfigured(f"{name} is missing: give at least one key as id:base64.")
    return keys
