"""What is done with a small wish: the community writes it, a registered member takes it up and does it, whoever has it
says that it is done.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import wishes as rules
from baolei.programme.wishes import COMMUNITY, MEMBER
from baolei.warehouse.rulebook import wishes as wish_rules
from baolei.wishes import doors
from baolei.wishes.models import Claim, Registration, Wish
from baolei.wishes.walk import at_desk, claim_of, locked, put_on_record, step

SIGNS, CODE_LENGTH = "23456789ABCDEFGHJKMNPQRSTUVWXYZ", 6
"""What receipt codes are made of: no sign that is taken for another when read aloud."""


@dataclass(frozen=True, slots=True)
class Written:
    """A wish as it is entered: what it says, what its owner is called at the desk, the skill it needs ('' for none)."""

    words: str
    called: str
    minor: bool
    skill: str
    consented: date


@transaction.atomic
def write(*, actor: Account, now: datetime, unit: int, key: str, written: Written) -> tuple[Wish, str]:
    """Write a wish for a community and show it; with it the receipt code, which is shown this once ('' where there is
    none, as of somebody under age). Sent a second time under the same key it is the first wish. Raises Refusal.
    """
    today, rule = localdate(now), wish_rules()
    at_desk(actor, unit, today)
    there: Wish | None = Wish.objects.filter(key=key, unit=unit).first()
    if there is not None:
        return there, ""
    if written.skill and written.skill not in rule.skills:
        raise NotPossible(_("choose a skill that is offered, or none"))
    consent = _agreed(rules.MINOR if written.minor else rules.WISH, written.consented, today)
    until = today + timedelta(days=rule.number("open_days"))
    made = Wish(
        unit_id=unit, key=key, words=rules.screened(written.words, rule.number("longest_words")),
        called=rules.known_by(written.called, written.minor, rule), minor=written.minor, skill=written.skill,
        consent=consent, consented=written.consented, lit=today, until=until, due=until, by=actor,
    )  # fmt: skip
    code = "" if written.minor else "".join(secrets.choice(SIGNS) for _sign in range(CODE_LENGTH))
    made.receipt = _digest(key, code) if code else ""
    made.save()
    put_on_record("write", made, actor, now, None, {"until": until.isoformat()})
    return made, code


def _agreed(to: str, day: date, today: date) -> int:
    """The version that was agreed to on a day. Raises NotPossible for a day that has not come."""
    if day > today:
        raise NotPossible(_("%(day)s has not come yet: enter the day on which it was signed") % {"day": day})
    return wish_rules().consent(to, day).version


def _digest(key: str, code: str) -> str:
    return salted_hmac("baolei.wishes.receipt", f"{key}:{code}", algorithm="sha256").hexdigest()


# ---- the community ----


@transaction.atomic
def renew(*, actor: Account, now: datetime, wish: Wish, consented: date) -> Wish:
    """Show a wish for another term, with consent given anew. Raises Refusal."""
    mine, today = locked(wish), localdate(now)
    at_desk(actor, mine.unit_id, today)
    version = _agreed(rules.MINOR if mine.minor else rules.WISH, consented, today)
    if consented < mine.consented:
        raise NotPossible(_("this consent is older than the one on record: have it given anew"))
    until = today + timedelta(days=wish_rules().number("open_days"))
    # The wish waits since it was first shown: only the consent and its term are new.
    return step(mine, "renew", COMMUNITY, actor, now, until=until, consent=version, consented=consented)


@transaction.atomic
def withdraw(*, actor: Account, now: datetime, wish: Wish, reason: str) -> Wish:
    """Take a wish down, for one of the reasons of the rules. Raises Refusal."""
    mine = locked(wish)
    at_desk(actor, mine.unit_id, localdate(now))
    if reason not in wish_rules().reasons:
        raise NotPossible(_("choose a reason that is offered"))
    mine.claims.filter(state=Claim.OPEN).update(state=Claim.ENDED)
    return step(mine, "withdraw", COMMUNITY, actor, now, reason=reason)


@transaction.atomic
def confirm(*, actor: Account, now: datetime, wish: Wish) -> Wish:
    """Note that whoever has the wish says it is fulfilled. Not by whoever fulfilled it. Raises Refusal."""
    mine = locked(wish)
    at_desk(actor, mine.unit_id, localdate(now))
    claim: Claim | None = mine.claims.filter(state=Claim.FULFILLED).select_related("registration").first()
    if claim is not None and claim.registration is not None:
        rules.two_persons([claim.registration.member_id], doors.member_of(actor) or 0)
    step(mine, "confirm", COMMUNITY, actor, now)
    _done(mine, now, by_code=False)
    return mine


@transaction.atomic
def not_done(*, actor: Account, now: datetime, wish: Wish) -> Wish:
    """Note that whoever has the wish says it is not fulfilled yet. Raises Refusal."""
    mine = locked(wish)
    at_desk(actor, mine.unit_id, localdate(now))
    step(mine, "not_done", COMMUNITY, actor, now)
    mine.claims.filter(state=Claim.FULFILLED).update(state=Claim.OPEN, fulfilled=None)
    return mine


# ---- the member ----


@transaction.atomic
def claim(*, actor: Account, now: datetime, wish: Wish) -> Claim:
    """Take up a wish near one's community, of those that are open. Raises Refusal."""
    today, mine = localdate(now), locked(wish)
    held = doors.registration_of(actor)
    if held is None or held.until < today:
        raise NotPossible(_("register with a community first: wishes are taken up by registered members"))
    held = Registration.objects.select_for_update(of=("self",)).get(pk=held.pk)  # two taps at once count as two
    belongs = doors.branch_of(held.member_id, today)
    if belongs is None or not near(held, mine, today):
        raise NotPossible(_("this wish lies outside your banner"))
    rules.has_room(held.claims.filter(state__in=Claim.IN_HAND).count(), wish_rules())
    step(mine, "claim", MEMBER, actor, now)
    made: Claim = Claim.objects.create(wish=mine, registration=held, organisation_id=belongs.organisation_id, day=today)
    return made


