"""Pages hold on the browsers of old office machines and under a strict content policy: checked by reading the files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "baolei"
TEMPLATES = sorted(PACKAGE.glob("*/templates/**/*.html"))
OWN_STYLES = sorted(path for path in PACKAGE.glob("*/static/**/*.css") if "vendor" not in path.parts)
OWN_SCRIPTS = sorted(path for path in PACKAGE.glob("*/static/**/*.js") if "vendor" not in path.parts)
LOADED_STYLES = [*OWN_STYLES, PACKAGE / "front/static/vendor/bootstrap/bootstrap.min.css"]

# Not known to Chromium 92, and not forgiven by it either.
NEWER_STYLES = (
    r"oklch|oklab|color-mix|light-dark|:has\(|@layer|@container|@property|@scope|\d(?:dvh|svh|lvh|dvw|svw|lvw)\b"
    r"|@media[^{]*[<>]"
)
NEWER_SCRIPTS = (
    r"structuredClone|\.findLast|Object\.groupBy|\.toSorted|\.toReversed|Object\.hasOwn|static\s*\{"
    r"|crypto\.randomUUID|\.at\(-|AbortSignal\.timeout|showPopover|URL\.canParse|Promise\.withResolvers"
)


def name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_has_no_inline_style_or_script(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=|<style\b|\son[a-z]+\s*=\s*[\"']|javascript:", text)
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert " src=" in tag, tag


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_names_no_other_host(path: Path) -> None:
    assert not re.search(r"(?:src|href|action)=[\"'](?:https?:)?//", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", LOADED_STYLES, ids=name)
def test_a_style_sheet_holds_on_old_browsers(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert re.findall(NEWER_STYLES, text) == []


@pytest.mark.parametrize("path", OWN_STYLES, ids=name)
def test_a_style_sheet_nests_nothing_but_media(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    depth = 0
    for line, row in enumerate(text.splitlines(), 1):
        for sign in row:
            depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth <= 2, f"line {line}"
    within_rules = re.findall(r"\{[^{}@]*\{", re.sub(r"@media[^{]*\{", "", text))
    assert depth == 0
    assert within_rules == []


@pytest.mark.parametrize("path", OWN_SCRIPTS, ids=name)
def test_a_script_uses_nothing_newer_than_the_oldest_browser(path: Path) -> None:
    text = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
    assert re.findall(NEWER_SCRIPTS, text) == []
    assert not re.search(r"\beval\(|new Function|innerHTML|document\.write", text)


def test_every_drawing_named_in_the_pages_exists() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (PACKAGE / "front/static/front/icons.svg").read_text()))
    named = {
        one for path in TEMPLATES for one in re.findall(r'{% icon "([\w-]+)" %}', path.read_text(encoding="utf-8"))
    }
    from baolei.front.navigation import STOPS
    from baolei.front.templatetags.components import _STANDINGS

    named |= {stop.icon for stop in STOPS} | {symbol for _words, symbol in _STANDINGS.values()}
    assert named <= drawn, named - drawn
