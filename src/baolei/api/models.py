"""What a program shows at the door, and what it was answered, so that asking twice does nothing twice."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from baolei.people.models import Account, Mandate


class TokenQuerySet(models.QuerySet["Token"]):
    """Tokens, asked for by whose they are and by day."""

    def of(self, account: Account) -> TokenQuerySet:
        """Those of an account's own mandates."""
        return self.filter(mandate__account=account)

    def live(self, on: date) -> TokenQuerySet:
        """Those that open something on that day: neither ended nor expired, and so is their mandate; the account may
        log in and has changed its first password.
        """
        standing = Mandate.objects.standing(on).filter(account__is_active=True, account__must_change_password=False)
        return self.filter(ended_at=None, expires__gte=on, mandate__in=standing)


class Token(models.Model):
    """What a program shows instead of a log-in: one mandate, read or also written with, up to a day.

    The secret itself is kept nowhere, only its SHA-256. `last_used` is a day, for clearing out what nobody uses.
    """

    mandate = models.ForeignKey(Mandate, models.CASCADE, related_name="tokens", verbose_name=_("mandate"))
    label = models.CharField(_("used by"), max_length=60)
    writes = models.BooleanField(_("may write"), default=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    expires = models.DateField(_("last day"))
    made_at = models.DateTimeField(_("made"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    last_used = models.DateField(_("last used"), null=True)

    objects: ClassVar[Any] = TokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(label=""), name="token_says_who_uses_it"),
        ]

    def __str__(self) -> str:
        return self.label


class Kept(models.Model):
    """The answer to a write, by the key its program gave it: the same request again is answered from here."""

    token = models.ForeignKey(Token, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(blank=True)
    at = models.DateTimeField(db_index=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("answer kept")
        verbose_name_plural = _("answers kept")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["token", "key"], name="kept_once_for_each_key"),
        ]

    def __str__(self) -> str:
        return self.key


class Taken(models.Model):
    """That a token began to read a list on a day: the ledger says so once, however often a program comes back."""

    token = models.ForeignKey(Token, models.CASCADE, related_name="+")
    day = models.DateField(db_index=True)
    asked = models.CharField(max_length=64)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("list taken")
        verbose_name_plural = _("lists taken")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["token", "asked", "day"], name="taken_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day}"
