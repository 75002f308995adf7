"""What is done at a step of a review: somebody is named for it, says what there is to say, concludes it, takes over
what was late.

What an opinion says stands in no record before all that were asked for are in: until then the ledger knows who has
given one, at which step, on what. The conclusion puts the opinions on record.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.declarations import actions as declaring
from baolei.declarations.models import Declaration
from baolei.ledger.actions import record
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import declaration as rules
from baolei.programme import review
from baolei.programme.review import REJECT, RETURN, Outcome
from baolei.reviews import entering
from baolei.reviews.conflicts import checked
from baolei.reviews.content import content_of, digest_of
from baolei.reviews.doors import Roles, deciding, holds, judging
from baolei.reviews.models import Assignment, Decision, Look, Opinion, Step
from baolei.warehouse.rulebook import review as review_rules
from baolei.warehouse.rulebook import workdays

ONWARD: dict[str, tuple[str, ...]] = {
    "waiting": (), "agreed": ("agree",), "differ": ("differ",), "majority": ("differ", "opine"),
    "tie": ("differ", "opine"),
}  # fmt: skip
"""The acts by which a step leaves 'opinions', by what the opinions come to."""
LONGEST_REASON = 500


@transaction.atomic
def assign(
    *, actor: Account | None, now: datetime, step: Step, person: Account, why: str = "",
    instead_of: Account | None = None,
) -> Assignment:  # fmt: skip
    """Name somebody to review a step, in place of somebody who has not said anything yet where that is named.

    The assignment keeps what was looked up. Raises NotPossible for a conflict of interest, for whoever holds no role
    there, and where as many as are asked have been named.
    """
    mine = _held(step)
    if mine.state not in ("opinions", "third"):
        raise NotPossible(_("no opinion is awaited at this step now"))
    if instead_of is not None and not _counting(mine).filter(person=instead_of).exists():
        mine.assignments.filter(person=instead_of).delete()
    made = _assigned(mine, person, actor, now)
    _recorded("assign", mine, actor, now, why=why,
              after={"step": mine.code, "username": person.username, "proof": made.proof})  # fmt: skip
    return made


@transaction.atomic
def opine(
    *, actor: Account, now: datetime, step: Step, verdict: str, reasons: Mapping[str, str] | None = None
) -> Opinion:
    """Say of a declaration that it passes, is to be returned or turned down; why, by item.

    Whoever was not named is, as long as somebody is wanted. Raises Refusal.
    """
    mine = refreshed(_held(step), now)
    if mine.state not in ("opinions", "third"):
        raise NotPossible(_("no opinion is awaited at this step now"))
    if _counting(mine).filter(person=actor).exists():
        raise NotPossible(_("you have given your opinion on this declaration: it waits for the others"))
    _assigned(mine, actor, actor, now)
    edition, table = declaring.standard(mine.declaration)
    said = review.about(
        review.Opinion(verdict, {item: words.strip() for item, words in (reasons or {}).items() if words.strip()},
                       digest_of(mine.declaration)),
        [item.code for item in rules.asked(edition, table)],
    )  # fmt: skip
    made: Opinion = Opinion.objects.create(
        step=mine, person=actor, verdict=said.verdict, reasons=dict(said.reasons), digest=said.digest,
        on=localdate(now),
    )  # fmt: skip
    move_on(mine)
    _recorded("opine", mine, actor, now, after={"step": mine.code, "sha256": said.digest})
    return made


@transaction.atomic
def conclude(*, actor: Account, now: datetime, step: Step, verdict: str, why: str) -> Decision:
    """Put in force what the opinions come to; after a tie, settle it. On with it, back to the branch, or turned down.

    Raises Refusal: before the opinions are in, against them, without a reason, for whoever has a conflict of interest,
    and for whoever would settle a tie of which the own opinion is a part.
    """
    mine, today = refreshed(_held(step), now), localdate(now)
    after = review.next_state(mine.state, verdict, "decider")
    _may(mine, actor, today, deciding)
    found = outcome_of(mine)
    if found.kind == "tie" and _counting(mine).filter(person=actor).exists():
        raise NotPossible(_("a tie is settled by somebody who gave none of the opinions: ask another who decides here"))
    review.settle(found, verdict, why)
    if not why.strip():
        raise NotPossible(_("a conclusion has its reason: write why"))
    items = _items(mine, verdict)
    made: Decision = Decision.objects.create(
        step=mine, verdict=verdict, by=actor, at=now, why=why.strip(), items=items,
        digest=digest_of(mine.declaration), judged=content_of(mine.declaration) if verdict == RETURN else None,
    )  # fmt: skip
    _put_in_force(mine, after, made, now)
    opinions = [
        {"username": one.person.username, "verdict": one.verdict, "items": one.reasons}
        for one in _counting(mine).select_related("person")
    ]
    _recorded("conclude", mine, actor, now, why=why,
              after={"step": mine.code, "verdict": verdict, "opinions": opinions, "sha256": made.digest})  # fmt: skip
    return made


def _put_in_force(mine: Step, after: str, made: Decision, now: datetime) -> None:
    """The step is left; what follows from it happens to the declaration."""
    today = localdate(now)
    mine.state = after
    if made.verdict == RETURN:
        mine.due = workdays().after(today, review_rules().number("mend_days"))
    mine.save()
    said: dict[str, Any] = {"actor": made.by, "now": now, "declaration": mine.declaration, "why": made.why}
    if made.verdict == RETURN:
        declaring.send_back(**said, items=made.items)
    elif made.verdict == REJECT:
        declaring.conclude(**said)
    elif (seat := entering.next_seat(mine, today)) is not None:
        entering.go_on(mine, seat, today)
    else:
        declaring.conclude(**said)


def _items(mine: Step, verdict: str) -> dict[str, str]:
    """The reasons by item of everybody who said so."""
    said: dict[str, list[str]] = {}
    for one in _counting(mine).filter(verdict=verdict):
        for item, words in one.reasons.items():
            if words not in said.setdefault(item, []):
                said[item].append(words)
    return {item: "；".join(words)[:LONGEST_REASON] for item, words in said.items()}


@transaction.atomic
def reassign(*, actor: Account, now: datetime, step: Step, why: str) -> Step:
    """Take over a step that was late and was passed upward: it begins anew at the body above. What was said still
    counts. Raises Refusal.
    """
    mine, today = _held(step), localdate(now)
    after = review.next_state(mine.state, "reassign", "above")
    _may(mine, actor, today, deciding)
    said = _counting(mine).values("person")
    mine.assignments.exclude(person__in=said).delete()
    entering.anew(mine, today)
    mine.state = after
    mine.save()
    move_on(refreshed(mine, now))
    _recorded("reassign", mine, actor, now, why=why, after={"step": mine.code, "judged_by": mine.seat})
    return mine


@transaction.atomic
def look(*, actor: Account, now: datetime, step: Step) -> Look:
    """Note that somebody has looked through a declaration as it stands."""
    mine = _held(step)
    made: Look
    made, new = Look.objects.get_or_create(
        step=mine, person=actor, digest=digest_of(mine.declaration), defaults={"at": now}
    )
    if new:
        _recorded("look", mine, actor, now, after={"step": mine.code, "sha256": made.digest})
    return made


# ---- where a step stands ----


def counting(step: Step) -> dict[str, review.Opinion]:
    """The opinions that count, by who gave them (pk, as text)."""
    return {
        str(one.person_id): review.Opinion(one.verdict, one.reasons, one.digest) for one in _counting(step)
    }  # fmt: skip


def outcome_of(step: Step) -> Outcome:
    """What the opinions of a step come to."""
    return review.outcome(tuple(counting(step).values()), review_rules())


def move_on(mine: Step) -> None:
    """Bring a step to where its opinions lead, and open them once all that are needed are in."""
    held = tuple(counting(mine).values())
    acts = ONWARD[review.outcome(held, review_rules()).kind]
    for act in acts[1:] if mine.state == "third" else acts:
        mine.state = review.next_state(mine.state, act, "reviewer")
    if mine.state == "decision":
        mine.due = mine.decision_due
    mine.save()
    if review.opened(held, review.needed(held, review_rules())):
        _counting(mine).update(opened=True)


def refreshed(mine: Step, now: datetime) -> Step:
    """The step, its opinions lapsed where the declaration has changed since they were given."""
    if mine.state not in ("opinions", "third", "decision"):
        return mine
    digest = digest_of(mine.declaration)
    stale = [one.pk for one in _counting(mine) if review.lapsed(one_of(one), digest)]
    if not stale:
        return mine
    Opinion.objects.filter(pk__in=stale).update(lapsed=True)
    review.next_state(mine.state, "lapse", "clock")
    entering.anew(mine, localdate(now))
    mine.save()
    _recorded("lapse", mine, None, now, after={"step": mine.code, "sha256": digest})
    return mine


def one_of(opinion: Opinion) -> review.Opinion:
    """An opinion as the rules see it."""
    return review.Opinion(opinion.verdict, opinion.reasons, opinion.digest)


def wanted(step: Step) -> int:
    """How many opinions a step asks for as it stands."""
    return review_rules().number("opinions_most" if step.state == "third" else "opinions")


def _assigned(mine: Step, person: Account, by: Account | None, now: datetime) -> Assignment:
    """The assignment of a person, made now where there is none yet. Raises NotPossible."""
    today = localdate(now)
    proof = _may(mine, person, today, judging)
    held: Assignment | None = mine.assignments.filter(person=person).first()
    if held is not None:
        return held
    if mine.assignments.count() >= wanted(mine):
        raise NotPossible(
            _("%(number)d are named for this step already, as many as are asked: name somebody in place of one of them")
            % {"number": wanted(mine)}
        )
    made: Assignment = Assignment.objects.create(step=mine, person=person, proof=proof, by=by, at=now)
    return made


def _may(mine: Step, person: Account, today: date, roles: Roles) -> dict[str, object]:
    """The proof that somebody may judge or conclude a step. Raises NotPossible for whoever may not."""
    if not holds(person, mine, today, roles):
        raise NotPossible(_("%(name)s holds no mandate of this step at its body") % {"name": person.name})
    found = checked(person, [mine.declaration], today, [mine.pk])[mine.declaration_id]
    if found.conflict is not None:
        raise NotPossible(
            _("%(name)s does not review this branch: %(reason)s. Another person does.")
            % {"name": person.name, "reason": found.conflict.reason.say(get_language() or "")}
        )
    return found.proof


def _counting(mine: Step) -> Any:
    return mine.opinions.filter(lapsed=False)


def _held(step: Step) -> Step:
    """The step as it stands now, held until the act is through, where a review goes on. Raises NotPossible."""
    found: Step = Step.objects.select_for_update().get(pk=step.pk)
    found.declaration = Declaration.objects.select_related("round").get(pk=found.declaration_id)
    if found.declaration.round.ended_at is not None or found.declaration.state != rules.FROZEN:
        raise NotPossible(_("the declaration is not under review now: look again when the branch has handed it in"))
    return found


def _recorded(
    what: str, mine: Step, actor: Account | None, now: datetime, *, why: str = "", after: dict[str, object]
) -> None:
    declaration = mine.declaration
    record(actor=actor, act=f"reviews.{what}", subject=f"organisation:{declaration.organisation_id}",
           path=declaration.path, now=now, why=why, after=after)  # fmt: skip
