"""Mandates: given by one person, approved by another, ended. Neither gives or approves the own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.people.accounts import NotAllowed
from baolei.people.models import Account, InTree, Mandate
from baolei.people.roles import approving, giving, role_name, roles


@dataclass(frozen=True, slots=True)
class Node:
    """Where a mandate is to stand: the tree, the path there, and the path of the unit it lies in (itself, for a unit).

    The whole house, for the administrators, has neither path.
    """

    tree: InTree = InTree.NONE
    path: str = ""
    home: str = ""


WHOLE_HOUSE = Node()


@transaction.atomic
def give_mandate(
    *, actor: Account | None, now: datetime, account: Account, role: str, node: Node, title: str, since: date,
    until: date | None, why: str,
) -> Mandate:  # fmt: skip
    """Give a mandate; it counts when another person approves it. Raises NotAllowed. `actor` None is the operator."""
    rule = roles().get(role)
    if rule is None or rule.tree != node.tree:
        raise NotAllowed(_("%(role)s cannot stand there: choose another place or role") % {"role": role_name(role)})
    if until is not None and until < since:
        raise NotAllowed(_("it ends on %(until)s, before it begins: enter a later day") % {"until": until})
    _other_than(actor, account)
    if actor is not None and not may_give(actor, role, node, localdate(now)):
        raise NotAllowed(_("you give no mandate as %(role)s there") % {"role": role_name(role)})
    account = Account.objects.select_for_update().get(pk=account.pk)
    _compatible(account, role)
    if account.mandates.filter(ended_at=None, role=role, tree=node.tree, path=node.path, since=since).exists():
        raise NotAllowed(_("%(name)s has been given this very mandate already") % {"name": account})
    mandate = Mandate.objects.create(
        account=account, role=role, tree=node.tree, path=node.path, title=title, since=since, until=until,
        given_by=actor,
    )  # fmt: skip
    _recorded("give_mandate", actor, now, mandate, node.home, why)
    return mandate


@transaction.atomic
def approve_mandate(*, actor: Account | None, now: datetime, mandate: Mandate, home: str, why: str) -> Mandate:
    """Approve what another has given: from now on it counts. Raises NotAllowed. `home` is the path of its unit."""
    mandate = _waiting(mandate)
    if actor is not None:
        _other_than(actor, mandate.account)
        if actor.pk == mandate.given_by_id:
            raise NotAllowed(_("you gave it yourself: another person approves it"))
        if not may_approve(actor, mandate, home, localdate(now)):
            raise NotAllowed(_("you approve no mandate as %(role)s there") % {"role": mandate.role_name})
    _compatible(Account.objects.select_for_update().get(pk=mandate.account_id), mandate.role, but=mandate.pk)
    mandate.approved_by, mandate.approved_at = actor, now
    mandate.save()
    _recorded("approve_mandate", actor, now, mandate, home, why)
    return mandate


@transaction.atomic
def refuse_mandate(*, actor: Account, now: datetime, mandate: Mandate, home: str, why: str) -> Mandate:
    """Refuse what was given, or take back what one has given oneself; it never counts. Raises NotAllowed."""
    mandate = _waiting(mandate)
    mine = actor.pk == mandate.given_by_id
    if not mine and not may_approve(actor, mandate, home, localdate(now)):
        raise NotAllowed(_("you approve no mandate as %(role)s there") % {"role": mandate.role_name})
    mandate.ended_at = now
    mandate.save()
    _recorded("refuse_mandate", actor, now, mandate, home, why)
    return mandate


@transaction.atomic
def end_mandate(*, actor: Account | None, now: datetime, mandate: Mandate, home: str, why: str) -> Mandate:
    """End a mandate at this moment: what it opened is closed at once, in open pages too. Raises NotAllowed."""
    mandate = Mandate.objects.select_for_update().get(pk=mandate.pk)
    if mandate.ended_at is not None:
        raise NotAllowed(_("this mandate has ended already"))
    node = Node(InTree(mandate.tree), mandate.path, home)
    if actor is not None:
        _other_than(actor, mandate.account)
        if not may_give(actor, mandate.role, node, localdate(now)):
            raise NotAllowed(_("you give no mandate as %(role)s there, so you end none") % {"role": mandate.role_name})
    mandate.ended_at = now
    mandate.save()
    _recorded("end_mandate", actor, now, mandate, home, why)
    return mandate


def may_give(actor: Account, role: str, node: Node, on: date) -> bool:
    """Whether somebody gives, and ends, mandates of a role at a node."""
    return _holds(actor, giving(role), node, on)


def may_approve(actor: Account, mandate: Mandate, home: str, on: date) -> bool:
    """Whether somebody approves a mandate that another has given to a third."""
    node = Node(InTree(mandate.tree), mandate.path, home)
    others = actor.pk not in (mandate.given_by_id, mandate.account_id)
    return others and _holds(actor, approving(mandate.role), node, on)


def gives_any(actor: Account, on: date) -> tuple[str, ...]:
    """The roles somebody gives somewhere, in the order of the rules."""
    held = {one.role for one in actor.in_force(on)}
    return tuple(code for code in roles() if held & set(giving(code)))


def _holds(actor: Account, wanted: tuple[str, ...], node: Node, on: date) -> bool:
    """Whether one of these roles is held at or above a node: at the whole house, its unit, or its own branch of the
    Party tree.
    """
    if not wanted:
        return False
    for tree, path in actor.standing(on, *wanted).values_list("tree", "path"):
        at = node.home if tree == InTree.UNIT else node.path if node.tree == InTree.PARTY else ""
        if tree == InTree.NONE or (at and at.startswith(path)):
            return True
    return False


def _compatible(account: Account, role: str, but: int = 0) -> None:
    """Nobody holds roles that exclude each other; those that still wait count too."""
    if not account.is_active:
        raise NotAllowed(_("the account of %(name)s is disabled") % {"name": account})
    excluded = roles()[role].excludes
    held = account.mandates.filter(Q(ended_at=None), role__in=excluded).exclude(pk=but).first()
    if held:
        raise NotAllowed(
            _("%(name)s is %(held)s: nobody is that and %(role)s")
            % {"name": account, "held": held.role_name, "role": role_name(role)}
        )


def _waiting(mandate: Mandate) -> Mandate:
    found = Mandate.objects.select_for_update().get(pk=mandate.pk)
    if found.approved_at is not None or found.ended_at is not None:
        raise NotAllowed(_("this mandate waits for nobody: it was decided already"))
    return found


def _other_than(actor: Account | None, account: Account) -> None:
    if actor is not None and actor.pk == account.pk:
        raise NotAllowed(_("nobody gives or approves the own mandate: ask another person"))


def _recorded(act: str, actor: Account | None, now: datetime, mandate: Mandate, home: str, why: str) -> None:
    after = {"role": mandate.role, "title": mandate.title, "since": mandate.since.isoformat(),
             "until": mandate.until.isoformat() if mandate.until else None}  # fmt: skip
    record(actor=actor, act=f"people.{act}", subject=f"account:{mandate.account_id}", path=home, now=now, why=why,
           after=after)  # fmt: skip
