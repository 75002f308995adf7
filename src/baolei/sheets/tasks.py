"""What waits in the spreadsheets: one's own that are ready to be looked at, and those that came to nothing."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.people.models import Account
from baolei.people.tasks import Task
from baolei.sheets import doors
from baolei.sheets.models import Batch

REMEMBERED = timedelta(days=7)
"""So long a spreadsheet that came to nothing is still named, unless the sender has sent another in its place."""


def tasks(account: Account, today: date) -> list[Task]:
    """The spreadsheets this person has sent and has to do something about."""
    mine = doors.batches(doors.scope_of(account, today)).filter(sender=account)
    again = Batch.objects.filter(sender=account, kind=OuterRef("kind"), unit=OuterRef("unit"), pk__gt=OuterRef("pk"))
    failed = mine.filter(state__in=[Batch.REFUSED, Batch.STOPPED]).exclude(Exists(again))
    lately = [at for at in failed.values_list("closed", flat=True) if at and localdate(at) > today - REMEMBERED]
    return [
        Task(_("Spreadsheets of yours to be looked at"), mine.filter(state=Batch.READY).count(), reverse("sheets"),
             _("Read and not yet written: look through the preview, then let it be written or discard it.")),
        Task(_("Spreadsheets of yours that came to nothing"), len(lately), reverse("sheets"),
             _("Open it to read why, and send it again."), True),
    ]  # fmt: skip
