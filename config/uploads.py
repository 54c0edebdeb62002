"""Files that somebody sends: of one that is larger than any that we take, no more is kept than shows that it is."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler


class NoMoreThanNeeded(FileUploadHandler):
    """Stands before the handlers that keep files, and lets nothing through to them behind the limit.

    What comes after is read and forgotten, so that the rest of the form is kept and its own sentence says how large is too large.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Pass a piece on; None behind the limit."""
        return raw_data if start <= settings.REFERRAL_FILE_LIMIT else None

    def file_complete(self, file_size: int) -> Any:
        """The handlers behind this one make the file."""
        return
