"""Every page the house has, taken from its addresses, in a real browser: no barrier, nothing that the content policy
refused, nothing wider than a phone; in both languages, at a desk and on a phone. A new address fails until it is seen.

`make shots` keeps a picture of each in var/shots, for somebody to look at: on a phone, at a desk and on a wide screen.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

import sheets_stage
import stage
import worlds
from baolei.people.models import Account
from baolei.sheets.models import Batch
from conftest import Visitor
from test_access_matrix import PROGRAMS, addresses, filled
from test_pages_browser import enter, sticking_out
from test_shell_browser import AXE, AXE_RUN, wait_for_charts

pytestmark = [pytest.mark.browser, pytest.mark.long]

NO_PAGE = {
    "make_year": "only of an adopted list whose file is not made: tests/test_year_of_a_round.py asks it",
    "year_file": "a file",
    "public_year_file": "a file",
    "post_list": "only in the phase of the public notice, a form like any other: tests/test_public_notice.py asks it",
    "word_naming_paper": "only once the list is adopted, a form like any other: tests/test_official_papers.py asks it",
    "paper_file": "a file",
    "public_notice_file": "a file",
    "title_plaque": "a file",
    "logout": "ends the log-in and leads on",
    "set_language": "sets the language and leads on",
    "enter_code": "asked between two questions: tests/test_people_factor_browser.py looks at it",
    "end_token": "takes what is sent",
    "save_declaration": "takes what is sent",
    "add_papers": "takes what is sent",
    "object_as_branch": "open while its days run: tests/test_journey_browser.py looks at it",
    "paper": "a file",
    "envelopes": "a file",
    "print_again": "open once a file is gone, a form like any other: tests/test_poll_printing.py asks it",
    "print_more": "open while slips are out, a form like any other: tests/test_poll_printing.py asks it",
    "poll_bundle": "a file",
    "verify_tally": "a file",
    "save_visit": "takes what is sent",
    "save_gathering": "takes what is sent",
    "count_again": "takes what is sent",
    "paste_roster": "takes what is sent",
    "enter_roster": "takes what is sent",
    "put_roster_away": "takes what is sent",
    "roster_template": "a file",
    "centre_list_template": "a file",
    "reckon_circle": "takes what is sent",
    "tell_appraised": "takes what is sent",
    "life_calendar": "a file",
    "life_book": "a file",
    "follow_up": "takes what is sent",
    "save_matter": "takes what is sent",
    "asked_contact": "takes what is sent",
    "confirm_all_reports": "takes what is sent",
    "on_panel": "open while ballots are collected, a form like any other: tests/test_panels.py asks it",
    "take_token": "open to whoever may vote: tests/test_token_journey_browser.py looks at it",
    "leniencies": "open once a run is done: tests/test_visits_browser.py looks at it",
    "leniency": "open once a run is done: tests/test_visits_browser.py looks at it",
    "meeting_bundle": "a file",
    "go": "leads on to where somebody answers",
    "offered": "a part of a form",
    "sheet_template": "a file",
    "sheet_marked": "a file",
    "sheet_progress": "a part of a page",
    "sheet_apply": "takes what is sent",
    "sheet_discard": "takes what is sent",
    "sheet_revert": "takes what is sent",
    "edition_files": "a file",
    "on_run": "open once a run is done: tests/test_scores_runs.py",
    "on_review": "open to who judges at the step: tests/test_reviews.py",
    "run_sheet": "the same sheet as `branch`",
    "draft_files": "a file",
    "trial_progress": "a part of a page",
    "register_with_community": "open to members with an account: tests/test_wishes_browser.py looks at it",
    "withdraw_from_community": "open to members who are registered, a form like any other: tests/test_wishes_pages.py",
    "property_branch": "open for branches of property service: tests/test_property_browser.py looks at it",
    "on_wish": "open to members near it and at its desk: tests/test_wishes_browser.py looks at it",
}
OF_THE_ROUND = {
    "unit": "/unit/1501/",
    "branches": "/unit/1501/branches/",
    "branch": "/branch/Z0003/",
    "field": "/standard/village/",
    "find": "/find/?q=东",
    "edition": "/editions/wuqiang-2020-2023/",
    "tree_search": "/tree/search/?q=党",
    "edition_field": "/editions/wuqiang-2020-2023/village/",
}
OF_A_VILLAGE = {"on_grids", "place_at", "write_wish"}
"""Pages of a village, where all others of a unit are asked of a township."""
DESK, PHONE, WIDE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}, {"width": 1920, "height": 1000}
SHOTS = os.environ.get("BAOLEI_SHOTS", "")
SHOT_AT = {"zh-hans": (PHONE, DESK, WIDE), "en": (DESK,)}


@pytest.fixture
def numbers(transactional_db: None, shown_round: Path) -> dict[str, int]:
    """A round on show, and a house with one of everything, one of which waits and is late."""
    found = worlds.here()
    Batch.objects.update(head={"row": 1, "places": {"name": 0}, "sheet": "表"}, digest="0" * 64)
    return found


def answerers() -> list[Account | None]:
    """Who is shown pages: clerks of the region and of a township, administrators, a branch's secretary, and nobody."""
    region = stage.mandated("15", "region_clerk")
    return [
        region,
        stage.mandated(sheets_stage.TOWNSHIP, "township_clerk"),
        *(worlds.somebody(role) for role in ("system_admin", "security_admin", "audit_admin", "branch_secretary")),
        None,
    ]


