"""What waits in the lists: names that another has proposed to strike or to add, and the list that is to be adopted."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.naming.actions import PHASE
from baolei.naming.models import Line, NamingList
from baolei.organisations.doors import writing_scope
from baolei.people.models import Account
from baolei.people.tasks import Task
from baolei.rounds import doors
from baolei.rounds.models import Round


def tasks(account: Account, today: date) -> list[Task]:
    """What others proposed in the rounds one leads, and lists not adopted in the phase in which they are."""
    writing = writing_scope(account, today)
    found: list[Task] = []
    for this in Round.objects.running().filter(naming__adopted_on=None, naming__isnull=False):
        if not doors.leads(writing, this):
            continue
        page = reverse("naming_list", args=[this.pk])
        proposed = Line.objects.filter(list__round=this).exclude(proposed="").exclude(proposed_by=account).count()
        found.append(Task(_("Names proposed to be struck or added: another person has to agree"), proposed,
                          f"{page}?which=decided"))  # fmt: skip
        adopts = this.phase == PHASE and NamingList.objects.filter(round=this, lines__listed=True).exists()
        found.append(Task(_("Lists to be adopted under their document"), int(adopts), page))
    return found
