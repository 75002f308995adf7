"""The editions that ship: complete, really different by field, within the limits, and unchanged without notice."""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pytest
import yaml

import rounds
from baolei.programme.scoring.pipeline import score
from baolei.programme.scoring.tables import tables
from baolei.warehouse.editions import edition, folder_of, shipped

FIELDS = [
    "village", "pastoral_gacha", "community", "government_office", "public_institution", "state_enterprise",
    "nonpublic_enterprise", "social_organisation", "university", "school", "hospital", "property_service", "retired",
    "industrial_park",
]  # fmt: skip
FIVE, TEN = "wuqiang-2020-2023", "fortress-2024"
# The digest of what each edition means. A round names the digest it was opened under: change it knowingly.
DIGESTS = {
    FIVE: "8e1bf3f9d30fe04868a8b859132ce6bf97acc15173006816fb2d535790eb8b1e",
    TEN: "3ca0c94df2afdd2ccdc1fec5ec786d307b83a9fc51e7bc20c76a7a7971e08aac",
}
COMMON = {"first_agenda", "members_meetings", "theme_days", "organisation_life", "democratic_appraisal",
          "party_lectures", "dues_on_time"}  # fmt: skip
BASELINE = {
    # items that every field shares
    FIVE: COMMON | {"tasks_done"},
    TEN: COMMON | {"committee_complete", "term_election", "secretary_training", "life_confirmed", "party_affairs_open",
                   "means_accounted"},
}  # fmt: skip


@pytest.fixture(scope="module", params=[FIVE, TEN])
def standard(request):
    return edition(request.param)


def written(code):
    """Every value of the edition's files, as (path of keys, value)."""

    def walk(value, path):
        inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, child in inside:
            yield from walk(child, (*path, str(key)))
        if not inside:
            yield path, value

    for file in sorted(folder_of(code).rglob("*.yaml")):
        yield from walk(yaml.safe_load(file.read_text(encoding="utf-8")), (file.name,))


def used_by(standard):
    """Items by field."""
    return {table.code: set(table.items) for table in standard.fields}


def jaccard(one, other):
    return len(one & other) / len(one | other)


def test_both_editions_ship_and_are_what_they_were():
    assert {code: edition(code).digest for code in shipped()} == DIGESTS


def test_every_field_has_its_table(standard):
    assert [table.code for table in standard.fields] == FIELDS
    lines = {table.code: table.line / standard.total for table in standard.fields}
    assert all(0.8 <= line <= 0.9 for line in lines.values())
    assert len(set(lines.values())) > 3
    assert all(table.about and table.about.zh and table.about.en for table in standard.fields)


def test_points_add_up_to_the_cent(standard):
    for table in standard.fields:
        assert sum(table.cells.values()) == standard.total
        by_cell = {}
        for code, points in table.items.items():
            item = standard.items[code]
            by_cell[item.strength, item.source] = by_cell.get((item.strength, item.source), 0) + points
        assert by_cell == {cell: points for cell, points in table.cells.items() if cell[1] == "org"}


def test_each_of_ten_stars_holds_a_hundred_points():
    standard = edition(TEN)
    assert len(standard.strengths) == 10
    assert float(standard.policy.star_at) == 0.8
    assert [tier.stars for tier in standard.tiers] == [10, 8, 6, 0]
    for table in standard.fields:
        stars = {strength.code: 0 for strength in standard.strengths}
        for (strength, _), points in table.cells.items():
            stars[strength] += points
        assert set(stars.values()) == {100_00}
        assert 840_00 <= table.line <= 870_00


def test_every_strength_and_source_speaks_in_every_field(standard):
    for table in standard.fields:
        sources = {source for _, source in table.cells}
        assert {strength for strength, _ in table.cells} == {strength.code for strength in standard.strengths}
        assert sources == {"org", "mem", "mas"} if table.code == "retired" else {"org", "mem", "mas", "soc"}


