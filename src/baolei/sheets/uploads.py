"""A limit on what is received at all: whatever comes after it is thrown away as it comes."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from baolei.sheets import limits


class Bounded(FileUploadHandler):
    """Passes over a file that grows too large, and over all after it; what else was entered is read to the end.

    The view finds no such file, and its field's name in `request.too_large`.
    """

    received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Count, and hand on to the next."""
        self.received += len(raw_data)
        if self.received > limits.UPLOAD:
            if self.request is not None:
                told = {*getattr(self.request, "too_large", ()), self.field_name}
                self.request.too_large = told  # type: ignore[attr-defined]
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> Any:
        """The next one keeps it."""
        return None
