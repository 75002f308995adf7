"""Whatever a file holds, reading it gives its values and lines or says what is wrong, on which line, and what helps."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from baolei.programme.located import Document

WRONG = {
    "empty": ("", "x.yaml:1: the file is empty — write a mapping of keys to values"),
    "tab": ("a:\n\tb: 1\n", "x.yaml:2: not YAML: found character that cannot start any token — "
            "indent with spaces, not with tabs"),
    "colon in text": ("a: 1\nb: {zh: x, en: one: two}\n", "x.yaml:2: not YAML: did not find expected ',' or '}' — "
                      "quote text that holds ': ', as \"one: two\""),
    "sign before text": ("a: %x\n", "x.yaml:1: not YAML: found character that cannot start any token — "
                         "quote text that begins with a sign, or close its quotes, as \"100 %\""),
    "open bracket": ("a: 1\nb: [1,\nc: 2\n", "look for a quote or bracket that is not closed"),
    "two documents": ("a: 1\n---\nb: 1\n", "x.yaml:2: not YAML: but found another document"),
    "unknown alias": ("a: 1\nb: *c\n", "x.yaml:2: not YAML: found undefined alias"),
    "key twice": ("a: 1\nb: 2\na: 3\n", "x.yaml:3: the key 'a' stands twice — keep one; the first is on line 1"),
    "number key twice": ("1: a\n1: b\n", "x.yaml:2: the key '1' stands twice"),
    "key that is a list": ("a: 1\n? [b]\n: 1\n", "x.yaml:2: a key must be a plain word — "
                           "write one word before the colon"),
    "nothing": ("~\n", "x.yaml:1: the file is empty"),
    "no such day": ("a: 1\nb: 2023-02-30\n", "x.yaml:2: 2023-02-30 is no day of the calendar — "
                    "write a date as 2023-12-31"),
    "no such hour": ("a: 2023-01-01 25:00:00\n", "x.yaml:1: 2023-01-01 25:00:00 is no day of the calendar"),
    "endless digits": ("a: 1\nb: " + "9" * 5000, "x.yaml:2: 99999999999999999999… (5000 characters) is no number — "
                       "write fewer digits"),
    "foreign tag": ("a: !!python/object:os.system x\n", "plain values only: text, numbers, dates, true, false"),
    "broken tag": ("a: !!binary zzz\n", "x.yaml:1: failed to decode base64 data"),
    "control character": ("a: b\nc: \x00\n", "x.yaml:2: not YAML: the character U+0000 may not stand here"),
    "half a character": ("a: b\nc: '\ud800'\n", "x.yaml:2: not YAML: half a character — save the file as UTF-8"),
    "too deep": ("a: 1\nb: " + "[" * 100_000, "x.yaml:2: values stand more than 60 deep in one another"),
    "too deep by dashes": ("- " * 1000, "x.yaml:1: values stand more than 60 deep in one another"),
    "alias of itself": ("a: 1\nb: &b [1, *b]\n", "x.yaml:2: an alias (*name) stands inside what it names"),
    "aliases without end": ("a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 10)}]\n" for n in range(9)),
        "this makes more than 500,000 values — write fewer aliases (*name)"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_fault_names_line_and_remedy(case):
    text, sentence = WRONG[case]
    told = [str(fault) for fault in Document("x.yaml", text).faults]
    assert len(told) == 1
    assert sentence in told[0]


def test_every_fault_that_leaves_the_rest_readable_is_told_at_once():
    document = Document("x.yaml", "a: 2023-02-30\nb: 1\nb: 2\nc: 2023-13-01\n? {d: 1}\n: 2\ne: last\n")
    assert [fault.line for fault in document.faults] == [1, 3, 4, 5]
    assert document.data == {"a": "2023-02-30", "b": 1, "c": "2023-13-01", "e": "last"}


def test_only_what_is_plainly_a_number_or_a_truth_value_is_one():
    text = (
        "{a: no, b: on, c: 010, d: 1:30, e: 1_000, f: 0x1F, g: true, "
        "h: 10, i: -0.5, j: 1.5e-3, k: 2023-12-31, l: 3., m: '7', n: ~}"
    )
    assert Document("x.yaml", text).data == {
        "a": "no", "b": "on", "c": "010", "d": "1:30", "e": "1_000", "f": "0x1F", "g": True, "h": 10, "i": -0.5,
        "j": 0.0015, "k": dt.date(2023, 12, 31), "l": 3.0, "m": "7", "n": None,
    }  # fmt: skip


def test_every_path_knows_its_line_and_an_absent_one_that_of_its_parent():
    document = Document("x.yaml", "a:\n  - b: 1\n    c: {d: 2}\n  - 3\n")
    lines = {path: document.line(path) for path in document.paths()}
    assert lines == {(): 1, ("a",): 1, ("a", 0): 2, ("a", 0, "b"): 2, ("a", 0, "c"): 3, ("a", 0, "c", "d"): 3,
                     ("a", 1): 4}  # fmt: skip
    assert document.line(("a", 0, "c", "missing", "deeper")) == 3
    assert document.line(("nowhere",)) == 1
    assert str(document.fault(("a", 1), "is 3", "write 4")) == "x.yaml:4: is 3 — write 4"


PIECES = some.sampled_from(
    [
        "a",
        ":",
        " ",
        "\n",
        "\t",
        "-",
        "[",
        "]",
        "{",
        "}",
        "&a",
        "*a",
        "#",
        '"',
        "'",
        "%",
        "!",
        "|",
        "0",
        ".inf",
        "强",
        "?",
        ",",
    ]
)


@settings(deadline=None)
@given(some.lists(PIECES, max_size=40).map("".join))
def test_no_text_makes_reading_fail_in_another_way(text):
    document = Document("x.yaml", text)
    assert document.faults or document.data is not None
    assert all(1 <= fault.line <= text.count("\n") + 2 and fault.wrong and fault.right for fault in document.faults)


@settings(deadline=None)
@given(some.text(max_size=60))
def test_nor_does_any_character(text):
    assert all(fault.right for fault in Document("x.yaml", text).faults)
