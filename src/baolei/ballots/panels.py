"""The panel of society 社会评价小组: people named by the superior who rate several branches each, under their names.

Their ratings are identified by design: who is named says it to them at the top of the form. A panellist with an account
rates on the pages; the signed paper form of any other is entered by whoever named them. What was handed in is changed
no more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.ballots.counted import OUT, panel_source
from baolei.ballots.models import Panel, Panellist, Pile, Poll, Rating
from baolei.declarations.models import Declaration
from baolei.declarations.part import took_part
from baolei.ledger.actions import record
from baolei.organisations.directory import names_of
from baolei.organisations.models import UnitState
from baolei.organisations.ties import ties, ties_by_name
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme.piles import BLANK, PHASE, UNKNOWN
from baolei.programme.review import Conflict, excluded
from baolei.programme.standard.edition import Edition, Source
from baolei.rounds.models import Round
from baolei.standards.at_hand import at_hand
from baolei.warehouse.rulebook import review


@transaction.atomic
def name_panellist(
    *, actor: Account | None, now: datetime, round: Round, unit: UnitState, name: str, stands_for: str,
    account: Account | None, branches: Sequence[Declaration], why: str,
) -> Panellist:  # fmt: skip
    """Name somebody to rate these branches, or more of them. Raises NotPossible: for whoever is tied to one of them, a
    branch that society rates by slips or on paper, a panel that is closed, and in another phase.
    """
    this: Round = Round.objects.select_for_update().get(pk=round.pk)
    source = asked_source(this)
    if this.phase != PHASE:
        raise NotPossible(_("a panel is named while ballots are collected"))
    if not branches:
        raise NotPossible(_("no branch is chosen: choose those to be rated"))
    panel = Panel.objects.get_or_create(round=this, unit=unit.unit, defaults={"path": unit.path})[0]
    _open(panel)
    _one_way(branches, source)
    _nothing_ties(name, account, branches, localdate(now))
    one: Panellist = Panellist.objects.get_or_create(
        panel=panel, name=name.strip(),
        defaults={"stands_for": stands_for, "account": account, "named_by": actor, "day": localdate(now)},
    )[0]  # fmt: skip
    if one.handed_in or one.account != account:
        raise NotPossible(
            _("%(name)s is named already, with another account, or has handed in: correct the name") % {"name": one}
        )
    there = set(one.ratings.values_list("declaration", flat=True))
    Rating.objects.bulk_create([Rating(panellist=one, declaration=each) for each in branches if each.pk not in there])
    _record("panel_name", actor, now, panel, why, name=one.name, branches=len(branches))
    return one


def asked_source(this: Round) -> Source:
    """The source that a panel answers for. Raises NotPossible where the edition has none."""
    source = panel_source(at_hand(this.edition))
    if source is None:
        raise NotPossible(_("the standard of this round asks nobody whom the superior names"))
    return source


def _one_way(branches: Iterable[Declaration], source: Source) -> None:
    """Refuse branches that are asked about another way: by slips, or on paper that two people count."""
    mine = [one.pk for one in branches]
    for kind, way in ((Poll, _("by slips")), (Pile, _("by papers that are counted"))):
        other = kind.objects.filter(declaration__in=mine, source=source.code).values_list("declaration__organisation")
        if found := sorted({organisation for (organisation,) in other}):
            raise NotPossible(
                _("%(branch)s is rated %(way)s already, and one way only counts: leave it out")
                % {"branch": names_of(found)[found[0]], "way": way}
            )


def refuse_beside_a_panel(declaration: Declaration, source: str) -> None:
    """Refuse a pile about a branch that a panel rates. Raises NotPossible."""
    asked = panel_source(at_hand(declaration.round.edition))
    if asked and asked.code == source and Rating.objects.filter(declaration=declaration).exists():
        raise NotPossible(_("a panel rates this branch: its ratings are entered there, and no pile beside them"))


def conflicts(name: str, account: Account | None, branches: Iterable[Declaration], day: date) -> dict[int, Conflict]:
    """What keeps somebody from rating, by declaration (pk): as in a review, membership, post, a part in it."""
    listed = list(branches)
    organisations = [one.organisation_id for one in listed]
    held = ties(account, organisations) if account else ties_by_name(name, organisations)
    part = took_part(account, listed) if account else set[int]()
    found = {
        one.pk: excluded(held[one.organisation_id].posts, held[one.organisation_id].memberships,
                         str(one.organisation_id), day, review(), took_part=one.pk in part)
        for one in listed
    }  # fmt: skip
    return {pk: conflict for pk, conflict in found.items() if conflict}


def _nothing_ties(name: str, account: Account | None, branches: Sequence[Declaration], day: date) -> None:
    tied = conflicts(name, account, branches, day)
    if tied:
        one = next(each for each in branches if each.pk in tied)
        raise NotPossible(
            _("%(name)s does not rate %(branch)s: %(why)s")
            % {"name": name, "branch": names_of([one.organisation_id])[one.organisation_id],
               "why": tied[one.pk].reason.say(get_language() or "")}
        )  # fmt: skip


@transaction.atomic
def rate(
    *, actor: Account | None, now: datetime, panellist: Panellist, said: Mapping[int, str], hand_in: bool = False
) -> None:
    """Keep what a panellist says, by declaration (pk): a line of answers each. With `hand_in` for good; then one answer
    at least is given about every branch. Raises NotPossible.
    """
    one: Panellist = (
        Panellist.objects.select_for_update(of=("self",)).select_related("panel__round").get(pk=panellist.pk)
    )
    _open(one.panel)
    if one.handed_in:
        raise NotPossible(_("%(name)s has handed in: that is changed no more") % {"name": one})
    if one.panel.round.phase != PHASE:
        raise NotPossible(_("branches are rated while ballots are collected"))
    ratings = {each.declaration_id: each for each in one.ratings.select_related("declaration")}
    before = digest(ratings.values())
    shape = _shape(at_hand(one.panel.round.edition), asked_source(one.panel.round))
    for declaration, answers in said.items():
        if declaration not in ratings or not _can_be(answers, *shape):
            raise NotPossible(_("these answers are none of the form: rate the branches that stand in it"))
        ratings[declaration].answers = answers
    Rating.objects.bulk_update(ratings.values(), ["answers"])
    if hand_in:
        _complete(ratings.values())
        one.handed_in = localdate(now)
        one.save(update_fields=["handed_in"])
    after = {"name": one.name, "branches": len(ratings), "sha256": digest(ratings.values())}
    record(actor=actor, act="ballots.panel_hand_in" if hand_in else "ballots.panel_rate",
           subject=f"round:{one.panel.round_id}", path=one.panel.path, now=now, before={"sha256": before},
           after=after)  # fmt: skip


def digest(ratings: Iterable[Rating]) -> str:
    """SHA-256 over what a panellist says, branch by branch: by it a change is seen, and nothing is read."""
    lines = sorted(f"{one.declaration_id} {one.answers}" for one in ratings)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _shape(edition: Edition, source: Source) -> tuple[int, int]:
    return len(edition.questions[source.code]), len(edition.grades)


def _can_be(answers: str, questions: int, grades: int) -> bool:
    signs = {UNKNOWN, BLANK, *map(str, range(1, grades + 1))}
    return len(answers) == questions and signs.issuperset(answers)


def _complete(ratings: Iterable[Rating]) -> None:
    empty = [one for one in ratings if not one.answers.strip(BLANK) and one.declaration.state not in OUT]
    if empty:
        first = empty[0].declaration.organisation_id
        raise NotPossible(
            _("%(branch)s has no answer: choose “don't know” where nothing can be said")
            % {"branch": names_of([first])[first]}
        )


@transaction.atomic
def close(*, actor: Account | None, now: datetime, panel: Panel, why: str) -> None:
    """Close a panel: what was handed in counts, and nothing else of it ever. Raises NotPossible where it is closed."""
    this: Panel = Panel.objects.select_for_update().get(pk=panel.pk)
    _open(this)
    handed = this.panellists.filter(handed_in__isnull=False).count()
    this.closed_on = localdate(now)
    this.save(update_fields=["closed_on"])
    _record("panel_close", actor, now, this, why, panellists=handed)


def _open(panel: Panel) -> None:
    if panel.closed_on:
        raise NotPossible(_("the panel was closed on %(day)s: it takes nothing any more") % {"day": panel.closed_on})


def _record(act: str, actor: Account | None, now: datetime, panel: Panel, why: str, **told: object) -> None:
    record(actor=actor, act=f"ballots.{act}", subject=f"round:{panel.round_id}", path=panel.path, now=now, why=why,
           after=told)  # fmt: skip
