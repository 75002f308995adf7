"""What organisation life brings up on the page of the day: what the rules ask for while its time runs, members who wait
to be told. What is over is not brought up: it stands on the page of the year.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.life import facts, planning
from baolei.life.forms import form_names
from baolei.life.models import Gathering, Grade
from baolei.organisations.doors import Scope
from baolei.organisations.models import OrganisationState
from baolei.people.tasks import Task
from baolei.programme import life as rules
from baolei.programme.plan import next_of

A_YEAR = timedelta(days=365)
MOST = 3
"""For so many branches of one's own; whoever answers for more has their pages."""


def tasks(writing: Scope, today: date) -> list[Task]:
    """Of the branches that somebody answers for as their secretary, and that record their life: what is asked for now
    and not on record, by the day for which it is planned or the last day of its time; and the members to be told their
    grade.
    """
    if not writing.organisations:
        return []
    mine = OrganisationState.objects.on(today).filter(path__in=writing.organisations).exclude(field="")
    # Of a branch that records nothing nothing is known: it is reminded of nothing.
    lately = Gathering.objects.filter(struck_on=None, on__gt=today - A_YEAR).values("organisation")
    branches = list(mine.filter(organisation__in=lately).order_by("path")[:MOST])
    return [*(_asked(one, today) for one in branches), *_to_tell([one.organisation_id for one in branches])]


def _asked(state: OrganisationState, today: date) -> Task:
    names, plan = form_names(today), planning.plan_of(state.organisation_id, today.year)
    running = []
    for form, due in facts.year_of(state.organisation_id, today.year).items():
        for one in due:
            if one.standing(today) == rules.OPEN:
                day = next_of(plan, form, today.year, today, one.last) or one.last
                running.append((day, names[form]))
    running.sort()
    page = reverse("life", args=[state.organisation_id])
    note = _("Next: %(forms)s.") % {"forms": "、".join(dict.fromkeys(name for _day, name in running))}
    first = running[0][0] if running else None
    return Task(_("Organisation life that is asked for now"), len(running), page, note, due=first)


def _to_tell(organisations: list[int]) -> list[Task]:
    found = Grade.objects.filter(appraisal__organisation__in=organisations, appraisal__gathering__struck_on=None,
                                 told=None).exclude(member=None)  # fmt: skip
    rows = list(found.order_by("appraisal__gathering").values_list("appraisal__gathering", flat=True))
    if not rows:
        return []
    title, note = _("Members to be told the outcome"), _("Each is told by one of the committee, face to face.")
    return [Task(title, len(rows), reverse("appraisal", args=[rows[0]]), note)]
