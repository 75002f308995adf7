"""Many at once: only those that are confirmed over their line, and only once a drawn sample of them was opened.

It saves the second look at what is beyond doubt, never the second person: two people still each say so, and one
concludes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import localdate
from django.utils.translation import get_language

from baolei.ledger.actions import record
from baolei.organisations.models import OrganisationState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme.review import PASS, bulk_hindrance, bulk_sample
from baolei.programme.standard.edition import Text
from baolei.reviews import actions, doors
from baolei.reviews.conflicts import checked
from baolei.reviews.content import digest_of
from baolei.reviews.models import Look, Opinion, Step
from baolei.rounds.models import Round
from baolei.scores.models import Run
from baolei.scores.results import CONFIRMED
from baolei.scores.running import is_whole
from baolei.warehouse.rulebook import review
from baolei.warehouse.snapshot import read_table

MOST = 200
"""So many are passed in one go: the sample stays one that a person can open."""


@dataclass(frozen=True, slots=True)
class Bulk:
    """What could be passed at once: the run that confirms it, steps by the branch's code, the sample and what of it was
    opened.
    """

    run: Run | None
    steps: Mapping[str, Step]
    sample: tuple[str, ...]
    looked: frozenset[str]

    @property
    def hindrance(self) -> Text | None:
        """Why it cannot be passed now, None where it can."""
        if self.run is None or not self.steps:
            return Text("没有可以一并通过的", "there is nothing that could be passed together")
        return bulk_hindrance(dict.fromkeys(self.steps, True), self.looked, self.run.seed, review())


def bulk_of(account: Account, this: Round, today: date) -> Bulk:
    """What somebody could pass at once in a round: opinions that wait, and conclusions on which all agree."""
    run = this.runs.filter(state=Run.DONE).order_by("-pk").first()
    if run is None or not is_whole(run):
        return Bulk(None, {}, (), frozenset())
    steps = _eligible(account, this, run, today)
    sample = bulk_sample(list(steps), run.seed, review()) if steps else ()
    looks = set(Look.objects.filter(person=account, step__in=[steps[code] for code in sample])
                .values_list("step", "digest"))  # fmt: skip
    looked = frozenset(code for code in sample if (steps[code].pk, digest_of(steps[code].declaration)) in looks)
    return Bulk(run, steps, sample, looked)


def _eligible(account: Account, this: Round, run: Run, today: date) -> dict[str, Step]:
    """The steps that wait for somebody, whose branch is confirmed by a run of what it declares now, the first to be due
    first; without those of branches to which there is a tie.
    """
    sure = _confirmed(run)
    agreed = doors.to_decide(account, today).filter(
        Exists(Opinion.objects.filter(step=OuterRef("pk"), opened=True, lapsed=False)), state="decision"
    ).exclude(Exists(Opinion.objects.filter(step=OuterRef("pk"), lapsed=False).exclude(verdict=PASS)))  # fmt: skip
    mine = Q(pk__in=doors.to_opine(account, today).values("pk")) | Q(pk__in=agreed.values("pk"))
    asked = Step.objects.select_related("declaration__round").filter(
        mine, declaration__round=this, declaration__submitted_at__lt=run.asked_at
    ).order_by("due", "pk")  # fmt: skip
    steps = list(asked[: 5 * MOST])
    states = OrganisationState.objects.on(today).filter(organisation__in=[x.declaration.organisation_id for x in steps])
    code = dict(states.values_list("organisation_id", "code"))
    kept = [one for one in steps if code.get(one.declaration.organisation_id, "") in sure][:MOST]
    free = checked(account, [one.declaration for one in kept], today, {one.pk for one in kept})
    return {
        code[one.declaration.organisation_id]: one for one in kept if free[one.declaration_id].conflict is None
    }  # fmt: skip


def _confirmed(run: Run) -> set[str]:
    """The codes of the branches that are named and sure, nothing of them held back."""
    names = ["code", "named", "held", "confirmation"]
    rows = read_table(run.results_folder / "branches.parquet", names).to_pylist()
    return {one["code"] for one in rows if one["named"] and not one["held"] and one["confirmation"] == CONFIRMED}


@transaction.atomic
def pass_in_bulk(*, actor: Account, now: datetime, round: Round, why: str) -> int:
    """Say of all of them that they pass, and conclude those of which everybody said so; all or none. How many.

    On record as done together is what was concluded. An opinion stands there as any other does, without a word of
    this: it can only be that they pass, and the other one is to be given blind. Raises Refusal, naming what hinders it.
    """
    found = bulk_of(actor, round, localdate(now))
    if found.hindrance is not None:
        raise NotPossible(found.hindrance.say(get_language() or ""))
    concluded = [code for code, step in found.steps.items() if step.state == "decision"]
    for code, step in found.steps.items():
        if code in concluded:
            actions.conclude(actor=actor, now=now, step=step, verdict=PASS, why=why)
        else:
            actions.opine(actor=actor, now=now, step=step, verdict=PASS)
    assert found.run is not None
    if concluded:
        record(actor=actor, act="reviews.pass_in_bulk", subject=f"round:{round.pk}", path=round.path, now=now, why=why,
               after={"organisations": len(concluded), "looked": [code for code in found.sample if code in concluded],
                      "seed": found.run.seed, "sha256": found.run.results})  # fmt: skip
    return len(found.steps)
