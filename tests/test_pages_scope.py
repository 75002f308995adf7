"""Nobody sees more than their mandate: pages, lists, search, files and what could be worked out from sums."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import timezone

from baolei.people.models import Mandate, Role
from baolei.scores.results import NotOpen
from baolei.scores.sight import sight_of
from baolei.scores.sums import LEAST_CELL, Sums, merged
from stage import mandated

pytestmark = pytest.mark.django_db
INSIDE, OUTSIDE = "Z0000", "Z0001"
"""Branches of 150101001 and of 150102001."""


@pytest.fixture(autouse=True)
def on_show(shown_round: Path) -> None:
    """A round of ninety branches of three townships stands on the pages."""


def test_branches_are_for_those_who_answer_for_them(client: Client) -> None:
    for address in (f"/branch/{INSIDE}/", "/unit/150101/branches/"):
        assert client.get(address).status_code == 403
    client.force_login(mandated("150101"))
    for address in (f"/branch/{INSIDE}/", "/unit/150101/branches/", "/unit/150101001/branches/"):
        assert client.get(address).status_code == 200
    for address in (f"/branch/{OUTSIDE}/", "/unit/150102/branches/", "/unit/1501/branches/", "/unit/15/branches/"):
        assert client.get(address).status_code == 403


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_files_are_as_closed_as_pages(client: Client, form: str) -> None:
    client.force_login(mandated("150101"))
    for address in (f"/branch/{OUTSIDE}/", "/unit/150102/branches/", "/unit/15/branches/"):
        assert client.get(f"{address}?format={form}").status_code == 403
    assert client.get(f"/unit/150101/branches/?format={form}").status_code == 200


def test_the_search_finds_branches_of_one_s_own_scope_only(client: Client) -> None:
    wanted = "/find/?q=党支部"
    assert "/branch/" not in client.get(wanted).text
    client.force_login(mandated("150101"))
    page = client.get(f"{wanted}&format=csv&table=branches").content.decode("utf-8-sig")
    assert len(page.splitlines()) == 1 + 30
    assert INSIDE in page
    assert OUTSIDE not in page
    for words in (OUTSIDE, "第1党支部", "d1dzb"):
        assert "/branch/" not in client.get(f"/find/?q={words}").text
    assert f"/branch/{INSIDE}/" in client.get("/find/?q=d0dzb").text


def test_a_secretary_sees_the_own_sheet_and_no_other(client: Client) -> None:
    client.force_login(mandated(INSIDE, Role.SECRETARY))
    assert client.get(f"/branch/{INSIDE}/").status_code == 200
    for address in ("/branch/Z0003/", f"/branch/{OUTSIDE}/", "/unit/150101001/branches/"):
        assert client.get(address).status_code == 403
    found = client.get("/find/?q=党支部&format=csv&table=branches").content.decode("utf-8-sig")
    assert len(found.splitlines()) == 2


def test_a_mandate_that_has_ended_opens_nothing(client: Client) -> None:
    account = mandated("15")
    assert sight_of(account, timezone.localdate()).covers("150101")
    Mandate.objects.filter(account=account).update(until=date(2023, 12, 31))
    client.force_login(account)
    assert client.get("/unit/15/branches/").status_code == 403
    assert sight_of(AnonymousUser(), timezone.localdate()).paths == ()


def test_the_door_to_the_results_refuses_by_itself() -> None:
    from test_pages_round import shown

    seen = shown().visible_to(mandated("150101"), timezone.localdate())
    assert len(seen.open_rows()) == 30
    for closed in (
        lambda: seen.sheet(OUTSIDE),
        lambda: seen.rows_of("15"),
        lambda: seen.listed([1]),
        lambda: seen.scores("1501", "village"),
    ):
        with pytest.raises(NotOpen):
            closed()


def cell(branches: int) -> Sums:
    return Sums(branches, (branches,), branches, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (0,), (0,))


def test_small_cells_are_not_shown_and_cannot_be_worked_out() -> None:
    assert cell(LEAST_CELL - 1).share is None
    assert cell(LEAST_CELL).share == 1
    for sizes in ((3, 40, 6), (3, 1, 40), (4, 5), (1, 1, 9, 9), (6, 7)):
        alone, keys, together = merged([(place, cell(size)) for place, size in enumerate(sizes)])
        assert all(sums.branches >= LEAST_CELL for _key, sums in alone)
        assert sum(sums.branches for _key, sums in alone) + (together.branches if together else 0) == sum(sizes)
        assert together is None or len(keys) > 1
        assert together is None or together.branches >= LEAST_CELL
