"""The words of the pages: gather them from the code, keep the translations, compile them. `make words`

Message ids are English; `locale/zh_Hans` holds the Chinese. After `make words`, fill the empty `msgstr` lines it names
and run it again. Needs no gettext program: Django finds the words in templates, Babel those in Python.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "baolei"
PO_FILE = PACKAGE / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"

# How a word may be marked: function name to the places of its arguments (singular, plural, context).
MARKS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "lazy": None,
    "gettext_noop": None,
    "noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}


# The compiled file must be the same bytes for the same words, so it carries no date of making.
UNDATED = datetime(2000, 1, 1, tzinfo=UTC)

HEADER = """# Words of the pages in simplified Chinese.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Language: zh_Hans\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""


def sources() -> Iterator[tuple[Path, str]]:
    """Every Python file and every template of the package, as Python that Babel can read."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, path.read_text(encoding="utf-8")
    for path in sorted(PACKAGE.rglob("templates/**/*.html")):
        # Within brackets, so that the indentation of a template means nothing.
        yield path, "(\n" + templatize(path.read_text(encoding="utf-8"), origin=str(path)) + "\n)"


def gathered() -> Catalog:
    """All words marked for translation, without translations."""
    catalog = Catalog(domain="django")
    for path, text in sources():
        found = extract_python(io.BytesIO(text.encode()), MARKS, [], {"encoding": "utf-8"})
        for _line, function, words, _comments in found:
            _add(catalog, path, MARKS[str(function)], words)
    return catalog


def _add(catalog: Catalog, path: Path, places: Any, words: Any) -> None:
    arguments: list[str | None] = list(words) if isinstance(words, (tuple, list)) else [words]
    context = arguments.pop(0) if places and isinstance(places[0], tuple) else None
    plural = bool(places) and context is None
    ids = [word for word in arguments if word][: 2 if plural else 1]
    if not ids:
        raise SystemExit(f"{path}: a marked word is not a plain string: write it in quotes inside the brackets")
    catalog.add(tuple(ids) if plural else ids[0], context=context)


def kept() -> Catalog:
    """The translations as they are in the repository."""
    if not PO_FILE.exists():
        return Catalog(locale="zh_Hans_CN", domain="django", fuzzy=False)
    with PO_FILE.open("rb") as file:
        return read_po(file, locale="zh_Hans_CN", domain="django")


def merged(words: Catalog, translations: Catalog) -> Catalog:
    """The gathered words with the translations that are known, in the order of the alphabet; nothing is guessed."""
    result = Catalog(locale="zh_Hans_CN", domain="django", fuzzy=False, creation_date=UNDATED, revision_date=UNDATED)
    for message in sorted((one for one in words if one.id), key=_order):
        old = translations.get(message.id, message.context)
        string = old.string if old else ("",) * result.num_plurals if message.pluralizable else ""
        result.add(message.id, string, context=message.context, flags=message.flags - {"fuzzy"})
    return result


def _order(message: Message) -> tuple[str, str]:
    return (message.id if isinstance(message.id, str) else message.id[0]).lower(), message.context or ""


def untranslated(catalog: Catalog) -> list[str]:
    """The words that have no Chinese yet, or only a guessed one."""
    missing = []
    for message in catalog:
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and (message.fuzzy or not all(strings)):
            missing.append(str(message.id))
    return missing


def compiled(catalog: Catalog) -> bytes:
    """The binary file that Django reads."""
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def written(catalog: Catalog) -> bytes:
    """The text file that people edit: no line numbers and no dates, so that a change shows only what changed."""
    file = io.BytesIO()
    write_po(file, catalog, width=110, no_location=True, omit_header=True)
    return HEADER.encode() + file.getvalue()


def main() -> int:
    """Renew the files; 1 while words have no Chinese."""
    settings.configure(USE_I18N=True)
    django.setup()
    catalog = merged(gathered(), kept())
    PO_FILE.parent.mkdir(parents=True, exist_ok=True)
    PO_FILE.write_bytes(written(catalog))
    PO_FILE.with_suffix(".mo").write_bytes(compiled(catalog))
    missing = untranslated(catalog)
    for word in missing:
        print(f"no Chinese yet: {word!r}")
    print(f"{len(list(catalog))} words, {len(missing)} without Chinese: {PO_FILE}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
