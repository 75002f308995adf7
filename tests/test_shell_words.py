"""Every word of the pages has its Chinese, and what Django reads is what people wrote."""

from __future__ import annotations

import importlib.machinery
import re
from pathlib import Path
from types import ModuleType

import pytest

PLACE = re.compile(r"%\((\w+)\)s")


@pytest.fixture(scope="module")
def words() -> ModuleType:
    """The tool that gathers and compiles the words, as `make words` runs it."""
    file = Path(__file__).resolve().parent.parent / "tools" / "words.py"
    loader = importlib.machinery.SourceFileLoader("words", str(file))
    module = ModuleType(loader.name)
    module.__file__ = str(file)
    loader.exec_module(module)
    return module


def test_every_marked_word_is_in_the_file_and_none_besides(words: ModuleType) -> None:
    gathered = {(message.id, message.context) for message in words.gathered() if message.id}
    kept = {(message.id, message.context) for message in words.kept() if message.id}
    assert gathered == kept, "run: make words"
    assert len(kept) > 100


def test_every_word_has_its_chinese(words: ModuleType) -> None:
    assert words.untranslated(words.kept()) == []


def test_the_chinese_keeps_the_places_for_values(words: ModuleType) -> None:
    wrong = [
        message.id
        for message in words.kept()
        if isinstance(message.id, str) and set(PLACE.findall(message.id)) != set(PLACE.findall(message.string))
    ]
    assert wrong == []


def test_the_compiled_file_is_fresh(words: ModuleType) -> None:
    fresh = words.merged(words.gathered(), words.kept())
    assert words.PO_FILE.read_bytes() == words.written(fresh), "run: make words"
    assert words.PO_FILE.with_suffix(".mo").read_bytes() == words.compiled(fresh), "run: make words"
