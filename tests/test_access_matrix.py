"""Every address x every role x within and outside the mandate x method x htmx, in two worlds that differ only in what
lies outside: not one answer differs. An address nobody has declared here fails; so does the removal of any one guard.

`make check` asks as the two who differ most, `make long` (and CI) as every role there is, `make matrix` in every
way.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q
from django.http.response import HttpResponse, HttpResponseBase
from django.template import Template
from django.test import Client
from django.test.utils import _TestState
from django.urls import URLPattern, URLResolver, get_resolver

import worlds
from api_stage import token_of
from baolei.api.models import TokenQuerySet
from baolei.api.round_acts import THINGS
from baolei.api.rounds import ON_ROUNDS
from baolei.ballots import doors as ballot_doors
from baolei.ballots import remarks, results
from baolei.ballots.elector_forms import OF_ELECTOR
from baolei.ballots.meeting_forms import OF_MEETING
from baolei.ballots.models import MeetingPoll, Panel, Poll, Printing, Remark
from baolei.ballots.panel_forms import OF_PANEL
from baolei.ballots.poll_forms import OF_POLLS
from baolei.burden import doors as burden_doors
from baolei.burden.forms import OF_FORM
from baolei.burden.models import Complaint, RegisteredForm
from baolei.declarations import doors as declaration_doors
from baolei.declarations.models import Declaration, Paper
from baolei.dues import doors as dues_doors
from baolei.dues.forms import OF_WAIVER
from baolei.dues.models import Waiver
from baolei.front import errors, round_views
from baolei.ledger.models import Entry
from baolei.life import affairs_doors
from baolei.life import doors as life_doors
from baolei.life.affairs_forms import OF_BRANCH_TASK, OF_RESOLUTION
from baolei.life.affairs_models import SetTask
from baolei.life.models import Gathering
from baolei.matters import doors as matters_doors
from baolei.matters import models as matters_models
from baolei.matters.forms import OF_GRID, OF_MATTER
from baolei.matters.forms import OF_UNIT as OF_UNIT_GRIDS
from baolei.naming import doors as naming_doors
from baolei.naming.demonstration_forms import OF_DEMONSTRATION
from baolei.naming.effect_forms import OF_EFFECT
from baolei.naming.effect_models import Effect, Support
from baolei.naming.forms import OF_LINE, OF_LIST, OF_TITLE
from baolei.naming.look_forms import OF_LOOKS
from baolei.naming.models import Demonstration, Line, Title, TitleReview
from baolei.notices import doors as notice_doors
from baolei.notices.forms import OF_OBJECTION
from baolei.notices.models import Objection
from baolei.organisations import appointing, doors, records
from baolei.organisations.forms import OF_ORGANISATION
from baolei.organisations.forms_of_members import OF_MEMBER, OF_TRANSFER
from baolei.organisations.forms_of_people import OF_ACCOUNT, OF_MANDATE
from baolei.organisations.forms_of_units import OF_UNIT
from baolei.organisations.models import (
    Election,
    Finding,
    Membership,
    Notice,
    OrganisationState,
    Transfer,
    UnitState,
)
from baolei.people.models import Account, Mandate
from baolei.rectification import doors as case_doors
from baolei.rectification.forms import OF_CASE, OF_PROBLEM
from baolei.rectification.models import Case
from baolei.reviews import doors as review_doors
from baolei.reviews import workload
from baolei.reviews.forms import OF_STEP
from baolei.reviews.models import Step
from baolei.rounds import doors as round_doors
from baolei.rounds.forms import OF_ROUND
from baolei.rounds.models import Round
from baolei.scores import doors as score_doors
from baolei.scores.models import Visit
from baolei.scores.run_forms import OF_RUN
from baolei.sheets import doors as sheet_doors
from baolei.sheets.models import Batch
from baolei.standards import doors as edition_doors
from baolei.standards.models import OwnEdition
from baolei.training import doors as training_doors
from baolei.training.models import Attendance, TrainingClass
from baolei.triage import doors as triage_doors
from baolei.triage.forms import OF_CANDIDATE, OF_SORTED
from baolei.triage.models import Candidate, Sorted
from baolei.wishes import doors as wish_doors
from baolei.wishes.branch_forms import OF_BRANCH, OF_DEED, OF_PAIRING
from baolei.wishes.forms import OF_WISH
from baolei.wishes.models import Deed, Wish

pytestmark = [pytest.mark.django_db, pytest.mark.one_store]

# What the addresses take: numbers of records (within, or FAR outside), or one of so many words.
NUMBERS = {
    "unit",
    "organisation",
    "member",
    "transfer",
    "election",
    "account",
    "mandate",
    "batch",
    "notice",
    "token",
    "draft",
    "round",
    "declaration",
    "run",
    "step",
    "sorted",
    "candidate",
    "case",
    "asked",
    "grid",
    "call",
    "problem",
    "line",
    "title",
    "demonstration",
    "effect",
    "support",
    "objection",
    "paper",
    "visit",
    "gathering",
    "dispute",
    "training_class",
    "attendance",
    "resolution",
    "matter",
    "listed",
    "announcement",
    "task",
    "branch_task",
    "collection",
    "waiver",
    "wish",
    "pairing",
    "deed",
    "form",
    "complaint",
    "printing",
    "poll",
    "meeting",
    "panellist",
    "remark",
    "centre",
}
# The check asks in the two ways that differ most; `make matrix` in every way.
ALL = os.environ.get("BAOLEI_MATRIX") == "all"
PARTS = 12
WORDS: dict[str, list[str]] = {
    "act_on_unit": list(OF_UNIT), "act_on_organisation": list(OF_ORGANISATION), "act_on_member": list(OF_MEMBER),
    "act_on_transfer": list(OF_TRANSFER), "act_on_account": list(OF_ACCOUNT), "act_on_mandate": list(OF_MANDATE),
    "api_act_on_unit": list(OF_UNIT), "api_act_on_organisation": list(OF_ORGANISATION),
    "api_act_on_member": list(OF_MEMBER), "api_act_on_transfer": list(OF_TRANSFER),
    # All acts upon a thing go through one door: the check asks for the first of them.
    **{f"api_act_on_{noun}": list(thing.acts)[: None if ALL else 1] for noun, thing in THINGS.items()},
    "api_act_on_rounds": list(ON_ROUNDS),
    **{f"open311_service_{form}": ["request", "x"] for form in ("json", "xml")},
    "offered": ["units", "organisations"], "sheet_template": ["members"], "on_round": list(OF_ROUND),
    "on_review": list(OF_STEP),
    "on_run": list(OF_RUN), "on_list": list(OF_LIST), "on_line": list(OF_LINE),
    "on_objection": list(OF_OBJECTION),
    "on_looks": list(OF_LOOKS), "on_demonstration": list(OF_DEMONSTRATION), "paper_file": ["pdf", "word", "template"],
    "life_book": ["pdf", "word"],
    "on_title": [*OF_TITLE, "answer"], "on_declaration": ["take-back", "withdraw", "return"],
    "pile": ["mem", "mas", "soc", "org"], "poll_bundle": ["everybody", "auditor"],
    "draft_field": ["village"], "draft_item": ["first_agenda"], "draft_new_item": ["ratio"],
    "edition_files": ["wuqiang-2020-2023"],
    "act_on_elector": list(OF_ELECTOR), "take_token": [worlds.POLL],
    "on_polls": list(OF_POLLS), "on_meeting": list(OF_MEETING), "on_panel": list(OF_PANEL),
    "evidence_item": ["theme_days"], "say_not_right": ["theme_days"],
    "posts_rows": ["ending", "one_hand", "two_hands", "no_secretary", "no_head"],
    "on_resolution": list(OF_RESOLUTION), "on_branch_task": list(OF_BRANCH_TASK), "take_step": ["conferred"],
    "on_form": list(OF_FORM), "house_form": ["dues"], "complain": ["dues", str(worlds.FAR)],
    "on_sorted": list(OF_SORTED), "on_candidate": list(OF_CANDIDATE),
    "on_asked": list(OF_MATTER), "on_grid": list(OF_GRID), "on_grids": list(OF_UNIT_GRIDS),
    "report_here": [worlds.GRID],
    "on_case": list(OF_CASE), "on_problem": list(OF_PROBLEM),
    "on_waiver": list(OF_WAIVER), "on_effect": list(OF_EFFECT),
    "on_wish": list(OF_WISH), "on_branch_wishes": list(OF_BRANCH), "on_pairing": list(OF_PAIRING),
    "on_deed": list(OF_DEED),
    "centre_list_template": ["centres"],
}  # fmt: skip
# Open311 tells of ninety days: from when the matters of the worlds were reported.
SINCE = "start_date=2026-03-01T00:00:00Z"
QUERIES: dict[str, list[str]] = {
    "tree": ["", "?format=csv", "?day=2023-12-31"],
    "tree_unit": ["", "?format=csv&table=units", "?day=2023-12-31", "?day=2023-12-31&borders=today"],
    "tree_search": ["?q=党", "?q=远", "?q=FAR", "?q=yf&format=csv"], "offered": ["?to=党", "?to=远"],
    "unit_organisations": ["?q=远", "?format=csv"], "organisation": ["", "?day=2023-12-31", "?format=csv"],
    "audit": ["", f"?unit={worlds.FAR}", "?which=late", "?format=csv", "?day=2023-12-31",
              f"?day=2026-11-24&borders=2023-12-31&unit={worlds.FAR}"],
    "find": ["?q=党"],
    "ledger": ["", "?act=organisations.rename", "?format=csv"], "transfers": ["?which=late", "?format=csv"],
    "terms": ["", "?format=csv", f"?organisation={worlds.FAR}"],
    "accounts": ["", "?q=远", "?format=csv"], "waiting": ["", "?format=csv"],
    "sheets": ["", "?format=csv"], "sheet_batch": ["", "?format=csv"], "member": ["", "?format=csv"],
    "account": ["", "?format=csv"], "transfer": ["", "?format=csv"], "election": ["", "?format=csv"],
    "reviews": ["", f"?round={worlds.FAR}", "?which=late", "?format=csv"], "review": ["", "?format=csv"],
    "round_reviews": ["", *(f"?format=csv&table={one}" for one in ("levels", "units", "thin", "gaps"))],
    "round": ["", f"?unit={worlds.FAR}", "?format=csv&table=river", "?format=csv&table=units"],
    "letter": ["", "?format=csv"], "summary": ["", f"?unit={worlds.AWAY}", "?format=csv"],
    "triage": ["", "?situation=W01", f"?unit={worlds.FAR}", "?format=csv", "?format=csv&table=movement",
               "?format=csv&table=candidates", "?format=csv&table=whole"],
    "sorted_branches": ["", "?class=advanced", f"?unit={worlds.FAR}", "?format=csv"], "sorted": ["", "?format=csv"],
    "posts": ["", "?format=csv", "?format=csv&table=units"], "posts_rows": ["", "?format=csv"],
    "branch_numbers": ["", "?format=csv"], "keep_numbers": ["", "?quarter=2026-3"],
    "life_plan": ["", "?format=csv"], "life_talks": ["", "?format=csv"], "appraisal": ["", "?format=csv"],
    "rectification_ledger": ["", f"?unit={worlds.FAR}", "?late=1", "?format=csv", "?year=2026&part=accepted"],
    "turned_round": ["?year=2026", f"?unit={worlds.FAR}", "?year=2026&format=csv",
                     "?year=2026&format=csv&table=units"],
    "rectification": ["", "?format=csv", "?format=csv&table=problems"],
    "case": ["", *(f"?format=csv&table={one}" for one in ("problems", "reports", "acts", "case"))],
    "matters": ["", "?where=below", "?where=below&format=csv"], "asked": ["", "?format=csv&table=matter"],
    "grid": ["", "?format=csv"], "grids": ["", "?format=csv"],
    "matters_of_unit": ["", "?format=csv&table=months", "?format=csv&table=confirmed"],
    "rectified": ["", f"?unit={worlds.FAR}", "?format=csv&table=branches"],
    "life": ["", "?format=csv&table=year", "?format=csv&table=gatherings"], "gathering": ["", "?format=csv"],
    "evidence": ["", "?format=csv", "?year=2025"], "evidence_item": ["", "?format=csv"], "disputes": [""],
    "training": ["", "?format=csv&table=coverage", "?format=csv&table=classes"],
    "training_of_unit": ["", "?format=csv&table=coverage", "?format=csv&table=classes"],
    "unit_centres": ["", "?level=5", "?format=csv&table=coverage", "?format=csv&table=centres"],
    "centre": ["", "?format=csv"], "circle": ["", "?service=health&profile=pastoral", "?format=csv"],
    "next_points": ["", "?service=health&k=3", "?format=csv"],
    "training_class": ["", "?format=csv"], "roster": ["", "?which=all", "?format=csv"],
    "affairs": ["", "?year=2026", *(f"?format=csv&table={one}" for one in (
        "resolutions", "announcements", "listed", "matters", "tasks"))],
    "announce": ["", f"?listed={worlds.FAR}"], "matter": ["", "?format=csv"], "set_tasks": ["", "?format=csv"],
    "set_task": ["", f"?unit={worlds.FAR}", "?field=village"],
    "task_of_branches": ["", "?which=waits", "?format=csv"],
    "dues": ["", *(f"?format=csv&table={one}" for one in ("members", "months", "collections", "waivers", "places"))],
    "dues_collection": ["", "?format=csv"], "waivers": ["", "?which=all", "?format=csv"], "waiver": ["", "?format=csv"],
    "wishes_of_unit": ["", "?format=csv", "?format=csv&table=deeds", "?year=2025"],
    "wishes_of_branch": ["", "?format=csv&table=deeds", "?format=csv&table=pairings"],
    "deed": ["", "?format=csv", "?format=csv&table=lines"],
    "unit_dues": ["", "?format=csv"], "collect_dues": ["", "?through=2026-12"],
    "forms": ["", "?which=proposed", "?which=prune&format=csv", "?which=proposed&format=csv"],
    "asked_form": ["", "?format=csv", "?format=csv&table=complaints"],
    "house_form": ["", "?format=csv&table=complaints"],
    "form_complaints": ["", "?which=open&format=csv"], "branch_burden": ["", "?month=2026-10", "?format=csv"],
    "burden": ["", f"?unit={worlds.FAR}", *(f"?format=csv&table={one}" for one in ("lines", "units", "by", "months"))],
    "notices": ["", "?which=past", "?format=csv"], "conditions": ["", "?format=csv"],
    "objections": ["", "?format=csv&table=told"], "objection": ["", "?format=csv"],
    "naming_seats": ["", "?format=csv"], "title_looks": ["", "?which=keep", "?format=csv"],
    "demonstrations": ["", "?format=csv"], "demonstration": ["", "?format=csv", "?format=csv&table=sites"],
    "effects": ["", "?which=told", "?format=csv"], "effect": ["", "?format=csv"],
    "branch_effects": ["", "?format=csv&table=effects", "?format=csv&table=supports"],
    "property_branches": ["", "?format=csv"],
    "property_branch": ["", "?format=csv&table=matters", "?format=csv&table=fees"],
    "supports": ["", "?format=csv&table=supports", "?format=csv&table=sums"],
    "piles": ["", "?which=one", "?which=differs&format=csv"], "polls": ["", "?format=csv", f"?unit={worlds.FAR}"],
    "printings": ["", "?format=csv"], "turnout": ["", "?format=csv", f"?unit={worlds.FAR}"], "lot": ["", "?format=csv"],
    "api_polls": ["", "?limit=1", f"?below={worlds.AWAY}"], "api_turnout": ["", f"?below={worlds.AWAY}"],
    "panels": ["", "?format=csv", "?format=csv&table=ratings"], "electors": ["", "?format=csv"],
    "all_meetings": ["", "?format=csv"], "meetings": ["", "?format=csv"], "meeting": ["", "?format=csv"],
    "poll_results": ["", f"?unit={worlds.FAR}", "?source=mem&format=csv"], "poll": ["", "?format=csv"],
    "editions": ["", "?format=csv", "?format=csv&table=drafts"], "draft": ["", "?format=csv"],
    "draft_items": ["", "?format=csv"], "trial": ["", "?format=csv"],
    "compare_editions": ["", f"?before=wuqiang-2020-2023&after=draft:{worlds.FAR}"],
    "visits": ["", "?format=csv", "?which=open"], "visit": ["", "?format=csv"],
    "holders": ["", "?format=csv"], "health": ["", "?format=csv"],
    "new_election": ["", f"?candidate={worlds.FAR}", "?kind=by", f"?first={worlds.FAR}"],
    "api_units": ["", f"?below={worlds.AWAY}", "?day=2023-12-31&limit=1"], "api_unit": ["", "?day=2023-12-31"],
    "api_organisations": ["", "?q=远", "?code=FAR", f"?below={worlds.AWAY}", "?limit=1", "?day=2023-12-31"],
    "api_organisation": ["", "?day=2023-12-31"], "api_posts": ["", f"?organisation={worlds.FAR}"],
    "api_terms": ["", f"?organisation={worlds.FAR}"], "api_elections": ["", f"?organisation={worlds.FAR}"],
    "api_findings": ["", "?state=all", f"?organisation={worlds.FAR}"], "api_spreadsheets": ["", "?limit=1"],
    "api_transfers": ["", f"?member={worlds.FAR + 1}", "?limit=1"], "api_rounds": ["", "?limit=1"],
    "api_declarations": ["", f"?organisation={worlds.FAR}", f"?below={worlds.AWAY}", "?limit=1"],
    "api_piles": ["", "?limit=1"], "api_visits": ["", "?made=false"],
    "api_reviews": ["", f"?round={worlds.FAR}"], "api_round_reviews": ["", f"?declaration={worlds.FAR + 1}"],
    "api_lines": ["", "?which=listed", f"?declaration={worlds.FAR + 1}"],
    "api_titles": ["", f"?organisation={worlds.FAR}"], "api_objections": ["", "?state=received"],
    "api_sorted_branches": ["", "?stands=advanced", f"?below={worlds.AWAY}"],
    "api_candidates": ["", "?situation=W01", f"?below={worlds.AWAY}"], "api_ledger": ["", "?act=organisations.rename"],
    "open311_requests_json": ["", f"?{SINCE}", f"?status=open&page_size=1&{SINCE}"],
    "open311_requests_xml": [f"?service_code=request&{SINCE}"],
}  # fmt: skip
# Addresses of the round's results and of everybody's own: nothing in them comes from the other league's records.
PLAIN = {
    "home", "unit", "article", "find", "branch", "branches", "standard", "field", "editions", "edition",
    "edition_field", "compare_editions", "new_draft", "import_edition",
    "method", "today", "go", "login", "logout", "password_change", "health", "set_language",
    "styleguide", "tree", "tree_search", "terms", "transfers", "ledger", "audit", "accounts", "waiting",
    "open_account", "sheets", "notices", "post_notice", "enter_code", "second_factor",
    "tokens", "api_docs", "api_openapi", "api-root", "api_whoami", "api_units",
    "api_organisations", "api_posts", "api_terms", "api_findings", "api_transfers", "api_elections", "api_ledger",
    "api_spreadsheets", "api_rounds", "api_acts_on_rounds", "api_reviews", "api_titles", "api_follow_objection",
    "api_public_notices",
    "audit_polls", "how_ballots_work", "verify_tally", "rounds", "open_round", "titles", "reviews", "public_notices",
    "evidence_catalogue", "disputes", "my_ballots", "follow_objection", "demonstrations", "new_demonstration",
    "all_meetings", "roster_template", "set_tasks", "set_task", "rectification_ledger", "turned_round",
    "dues_calculator", "waivers", "effects", "supports", "give_support", "property_branches", "forms", "propose_form",
    "form_complaints", "burden",
    "my_wishes", "register_with_community", "withdraw_from_community",
    "matters", "report_matter", "save_matter", "matter_calls", "follow_matter",
    "centre_list_template",
    *(f"open311_{name}_{form}" for name in ("discovery", "services", "requests", "request", "token")
      for form in ("json", "xml")),
}  # fmt: skip
# What an administrator sees of the whole house by the rules of the roles: accounts, mandates, whether all is well.
OF_THE_WHOLE_HOUSE = {"today", "health", "accounts", "account", "waiting", "act_on_account", "act_on_mandate"}
# Laid open to everybody, whatever their mandate: tests/test_public_notice.py and tests/test_year_of_a_round.py say what
# stands there, and what does not.
LAID_OPEN = {
    "report_here",
    "public_notices", "public_notice", "public_notice_file", "object_to", "public_year", "public_year_file",
    "api_public_notices", "api_public_notice", "api_public_names",
    "api_object_to",
}  # fmt: skip
ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")
# Everything a form could be told to reach for: the other league's codes, names and numbers.
REACHING = {
    "above": "FAR", "into": "FAR", "unit": worlds.AWAY, "organisation": "远方党支部", "leader": worlds.FAR,
    "host": worlds.FAR, "group": worlds.FAR, "hub": worlds.FAR, "on": "2026-11-20", "why": "x", "name": "x",
    "username": "x", "role": "branch_secretary", "title": "x", "since": "2026-11-20", "kind": "branch",
    "document": "x", "outside": "x", "grid": "x", "members": 1, "households": 1, "flag": "oversized_branch",
    "letter": "x", "text": "x", "until": "2026-12-20", "days": 5, "how": "died", "day": "2026-11-20",
    "run": worlds.FAR, "code": "middle",
    "mandate": worlds.FAR, "label": "x", "papers": "11111", "issued": 1, "spoiled": 0, "number": 1,
    "gate-yearly_plan": "1", "event-condition": "honour:moon",
    "lead": "FAR", "others": "FAR", "second": "far",
    "first": "2026-11-20", "last": "2026-11-20", "hours": 4, "level": "banner", "audience": "members",
    "absent": worlds.FAR, "lines": "远方党员0 FAR", "row-2": f"member:{worlds.FAR}",
    "stands_for": "x", "branches": worlds.FAR, "held_on": "2026-11-30", "people": 9, "handed": 9,
    "expires": "2026-11-30", "password": "x",
    "found": "campaign", "words": "x", "measure": "x", "answers": "x", "by": "2026-12-20", "months": 1, "month":
    "2026-11-01", "chosen": worlds.FAR, "proof": "x", "confirmed": "x", "origin": f"finding:{worlds.FAR}",
    "campaign": "members", "situations": "W03", "part": 1, "year": 2026, "yuan": 1,
    "registration": worlds.FAR, "consented": "2026-11-20", "reason": "met", "plan": "x",
}  # fmt: skip

# What is sent where no form of a page is asked.
TYPED: dict[str, dict[str, Any]] = {
    "api_answers": {"answers": [{"item": "first_agenda", "done": 1, "due": 12, "seen": 1}]},
    "api_findings_of_visit": {"on": "2026-11-20", "words": "x",
                              "found": [{"item": "first_agenda", "done": 1, "due": 2}]},
}  # fmt: skip
HOUSE = {"unit", "member", "transfer", "organisation"}

# How a page is asked: the method, what is sent, whether by htmx. And an address of programs: with a token.
WAYS: tuple[tuple[str, dict[str, Any], bool], ...] = (
    ("get", {}, False), ("get", {}, True), ("post", {}, False), ("post", REACHING, False)
)  # fmt: skip
DIFFERENT = (WAYS[0], WAYS[3])
BY_NOBODY = DIFFERENT  # at an address of programs whoever is logged in is nobody: 401, whatever is asked
PROGRAMS = ("/api/v1/", "/api/open311/")
ASKED_BY_PROGRAMS = ("get", "post", "put", "patch", "delete")
MUTATED_AT_ONCE = 4
"""In how many tests the guards are taken away, so that two workers share them."""


def in_few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are drawn as they are for people: Django's tests keep a copy of all that went into each, which nobody asks
    for here, thousands of times. And "there is nothing here" is said in a word: the shell around it, half of what the
    whole matrix would take, stands around every page that is there.
    """
    monkeypatch.setattr(Template, "_render", _TestState.saved_data.template_render)
    monkeypatch.setattr(
        errors, "_in_shell",
        lambda _request, status, title, advice, door=False: HttpResponse(f"{title} {advice} {door}", status=status),
    )  # fmt: skip


