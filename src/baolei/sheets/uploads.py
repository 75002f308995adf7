"""A limit on what is received at all: whatever comes after it is thrown away as it comes."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from baolei.sheets import limits


class Bounded(FileUploadHandler):
    """Stops a file that grows too large; the view finds none, and `request.too_large`."""

    received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Count, and hand on to the next."""
        self.received += len(raw_data)
        if self.received > limits.UPLOAD:
            if self.request is not None:
                self.request.too_large = True  # type: ignore[attr-defined]
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> Any:
        """The next one keeps it."""
        return None
