"""What waits in centres: those that a look found shut though they stand as open, for whoever keeps them; those in which
nobody has looked in for as long as the rules count a look, for whoever stands right above.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.centres.models import Centre, Look, Standing
from baolei.organisations.doors import Scope
from baolei.organisations.models import UnitState
from baolei.people.tasks import Task
from baolei.programme.centres import OPEN
from baolei.programme.organisation.periods import months_later
from baolei.warehouse.rulebook import centres as centre_rules


def tasks(writing: Scope, today: date) -> list[Task]:
    """What this person has to see to: of what is right below, not of the whole tree."""
    if not writing.units:
        return []
    own = UnitState.objects.on(today).filter(path__in=writing.units).values("unit")
    below = UnitState.objects.on(today).filter(above__in=own).values("unit")
    kept = Q(unit__in=own) | Q(unit__in=below)
    return [
        _task(shut(today).filter(kept), _("Centres found shut though they stand as open"),
              _("Put the hours right, or say that it is paused or closed; it stands here until a look finds it open.")),
        _task(unseen(today).filter(unit__in=below), _("Centres in which nobody has looked in for a year"),
              _("Look in when you pass, and note whether it was open as announced.")),
    ]  # fmt: skip


def shut(today: date) -> Any:
    """Centres whose last look found them shut, and of which nobody has said since that they are paused or closed; the
    look that lies longest ago first.
    """
    last = Look.objects.filter(centre=OuterRef("pk")).order_by("-day", "-pk")
    seen = Centre.objects.annotate(seen=Subquery(last.values("day")[:1]), was_open=Subquery(last.values("open")[:1]))
    stands = Standing.objects.on(today).filter(centre=OuterRef("pk"), state=OPEN, since__lte=OuterRef("seen"))
    return seen.filter(Exists(stands), was_open=False).order_by("seen", "pk")


def unseen(today: date) -> Any:
    """Centres that have been open for as long as a look counts, and into which nobody has looked since."""
    since = months_later(today, -12 * centre_rules().number("look_years"))
    lately = Look.objects.filter(centre=OuterRef("pk"), day__gt=since)
    stands = Standing.objects.on(today).filter(centre=OuterRef("pk"), state=OPEN, since__lte=since)
    return Centre.objects.filter(Exists(stands), ~Exists(lately), entered__lte=since).order_by("entered", "pk")


def _task(found: Any, title: str, note: str) -> Task:
    pks = list(found.values_list("pk", flat=True))
    return Task(title, len(pks), reverse("centre", args=[pks[0]]) if pks else "", note)
