"""Writing a value into an edition's file: the rest stays to the letter, and reading gives what was meant."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import small_edition
from baolei.programme.located import Document, Path
from baolei.programme.standard.written import GONE, rewritten, whole
from baolei.warehouse.editions import texts_of

TEXT = """\
# above
line: 85   # the line
cells:
  S1: {org: 30, mem: 20}   # first
  S2: {org: 40}
items:
  # S1
  meetings: 20
  election: 10
said: {zh: "一, 二", en: One}
list:
  - {code: a}
  # before b
  - code: b
    about: >-
      two
      lines
last: end
"""


def data(text: str) -> Any:
    read = Document("", text)
    assert read.faults == []
    return read.data


@pytest.mark.parametrize(("path", "value", "old", "new"), [
    (("line",), 84.5, "line: 85 ", "line: 84.5 "),
    (("cells", "S1", "org"), 29, "{org: 30,", "{org: 29,"),
    (("cells", "S2", "mem"), 3, "{org: 40}", "{org: 40, mem: 3}"),
    (("cells", "S1", "mem"), GONE, "{org: 30, mem: 20}", "{org: 30}"),
    (("cells", "S1", "org"), GONE, "{org: 30, mem: 20}", "{mem: 20}"),
    (("items", "election"), GONE, "  election: 10\n", ""),
    (("items", "notes"), 1, "  election: 10\n", "  election: 10\n  notes: 1\n"),
    (("said", "zh"), "三：四, 五", '"一, 二"', "'三：四, 五'"),
    (("said",), {"zh": "零", "en": "no"}, '{zh: "一, 二", en: One}', "{zh: 零, en: 'no'}"),
    (("list", 0), GONE, "  - {code: a}\n", ""),
    (("list", 2), {"code": "c"}, "      lines\n", "      lines\n  - {code: c}\n"),
    (("list", 1, "about"), "one", ">-\n      two\n      lines\n", "one\n"),
    (("more",), dt.date(2026, 1, 1), "last: end\n", "last: end\nmore: 2026-01-01\n"),
])  # fmt: skip
def test_only_the_value_changes(path: Path, value: Any, old: str, new: str) -> None:
    assert TEXT.count(old) == 1
    assert rewritten(TEXT, [(path, value)]) == TEXT.replace(old, new)


def test_several_changes_are_made_one_after_the_other() -> None:
    made = rewritten(TEXT, [(("list", 2), {"code": "c"}), (("list", 2, "code"), "d"), (("list", 0), GONE)])
    assert [entry["code"] for entry in data(made)["list"]] == ["b", "d"]
    assert "# before b" in made
    assert rewritten(TEXT, []) == TEXT


def test_a_collection_without_entries_is_filled() -> None:
    assert rewritten("a: {}\nb: []\n", [(("a", "x"), 1), (("b", 0), 2)]) == "a: {x: 1}\nb: [2]\n"
    assert rewritten("a: 1", [(("b",), 2)]) == "a: 1\nb: 2"


@pytest.mark.parametrize(("text", "path", "value"), [
    ("a: &one {x: 1}\nb: *one\n", ("b", "x"), 2),  # behind an alias: the other stays
    ("a: &one {x: 1}\nb: *one\n", ("a",), 2),  # the anchor goes
    ("a:\n  x: 1\nb: 2\n", ("a", "x"), GONE),  # nothing is left
    ("a:\n  x: 1\nb: 2\n", ("a",), {"y": 2}),  # a block becomes another
    ("- x: 1\n  y: 2\n", (0, "x"), GONE),  # on the line of its dash
])  # fmt: skip
def test_what_cannot_be_changed_in_its_place_is_written_anew(text: str, path: Path, value: Any) -> None:
    meant = copy.deepcopy(data(text))
    at = meant
    for key in path[:-1]:
        at = at[key]
    if value is GONE:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    assert rewritten(text, [(path, value)]) == whole(meant)
    assert data(whole(meant)) == meant


def test_what_is_no_sound_file_or_has_no_such_place_is_refused() -> None:
    with pytest.raises(ValueError, match="stands twice"):
        rewritten("a: 1\na: 2\n", [(("a",), 3)])
    for path in (("none", "x"), ("list", 9)):
        with pytest.raises(LookupError):
            rewritten(TEXT, [(path, 1)])
    with pytest.raises(ValueError, match="does not come back"):
        rewritten(TEXT, [(("line",), float("nan"))])


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
NUMBERS = st.one_of(st.integers(0, 100), st.decimals(0, 100, places=2).map(float))


@given(st.data())
def test_any_value_anywhere_comes_back(drawn: st.DataObject) -> None:
    """Whatever is put at whatever place of a real file, reading gives it back, and nothing else has changed."""
    text = drawn.draw(
        st.sampled_from([*small_edition.FILES.values(), TEXT, texts_of("fortress-2024")["items/base.yaml"]])
    )
    read = Document("", text)
    places = [path for path in read.paths() if path]
    changes = []
    meant = copy.deepcopy(read.data)
    for path in drawn.draw(st.lists(st.sampled_from(places), min_size=1, max_size=3)):
        value = drawn.draw(st.one_of(WORDS, NUMBERS))
        at: Any = meant
        try:
            for key in path[:-1]:
                at = at[key]
            at[path[-1]] = value
        except (TypeError, IndexError):  # an earlier one put a word in place of what it stood in
            continue
        changes.append((path, value))
    assert data(rewritten(text, changes)) == meant
