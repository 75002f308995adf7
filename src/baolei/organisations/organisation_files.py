"""The tables of an organisation's page as files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from baolei.organisations import directory
from baolei.organisations.models import Group, HubHousehold, OrganisationState, Post
from baolei.warehouse.spreadsheets import Column, Grid


def grids(organisation: int, day: date) -> dict[str, Grid]:
    """Posts, names through the years, Party groups and hub households, as of a day."""
    here = {"organisation": organisation}
    return {
        "posts": post_grid(Post.objects.on(day).filter(**here).select_related("holder").order_by("pk")),
        "history": directory.history_grid(OrganisationState.objects.filter(**here).order_by("since"), day),
        "groups": _groups(Group.objects.on(day).filter(**here).select_related("leader").order_by("name")),
        "hubs": _hubs(HubHousehold.objects.on(day).filter(**here).select_related("host").order_by("grid")),
    }


def post_grid(posts: Iterable[Any]) -> Grid:
    """Who holds which post since when."""
    columns = (Column(_("Post")), Column(_("Holder")), Column(_("Since"), "day"),
               Column(_("also heads the villagers' committee")))  # fmt: skip
    return Grid(_("Posts"), columns, (
        (one.get_kind_display(), one.holder.name, one.since, _("yes") if one.village_head else "") for one in posts
    ))  # fmt: skip


def _groups(groups: Iterable[Any]) -> Grid:
    columns = (Column(_("Party group")), Column(_("Leader")), Column(_("Grid or natural village")))
    return Grid(_("Party groups"), columns, ((one.name, one.leader.name, one.place) for one in groups))


def _hubs(hubs: Iterable[Any]) -> Grid:
    numbers = (_("Members who meet there"), _("Households served"))
    columns = (Column(_("Grid")), Column(_("Host")), *(Column(label, "whole") for label in numbers))
    return Grid(_("Hub households"), columns, ((one.grid, one.host.name, one.members, one.households) for one in hubs))


def election_grids(found: Any, result: Any, rows: list[dict[str, Any]], candidates: int) -> dict[str, Grid]:
    """An election: what the rules ask, and the votes."""
    met = {True: _("met"), False: _("not met"), None: ""}
    asked = [
        (_("Present"), result.quorum.needed, found.present, met[result.quorum.met]),
        (_("Slips returned"), found.issued, found.returned, met[result.slips_in_order]),
        (_("Candidates"), candidates, len(rows), met[len(rows) >= candidates]),
        (_("Votes to be elected"), result.votes_needed, None, ""),
        (_("Seats still open"), 0, result.open_seats, met[not result.open_seats]),
    ]
    standing = pgettext("process", "Standing")
    rule_columns = (Column(_("What is asked")), Column(_("Needed"), "whole"), Column(_("Was"), "whole"),
                    Column(standing))  # fmt: skip
    columns = (Column(_("Candidate")), Column(_("Votes"), "whole"), Column(standing))
    return {
        "votes": Grid(_("Votes"), columns, [(one["name"], one["votes"], _said(one)) for one in rows]),
        "arithmetic": Grid(_("By the rules"), rule_columns, asked),
    }


def _said(row: dict[str, Any]) -> str:
    if row["elected"]:
        return pgettext("candidate", "elected")
    return _("second vote") if row["runoff"] else _("not elected")
