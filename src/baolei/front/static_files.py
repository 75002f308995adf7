"""The files that pages load, collected once: named by their content, and compressed."""

from __future__ import annotations

from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

LEFT_OUT = ["*.map", "redoc*"]
"""What libraries bring along and no page asks for: maps of sources, a second description of the API."""


class Collected(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise is not typed
    """Without the maps of sources that files name, which are left out; and by gzip alone, the same on every machine,
    since the other way takes half a minute where it is installed.
    """

    patterns = tuple(
        (names, tuple(one for one in found if "sourceMappingURL" not in str(one)))
        for names, found in CompressedManifestStaticFilesStorage.patterns
    )

    def create_compressor(self, **given: Any) -> Compressor:
        """gzip alone."""
        return Compressor(**given, use_brotli=False)