@pytest.fixture(autouse=True)
def plainly_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    in_few_words(monkeypatch)


def addresses() -> Iterator[tuple[str, str]]:
    """Name and pattern of every address the house answers to."""

    def walk(resolver: URLResolver, before: str) -> Iterator[tuple[str, str]]:
        for one in resolver.url_patterns:
            route = before + str(one.pattern)
            if isinstance(one, URLResolver):
                yield from walk(one, route)
            elif isinstance(one, URLPattern):
                yield str(one.name), route

    yield from walk(get_resolver(), "/")


def filled(name: str, route: str, numbers: dict[str, int]) -> Iterator[str]:
    """The addresses of a pattern: within the mandate and outside it, with each word it takes."""
    takes = re.findall(r"<(?:\w+:)?(\w+)>", route)
    sets = [numbers, dict.fromkeys(NUMBERS, worlds.FAR)] if set(takes) & NUMBERS else [numbers]
    for known in sets:
        for word in WORDS.get(name, ["x"]):
            address = route
            for one in takes:
                value = str(known[one]) if one in NUMBERS and f"<int:{one}>" in route else word
                address = re.sub(rf"<(?:\w+:)?{one}>", value, address)
            for query in QUERIES.get(name, [""]):
                yield address + query


def answers(
    account: Account | None, secret: str, numbers: dict[str, int], skipped: set[str], only: set[str], every: bool
) -> dict[str, str]:
    """What somebody is answered everywhere, asked in `every` way or in those that differ most; nothing is kept of what
    a request did.
    """
    found: dict[str, str] = {}
    client = Client(raise_request_exception=False)
    if account:
        client.force_login(account)
    cookies = client.cookies.copy()
    for name, route in addresses():
        if name in skipped or (only and name not in only):
            continue
        for address in filled(name, route, numbers):
            if route.startswith(PROGRAMS):
                found |= asked_by_program(address, name, secret, every)
            for method, body, htmx in BY_NOBODY if route.startswith(PROGRAMS) else WAYS if every else DIFFERENT:
                if method == "post" and "?" in address and name != "new_election":
                    continue
                client.cookies = cookies.copy()
                with transaction.atomic():
                    answer = getattr(client, method)(address, body, headers={"HX-Request": "true"} if htmx else {})
                    found[f"{method} {address} {bool(body)} {htmx}"] = said(answer)
                    transaction.set_rollback(True)
    return found


