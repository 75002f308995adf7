"""The pages of a property-service branch in a browser: nobody is kept out, and on a phone nothing sticks out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

import matters_stage as matters
import stage
from baolei.matters import grids
from baolei.matters.grids import Laid
from baolei.matters.models import Matter
from baolei.naming import effects
from baolei.naming.effects import Told
from conftest import Visitor
from test_pages_browser import enter, sticking_out
from test_shell_browser import barriers

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("BAOLEI_SHOTS", "")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_of_a_branch_are_open_to_everybody(visitor: Visitor, language: str) -> None:
    cast, now = matters.cast(), timezone.now()
    branch = stage.branch(f"{matters.HERE}-900", home=matters.HERE)
    branch.field, branch.name = "property_service", "安居物业服务有限公司党支部"
    branch.save()
    laid = Laid("W03", "第三网格", organisation=branch.organisation_id)
    grids.lay(actor=cast.township, now=matters.MONDAY, unit=cast.unit, laid=laid)
    day = now.date()
    Matter.objects.bulk_create(
        Matter(unit_id=cast.unit.unit_id, grid=cast.grid, kind="request", channel="resident", words="路灯", at=now,
               on=day, holder_id=cast.unit.unit_id, level=5, due=day, ends=day)
        for _one in range(9)
    )  # fmt: skip
    secretary = stage.mandated(f"{matters.HERE}-900", "branch_secretary")
    said = Told("property_fees", day.year, 702_000, 1_000_000, "上门催缴")
    mine = effects.tell(actor=secretary, now=now, organisation=branch, told=said, why="年底汇总")
    effects.check(actor=cast.county, now=now, effect=mine, confirmed=True, how="查物业公司收费台账", why="核实")
    visitor.speak(language)
    enter(visitor, secretary)
    for name, given in (("property_branches", []), ("property_branch", [branch.organisation_id])):
        for width in (1280, 360):
            visitor.page.set_viewport_size({"width": width, "height": 760})
            page = visitor.goto(reverse(name, args=given))
            if SHOTS:
                page.screenshot(path=str(Path(SHOTS) / f"{name}-{language}-{width}.png"), full_page=True)
            assert barriers(page) == [], (name, width)
        assert sticking_out(page) == [], name