def test_the_baseline_is_shared_and_the_rest_belongs_to_the_field(standard):
    used = used_by(standard)
    shared = set.intersection(*used.values())
    assert shared == BASELINE[standard.code]
    owners = {code: sum(code in items for items in used.values()) for code in standard.items}
    assert min(owners.values()) >= 1, "an item that no field uses"
    for field, items in used.items():
        own = {code for code in items if owners[code] <= 2}
        assert len(own) >= 3, f"{field} has nothing of its own"
    for one, other in combinations(FIELDS, 2):
        assert jaccard(used[one], used[other]) < 0.75, f"{one} and {other} look at the same things"


def test_no_two_fields_weigh_alike(standard):
    for one, other in combinations(standard.fields, 2):
        apart = sum(abs(one.cells.get(cell, 0) - other.cells.get(cell, 0)) for cell in {*one.cells, *other.cells})
        assert apart >= standard.total * 0.03, f"{one.code} and {other.code} weigh alike"


def test_special_stars_are_the_field_s_own_in_name_and_in_content():
    standard = edition(TEN)
    special = [strength.code for strength in standard.strengths if strength.code.startswith("T")]
    base = [strength.code for strength in standard.strengths if strength.code.startswith("B")]
    names = [table.strength_names[code].zh for table in standard.fields for code in special]
    assert len(names) == len(set(names)) == 70
    assert all(set(table.strength_names) == set(special) for table in standard.fields)
    used = used_by(standard)
    for one, other in combinations(FIELDS, 2):
        mine, theirs = (
            {code for code in used[each] if standard.items[code].strength in special} for each in (one, other)
        )
        assert len(mine) == len(theirs) == 10
        assert not mine & theirs
    for code, item in standard.items.items():
        owners = [field for field in FIELDS if code in used[field]]
        assert len(owners) == 1 if item.strength in special else len(owners) >= 2, code
        assert item.strength in base or item.strength in special


def test_texts_of_special_items_differ_in_substance():
    """Not the same sentence with the name of the field changed: pairs of characters in common, over those of both."""
    standard = edition(TEN)
    text = {
        code: f"{item.name.zh}{item.numerator.zh if item.numerator else ''.join(a.zh for a in item.anchors)}"
        for code, item in standard.items.items()
        if item.strength.startswith("T")
    }
    pairs = {code: {words[at : at + 2] for at in range(len(words) - 1)} for code, words in text.items()}
    by_field = {table.code: [code for code in table.items if code in pairs] for table in standard.fields}
    for one, other in combinations(FIELDS, 2):
        mine, theirs = (set().union(*(pairs[code] for code in by_field[each])) for each in (one, other))
        assert jaccard(mine, theirs) < 0.5, f"{one} and {other} say the same"
    near = [(a, b) for a, b in combinations(pairs, 2) if jaccard(pairs[a], pairs[b]) > 0.8]
    assert len(near) <= 3, near


def test_the_files_read_alike_without_the_fast_reader_of_yaml(standard):
    for file in folder_of(standard.code).rglob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        assert yaml.load(text, Loader=yaml.SafeLoader) == yaml.load(text, Loader=yaml.CSafeLoader)


def test_everything_is_said_in_both_languages(standard):
    han = re.compile(r"[\u4e00-\u9fff]")
    said = list(written(standard.code))
    chinese = {path[:-1]: value for path, value in said if path[-1] == "zh"}
    english = {path[:-1]: value for path, value in said if path[-1] == "en"}
    assert chinese.keys() == english.keys()
    assert len(chinese) > 400
    assert [path for path, value in chinese.items() if not han.search(value)] == []
    assert [path for path, value in english.items() if han.search(value) or not re.search("[A-Za-z]", value)] == []
    assert [path for path, value in said if isinstance(value, str) and value != value.strip()] == []


