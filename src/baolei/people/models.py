"""Accounts and mandates: who may log in, and what they may do where, from when to when."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from baolei.paths import PathField, outermost
from baolei.people.roles import May, allowing, reading, role_name

ERASED = "（已删除）"
"""Stands where a name stood that was erased."""


class AccountManager(BaseUserManager["Account"]):
    """Opens accounts with a hashed password; there are no superusers."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> Account:
        """Save and return a new account; without a password nobody can log in to it."""
        account = self.model(username=self.model.normalize_username(username), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """Somebody who may log in. No e-mail, no telephone number, no identity number: a name and a password.

    An account by itself may do nothing; mandates say what it may do. There is no all-powerful account.
    """

    username = models.CharField(_("user name"), max_length=150, unique=True, validators=[UnicodeUsernameValidator()])
    name = models.CharField(_("name"), max_length=100)
    opened_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", verbose_name=_("opened by"))
    is_active = models.BooleanField(_("may log in"), default=True)
    must_change_password = models.BooleanField(_("changes the password at the next log-in"), default=False)
    password_since = models.DateField(_("password since"), null=True, help_text=_("Since when the own password holds."))

    objects: ClassVar[AccountManager] = AccountManager()
    asked_once: dict[date, list[Mandate]] | None = None
    """What `in_force` has found in this request; None outside of one, where it asks each time."""
    only: Mandate | None = None
    """The one mandate that counts, where a program acts with the token of it; None where all of them do."""

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return self.name or self.username

    def scope(self, on: date, *roles: str, tree: str = "unit") -> tuple[str, ...]:
        """The paths of a tree ("unit", "party") this account reads on that day, outermost only, in order.

        With `roles`, mandates of these roles count; without, those of every role that reads records. A disabled
        account has no scope.
        """
        return self.scopes(on, *roles)[tree]

    def scopes(self, on: date, *roles: str) -> dict[str, tuple[str, ...]]:
        """The same for both trees at once, by tree."""
        found: dict[str, list[str]] = {tree: [] for tree in (InTree.UNIT, InTree.PARTY)}
        counted = self.standing(on, *(roles or reading("records"))).exclude(tree=InTree.NONE)
        for tree, path in counted.values_list("tree", "path"):
            found[tree].append(path)
        return {tree: outermost(paths) for tree, paths in found.items()}

    def standing(self, on: date, *roles: str) -> MandateQuerySet:
        """Its mandates of these roles (all without any) in force on that day; none for a disabled account. Where `only`
        one counts, the others are as if they were not.
        """
        mandates: MandateQuerySet = self.mandates.standing(on) if self.is_active else self.mandates.none()
        mandates = mandates.filter(pk=self.only.pk) if self.only else mandates
        return mandates.filter(role__in=roles) if roles else mandates

    def in_force(self, on: date) -> list[Mandate]:
        """Its mandates in force on that day; in a request, which has an account of its own, asked for once."""
        kept = {} if self.asked_once is None else self.asked_once
        if on not in kept:
            kept[on] = list(self.standing(on))
        return kept[on]

    def may(self, what: May, on: date) -> bool:
        """Whether a mandate in force on that day allows this with accounts."""
        return self.standing(on, *allowing(what)).exists() if allowing(what) else False


class LogInFailure(models.Model):
    """A log-in that failed: the user name that was tried, known or not, and when. Kept for minutes."""

    username = models.CharField(max_length=150, db_index=True)
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[LogInFailure]] = models.Manager()

    class Meta:
        verbose_name = _("failed log-in")
        verbose_name_plural = _("failed log-ins")

    def __str__(self) -> str:
        return f"{self.at}"


