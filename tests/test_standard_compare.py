"""What changed from one edition to another: every change is told, once, and nothing else is."""

from __future__ import annotations

import json
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import small_edition as small
from baolei.cli.main import main
from baolei.programme.standard.compare import VERDICTS, compare
from baolei.warehouse.editions import edition, folder_of

PLAIN = small.read(small.FILES)

# One lawful alteration each, and what must be told of it: place, verdict, before, after (English).
ALTERED = {
    "name": ("en: Small}", "en: Smaller}", (" edition  name", "changed", "Small", "Smaller")),
    "end": (", to: 2024-12-31", "", (" edition  valid_to", "changed", "2024-12-31", "")),
    "strength floor": (", floor: 0.6", "", (" strengths S1 floor", "changed", "0.6", None)),
    "source spread": ("sigma: 15", "sigma: 16.5", (" sources mem sigma", "changed", "15", "16.5")),
    "least evidence": ("at_most: 9", "at_most: 8", (" sources mem minimum", "changed", "3; 0.5; entitled; 9",
                       "3; 0.5; entitled; 8")),
    "grade": ("value: 30", "value: 40", (" grades poor value", "changed", "30", "40")),
    "question": ("en: Second", "en: Another", (" questions mem-2 text", "changed", "Second", "Another")),
    "standing of a gate": ("standing: seen", "standing: ours", (" gates lawful rule", "changed", "Rules (seen)",
                           "Rules (ours)")),
    "veto lifted by": (", met_by: {zh: 撤销, en: Lifted}", "", (" vetoes breach met_by", "changed", "Lifted", None)),
    "bonus": ("banner: 2", "banner: 2.5", (" bonuses honour points", "changed", "banner 2, league 3",
              "banner 2.5, league 3")),
    "deduction": ("points: 0.5", "points: 0.75", (" deductions late points", "changed", "0.5", "0.75")),
    "tier": ("at_least: 70", "at_least: 72", (" tiers fair at_least", "changed", "70", "72")),
    "needs": ("needs: [gates, floors, no_veto]", "needs: [gates]", (" tiers best needs", "changed",
              "floors, gates, no_veto", "gates")),
    "share of a star": ("earned_at: 0.8", "earned_at: 0.75", (" policy star_at value", "changed", "0.8", "0.75")),
    "candidates": ("below: 60", "below: 55", (" policy candidate_below value", "changed", "60", "55")),
    "kind": ("kind: count", "kind: ratio", (" items meetings kind", "changed", "count", "ratio")),
    "goalposts": ("low: 0.25", "low: 0.2", (" items meetings goalposts", "changed", "0.25 → 0.95", "0.2 → 0.95")),
    "step": ("at_least: 5, share: 0.5", "at_least: 5, share: 0.4", (" items income table", "changed",
             "10; 1; 5; 0.5", "10; 1; 5; 0.4")),
    "anchor": ("en: complete", "en: full", (" items notes anchors", "changed", "kept; complete", "kept; full")),
    "effort": ("effort: 1", "effort: 3", (" items meetings effort", "changed", "1", "3")),
    "line": ("line: 85", "line: 86", (" fields village line", "changed", "85", "86")),
    "name of a strength": ("en: Village one", "en: Hamlet", (" fields village S1 name", "changed", "Village one",
                           "Hamlet")),
    "phantoms": ("phantom: {mem: 3}", "phantom: {mem: 4}", (" fields village mem phantom", "changed", "3", "4")),
    "goalposts of a field": ("{low: 0.5}", "{low: 0.4}", ("village items meetings goalposts", "changed", "0.5 → 0.95",
                             "0.4 → 0.95")),
}  # fmt: skip


def told(before, after):
    return [
        (
            f"{each.field} {each.group} {each.code} {each.aspect}",
            each.verdict,
            each.before and each.before.en,
            each.after and each.after.en,
        )
        for each in compare(before, after)
    ]


@pytest.mark.parametrize("case", ALTERED)
def test_an_alteration_is_told_and_nothing_else(case):
    old, new, change = ALTERED[case]
    assert told(PLAIN, small.read(small.bent((old, new)))) == [change]


def test_an_item_that_is_new_is_told_where_it_is_defined_and_where_it_is_used():
    item = "\n  - {code: visits, strength: S1, kind: yes_no, name: {zh: 走访, en: Visits}}\n  - code: election"
    after = small.read(small.bent(("\n  - code: election", item), ("election: 10", "election: 6, visits: 4")))
    assert told(PLAIN, after) == [
        (" items visits ", "added", None, "Visits"),
        ("village items election points", "reweighted", "10", "6"),
        ("village items visits ", "added", None, "4"),
    ]
    assert [each[1] for each in told(after, PLAIN)] == ["dropped", "reweighted", "dropped"]


def test_an_item_that_moves_to_another_strength_moves_its_points():
    after = small.read(
        small.bent(
            ("code: election\n    strength: S1", "code: election\n    strength: S2"),
            ("S1: {org: 30, mem: 20}", "S1: {org: 20, mem: 20}"),
            ("S2: {org: 40, mem: 10}", "S2: {org: 50, mem: 10}"),
        )
    )
    assert told(PLAIN, after) == [
        (" items election strength", "moved", "S1", "S2"),
        ("village cells S1 org points", "reweighted", "30", "20"),
        ("village cells S2 org points", "reweighted", "40", "50"),
    ]


def test_a_field_that_is_new_is_told_once():
    town = small.FIELDS.replace("village", "town").replace("en: Village}", "en: Town}")
    after = small.read({**small.FILES, "town.yaml": town})
    assert told(PLAIN, after) == [(" fields town ", "added", None, "Town")]
    assert told(after, PLAIN) == [(" fields town ", "dropped", "Town", None)]