def asked_by_program(address: str, name: str, secret: str, every: bool) -> dict[str, str]:
    """What a program with this token is answered there, by method; what it reaches for is what the act asks."""
    client, found = Client(raise_request_exception=False), dict[str, str]()
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "1"} if secret else {}
    act = address.rpartition("/")[2]
    noun = name.removeprefix("api_act_on_")
    things: dict[str, Any] = {
        "unit": OF_UNIT, "member": OF_MEMBER, "transfer": OF_TRANSFER, "organisation": OF_ORGANISATION,
        "rounds": ON_ROUNDS, **{one: thing.acts for one, thing in THINGS.items()},
    }  # fmt: skip
    form = things.get(noun, {}).get(act)
    bodies: list[dict[str, Any]] = [{}]
    if name in TYPED:
        bodies.append(TYPED[name])
    elif form:
        asks = {"on", "why", *form.base_fields} if noun in HOUSE else set(form.base_fields)
        bodies.append({key: value for key, value in REACHING.items() if key in asks})
    methods = ASKED_BY_PROGRAMS if every else ASKED_BY_PROGRAMS[:2]
    for method in methods[:1] if "?" in address else methods:
        for body in bodies if method == "post" else [{}]:
            with transaction.atomic():
                given = {} if method == "get" else {"content_type": "application/json"}
                answer = getattr(client, method)(address, body, **given, headers=headers)
                found[f"{method} {address} {bool(body)} token"] = said(answer)
                transaction.set_rollback(True)
    return found


