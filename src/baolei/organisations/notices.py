"""Notices (通知): words from a level to those below it or in it, posted and withdrawn by whoever writes there.

Nothing is kept of who has read one: closing an urgent one is the browser's own business.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from baolei.ledger.actions import record
from baolei.organisations.doors import Scope
from baolei.organisations.models import LONGEST_NOTICE, Notice, NoticeRole, Unit, UnitState
from baolei.organisations.units import NotPossible, standing_on
from baolei.people.models import Account
from baolei.people.roles import role_name, roles

MOST_DAYS = 90
"""So many days a notice stands at most, first and last counted."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a notice says, from when to when, and to which roles (all without any)."""

    title: str
    text: str
    since: date
    until: date
    urgent: bool = False
    roles: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """The SHA-256 of title and text: it stands in the ledger, the words on the page."""
        return digest(self.title, self.text)


@dataclass(frozen=True, slots=True)
class Row:
    """A notice as a row: itself, what its unit is called, the roles it is for, the day, whether it may be withdrawn."""

    notice: Notice
    unit: str
    roles: tuple[str, ...]
    day: date
    withdraws: bool

    @property
    def standing(self) -> str:
        """Where it stands on the day, in a word."""
        if self.notice.ended_at:
            return _("withdrawn")
        if self.notice.until < self.day:
            return pgettext("notice", "past")
        return pgettext("notice", "in force") if self.notice.since <= self.day else _("not yet in force")


def digest(title: str, text: str) -> str:
    """The SHA-256 of the words of a notice (hex)."""
    return hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()


@transaction.atomic
def post_notice(*, actor: Account | None, now: datetime, unit: Unit, words: Words, why: str) -> Notice:
    """Post a notice for a unit and everything below it. Raises NotPossible."""
    state, today = standing_on(unit, localdate(now)), localdate(now)
    _may_be_said(words, today)
    made: Notice = Notice.objects.create(
        unit=unit, title=words.title, text=words.text, urgent=words.urgent, since=words.since, until=words.until,
        posted_by=actor, posted_at=now,
    )  # fmt: skip
    NoticeRole.objects.bulk_create([NoticeRole(notice=made, role=role) for role in dict.fromkeys(words.roles)])
    record(actor=actor, act="organisations.post_notice", subject=f"notice:{made.pk}", path=state.path, now=now, why=why,
           after={"title": words.title, "sha256": words.digest, "from": words.since.isoformat(),
                  "to": words.until.isoformat(), "urgent": words.urgent, "roles": ", ".join(words.roles)})  # fmt: skip
    return made


@transaction.atomic
def withdraw_notice(*, actor: Account | None, now: datetime, notice: Notice, why: str) -> Notice:
    """Withdraw a notice: from this moment on it is in force no more. Raises NotPossible."""
    notice = Notice.objects.select_for_update().get(pk=notice.pk)
    if notice.ended_at is not None:
        raise NotPossible(_("this notice has been withdrawn already"))
    notice.ended_at = now
    notice.save()
    last = UnitState.objects.filter(unit=notice.unit_id).order_by("-since").values_list("path", flat=True).first()
    record(actor=actor, act="organisations.withdraw_notice", subject=f"notice:{notice.pk}", path=last or "", now=now,
           why=why, before={"title": notice.title, "to": notice.until.isoformat()})  # fmt: skip
    return notice


def rows(found: Sequence[Notice], today: date, writing: Scope | None = None) -> list[Row]:
    """Notices as rows, in the order given; two questions to the database whatever their number."""
    states = UnitState.objects.filter(unit__in={one.unit_id for one in found}).order_by("since")
    unit: dict[int, Any] = {one.unit_id: one for one in states}
    named: dict[int, list[str]] = {}
    for pk, role in NoticeRole.objects.filter(notice__in=found).order_by("pk").values_list("notice", "role"):
        named.setdefault(pk, []).append(role_name(role))
    return [
        Row(one, unit[one.unit_id].name, tuple(named.get(one.pk, ())), today,
            one.ended_at is None and one.until >= today and writing is not None
            and writing.holds(unit[one.unit_id].path))
        for one in found
    ]  # fmt: skip


def _may_be_said(words: Words, today: date) -> None:
    """Refuse what is no notice. Raises NotPossible."""
    if not words.title.strip() or not words.text.strip() or len(words.text) > LONGEST_NOTICE:
        raise NotPossible(
            _("a notice has a title and a text of at most %(most)d characters") % {"most": LONGEST_NOTICE}
        )
    if words.until < words.since or words.until < today:
        raise NotPossible(_("it ends on %(until)s, before it begins or in the past: enter a later day")
                          % {"until": words.until})  # fmt: skip
    if (words.until - words.since).days >= MOST_DAYS:
        raise NotPossible(_("a notice stands for at most %(most)d days: enter an earlier last day, and post it again")
                          % {"most": MOST_DAYS})  # fmt: skip
    unknown = [role for role in words.roles if role not in roles()]
    if unknown:
        raise NotPossible(_("there is no role %(role)s: choose among those there are") % {"role": unknown[0]})