class FormerPassword(models.Model):
    """The hash of a password that an account had; a profile may ask that it is not used again."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="former_passwords")
    password = models.CharField(max_length=128)

    objects: ClassVar[models.Manager[FormerPassword]] = models.Manager()

    class Meta:
        verbose_name = _("former password")
        verbose_name_plural = _("former passwords")

    def __str__(self) -> str:
        return f"{self.account}"


class SecondFactor(models.Model):
    """The key that somebody's phone makes codes with, sealed; and the key on offer until a first code confirms it.

    `last_step` is the half minute of the last code that was accepted: neither it nor an older one counts again.
    """

    account = models.OneToOneField(Account, models.CASCADE, related_name="second_factor", primary_key=True)
    secret = models.CharField(max_length=300, blank=True)
    offered = models.CharField(max_length=300, blank=True)
    last_step = models.BigIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[SecondFactor]] = models.Manager()

    class Meta:
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(confirmed_at=None, secret="") | (Q(confirmed_at__isnull=False) & ~Q(secret="")),
                name="second_factor_confirmed_with_its_key",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account}"


class RecoveryCode(models.Model):
    """The digest of a code that takes the place of the phone's, once."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[RecoveryCode]] = models.Manager()

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")

    def __str__(self) -> str:
        return f"{self.account}"


class Role:
    """The roles that the program itself names; all roles, and what each opens, stand in `rulebook/roles.yaml`."""

    ORGANISER = "organiser"
    SECRETARY = "branch_secretary"
    SECURITY = "security_admin"
    ADMINISTRATORS = ("system_admin", SECURITY, "audit_admin")


class InTree(models.TextChoices):
    """The tree in which a mandate stands: administrative units, or Party organisations by affiliation (隶属)."""

    UNIT = "unit", _("administrative units")
    PARTY = "party", _("Party organisations")
    NONE = "none", _("the whole house")


class MandateQuerySet(models.QuerySet["Mandate"]):
    """Mandates, asked for by day."""

    def standing(self, on: date) -> MandateQuerySet:
        """Those in force on that day; the last day counts. What nobody has approved, or somebody has ended, is not."""
        held = self.filter(approved_at__isnull=False, ended_at__isnull=True)
        return held.filter(Q(since__lte=on) & (Q(until__isnull=True) | Q(until__gte=on)))

    def waiting(self) -> MandateQuerySet:
        """Those given and neither approved nor refused."""
        return self.filter(approved_at__isnull=True, ended_at__isnull=True)


class Mandate(models.Model):
    """One role of one account at one node of the tree and everything below it, from a day to a day.

    It counts once it is approved, and until it is ended (or, before that, refused). `approved_by` nobody means by the
    house: in a demo, by the operator for the first accounts.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="mandates", verbose_name=_("account"))
    role = models.CharField(_("role"), max_length=20)
    tree = models.CharField(_("tree"), max_length=5, choices=InTree, default=InTree.UNIT)
    path = PathField(_("node"), max_length=64, blank=True)
    title = models.CharField(_("title"), max_length=100, help_text=_("As it stands in the letter of appointment."))
    since = models.DateField(_("from"))
    until = models.DateField(_("to"), null=True, blank=True)
    given_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("given by"))
    approved_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("approved by"))
    approved_at = models.DateTimeField(_("approved"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects: ClassVar[models.Manager[Mandate]] = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        ordering: ClassVar[list[str]] = ["path", "role", "since"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(role=""), name="mandate_role_not_empty"),
            models.CheckConstraint(condition=Q(tree__in=InTree.values), name="mandate_tree_known"),
            models.CheckConstraint(
                condition=Q(tree=InTree.NONE, path="") | (~Q(tree=InTree.NONE) & ~Q(path="")),
                name="mandate_stands_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="mandate_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~Q(account=F("given_by")) & ~Q(account=F("approved_by")) & ~Q(given_by=F("approved_by")),
                name="mandate_by_three_persons",
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(role__in=Role.ADMINISTRATORS, ended_at__isnull=True),
                name="mandate_one_administrator",
            ),
            models.UniqueConstraint(
                fields=["account", "role", "tree", "path", "since"],
                condition=Q(ended_at__isnull=True),
                name="mandate_given_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def role_name(self) -> str:
        """The name of its role in the language of the page."""
        return role_name(self.role)