def said(answer: HttpResponseBase) -> str:
    """Status, way on, and the words without what differs each time."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    if body[:2] == b"PK":  # a workbook carries the time of its making; the same table is asked for as text as well
        body = b"workbook"
    text = re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", body).decode("utf-8", "replace")
    text = re.sub(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:[\d.]+Z?)?", "", text)
    text = re.sub(r"cursor=[^\"]+", "", text)  # it is signed anew each second
    text = re.sub(r'name="key" value="[0-9a-f]{32}"', "", text)  # drawn for each record
    text = re.sub(r'<figure class="qr">.*?</figure>', "", text, flags=re.DOTALL)  # a key of one's own, drawn by lot
    return f"{answer.status_code} {answer.headers.get('Location', '')} {text}"


def differences(role: str, only: set[str] | None = None) -> list[str]:
    """Where the answers to a role differ between the two worlds; at all addresses, or at some."""
    numbers = worlds.here()
    account = worlds.somebody(role)
    secret = token_of(account)[1] if account and Mandate.objects.filter(account=account).exists() else ""
    skipped = LAID_OPEN | (OF_THE_WHOLE_HOUSE if role in ADMINISTRATORS else set())
    if role == "audit_admin":
        skipped = skipped | {"ledger", "api_ledger", "poll", "poll_bundle"}
    every = ALL and role in worlds.few()  # what a role sees does not hang on how it asks
    before = answers(account, secret, numbers, skipped, only or set(), every)
    worlds.elsewhere()
    after = answers(account, secret, numbers, skipped, only or set(), every)
    assert before.keys() == after.keys()
    return [address for address, text in before.items() if after[address] != text]


def in_turn(role: str) -> set[str]:
    """The names of addresses at which a role is asked: everywhere for the few and in `make matrix`; of the others each
    a twelfth in turn, so that some of them are asked at every address. Roles of one kind see through the same doors.
    """
    if ALL or role in worlds.few():
        return set()
    others = [one for one in worlds.everybody() if one not in worlds.few()]
    return set(sorted({name for name, _route in addresses()})[others.index(role) % PARTS :: PARTS])


def test_every_address_is_declared() -> None:
    for name, route in addresses():
        takes = set(re.findall(r"<int:(\w+)>", route))
        assert takes <= NUMBERS, f"{route}: say here what it takes"
        assert name in PLAIN or name in WORDS or takes, (
            f"{route}: declare it here, and what of it lies in whose mandate"
        )


@pytest.mark.parametrize("role", [
    role if role in worlds.few() else pytest.param(role, marks=pytest.mark.long) for role in worlds.everybody()
])  # fmt: skip
def test_what_lies_outside_the_mandate_is_as_if_it_were_not(role: str) -> None:
    assert differences(role, in_turn(role)) == []


# Each guard, what stands in its place when it is taken away, and an address at which that must be seen.
MUTATIONS: dict[str, tuple[Any, str, Any, str]] = {
    "units": (doors, "units", lambda scope: UnitState.objects.on(scope.day), "holders"),
    "the scope itself": (doors.Scope, "holds", lambda scope, unit: True, "tree_unit"),
    "organisations": (
        doors, "organisations", lambda scope, below="": OrganisationState.objects.on(scope.day), "organisation"
    ),
    "memberships": (doors, "memberships", lambda scope: Membership.objects.on(scope.day), "member"),
    "findings": (doors, "findings", lambda scope, below="": Finding.objects.all(), "audit"),
    "transfers": (doors, "transfers", lambda scope: Transfer.objects.all(), "transfer"),
    "elections": (doors, "elections", lambda scope: Election.objects.all(), "election"),
    "notices": (doors, "notices", lambda held, today, writing=None: Notice.objects.all(), "notices"),
    "rounds": (round_doors, "rounds", lambda scope: Round.objects.all(), "round"),
    "declarations": (declaration_doors, "declarations", lambda scope: Declaration.objects.select_related("round"),
                     "declaration"),
    "letters": (declaration_doors, "declarations", lambda scope: Declaration.objects.select_related("round"), "letter"),
    "the river": (round_views, "declarations", lambda scope: Declaration.objects.select_related("round"), "round"),
    "steps of reviews": (review_doors, "steps", lambda account, day: Step.objects.select_related("declaration__round"),
                         "review"),
    "what waits for a reviewer": (review_doors, "at_seats", lambda account, day, roles: Q(), "reviews"),
    "the workload of a round": (workload, "_steps", lambda scope, this: Step.objects.filter(declaration__round=this),
                                "round_reviews"),
    "visits": (score_doors, "visits", lambda account, day: Visit.objects.select_related("declaration__round", "run"),
               "visit"),
    "sorted branches": (triage_doors, "branches", lambda scope: Sorted.objects.standing(), "sorted"),
    "candidates": (triage_doors, "candidates", lambda scope: Candidate.objects.all(), "triage"),
    "lines of a list": (naming_doors, "lines",
                        lambda scope: Line.objects.select_related("list__round", "declaration"), "naming_line"),
    "titles": (naming_doors, "titles", lambda scope: Title.objects.select_related("round"), "title"),
    "yearly looks at titles": (naming_doors, "looks", lambda scope: TitleReview.objects.select_related("title__round"),
                               "title_looks"),
    "sites and bases": (naming_doors, "demonstrations",
                        lambda scope: Demonstration.objects.select_related("by", "second"), "demonstration"),
    "effects": (naming_doors, "effects", lambda scope: Effect.objects.select_related("checked_by", "honour"), "effect"),
    "support": (naming_doors, "supports", lambda scope: Support.objects.select_related("by"), "supports"),
    "objections": (notice_doors, "objections", lambda account, writing: Objection.objects.all(), "objection"),
    "objections to branches": (notice_doors, "concerning", lambda scope: Objection.objects.all(), "objections"),
    "files of answers": (declaration_doors, "papers", lambda scope: Paper.objects.all(), "paper"),
    "the conditions": (declaration_doors, "declarations", lambda scope: Declaration.objects.select_related("round"),
                       "conditions"),
    "cases": (case_doors, "cases", lambda scope: Case.objects.select_related("organisation", "by"), "case"),
    "the ledger of cases": (case_doors, "cases", lambda scope: Case.objects.select_related("organisation", "by"),
                            "rectification_ledger"),
    "matters": (matters_doors, "matters", lambda scope: matters_models.Matter.objects.all(), "asked"),
    "grids": (matters_doors, "scope", lambda account, today: doors.Scope(today, (), (), True), "grid"),
    "gatherings": (life_doors, "gatherings", lambda scope: Gathering.objects.all(), "gathering"),
    "classes": (training_doors, "classes", lambda scope: TrainingClass.objects.select_related("by"), "training_class"),
    "who attended": (training_doors, "attendances", lambda scope: Attendance.objects.select_related("member"),
                     "training_class"),
    "appraisals of members": (life_doors, "gatherings", lambda scope: Gathering.objects.all(), "appraisal"),
    "talks": (doors, "organisations", lambda scope, below="": OrganisationState.objects.on(scope.day), "life_talks"),
    "plans": (doors, "organisations", lambda scope, below="": OrganisationState.objects.on(scope.day), "life_plan"),
    "tasks set from above": (affairs_doors, "set_tasks", lambda scope: SetTask.objects.all(), "task_of_branches"),
    "branches to set tasks to": (affairs_doors, "branches",
                                 lambda writing, below="", field="": OrganisationState.objects.on(writing.day),
                                 "set_task"),
    "waivers": (dues_doors, "waivers", lambda scope: Waiver.objects.select_related("member", "decided_by"), "waivers"),
    "registered forms": (burden_doors, "forms", lambda scope: RegisteredForm.objects.all(), "asked_form"),
    "complaints about forms": (burden_doors, "complaints", lambda scope: Complaint.objects.all(), "form_complaints"),
    "communities": (wish_doors, "communities", lambda scope: UnitState.objects.on(scope.day), "wishes_of_unit"),
    "small wishes": (wish_doors, "wishes", lambda scope: Wish.objects.all(), "on_wish"),
    "practical deeds": (wish_doors, "deeds", lambda scope: Deed.objects.all(), "deed"),
    "piles": (ballot_doors, "counted_by", lambda writing: Declaration.objects.select_related("round"), "piles"),
    "polls": (ballot_doors, "counted_by", lambda writing: Declaration.objects.select_related("round"), "polls"),
    "printings": (ballot_doors, "printings", lambda writing: Printing.objects.select_related("round"), "take_slips"),
    "the lot": (ballot_doors, "polls", lambda scope: Poll.objects.select_related("declaration__round"), "lot"),
    "turnout": (doors.Scope, "holds", lambda scope, unit: True, "turnout"),
    "polls, to programs": (ballot_doors, "polls", lambda scope: Poll.objects.select_related("declaration__round"),
                           "api_polls"),
    "panels": (ballot_doors, "panels", lambda scope: Panel.objects.all(), "panels"),
    "votes at meetings": (ballot_doors, "meetings", lambda scope: MeetingPoll.objects.all(), "all_meetings"),
    "the vote of a meeting": (ballot_doors, "meetings", lambda scope: MeetingPoll.objects.all(), "meeting"),
    "a poll": (ballot_doors, "counted_by", lambda writing: Declaration.objects.select_related("round"), "poll"),
    "results of polls": (results, "roots", lambda scope, this: [this.path], "poll_results"),
    "words on ballots": (remarks, "looked_through",
                         lambda writing, this=None: Remark.objects.select_related("poll__declaration__round"),
                         "remarks"),
    "members with an account": (ballot_doors, "branches_from_above",
                                lambda writing: OrganisationState.objects.on(writing.day), "electors"),
    "a pile": (ballot_doors, "counted_by", lambda writing: Declaration.objects.select_related("round"), "pile"),
    "ledger": (records, "visible", lambda scope: Entry.objects.order_by("-number").select_related("actor"), "ledger"),
    "accounts": (appointing, "accounts", lambda account, on: Account.objects.all(), "account"),
    "mandates": (appointing, "mandates", lambda account, on: Mandate.objects.all(), "waiting"),
    "spreadsheets": (sheet_doors, "batches", lambda scope: Batch.objects.select_related("sender"), "sheet_batch"),
    "drafts": (edition_doors, "drafts", lambda account, today: OwnEdition.objects.all(), "draft"),
    "what one mandate opens": (
        doors, "scopes_of_mandate", lambda mandate, today, day: (doors.Scope(day, whole=True),) * 2, "api_organisations"
    ),
    "units, to programs": (doors, "units", lambda scope: UnitState.objects.on(scope.day), "api_units"),
    "organisations, to programs": (
        doors, "organisations", lambda scope, below="": OrganisationState.objects.on(scope.day), "api_members"
    ),
    "findings, to programs": (doors, "findings", lambda scope, below="": Finding.objects.all(), "api_findings"),
    "transfers, to programs": (doors, "transfers", lambda scope: Transfer.objects.all(), "api_transfer"),
    "elections, to programs": (doors, "elections", lambda scope: Election.objects.all(), "api_elections"),
    "memberships, to programs": (doors, "memberships", lambda scope: Membership.objects.on(scope.day),
                                 "api_act_on_member"),
    "ledger, to programs": (
        records, "scope_of_mandate", lambda mandate, today: doors.Scope(today, whole=True), "api_ledger"
    ),
    "spreadsheets, to programs": (
        sheet_doors, "batches", lambda scope: Batch.objects.select_related("sender"), "api_spreadsheets"
    ),
    "declarations, to programs": (
        declaration_doors, "declarations", lambda scope: Declaration.objects.select_related("round"), "api_declarations"
    ),
    "visits, to programs": (
        score_doors, "visits", lambda account, day: Visit.objects.select_related("declaration__round", "run", "by"),
        "api_visits",
    ),
    "piles, to programs": (ballot_doors, "counted_by", lambda writing: Declaration.objects.select_related("round"),
                           "api_piles"),
    "steps, to programs": (review_doors, "steps",
                           lambda account, day: Step.objects.select_related("declaration__round"), "api_review"),
    "lines, to programs": (naming_doors, "lines",
                           lambda scope: Line.objects.select_related("list__round", "declaration"), "api_line"),
    "objections, to programs": (notice_doors, "of_rounds_led", lambda writing: Objection.objects.all(),
                                "api_objection"),
    "candidates, to programs": (triage_doors, "candidates", lambda scope: Candidate.objects.all(), "api_candidates"),
    "matters, to programs": (matters_doors, "matters", lambda scope: matters_models.Matter.objects.all(),
                             "open311_requests_json"),
    "the own tokens": (TokenQuerySet, "of", lambda self, account: self.all(), "end_token"),
}  # fmt: skip


@pytest.mark.parametrize("part", range(MUTATED_AT_ONCE))
def test_the_matrix_turns_red_when_any_one_guard_is_taken_away(part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One after the other in the same two worlds, which take longer to build than to ask."""
    guards = list(MUTATIONS)[part::MUTATED_AT_ONCE]
    numbers, clerk = worlds.here(), worlds.somebody("banner_clerk")
    secret = token_of(clerk)[1]

    def without(guard: str) -> dict[str, str]:
        *mutation, seen_at = MUTATIONS[guard]
        with monkeypatch.context() as taken_away:
            taken_away.setattr(*mutation)
            return answers(clerk, secret, numbers, LAID_OPEN, {seen_at}, every=False)

    before = {guard: without(guard) for guard in guards}
    worlds.elsewhere()
    blind = [guard for guard in guards if before[guard] == without(guard)]
    assert blind == [], "without these guards the matrix sees no difference"
