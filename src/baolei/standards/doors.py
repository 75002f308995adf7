"""Who drafts and publishes editions: whoever writes at the top of the tree for the organisation department.

What was published is open to everybody; a draft is as if it were not, for all others.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser

from baolei.organisations.doors import nodes_of
from baolei.organisations.models import WIDTH
from baolei.people.models import Account, InTree
from baolei.standards.models import OwnEdition

OFFICE = ("organiser", "region_clerk", "league_clerk")
"""The roles that set the standard, where they stand at the top of the tree."""


def tops(account: Account | AnonymousUser, today: date) -> tuple[str, ...]:
    """The paths of the tops of the tree at which somebody sets the standard today; none for most."""
    return tuple(
        path for role, tree, path in nodes_of(account, today)
        if role in OFFICE and tree == InTree.UNIT and len(path) == WIDTH
    )  # fmt: skip


def drafts(account: Account | AnonymousUser, today: date) -> Any:
    """The drafts that somebody may see and change: all of them, or none."""
    found = OwnEdition.objects.filter(state=OwnEdition.DRAFT).select_related("drafted_by", "changed_by")
    return found if tops(account, today) else found.none()


def published() -> Any:
    """The editions published here."""
    return OwnEdition.objects.filter(state=OwnEdition.PUBLISHED).select_related("published_by")