def test_ten_times_the_points_is_the_same_weight():
    tenfold = {
        "total: 100": "total: 1000", "S1: {org: 30, mem: 20}": "S1: {org: 300, mem: 200}", "cap: 5\n  reach: 2":
        "cap: 50\n  reach: 20", "S2: {org: 40, mem: 10}": "S2: {org: 400, mem: 100}", "line: 85": "line: 850",
        "{meetings: 20, election: 10, income: 15, notes: 5, matters: 20}":
        "{meetings: 200, election: 100, income: 150, notes: 50, matters: 200}",
        "banner: 2, league: 3": "banner: 20, league: 30", "points: 0.5": "points: 5", "at_least: 70": "at_least: 700",
        "below: 60": "below: 600", "cap: 5\n  list:\n    - {code: late": "cap: 50\n  list:\n    - {code: late",
    }  # fmt: skip
    after = small.read(small.bent(*tenfold.items()))
    assert told(PLAIN, after) == [(" edition  total", "changed", "100", "1000")]


def test_another_order_is_told_where_order_has_a_meaning():
    one = "  - {code: S1, name: {zh: 一, en: One}, floor: 0.6}\n"
    two = "  - {code: S2, name: {zh: 二, en: Two}}\n"
    after = small.read(small.bent((one + two, two + one)))
    assert told(PLAIN, after) == [(" strengths  order", "reordered", "S1 S2", "S2 S1")]


@settings(max_examples=40, deadline=None)
@given(some.lists(some.sampled_from(sorted(ALTERED)), unique=True, max_size=6))
def test_nothing_is_told_of_an_edition_against_itself_and_the_way_back_is_the_way_there(cases):
    changed = small.read(small.bent(*(ALTERED[case][:2] for case in cases)))
    assert compare(changed, changed) == ()
    there, back = told(PLAIN, changed), told(changed, PLAIN)
    assert sorted((place, before, after) for place, _, before, after in there) == sorted(
        (place, before, after) for place, _, after, before in back
    )
    assert len(there) == len(cases)
    assert bool(there) == (changed.digest != PLAIN.digest)


@pytest.mark.parametrize("code", ["wuqiang-2020-2023", "fortress-2024"])
def test_the_editions_that_ship_are_like_themselves(code):
    assert compare(edition(code), edition(code)) == ()


# -- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def mine(tmp_path):
    """A copy of the ten-star edition with a village line of its own."""
    copy = shutil.copytree(folder_of("fortress-2024"), tmp_path / "mine")
    village = copy / "fields/01-village.yaml"
    village.write_text(village.read_text(encoding="utf-8").replace("line: 850", "line: 855"), encoding="utf-8")
    return str(copy)


def test_the_command_shows_what_changed_and_counts_by_field(mine, capsys):
    assert main(["edition", "compare", "fortress-2024", mine, "--language", "en"]) == 0
    said = capsys.readouterr().out
    assert "fields village line" in said
    assert "850 → 855" in said
    assert main(["edition", "compare", mine, mine]) == 0
    assert capsys.readouterr().out.strip() == "没有变化"


def test_where_no_field_changed_there_is_no_count_by_field(tmp_path, capsys):
    for folder, files in (("old", small.FILES), ("new", small.bent(("en: Small}", "en: Smaller}")))):
        (tmp_path / folder).mkdir()
        for place, text in files.items():
            (tmp_path / folder / place).write_text(text, encoding="utf-8")
    assert main(["edition", "compare", str(tmp_path / "old"), str(tmp_path / "new"), "--language", "en"]) == 0
    said = capsys.readouterr().out
    assert "Smaller" in said
    assert "line" not in said


def test_the_command_shows_one_field_alone_and_for_machines(mine, capsys):
    assert main(["edition", "compare", "fortress-2024", mine, "--field", "village", "--json"]) == 0
    (change,) = json.loads(capsys.readouterr().out)["changes"]
    assert (change["code"], change["aspect"], change["before"]["en"], change["after"]["zh"]) == (
        "village", "line", "850", "855")  # fmt: skip
    assert main(["edition", "compare", "wuqiang-2020-2023", "fortress-2024", "--field", "school", "--json"]) == 0
    changes = json.loads(capsys.readouterr().out)["changes"]
    assert {change["verdict"] for change in changes} == {"added", "dropped", "reweighted", "changed"} < set(VERDICTS)
    assert all("school" in (change["field"], change["code"]) for change in changes)
    assert main(["edition", "compare", "wuqiang-2020-2023", "fortress-2024", "--field", "scool"]) == 1
    assert "no field 'scool' — one of village" in capsys.readouterr().err


def test_the_two_editions_that_ship_are_compared_field_by_field(capsys):
    assert main(["edition", "compare", "wuqiang-2020-2023", "fortress-2024"]) == 0
    said = capsys.readouterr().out
    assert "85 → 850" in said
    assert all(name in said for name in ("嘎查村", "物业服务", "园区"))


def test_the_command_checks_one_edition_and_says_on_what_its_rules_stand(capsys):
    assert main(["edition", "fortress-2024", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["fields"], said["items"], said["strengths"], said["total"]) == (14, 167, 10, 1000)
    assert set(said["rules"]) == {"seen", "memory", "ours"}
    assert main(["edition", "fortress-2024"]) == 0
    assert "14 fields, 167 items, 1000 points\nrules: " in capsys.readouterr().out
    assert main(["edition", "fortress-2024", "wuqiang-2020-2023"]) == 2
    assert "baolei edition compare BEFORE AFTER" in capsys.readouterr().err
