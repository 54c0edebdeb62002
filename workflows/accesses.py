"""Who has looked: openings, searches, exports and prints, one row per person, user and ten minutes."""

from typing import Any

from django.http import HttpRequest

from workflows import chain, clock
from workflows.models import Access

_SLOT = 600


def note(request: HttpRequest, subject_kind: str, subject_id: Any, *, kind: str = Access.OPEN, purpose: str = "") -> None:
    """Note that this request shows a person's data; the row is written after the page was made."""
    noted: list[tuple[str, str, str, str]] = request.__dict__.setdefault("_accesses", [])
    noted.append((subject_kind, str(subject_id), kind, purpose))


def write_noted(request: HttpRequest) -> None:
    """Write what the request noted; a second look within ten minutes is the same row."""
    noted = request.__dict__.pop("_accesses", None)
    if noted and request.user.is_authenticated:
        record(request.user.pk, noted)


def record(user_id: Any, looks: list[tuple[str, str, str, str]]) -> None:
    """Write accesses of one user: (subject kind, subject id, kind of access, purpose code) each."""
    now, key = clock.now(), chain.present_key()
    rows = [
        Access(
            user_id=str(user_id),
            subject_kind=subject,
            subject_id=subject_id,
            kind=kind,
            purpose=purpose,
            at=now,
            slot=int(now.timestamp()) // _SLOT,
            key_id=key,
        )
        for subject, subject_id, kind, purpose in dict.fromkeys(looks)
    ]
    for row in rows:
        row.hash = chain.access_hash(row, key)
    Access.objects.bulk_create(rows, ignore_conflicts=True)
