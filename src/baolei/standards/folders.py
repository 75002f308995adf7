"""An edition as a folder in one file (ZIP): the same bytes go out that came in."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import IO

from django.utils.translation import gettext as _

from baolei.programme.refusals import Refusal
from baolei.standards.book import Texts
from baolei.warehouse.editions import LONGEST, text_of

ZIP = "application/zip"
MOST_FILES, MOST_BYTES = 200, 8_000_000
"""What an edition may hold at most; the largest that ships has 16 files and 90,000 bytes."""
_BEGINNING = (1980, 1, 1, 0, 0, 0)
"""The time of every file in it, so that the same edition is the same file to the byte."""


class FolderRefused(Refusal):
    """A file that holds no edition."""


def packed(texts: Texts, root: str) -> bytes:
    """The files in a folder of this name, as a ZIP file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, text in sorted(texts.items()):
            entry = zipfile.ZipInfo(f"{root}/{place}", _BEGINNING)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text.encode())
    return out.getvalue()


def unpacked(file: IO[bytes], name: str) -> dict[str, str]:
    """The texts of a file that was sent: a ZIP file of *.yaml, or one *.yaml. Raises FolderRefused."""
    if name.lower().endswith((".yaml", ".yml")):
        return {"edition.yaml": _text(file.read(LONGEST + 1), name)}
    try:
        with zipfile.ZipFile(file) as archive:
            return _inside(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise FolderRefused(
            _("This is no ZIP file that can be read: send the folder of the edition as a ZIP file without a password, "
              "or one YAML file.")
        ) from None  # fmt: skip


def _inside(archive: zipfile.ZipFile) -> dict[str, str]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _of_the_machine(entry.filename)]
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise FolderRefused(_("This is larger than an edition can be: send its YAML files and nothing else."))
    strange = [one.filename for one in entries if not _plain(one.filename)]
    if strange or not entries:
        named = ", ".join(strange[:3]) or "—"
        raise FolderRefused(_("An edition is a folder of *.yaml files; this is not: %(names)s") % {"names": named})
    texts: dict[str, str] = {}
    for entry in entries:
        if entry.filename in texts:
            raise FolderRefused(_("The file %(name)s is in it twice.") % {"name": entry.filename})
        with archive.open(entry) as inside:
            texts[entry.filename] = _text(inside.read(LONGEST + 1), entry.filename)
    return _without_root(texts)


def _plain(name: str) -> bool:
    """A *.yaml by a name that stays in its folder."""
    path = PurePosixPath(name)
    return path.suffix == ".yaml" and not path.is_absolute() and ".." not in path.parts and "\\" not in name


def _of_the_machine(name: str) -> bool:
    """What some systems put beside the files."""
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or parts[-1] in (".DS_Store", "Thumbs.db", "desktop.ini")


def _without_root(texts: dict[str, str]) -> dict[str, str]:
    """The names inside the one folder that holds everything, where there is one."""
    roots = {place.partition("/")[0] for place in texts if "/" in place}
    if len(roots) != 1 or any("/" not in place for place in texts):
        return texts
    return {place.partition("/")[2]: text for place, text in texts.items()}


def _text(data: bytes, name: str) -> str:
    try:
        return text_of(data)
    except ValueError:
        raise FolderRefused(_("The file %(name)s is too long, or not saved as UTF-8.") % {"name": name}) from None
