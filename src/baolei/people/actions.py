"""What is done with accounts and mandates. The one who acts and the day are arguments, never looked up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from baolei.people.models import Account, InTree, Mandate, Role, SecondFactor
from baolei.programme.refusals import Refusal

Level = Literal["region", "league", "banner", "township", "branch", "committee", "house"]


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
    """What a visitor of the demo needs to log in, and as whom they then act; `main` are the five levels."""

    username: str
    name: str
    title: str
    main: bool = True


@dataclass(frozen=True, slots=True)
class _Part:
    """A part in the demo's cast: where, user name, invented name, what stands after the place in the title, role."""

    level: Level
    username: str
    name: str
    suffix: str
    role: str
    main: bool = False


_CAST = (
    _Part("region", "qu", "林一川", "党委组织部", "region_clerk", main=True),
    _Part("league", "meng", "方知远", "委组织部", "league_clerk", main=True),
    _Part("banner", "qi", "周青禾", "委组织部", "banner_clerk", main=True),
    _Part("township", "xiang", "程小满", "党委", "township_clerk", main=True),
    _Part("branch", "zhibu", "江晚舟", "书记", Role.SECRETARY, main=True),
    _Part("region", "qufu", "何其美", "党委组织部（复核）", "region_clerk"),
    _Part("banner", "qishen", "其木格", "审核员", "reviewer"),
    _Part("banner", "qishener", "高娃", "审核员", "reviewer"),
    _Part("township", "xiangshen", "图雅", "审核员", "reviewer"),
    _Part("township", "zhenshen", "包文", "审核员", "reviewer"),
    _Part("committee", "dangwei", "白雪松", "党务干部", "committee_clerk"),
    _Part("region", "lingdao", "秦向北", "党委领导", "leader"),
    _Part("league", "shenhe", "苏和", "审核员", "reviewer"),
    _Part("league", "hecha", "唐明月", "核查员", "inspector"),
    _Part("league", "fucha", "高云龙", "核查员（复核）", "inspector"),
    _Part("banner", "chakan", "叶知秋", "查看", "viewer"),
    _Part("township", "wangge", "萨仁", "网格员", "grid_worker"),
    _Part("township", "zhongxin", "何春风", "党群服务中心", "centre_keeper"),
    _Part("house", "xitong", "陆守一", "系统管理员", "system_admin"),
    _Part("house", "anquan", "严慎行", "安全管理员", "security_admin"),
    _Part("house", "shenji", "明察", "审计管理员", "audit_admin"),
)


@transaction.atomic
def open_demo_accounts(*, posts: Iterable[DemoPost], password: str, on: date) -> tuple[DemoAccount, ...]:
    """Open an account for each part at each post, with a mandate from that day on, in the order given.

    Doing it again renews passwords and mandates and leaves no second account. Raises NotADemo outside a demo.
    """
    if not settings.BAOLEI_DEMO:
        raise NotADemo("demo accounts are opened in a demo only: set BAOLEI_DEMO=1")
    return tuple(_open_demo_account(part, post, password, on)
                 for post in posts for part in _CAST if part.level == post.level)  # fmt: skip


def demo_accounts() -> tuple[DemoAccount, ...]:
    """The demo accounts that are open, from the region down, then the other roles; none outside a demo."""
    if not settings.BAOLEI_DEMO:
        return ()
    names = [part.username for part in _CAST]
    mandates = Mandate.objects.filter(account__username__in=names, account__is_active=True, ended_at=None)
    by_name = {mandate.account.username: mandate for mandate in mandates.select_related("account")}
    return tuple(
        DemoAccount(part.username, by_name[part.username].account.name, by_name[part.username].title, part.main)
        for part in _CAST if part.username in by_name
    )  # fmt: skip


def _open_demo_account(part: _Part, post: DemoPost, password: str, on: date) -> DemoAccount:
    account, _ = Account.objects.get_or_create(username=part.username)
    account.name, account.is_active, account.must_change_password = part.name, True, False
    account.set_password(password)
    account.save()
    account.mandates.all().delete()
    SecondFactor.objects.filter(account=account).delete()  # a visitor's phone would lock the next one out
    mandate = Mandate.objects.create(
        account=account, role=part.role, tree=post.tree, path=post.path, title=post.place + part.suffix, since=on,
        approved_at=timezone.now(),
    )  # fmt: skip
    return DemoAccount(part.username, part.name, mandate.title, part.main)