def near(held: Registration, wish: Wish, today: date) -> bool:
    """Whether a wish lies in the banner of a registration."""
    here, there = doors.home_of(held.unit_id, today), doors.home_of(wish.unit_id, today)
    return bool(here and there and there.path.startswith(here.path[: doors.BANNER_PATH]))


@transaction.atomic
def give_back(*, actor: Account, now: datetime, wish: Wish) -> Wish:
    """Give a wish back that one has taken up: it is open again, and nothing is held against anybody. Raises Refusal."""
    mine = locked(wish)
    one = claim_of(actor, mine)
    step(mine, "give_back", MEMBER, actor, now)
    one.state = Claim.GIVEN_BACK
    one.save(update_fields=["state"])
    return mine


@transaction.atomic
def fulfil(*, actor: Account, now: datetime, wish: Wish) -> Wish:
    """Say that a wish is done; it counts once whoever has it confirms it. Raises Refusal."""
    mine = locked(wish)
    one = claim_of(actor, mine)
    step(mine, "fulfil", MEMBER, actor, now)
    one.state, one.fulfilled = Claim.FULFILLED, localdate(now)
    one.save(update_fields=["state", "fulfilled"])
    return mine


def enter_code(*, actor: Account, now: datetime, wish: Wish, code: str) -> Wish:
    """Enter the receipt code that whoever has the wish gave: with it the wish is confirmed. Raises Refusal.

    A code that is wrong is counted, and the count stands though the act is refused.
    """
    right = _tried(actor, wish, code)
    if not right:
        raise NotPossible(_("this is not the code on the receipt: compare it with whoever has the wish"))
    with transaction.atomic():
        mine = locked(wish)
        claim_of(actor, mine)
        step(mine, "enter_code", MEMBER, actor, now)
        _done(mine, now, by_code=True)
    return mine


@transaction.atomic
def _tried(actor: Account, wish: Wish, code: str) -> bool:
    mine = locked(wish)
    claim_of(actor, mine)
    if not mine.receipt:
        raise NotPossible(_("this wish has no code: the community asks whoever has it"))
    if mine.tries >= wish_rules().number("code_tries"):
        raise NotPossible(_("the code was wrong too often: the community now asks whoever has the wish"))
    plain = "".join(code.split()).upper()
    right = constant_time_compare(mine.receipt, _digest(mine.key, plain))
    if not right:
        mine.tries += 1
        mine.save(update_fields=["tries"])
    return right


def _done(wish: Wish, now: datetime, *, by_code: bool) -> None:
    today = localdate(now)
    one = wish.claims.get(state__in=Claim.GOING)
    one.fulfilled = one.fulfilled or today
    one.state, one.confirmed, one.by_code = Claim.CONFIRMED, today, by_code
    one.save(update_fields=["fulfilled", "state", "confirmed", "by_code"])
