"""The pages on editions say what is so: every key with its type and default, every figure, every command."""

from __future__ import annotations

import re
import shlex
import subprocess
from dataclasses import asdict
from fractions import Fraction

import pytest

import schema_rows
import worked
from baolei.cli.main import main
from baolei.programme.located import Document
from baolei.programme.standard import points
from baolei.programme.standard.edition import Item, Policy, Source, Text, Tier
from baolei.programme.standard.points_build import _POLICY
from baolei.warehouse.editions import edition, shipped

DOCS = worked.HERE / "docs"
LANGUAGE = (DOCS / "reference/points-language.md").read_text(encoding="utf-8")
EDITIONS = (DOCS / "reference/editions.md").read_text(encoding="utf-8")
HOW_TO = (DOCS / "how-to/write-an-edition.md").read_text(encoding="utf-8")


def blocks(page):
    """The fenced blocks of a page as (language, text)."""
    return re.findall(r"^```(\w*)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


# -- the language -----------------------------------------------------------------------------------------------------


def documented():
    """The rows of the page's tables of keys: path -> (holds, unit, default)."""
    rows = re.findall(r"^\| `([^`|]+)` \| (.*?) \| (.*?) \| (.*?) \| (.*?) \|$", LANGUAGE, re.MULTILINE)
    assert len(rows) == len({row[0] for row in rows})
    return {path: (holds, unit, default) for path, holds, unit, default, _ in rows}


def test_every_key_of_the_language_is_documented_with_what_it_may_hold():
    rows = documented()
    wanted = {path: (holds, required) for path, holds, required in schema_rows.every_key()}
    assert rows.keys() == wanted.keys()
    assert {path: (row[0], row[2] == "required") for path, row in rows.items()} == wanted


def test_every_default_is_the_reader_s():
    """Numbers and words in the column of defaults, against what the reader fills in."""
    rows = documented()
    plain = Text("", "")
    policy, item = asdict(Policy()), asdict(Item("a", "S", "org", "ratio", plain))
    source, tier = asdict(Source("a", plain, "ballots", Fraction(1))), asdict(Tier("a", plain))
    filled = {f"{section}.{key}": policy[attribute] for section, key, attribute, _ in _POLICY}
    filled |= {"weights_within": policy["weights_within"], "bonuses.reach": policy["bonus_reach"] // 100}
    filled |= {f"items[].{key}": item[key] for key in ("low", "high", "effort", "record")}
    filled |= {f"sources[].{key}": source[key] for key in ("phantom", "shown_from")}
    filled |= {"tiers[].stars": tier["stars"], "tiers[].named": str(tier["named"]).lower()}
    compared = 0
    for path, (_, _, default) in rows.items():
        if default != "required" and path in filled:
            value = filled[path]
            assert default.strip("`") == (value if isinstance(value, str) else f"{float(value):g}"), path
            compared += 1
    assert compared == 18
    for section, values in re.findall(r"`(\w+): \{([^}]*)\}`", LANGUAGE.partition("Left out altogether")[2]):
        for key, value in (pair.split(": ") for pair in values.split(", ")):
            cents = 100 if f"{section}.{key}" == "candidates.below" else 1
            assert float(filled[f"{section}.{key}"]) == float(value) * cents, f"{section}.{key}"
            compared += 1
    assert compared == 28


def test_the_example_of_the_page_is_an_edition():
    documents = [
        Document(text.split("\n", 1)[0].removeprefix("# "), text)
        for language, text in blocks(LANGUAGE)
        if language == "yaml"
    ]
    assert [document.place for document in documents] == ["edition.yaml", "items.yaml", "village.yaml"]
    found = points.read(documents, worked.SCHEMA)
    assert [float(post) for post in found.field("village").goalposts["theme_days"]] == [0.25, 0.83]


def test_every_kind_and_every_standing_is_explained():
    for words in (schema_rows.DEFS["item"]["properties"]["kind"], schema_rows.DEFS["basis"]["properties"]["standing"]):
        assert all(f"`{word}`" in LANGUAGE for word in words["enum"])


# -- the editions -----------------------------------------------------------------------------------------------------


def rows_of(code):
    """The table of an edition as the page prints it: field, line, items, its own, points by source."""
    found = edition(code)
    users = {item: sum(item in table.items for table in found.fields) for item in found.items}
    for table in found.fields:
        by_source = {source.code: 0 for source in found.sources}
        for (_, source), worth in table.cells.items():
            by_source[source] += worth
        own = sum(users[item] == 1 for item in table.items)
        cells = [table.name.zh, table.name.en, f"{table.line / 100:g}", len(table.items), own]
        yield "| " + " | ".join(map(str, [*cells, *(f"{worth / 100:g}" for worth in by_source.values())])) + " |"


def stars_of(code):
    """The special stars of each field as the page prints them."""
    for table in edition(code).fields:
        yield f"| {table.name.zh} | {' · '.join(name.zh for name in table.strength_names.values())} |"


@pytest.mark.parametrize("code", shipped())
def test_the_page_prints_every_edition_as_it_is(code):
    section = EDITIONS.partition(f"`{code}`\n")[2].partition("\n## ")[0]
    lacking = [row for row in rows_of(code) if row not in section]
    assert lacking == [], "\n".join(rows_of(code))
    found = edition(code)
    assert f"{len(found.items)} items" in section
    assert found.digest in section
    if "stars" in section:
        assert [row for row in stars_of(code) if row not in section] == []


# -- the commands -----------------------------------------------------------------------------------------------------


def run(line, capsys):
    """Run one line of a block as the page shows it; what it said."""
    wanted = 1 if line.startswith("! ") else 0
    words = shlex.split(line.removeprefix("! "))
    if words[0] == "baolei":
        assert main(words[1:]) == wanted, line
    else:
        subprocess.run(words, check=True)
    said = capsys.readouterr()
    return said.out + said.err


def test_every_command_of_the_how_to_does_what_the_page_says(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    said = ""
    ran = []
    for language, text in blocks(HOW_TO):
        if language == "yaml":
            (tmp_path / text.split("\n", 1)[0].removeprefix("# ")).write_text(text, encoding="utf-8")
        elif language == "sh":
            ran += text.splitlines()
            said = "".join(run(line, capsys) for line in text.splitlines())
        else:
            assert language == "text"
            assert [line for line in text.splitlines() if line not in said] == []
    assert sum(line.startswith(("baolei", "! baolei")) for line in ran) >= 9
    assert edition("mine").code == "ulanqab-2026"