def test_every_rule_says_where_it_comes_from(standard):
    rules = [item.basis for item in standard.items.values()]
    rules += [
        entry.rule
        for entries in (standard.gates, standard.vetoes, standard.bonuses, standard.deductions)
        for entry in entries
    ]
    standings = [rule.standing for rule in rules if rule]
    assert len(standings) == len(rules)
    assert set(standings) == {"seen", "memory", "ours"}


# What no edition may ask for or count (domain, section 7), and what may be said around it.
FORBIDDEN = re.compile(
    r"打卡|签到|步数|人脸|定位|轨迹|身份证|民族|宗教|信仰|信教|籍贯|亲属|血缘|家族|工资|薪酬|收入水平|在线时长|学习时长|点赞|转发"
    r"|网络投票|积分|勋章|排名|末位|星级党员|\b(?:check-?ins?|face|location|ethnic|religi|belief|kinship|salar|wage|identity"
    r"|online|likes|reposts|badge|streak|ranking|last place)",
    re.IGNORECASE,
)
ALLOWED = (
    # said in order to forbid it, or another word with the same letters
    "只认事实，不看材料厚度、照片张数、在线时长", "不认在线时长", "媒体报道、点赞、转发、网络投票不计",
    "铸牢中华民族共同体意识",
    "hours online do not", "time online is not counted", "likes, reposts and online votes do not count",
    # the months on which all were paid on time: a count, no sum of anybody's
    "支部促进工资按时发放", "按时足额发放工资的月数", "Wages paid on time", "months in which wages were paid in full",
    "wages_on_time",
)  # fmt: skip


def test_nothing_is_asked_that_may_not_be_asked(standard):
    told = []
    for path, value in written(standard.code):
        words = " ".join((*path[1:], str(value)))
        for allowed in ALLOWED:
            words = words.replace(allowed, "")
        told += [(path, found) for found in FORBIDDEN.findall(words)]
    assert told == []


def test_the_words_that_are_forbidden_would_be_found():
    for words in (
        "党员打卡次数",
        "参加民族团结活动",
        "Number of check-ins",
        "salary level",
        "学习强国积分",
        "Online votes",
    ):
        assert FORBIDDEN.search(words)


def test_gates_are_the_same_in_both_editions():
    assert edition(FIVE).gates == edition(TEN).gates
    assert [veto.code for veto in edition(FIVE).vetoes] == [veto.code for veto in edition(TEN).vetoes]


@pytest.mark.parametrize("code", [FIVE, TEN])
def test_a_round_of_it_is_scored(code):
    standard = edition(code)
    out = score(standard, rounds.board(standard, 140, seed=5))
    lay = tables(standard)
    assert (out["score"] <= standard.total).all()
    assert (out["base"] == out["earned"].sum(axis=(1, 2))).all()
    assert (out["available"].sum(axis=(1, 2)) <= lay.cells[out["field"]].sum(axis=(1, 2))).all()
    assert len(np.unique(out["tier"])) >= 1


def test_ten_stars_are_earned_by_a_branch_that_does_everything():
    """All facts at the top and the best grade from everybody: 1,000 points, ten stars, in every field."""
    standard = edition(TEN)
    made = rounds.board(standard, 56, seed=3, absent=0)
    items = list(standard.items.values())
    top = np.array([100 if item.kind == "steps" else 1 for item in items])[made["fact_item"]]
    made["fact_num"] = made["fact_den"] * top
    asked = made["answers"].sum(axis=3)
    made["answers"][:] = 0
    made["answers"][:, :, :, 0] = np.maximum(asked, 1)
    made["ballots"] = np.maximum(made["ballots"], 1)
    out = score(standard, made)
    assert set(out["stars"].tolist()) == {10}
    assert (out["base"] == standard.total).all()


def test_the_other_way_round_no_star_is_earned():
    standard = edition(TEN)
    made = rounds.board(standard, 56, seed=3, absent=0)
    made["fact_num"] = np.zeros_like(made["fact_num"])
    out = score(standard, made)
    assert out["stars"].max() <= 3
