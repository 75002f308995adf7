"""What stands in an entry of the ledger, in words: its keys, and those of its values that are codes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from baolei.people.roles import roles
from baolei.programme.notice import OUTCOME_NAMES
from baolei.warehouse.rulebook import effects, fields, meetings, notice, rectification, setup_rules, triage

CODED = frozenset(
    {"kind", "role", "field", "class", "proposed", "situation", "outcome", "campaign", "effect", "support"}
)

CODED = frozenset({"kind", "role", "field", "class", "proposed", "situation", "outcome", "campaign", "matter_kind"})
"""Keys whose values are codes."""


def keys() -> dict[str, str]:
    """What the keys of an entry are called; one that is not here stands as it is."""
    return {
        "asked": _("words asked for"), "files": _("files"), "item": _("item"), "plaques": _("plaques"),
        "titles": _("titles"), "basis": _("on what it stands"), "edition": _("standard"),
        "frozen": _("declarations frozen"), "lapsed": _("declarations lapsed"), "phase": _("phase"),
        "snapshot": _("digest of the snapshot"), "seed": _("public number"), "found": _("facts as verified"),
        "points": _("points in hundredths"), "listed": _("on the list"), "act": _("decided"),
        "assigned": _("objections assigned"), "escalated": _("objections passed upward"),
        "settled": _("objections settled"), "notices": _("public notices closed"), "outcome": _("outcome"),
        "expired": _("titles expired"), "standing": _("standing"), "year": _("year"),
        "items": _("reasons by item"), "issued": _("papers handed out"), "look": _("look"),
        "returned": _("papers that came back"), "source": _("source"), "spoiled": _("spoiled papers"),
        "bytes": _("size in bytes"), "closed": _("findings closed"), "code": _("code"),
        "counts": _("rows by what they do"), "day": _("day"), "document": _("approved by document"),
        "education": _("education"), "election": _("election"), "field": _("field"), "file": _("file"),
        "flag": _("finding"), "from": _("since"), "grid": _("grid"), "group": _("Party group"), "how": _("way"),
        "hub": _("hub household"), "instead_of": _("instead of"), "into": _("goes into"), "kept_by": _("kept by"),
        "kind": _("kind"), "letter": _("number of the letter"), "made_at": _("made at"), "member": _("member"),
        "name": pgettext("thing", "name"), "on": _("from which day on"), "only_right": _("only the right rows"),
        "open_seats": _("seats left open"), "opened": _("findings opened"), "organisations": _("Party organisations"),
        "outside": _("outside this house"), "parts": _("divided into"), "path": _("place in the tree"),
        "role": _("role"), "roles": _("roles"), "root": _("root"), "rows": _("rows"), "sha256": _("digest"),
        "since": _("since"), "title": _("title"), "to": _("until"), "unit": _("unit"), "units": _("units"),
        "gaps": _("steps without a body"), "judged_by": _("judged by"), "looked": _("opened before"),
        "opinions": _("opinions"), "proof": _("what was looked up on conflicts of interest"), "step": _("step"),
        "turn": _("time handed in"), "verdict": _("conclusion"),
        "ballots": _("ballots"), "polls": _("polls"), "revote": _("may be cast anew"), "slips": _("slips"),
        "tokens": _("tokens by phone"),
        "sources": _("who is asked"), "people": _("may vote"), "handed": _("slips handed out"),
        "branches": _("Party branches"), "panellists": _("panellists"), "words": _("words asked for on ballots"),
        "held_on": _("held on"), "forms": _("kinds of gathering"), "present": _("present"),
        "within": _("within the committee"), "across": _("committee with members"),
        "mutual": _("members with each other"), "excused": _("excused from gatherings"),
        "brought": _("study brought home to"), "briefings": _("briefings"),
        "graded": _("have a grade"), "quarter": _("quarter"), "planned": _("planned"), "told": _("were told"),
        "should_attend": _("should attend"), "passed": _("let through"),
        "resolution": _("resolution"), "matter": _("major matter"), "announcement": _("announcement"),
        "task": _("task"), "due": _("due on"),
        "duplicates": _("boxes on record already"),
        "answer": _("what the branch says"), "candidates": _("situations raised"), "class": _("class"),
        "classes": _("branches by class"), "proposed": _("proposed by the criteria"), "situation": _("situation"),
        "vacant": _("vacant"), "state": pgettext("process", "Standing"),
        "collection": _("collection of dues"), "members": _("members"), "through": _("paid through"),
        "received_on": _("received on"), "waiver": _("waiver of dues"), "records": _("what the records said"),
        "upheld": _("the branch is right"),
        "services": _("what it offers"), "open": _("found open"), "place": _("named place"),
        "roads": _("digest of the roads"), "junctions": _("junctions"), "pieces": _("pieces of road"), "new": _("new"),
        "class_hours": _("class hours"), "people_entered": _("people entered"), "rows_left_out": _("rows left out"),
        "campaign": _("campaign"), "linked": _("linked persons"), "problem": _("problem"), "problems": _("problems"),
        "pairing": _("pairing"), "deed": _("practical deed"), "wishes_removed": _("small wishes removed"),
        "wishes_left": _("of these still there"),
        "matter_kind": _("kind of matter"), "channel": pgettext("matter", "reported"), "landmark": _("landmark"),
        "week": _("week"), "drawn_from": _("drawn from"), "drawn": pgettext("matter", "drawn"),
        "matters": _("matters"), "contacts": _("contacts"), "closed_until": _("closed until"),
        "reached": pgettext("matter", "somebody reached"),
        "month": _("month"), "changed": _("something changed"), "proved": _("what proves it mended"),
        "effect": _("effect"), "support": _("support"), "yuan": _("sum in yuan"),
        "until": _("until"), "urgent": _("urgent"), "username": _("user name"), "valid": _("stands"),
    }  # fmt: skip


def names() -> dict[str, str]:
    """What the codes of kinds, roles, fields, classes and situations are called."""
    language, rules = get_language() or "", setup_rules(date.max)
    kinds = {code: kind.name.say(language) for code, kind in rules.kinds.items()}
    held = {code: role.name for code, role in roles().items()}
    kinds |= {code: kind.name.say(language) for code, kind in notice().kinds.items()}
    kinds |= {code: kind.name.say(language) for code, kind in meetings().kinds.items()}
    kinds |= {code: name.say(language) for code, name in OUTCOME_NAMES.items()}
    kinds |= {code: one.name.say(language) for code, one in rectification().campaigns.items()}
    kinds |= {code: one.name.say(language) for code, one in effects().effects.items()}
    kinds |= {code: one.name.say(language) for code, one in effects().supports.items()}
    rule = triage()
    classes = {one.code: one.name.say(language) for one in rule.classes}
    classes |= {code: one.name.say(language) for code, one in rule.situations.items()}
    return kinds | held | classes | {code: name.say(language) for code, name in fields().items()}


def said(key: str, value: Any, called: dict[str, str]) -> str:
    """A value as it is shown; `called` is what `names` gave. Empty for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return called.get(str(value), str(value)) if key in CODED else str(value)
