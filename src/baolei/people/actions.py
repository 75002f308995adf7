"""What is done with accounts and mandates. The one who acts and the day are arguments, never looked up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from baolei.people.models import Account, InTree, Mandate, Role
from baolei.programme.refusals import Refusal

Level = Literal["region", "league", "banner", "township", "branch"]


class NotADemo(Refusal):
    """Demo accounts have a password that everybody knows; they are opened in a demo only."""


@dataclass(frozen=True, slots=True)
class DemoPost:
    """A node for which a demo account answers: its level, its tree and path, and its name as people say it."""

    level: Level
    path: str
    place: str
    tree: InTree = InTree.UNIT


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """What a visitor of the demo needs to log in, and as whom they then act."""

    username: str
    name: str
    title: str


# user name, invented name of the person, what stands after the place in the title, role
_CAST: dict[Level, tuple[str, str, str, str]] = {
    "region": ("qu", "林一川", "党委组织部", "region_clerk"),
    "league": ("meng", "方知远", "委组织部", "league_clerk"),
    "banner": ("qi", "周青禾", "委组织部", "banner_clerk"),
    "township": ("xiang", "程小满", "党委", "township_clerk"),
    "branch": ("zhibu", "江晚舟", "书记", Role.SECRETARY),
}


@transaction.atomic
def open_demo_accounts(*, posts: Iterable[DemoPost], password: str, on: date) -> tuple[DemoAccount, ...]:
    """Open one account per post with a mandate from that day on, and return them in the order given.

    Doing it again renews passwords and mandates and leaves no second account. Raises NotADemo outside a demo.
    """
    if not settings.BAOLEI_DEMO:
        raise NotADemo("demo accounts are opened in a demo only: set BAOLEI_DEMO=1")
    return tuple(_open_demo_account(post, password, on) for post in posts)


def demo_accounts() -> tuple[DemoAccount, ...]:
    """The demo accounts that are open, from the region down; none outside a demo."""
    if not settings.BAOLEI_DEMO:
        return ()
    names = [username for username, _, _, _ in _CAST.values()]
    mandates = Mandate.objects.filter(account__username__in=names, account__is_active=True).select_related("account")
    by_name = {mandate.account.username: mandate for mandate in mandates}
    return tuple(
        DemoAccount(name, by_name[name].account.name, by_name[name].title) for name in names if name in by_name
    )


def _open_demo_account(post: DemoPost, password: str, on: date) -> DemoAccount:
    username, name, suffix, role = _CAST[post.level]
    account, _ = Account.objects.get_or_create(username=username)
    account.name, account.is_active = name, True
    account.set_password(password)
    account.save()
    account.mandates.all().delete()
    mandate = Mandate.objects.create(
        account=account,
        role=role,
        tree=post.tree,
        path=post.path,
        title=post.place + suffix,
        since=on,
        approved_at=timezone.now(),
    )
    return DemoAccount(username, name, mandate.title)
