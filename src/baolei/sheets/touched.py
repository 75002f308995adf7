"""The organisations that a batch touched, looked at anew by the structural audit."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from baolei.organisations.findings import look_again_at
from baolei.organisations.models import Membership, OrganisationState, Post
from baolei.sheets.models import Batch, Change
from baolei.warehouse.rulebook import setup_rules


def look_again(batch: Batch, now: datetime) -> None:
    """Look at what a batch touched, as it stands today, in the transaction that ends the batch."""
    today = timezone.localdate(now)
    look_again_at(organisations=organisations(batch), day=today, rules=setup_rules(today))


def organisations(batch: Batch) -> set[int]:
    """The organisations whose state, members or posts a batch made or changed, those that are gone again left out."""
    changes = Change.objects.filter(batch=batch)
    made = (
        changes.filter(before__isnull=True).exclude(table="unitstate").values_list("after__organisation_id", flat=True)
    )
    found = set(made.distinct()) - {None}
    for model in (OrganisationState, Membership, Post):
        rows = changes.filter(table=model._meta.model_name, before__isnull=False).values("row")
        found |= set(model.objects.filter(pk__in=rows).values_list("organisation_id", flat=True).distinct())
    return found
