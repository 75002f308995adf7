"""A pile 一叠选票: the paper ballots of one source about one branch, as one person counted them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from baolei.declarations.models import Declaration
from baolei.people.models import Account
from baolei.programme import piles


class Pile(models.Model):
    """One look at the ballots of a source: what stands on them, sorted, and how many papers were spoiled.

    Nothing here tells one ballot from another or leads to whoever cast it: no order, no time, no number of a slip.
    `by` and `day` are those of the person who entered the whole pile. `entered` is the number of ballots, so that lists
    need not read them; `agrees` says that an earlier look found the same. `salt` goes into the digest in the ledger:
    without it a small pile could be guessed from its digest.
    """

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="piles")
    source = models.CharField(_("source"), max_length=20)
    look = models.PositiveSmallIntegerField(_("look"))
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("entered by"))
    day = models.DateField(_("entered on"))
    ballots = models.JSONField(_("ballots, sorted"), default=list)
    entered = models.PositiveIntegerField(_("ballots"))
    spoiled = models.PositiveIntegerField(_("spoiled papers"), default=0)
    issued = models.PositiveIntegerField(_("papers handed out"))
    agrees = models.BooleanField(_("agrees with an earlier look"), default=False)
    salt = models.CharField(max_length=32)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        verbose_name = _("pile of ballots")
        verbose_name_plural = _("piles of ballots")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["declaration", "source", "look"], name="pile_once"),
            models.UniqueConstraint(fields=["declaration", "source", "by"], name="pile_by_another_each_time"),
            models.CheckConstraint(condition=Q(look__range=(1, 3)), name="pile_three_looks_at_most"),
            models.CheckConstraint(condition=Q(look__gt=1) | Q(agrees=False), name="pile_first_agrees_with_none"),
            models.CheckConstraint(
                condition=Q(issued__gte=F("entered") + F("spoiled")), name="pile_no_more_than_handed_out"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.declaration_id} {self.source} {self.look}"

    @property
    def returned(self) -> int:
        """Papers that came back."""
        return self.entered + self.spoiled

    @property
    def papers(self) -> piles.Pile:
        """What one look is compared with another by."""
        return piles.papers(self.ballots, self.spoiled)
