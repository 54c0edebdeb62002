"""Copies of papers: checked for what they are, encrypted, kept under HOMEWARD_DATA/files, never served publicly."""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from casework.models import Document
from workflows.acting import Blocker, Refused
from workflows.encryption import decrypt, encrypt

LARGEST = 10 * 1024 * 1024
# What a file is, its first bytes say; its name may say anything.
KINDS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


def keep(document: Document, file: Any) -> None:
    """Store the copy of a paper for `document` (saved by the caller). Raises Refused for a file that is none, or too large."""
    if file.size > LARGEST:
        raise Refused([Blocker("too_large", _("The file is larger than 10 MB: photograph it again, smaller."))])
    content = file.read()
    kind = next((kind for start, kind in KINDS.items() if content.startswith(start)), "")
    if not kind:
        raise Refused([Blocker("not_a_paper", _("The file is no PDF, JPEG or PNG, whatever its name says."))])
    document.file_name, document.content_type, document.size = Path(file.name).name[:120], kind, len(content)
    document.sha256 = hashlib.sha256(content).hexdigest()
    place = _place(document)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(encrypt(base64.b64encode(content).decode(), _where(document)), encoding="ascii")


@contextmanager
def with_its_row(document: Document) -> Iterator[None]:
    """A copy without its row is nobody's: where the row is not saved after all, the copy goes too."""
    try:
        yield
    except BaseException:
        _place(document).unlink(missing_ok=True)
        raise


def read(document: Document) -> bytes:
    """The copy as it was handed in. Raises FileNotFoundError where none is kept, Undecipherable where it was altered."""
    return base64.b64decode(decrypt(_place(document).read_text(encoding="ascii"), _where(document)))


def _place(document: Document) -> Path:
    return Path(settings.DATA) / "files" / str(document.pk)


def _where(document: Document) -> str:
    # The key of the row is part of what is sealed: a file cannot be put in another's place.
    return f"casework_document.file.{document.pk}"
