"""The documentation is held to the program: commands are run, references compared, links followed."""

from __future__ import annotations

import datetime as dt
import importlib.machinery
import os
import re
import subprocess
import sys
import types
from pathlib import Path

import pytest

from baolei.cli.main import VERBS
from baolei.programme.organisation.levels import LEVELS
from baolei.warehouse.rulebook import setup_rules
from baolei.warehouse.snapshot import OPTIONAL, TABLES

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md"))
BLOCK = re.compile(r"<!-- (run(?:: (\d+))?|shows) -->\n```\w+\n(.*?)```", re.DOTALL)


def name(path: Path) -> str:
    return path.relative_to(DOCS).as_posix()


def steps(text: str) -> list[tuple[str, int, list[str]]]:
    """Each command block marked to be run, its exit status, and the lines that its output shows."""
    found: list[tuple[str, int, list[str]]] = []
    for kind, status, body in BLOCK.findall(text):
        if kind == "shows":
            found[-1][2].extend(body.splitlines())
        else:
            found.append((body, int(status or 0), []))
    return found


TO_RUN = [path for path in PAGES if "<!-- run" in path.read_text(encoding="utf-8")]


@pytest.mark.long
@pytest.mark.parametrize("path", TO_RUN, ids=name)
def test_commands_do_what_the_page_says(path: Path, tmp_path: Path) -> None:
    environ = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "COLUMNS": "200"}
    for command, status, shows in steps(path.read_text(encoding="utf-8")):
        ran = subprocess.run(
            ["bash", "-c", command], cwd=tmp_path, env=environ, check=False, timeout=120, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        assert ran.returncode == status, f"{command}\n{ran.stdout}"
        rest = iter(ran.stdout.splitlines())
        for line in shows:
            pattern = re.compile(".*".join(map(re.escape, line.strip().split("…"))))
            assert any(pattern.search(printed) for printed in rest), f"{command}\nnowhere: {line}\n{ran.stdout}"


@pytest.mark.parametrize("path", [*PAGES, DOCS.parent / "README.md", DOCS.parent / "README.zh-CN.md"], ids=str)
def test_links_lead_to_files(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (path.parent / target).exists(), target


def test_the_map_knows_every_page() -> None:
    text = (DOCS / "index.md").read_text(encoding="utf-8")
    missing = [name(path) for path in PAGES if name(path) != "index.md" and f"({name(path)})" not in text]
    assert missing == []


def test_the_reference_of_the_api_is_what_the_program_says_of_itself(tmp_path: Path) -> None:
    """`python tools/api_reference.py` writes it anew."""
    from django.utils.translation import override

    tool = importlib.machinery.SourceFileLoader("api_reference", str(DOCS.parent / "tools" / "api_reference.py"))
    module = types.ModuleType(tool.name)
    module.__file__ = tool.path
    tool.exec_module(module)
    with override("en"):
        assert module.PAGE.read_text(encoding="utf-8") == module.page()


def test_the_addresses_and_problems_of_the_api_named_in_the_how_to_exist() -> None:
    from django.urls import resolve

    from baolei.api.problems import TITLES

    text = (DOCS / "how-to" / "use-the-api.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(/(?:api/v1|account/tokens)[\w/.]*)", text))
    assert len(named) > 6
    for address in named:
        resolve(address)
    assert {one for one in re.findall(r"urn:baolei:problem:([\w-]+)", text)} <= set(TITLES)


def rows(text: str) -> dict[str, str]:
    """The rows of the tables of a text by what stands as code in their first cell."""
    return dict(re.findall(r"^\| `([^` ]+)[^`]*` \|(.*)\|$", text, re.MULTILINE))


def sections(page: str) -> dict[str, str]:
    text = (DOCS / "reference" / page).read_text(encoding="utf-8")
    parts = re.split(r"^## (.*)$", text, flags=re.MULTILINE)
    return {title.strip("`"): body for title, body in zip(parts[1::2], parts[2::2], strict=True)}


def test_the_command_line_reference_names_every_verb_and_option() -> None:
    said = sections("command-line.md")
    assert list(said) == [f"baolei {verb}" for verb, *_ in VERBS]
    for verb, _about, options, _run in VERBS:
        listed = rows(said[f"baolei {verb}"])
        known = {flags[0] if flags[0].startswith("-") else rules.get("metavar") or flags[0] for flags, rules in options}
        assert set(listed) == known, verb
        for flags, rules in options:
            cell = listed.get(flags[0], "")
            if isinstance(rules.get("default"), (int, float, str)):
                assert cell.split("|")[-1].strip() == f"{rules['default']}".removesuffix(".0"), flags
            if "choices" in rules and flags[0].startswith("-"):
                assert ", ".join(rules["choices"]) in cell


def test_the_snapshot_reference_names_every_table_and_column_with_its_type() -> None:
    said = sections("snapshot.md")
    whole = rows((DOCS / "reference" / "snapshot.md").read_text(encoding="utf-8"))
    for table, columns in TABLES.items():
        assert whole[f"{table}.parquet"].split("|")[-1].strip() == ("optional" if table in OPTIONAL else "required")
        listed = {column: cell.split("|")[0].strip() for column, cell in rows(said[table]).items()}
        listed.pop("q1", None)
        kinds = {column: "word" if "dictionary" in str(kind) else str(kind) for column, kind in columns}
        assert listed == kinds, table


def test_the_organisation_reference_says_what_the_rules_say() -> None:
    said, rules = sections("organisation.md"), setup_rules(dt.date(2023, 12, 31))
    levels = re.findall(r"^\| (\d) \| `(\w+)` \| .* \| (\d+) \|$", said["Levels"], re.MULTILINE)
    assert levels == [(str(level.number), level.code, str(level.digits)) for level in LEVELS]
    assert list(rows(said["Kinds"])) == list(rules.kinds)
    for code, cells in rows(said["Numbers"]).items():
        value = rules.rules[code].value
        numbers = [str(value)] if isinstance(value, int) else [str(number) for number in value.values()]
        assert re.findall(r"\d+", cells.split("|")[0]) == numbers, code
    assert list(rows(said["Numbers"])) == list(rules.rules)
    for code, cells in rows(said["Audit findings"]).items():
        flag = rules.flags[code]
        limits = [str(condition.limit).lower() for condition in flag.when]
        assert [limit for limit in limits if limit not in cells] == [], code
        assert f"{flag.due_days} days, by the {flag.owner}" in cells, code
    assert list(rows(said["Audit findings"])) == list(rules.flags)