def pages(numbers: dict[str, int], whose: list[Account | None]) -> dict[str, tuple[str, Account | None]]:
    """Every address that answers with a page: its name, and the first who is shown it."""
    found: dict[str, tuple[str, Account | None]] = {}
    for account in whose:
        client = Client()
        if account:
            client.force_login(account)
        for name, route in addresses():
            for address in _filled(name, route, numbers):
                if name in NO_PAGE or address in found:
                    continue
                answer = client.get(address)
                if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                    found[address] = name, account
    return found


def _filled(name: str, route: str, numbers: dict[str, int]) -> Iterator[str]:
    """The addresses of a pattern within the mandate, one for each word it takes; and what they are asked."""
    if name in OF_THE_ROUND:
        yield OF_THE_ROUND[name]
        return
    if name in OF_A_VILLAGE:
        numbers = {**numbers, "unit": stage.unit(sheets_stage.VILLAGE).unit_id}
    plain = {one.partition("?")[0] for one in filled(name, route, numbers) if str(worlds.FAR) not in one}
    yield from sorted(plain)
    if name == "keep_numbers":
        yield f"{plain.pop()}?quarter=2026-3"
    if name == "new_election":
        yield f"{plain.pop()}?candidate={numbers['member']}"


def looked_at(visitor: Visitor, address: str, *, barriers: bool = True) -> list[str]:
    """What is wrong with a page at a desk and on a phone: with `barriers`, what axe says too."""
    visitor.page.set_viewport_size(DESK)
    page = visitor.goto(address)
    wait_for_charts(page)
    if address.endswith("/docs"):
        page.wait_for_selector(".opblock")  # it draws itself
    wrong: list[str] = []
    if barriers:
        page.evaluate(AXE)
        wrong += [f"desk: {one}" for one in page.evaluate(AXE_RUN)]
    if page.evaluate("document.documentElement.scrollWidth") > DESK["width"]:
        wrong.append("desk: wider than the window")
    page.set_viewport_size(PHONE)
    wrong += [f"phone: sticks out: {one}" for one in sticking_out(page)]
    if barriers:
        wrong += [f"phone: {one}" for one in page.evaluate(AXE_RUN)]
    return wrong + visitor.complaints


def pictured(visitor: Visitor, address: str, language: str) -> list[str]:
    """Pictures of the whole page at each width of the language, named after its address; what the browser said."""
    wait_for_charts(visitor.goto(address))
    file = re.sub(r"\W+", "_", address).strip("_") or "home"
    for window in SHOT_AT[language]:
        visitor.page.set_viewport_size(window)
        visitor.page.wait_for_timeout(400)  # charts fit themselves to the window
        visitor.page.screenshot(path=f"{SHOTS}/{language}/{window['width']}/{file}.png", full_page=True)
    return visitor.complaints


def seen(visitor: Visitor, address: str, language: str) -> list[str]:
    """What is wrong with a page in a language; or, where pictures are asked for, those."""
    if SHOTS:
        return pictured(visitor, address, language)
    # The same barriers stand in both languages: they are in the layout of a page. What sticks out is not.
    return looked_at(visitor, address, barriers=language == "zh-hans")


@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize("language", ["zh-hans", pytest.param("en", marks=pytest.mark.release)])
def test_every_page_is_open_to_everybody(visitor: Visitor, numbers: dict[str, int], language: str, half: int) -> None:
    whose = answerers()
    found = pages(numbers, whose)
    for_people = {name for name, route in addresses() if not route.startswith(PROGRAMS) or name == "api_docs"}
    missing = for_people - set(NO_PAGE) - {name for name, _account in found.values()}
    assert missing == set(), "no page of these was seen: let worlds.here() hold what they show, or say why in NO_PAGE"
    wrong = dict[str, list[str]]()
    for account in whose:
        visitor.page.context.clear_cookies()
        visitor.speak(language)
        if account:
            enter(visitor, account)
        for address, (_name, shown_to) in list(found.items())[half::2]:
            if shown_to != account:
                continue
            if said := seen(visitor, address, language):
                wrong[address], visitor.complaints = said, []
    assert wrong == {}
