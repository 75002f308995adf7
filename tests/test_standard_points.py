"""A wrong additive edition is refused in words: file, line, what is wrong, what would be right, all faults at once."""

from __future__ import annotations

import re

import pytest

import small_edition as small
import worked
from baolei.programme.located import Document
from baolei.programme.refusals import EditionRefused
from baolei.programme.scoring.tables import tables
from baolei.programme.standard import index, points
from baolei.programme.standard.exact import digest
from baolei.programme.standard.shape import shape_faults
from baolei.warehouse import editions

# What is bent, and what must be said of it.
WRONG = {
    # the shape
    "unknown key": ("total: 100", "totl: 100", "edition.yaml:8: unknown key 'totl' — did you mean 'total'?"),
    "key missing": ("total: 100\n", "", "edition.yaml:1: the file lacks 'total' — write total: …"),
    "number as text": ("total: 100", "total: a hundred", "edition.yaml:8: total is 'a hundred' — write a number"),
    "octal": ("line: 85", "line: 085", "village.yaml:5: fields.0.line is '085' — write a number"),
    "no end": ("total: 100", "total: .inf", "edition.yaml:8: total is inf — write a number with an end"),
    "no number": ("line: 85", "line: .nan", "village.yaml:5: fields.0.line is nan — write a number with an end"),
    "per cent for a share": ("earned_at: 0.8", "earned_at: 80", "stars.earned_at is 80 — write at most 1"),
    "unknown unit": ("kind: count", "kind: sum", "write one of ratio, count, yes_no"),
    "text cut by a comma": ("en: Lawful}", "en: Lawful, really}", "edition.yaml:30: unknown key 'really' — "
                            'a comma cut the text; quote it: en: "Lawful, really"'),
    "text cut twice": ("en: Lawful}", "en: Lawful, really, yes}", 'quote it: en: "Lawful, really, yes"'),
    "key without value": ("en: Lawful}", "en: Lawful}, rul: ", "unknown key 'rul' — did you mean 'rule'?"),
    "English missing": ("{zh: 合规, en: Lawful}", "{zh: 合规}", "gates.0.name lacks 'en' — write en: …"),
    "code with a space": ("code: lawful", "code: very lawful", "is 'very lawful' — a code: a letter, then letters"),
    "not a date": ("from: 2024-01-01", "from: January", "valid.from is 'January' — a date as 2023-12-31"),
    "no such day": ("from: 2024-01-01", "from: 2024-02-30", "edition.yaml:6: 2024-02-30 is no day of the calendar"),
    "no such day, quoted": ("from: 2024-01-01", "from: '2024-02-30'", "edition.yaml:6: 2024-02-30 is no day of"),
    "list for a mapping": ("stars: {earned_at: 0.8}", "stars: [0.8]", "stars is a list — write a mapping"),
    "too few": ("[{zh: 有, en: kept}, {zh: 全, en: complete}]", "[{zh: 有, en: kept}]", "has too few entries"),
    "text empty": ("en: Small}", 'en: ""}', "edition.yaml:5: name.en is empty — write some text"),
    "need twice": ("needs: [gates, floors", "needs: [gates, gates", "needs holds something twice — keep each once"),
    "key twice": ("total: 100", "total: 100\ntotal: 90", "edition.yaml:9: the key 'total' stands twice"),
    "a word for the line": ("at_least: line", "at_least: lnie", "at_least is 'lnie'"),
    # the head
    "strength twice": ("code: S2, name", "code: S1, name", "the code 'S1' is defined twice — the first is on line 10"),
    "strength like a source": ("code: mem", "code: S2", "edition.yaml:14: the code 'S2' is defined twice"),
    "gate like a veto": ("code: breach", "code: lawful", "edition.yaml:32: the code 'lawful' is defined twice — "
                         "the first is on line 30; give one another code"),
    "deduction like a bonus": ("code: late", "code: honour", "edition.yaml:41: the code 'honour' is defined twice"),
    "deduction like a gate": ("code: late", "code: lawful", "edition.yaml:41: the code 'lawful' is defined twice"),
    "tier twice": ("code: fair", "code: best", "the code 'best' is defined twice"),
    "grade twice": ("code: poor", "code: good", "the code 'good' is defined twice"),
    "ends before": ("to: 2024-12-31", "to: 2023-12-31", "edition.yaml:6: ends 2023-12-31, before it begins 2024-01-01"),
    "phantoms of items": ("kind: items, sigma: 4", "kind: items, sigma: 4, phantom: 2", "phantom is for sources"),
    "share of what": (", of: entitled", "", "edition.yaml:19: share and of go together"),
    "of without share": (" share: 0.5, of", " of", "edition.yaml:19: of goes with share"),
    "most below least": ("at_most: 9", "at_most: 2", "at most 2, at least 3 — write 3 or more"),
    "grades out of order": ("value: 30", "value: 100", "grades are worth [100, 100] — list them from best to worst"),
    "question to nobody": ("    mem:\n      -", "    men:\n      -", "no ballot source 'men' — one of mem"),
    "question of nothing": ("strength: S2, text", "strength: S3, text", "edition.yaml:28: no strength 'S3'"),
    "last tier asks": ("code: rest, name: {zh: 其他, en: Others}", "code: rest, name: {zh: 其他, en: Others}, stars: 1",
                       "the last tier 'rest' asks for something"),
    "nothing named": (", named: true", "", "no tier is named — mark the tier that carries the title with named: true"),
    "tier above the total": ("at_least: 70", "at_least: 170", "asks 170 of 100 points — write at most 100"),
    "tiers out of order": ("at_least: line", "at_least: 60", "asks 70, not less than the tier above — less than 60"),
    "too many stars": ("stars: 1}", "stars: 3}", "asks for stars that cannot be earned"),
    "stars of nothing": ("stars: {earned_at: 0.8}\n", "", "asks for stars that cannot be earned — say under stars:"),
    "visits above confirmed": ("visit: 0.2", "visit: 0.9", "visits begin at 0.9, above confirmed at 0.8"),
    "thousandths of a deduction": ("points: 0.5", "points: 0.505", "edition.yaml:41: 0.505 has more than two decimals"),
    "thousandths of a bonus": ("league: 3", "league: 3.001", "3.001 has more than two decimals — points have at most"),
    "thousandths of a tier": ("at_least: 70", "at_least: 70.125", "70.125 has more than two decimals"),
    "thousandths of candidates": ("below: 60", "below: 60.125", "60.125 has more than two decimals"),
    # items
    "item twice": ("code: election", "code: meetings", "items.yaml:14: the item 'meetings' is defined twice — "
                   "the first is at items.yaml:3"),
    "item of no strength": ("code: election\n    strength: S1", "code: election\n    strength: S9",
                            "items.yaml:15: no strength 'S9'"),
    "item of a ballot": ("source: org", "source: mem", "items.yaml:29: no source of items 'mem' — one of org"),
    "ratio of what": (", denominator: {zh: 受理, en: taken}", "", "items.yaml:33: the ratio 'matters' does not say"),
    "anchors missing": ("kind: graded", "kind: yes_no", "'notes': anchors go with kind graded, and with no other"),
    "table missing": ("kind: yes_no", "kind: steps", "'election': a table goes with kind steps"),
    "one goalpost": ("low: 0.25\n    high: 0.95", "low: 0.25\n    high: 0.25", "both goalposts stand at 0.25"),
    "goalposts of yes or no": ("kind: yes_no", "low: 0.5\n    kind: yes_no", "goalposts mean nothing to a yes_no item"),
    "goalposts of steps": ("kind: steps", "high: 50\n    kind: steps", "items.yaml:20: goalposts mean nothing"),
    "per cent for a ratio": ("taken}, low: 0.5", "taken}, low: 50", "'matters' is a ratio, which never reaches 50 — "
                             "write a share from 0 to 1, as 0.5 for 50 %"),
    "rows of two directions": ("at_least: 5,", "at_most: 5,", "the rows mix at_least and at_most"),
    "row without bound": ("{at_least: 5, share: 0.5}", "{share: 0.5}", "the rows mix at_least and at_most"),
    "row twice": ("at_least: 5,", "at_least: 10,", "two rows have the same bound — keep one"),
    "better earns less": ("at_least: 5, share: 0.5", "at_least: 15, share: 0.5", "items.yaml:25: the lower row earns "
                          "1, the better one 0.5 — who does better earns more"),
    # fields
    "line above the total": ("line: 85", "line: 850", "village.yaml:5: the line stands at 850, above the total — "
                             "write at most 100"),
    "thousandths of a cell": ("org: 30, mem: 20", "org: 30.001, mem: 19.999", "30.001 has more than two decimals"),
    "name of no strength": ("strength_names: {S1", "strength_names: {S7", "village.yaml:6: no strength 'S7'"),
    "phantoms of no vote": ("phantom: {mem: 3}", "phantom: {org: 3}", "village.yaml:13: no source that votes 'org'"),
    "cell of no strength": ("S2: {org: 40, mem: 10}", "S4: {org: 40, mem: 10}", "village.yaml:9: no strength 'S4'"),
    "cell of no source": ("S1: {org: 30, mem: 20}", "S1: {org: 30, men: 20}", "village.yaml:8: no source 'men'"),
    "strength without points": ("      S2: {org: 40, mem: 10}\n", "", "the strength 'S2' earns no points"),
    "cells not the total": ("mem: 10}", "mem: 11}", "village.yaml:7: the cells of village add up to 101"),
    "items not the cell": ("income: 15", "income: 16", "village.yaml:10: the items of S2 by org in village add up to "
                           "41 — the cell holds 40"),
    "items without a cell": ("S1: {org: 30, mem: 20}", "S1: {mem: 50}", "the items of S1 by org in village add up"),
    "item in two cells": ("income: 15", "income: 15, income: 15", "village.yaml:10: the key 'income' stands twice"),
    "unknown item": ("income: 15", "incme: 15", "village.yaml:10: no item 'incme' — define it in a list of items"),
    "asked about nothing": ("      - {strength: S2, text: {zh: 问二, en: Second}}\n", "",
                            "mem earns 10 on S2 but is never asked about it — a question on S2"),
    "goalposts of another field": ("meetings: {low", "meeting: {low", "goalposts for 'meeting', which this field"),
    "field goalposts of steps": ("meetings: {low", "income: {low", "village.yaml:12: goalposts mean nothing to the "
                                 "steps item 'income'"),
    "field goalposts meet": ("{low: 0.5}", "{low: 0.95}", "village.yaml:12: 'meetings': both goalposts stand at 0.95"),
    "field goalposts in per cent": ("meetings: {low: 0.5}", "matters: {low: 50}", "'matters' is a ratio, which never"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_edition_is_refused_in_words(case):
    old, new, sentence = WRONG[case]
    told = small.faults(small.bent((old, new)))
    assert any(sentence in line for line in told), told
    assert all(re.match(r"(edition|items|village)\.yaml(:\d+)?: .+ — .+", line) for line in told), told


def test_the_edition_that_is_bent_is_sound():
    edition = small.read(small.FILES)
    village = edition.field("village")
    assert (edition.code, edition.total, village.line) == ("small", 10000, 8500)
    assert sum(village.cells.values()) == 10000
    with pytest.raises(KeyError):
        edition.field("town")


def test_what_a_field_does_not_say_of_a_goalpost_stays_as_the_item_says():
    low, high = small.read(small.FILES).field("village").goalposts["meetings"]
    assert (float(low), float(high)) == (0.5, 0.95)


def test_the_standing_of_a_rule_reaches_the_edition():
    edition = small.read(small.FILES)
    assert edition.items["meetings"].basis.standing == "memory"
    assert edition.gates[0].rule.standing == "seen"
    assert edition.items["election"].basis is None
    assert edition.gates[0].rule.say("en-GB") == "Rules"
    assert edition.gates[0].rule.say("zh-hans") == "条例"


def test_all_faults_of_all_files_are_told_at_once():
    told = small.faults(
        small.bent(
            ("total: 100", "total: 100\nbonus: 5"),
            ("kind: yes_no", "kind: graded"),
            ("kind: count", "kind: counts"),
            ("line: 85", "line: 85.555"),
            ("mem: 10}", "mem: 11}"),
        )
    )
    assert [line.split(": ")[0] for line in told] == ["edition.yaml:9", "items.yaml:5"]
    told = small.faults(
        small.bent(
            ("code: breach", "code: lawful"),
            ("kind: yes_no", "kind: graded"),
            ("line: 85", "line: 85.555"),
            ("mem: 10}", "mem: 11}"),
        )
    )
    assert [line.split(": ")[0] for line in told] == [
        "edition.yaml:32",
        "items.yaml:14",
        "village.yaml:5",
        "village.yaml:7",
    ]


def test_a_broken_list_of_items_does_not_hide_what_else_is_wrong_nor_accuse_the_fields():
    bent = small.bent(("kind: count", "kind: counts"), ("mem: 10}", "mem: 11}"), ("visit: 0.2", "visit: 0.9"))
    told = small.faults(bent)
    assert [line.split(" — ")[0] for line in told] == [
        "edition.yaml:47: visits begin at 0.9, above confirmed at 0.8",
        "items.yaml:5: items.0.kind is 'counts'",
        "village.yaml:7: the cells of village add up to 101",
    ]


def test_there_is_one_head_and_at_least_one_field():
    files = dict(small.FILES)
    assert small.faults({**files, "second.yaml": small.HEAD}) == [
        "second.yaml: 2 files begin with 'baolei: edition' — exactly one does; the others begin with items or fields"
    ]
    assert "0 files begin with" in small.faults({"village.yaml": small.FIELDS})[0]
    assert "0 files begin with" in small.faults({})[0]
    assert small.faults({"edition.yaml": small.HEAD, "items.yaml": small.ITEMS}) == [
        "edition.yaml:1: the edition has no fields — write at least one table under fields:"
    ]
    again = small.faults({**files, "town.yaml": small.FIELDS})
    assert "village.yaml:3: the field 'village' is defined twice — the first is at town.yaml:3" in again or (
        "town.yaml:3: the field 'village' is defined twice — the first is at village.yaml:3" in again
    )


def test_an_edition_without_a_source_of_items_has_no_place_for_items():
    told = small.faults(small.bent(("kind: items, sigma", "kind: panel, sigma")))
    assert "items.yaml:3: no source assesses 'meetings' — define a source of kind items" in told
    assert "edition.yaml:25: the source 'org' has no questions — write org: [...]" in told


def test_items_outside_any_cell_are_named():
    told = small.faults(small.bent(("S2: {org: 40, mem: 10}", "S1b: {org: 40, mem: 10}")))
    assert any("items of S2 by org earn 40 outside any cell — give cells.S2.org these points" in line for line in told)


def test_a_file_that_is_no_part_of_an_edition_says_so():
    told = small.faults({**small.FILES, "case.yaml": "baolei: case\n", "note.yaml": "a: 1\n", "text.yaml": "hello\n"})
    assert told == [
        "case.yaml:1: the file says baolei: case — begin with baolei: edition, items or fields",
        "note.yaml:1: the file does not say what it is — begin with baolei: edition, items or fields",
        "text.yaml:1: the file is 'hello' — write a mapping",
    ]


def test_a_file_that_is_not_yaml_is_told_beside_the_others():
    told = small.faults({**small.bent(("line: 85", "line: high")), "more.yaml": "baolei:\n\titems\n"})
    assert [line.partition(" — ")[0] for line in told] == [
        "more.yaml:2: not YAML: found character that cannot start any token",
        "village.yaml:5: fields.0.line is 'high'",
    ]


def test_a_rule_of_the_schema_that_has_no_words_of_ours_is_told_in_its_own():
    document = Document("x.yaml", "a: 7\n")
    (fault,) = shape_faults(document, {"properties": {"a": {"multipleOf": 5, "description": "fives"}}})
    assert str(fault) == "x.yaml:1: a: 7 is not a multiple of 5 — fives"


def test_each_reader_points_to_the_other():
    with pytest.raises(EditionRefused) as refused:
        editions.edition(worked.HERE / "examples/hdi-2021/edition.yaml")
    assert "this is an index edition (kind: index), not a table of points" in str(refused.value)
    assert "`baolei cases FOLDER`" in str(refused.value)
    with pytest.raises(EditionRefused) as refused:
        index.read(Document("edition.yaml", small.HEAD), {}, {})
    assert "edition.yaml:2: this is a table of points (kind: points), not an index edition" in str(refused.value)
    assert "`baolei edition EDITION`" in str(refused.value)


# -- files ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    for place, text in small.FILES.items():
        (tmp_path / place).write_text(text, encoding="utf-8")
    return tmp_path


def refusal(where):
    with pytest.raises(EditionRefused) as refused:
        editions.edition(where)
    return [str(fault) for fault in refused.value.faults]


def test_a_folder_is_read_as_it_stands_with_or_without_the_mark_of_windows(folder):
    assert editions.edition(folder).digest == small.read(small.FILES).digest
    (folder / "items.yaml").write_text(small.ITEMS, encoding="utf-8-sig")
    assert editions.edition(folder).digest == small.read(small.FILES).digest


def test_one_file_may_hold_all(tmp_path):
    body = small.ITEMS.split("\n", 1)[1] + small.FIELDS.split("\n", 1)[1]
    (tmp_path / "all.yaml").write_text(small.HEAD + body, encoding="utf-8")
    assert editions.edition(tmp_path / "all.yaml").digest == small.read(small.FILES).digest


def test_files_that_cannot_be_read_are_all_named_beside_the_other_faults(folder):
    (folder / "items.yaml").write_text(small.ITEMS, encoding="gb18030")
    (folder / "huge.yaml").write_text("# " + "x" * 2_000_000, encoding="utf-8")
    (folder / "old.yml").write_text("baolei: items\n", encoding="utf-8")
    (folder / "gone.yaml").symlink_to(folder / "nowhere")
    (folder / "tabbed.yaml").write_text("baolei:\n\titems\n", encoding="utf-8")
    (folder / "a-folder.yaml").mkdir()
    told = refusal(folder)
    assert [line.split(" at byte")[0] for line in told] == [
        "huge.yaml: more than 2 million bytes — an edition is text; move what is not one out of its folder",
        "items.yaml: not UTF-8",
        "old.yml: *.yml is not read — name it *.yaml",
        "tabbed.yaml:2: not YAML: found character that cannot start any token — indent with spaces, not with tabs",
    ]
    assert told[1].endswith("— save it as UTF-8")


def test_a_file_that_the_machine_cannot_read_is_named():
    assert refusal("/proc/self/mem") == ["mem: cannot be read: Input/output error — let this account read it"]


@pytest.mark.parametrize("where", ["nowhere", "a" * 5000, "nul\0", ""])
def test_no_such_edition_names_those_that_ship(where, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = refusal(where or tmp_path / "x")
    assert told[0].endswith("no such edition — a folder, a file, or one of fortress-2024, wuqiang-2020-2023")


def test_an_empty_folder_is_no_edition(tmp_path):
    assert refusal(tmp_path)[0].endswith("holds no *.yaml — edition.yaml and the tables beside it")


# -- the digest -------------------------------------------------------------------------------------------------------


def test_the_digest_is_of_the_meaning():
    plain = small.read(small.FILES).digest
    for same in (
        small.bent(("total: 100", "total:    100.0   # a remark")),
        small.bent(("name: {zh: 小样, en: Small}", "name:\n  en: 'Small'\n  zh: \"小样\"")),
        dict(reversed(small.FILES.items())),
        {f"{9 - place}-{name}": text for place, (name, text) in enumerate(small.FILES.items())},
        small.bent(("{meetings: 20, election: 10, income", "{election: 10, meetings: 20, income")),
    ):
        assert small.read(same).digest == plain
    for other in (
        small.bent(("en: Small", "en: Smaller")),
        small.bent(("income: 15, notes: 5", "income: 14, notes: 6")),
        small.bent(("low: 0.25", "low: 0.3")),
        small.bent(("standing: seen", "standing: ours")),
    ):
        assert small.read(other).digest != plain


def test_another_order_of_files_is_laid_out_in_its_own_order():
    more = {"a.yaml": "baolei: items\nitems:\n  - {code: aa, strength: S1, kind: yes_no, name: {zh: 甲, en: A}}\n"}
    one, other = small.read({**small.FILES, **more}), small.read({**more, **small.FILES})
    assert one.digest == other.digest
    for edition in (one, other):
        points = tables(edition).points[0].tolist()
        assert dict(zip(edition.items, points, strict=True)) == {"aa": 0, **edition.field("village").items}


def test_the_digest_of_plain_values_is_pinned():
    assert digest({"b": [1.0, 2.5, "二", None], "a": True}) == digest({"a": True, "b": [1, 2.5, "二", None]})
    assert digest({"a": 1}) == "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"


def test_points_of_a_hundredth_are_exact():
    edition = small.read(small.bent(("income: 15, notes: 5", "income: 15.29, notes: 4.71")))
    assert edition.field("village").items["income"] == 1529
    assert points.read([Document("a.yaml", (worked.HERE / "examples/worked/edition.yaml").read_text())], worked.SCHEMA)
