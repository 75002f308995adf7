"""How a case is led from state to state by the table: who may, the next state and its day, the passage, the ledger."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import rectification as rules
from baolei.programme.rectification import STATES
from baolei.rectification import doors
from baolei.rectification.models import LONGEST_WORDS, Case, Passage, Problem
from baolei.warehouse.rulebook import rectification, workdays


def walked(passages: Any) -> list[rules.Passage]:
    """Acts upon cases as the programme counts them, in their order."""
    return [rules.Passage(str(one.case_id), one.act, one.on) for one in passages]


def seat_for(account: Account | None, case: Case, act: str, today: date) -> str:
    """As what somebody may do an act upon a case as it stands: branch, township, county; '' where nobody may."""
    row = next((row for row in STATES.ways(case.state) if row.act == act), None)
    return row.who if row and row.who in doors.seats_of_case(account, case, today) else ""


def must_be_allowed(actor: Account, now: datetime, mine: Case, act: str) -> None:
    """Refuse what the table does not allow in this state, or not to this person."""
    if not seat_for(actor, mine, act, localdate(now)):
        seats = doors.seats_of_case(actor, mine, localdate(now))
        STATES.next_state(mine.state, act, next(iter(sorted(seats)), "nobody"))


def step(
    mine: Case, act: str, actor: Account | None, now: datetime, *, reason: str = "", before: Any = None,
    after: Any = None,
) -> Case:  # fmt: skip
    """Lead a case by an act into its next state: the row, the passage, the entry of the ledger."""
    today, state = localdate(now), mine.state
    why = said(reason) if act in rules.REASONED else ""
    mine.state = STATES.next_state(state, act)
    mine.due = rules.due(mine.state, today, mine.ends, rectification(), workdays())
    mine.save()
    Passage.objects.create(case=mine, act=act, before=state, after=mine.state, on=today, by=actor, reason=why)
    told = {**(before or {}), "standing": state}, {**(after or {}), "standing": mine.state}
    put_on_record(act, mine, actor, now, why=why, before=told[0], after=told[1])
    return mine


def locked(case: Case) -> Case:
    """The case as it stands, held until the act is through."""
    found: Case = Case.objects.select_for_update().get(pk=case.pk)
    return found


def locked_problem(problem: Problem) -> Problem:
    """The problem as it stands, held until the act is through."""
    found: Problem = Problem.objects.select_for_update().get(pk=problem.pk)
    return found


def said(words: str, otherwise: str = "") -> str:
    """Words that must be there and not too long. Raises NotPossible, saying what to write."""
    if not words.strip() or len(words) > LONGEST_WORDS:
        asked = otherwise or _("write why")
        raise NotPossible(f"{asked} ({LONGEST_WORDS})" if words.strip() else asked)
    return words.strip()


def told(one: Problem) -> dict[str, Any]:
    """What the ledger keeps of a problem."""
    return {"problem": one.words[:80], "until": str(one.by), "source": one.found}


def home(organisation: int, now: datetime) -> str:
    """The path of the unit that an organisation serves now; '' where it stands no more."""
    return doors.home_of(organisation, localdate(now))[0]


def put_on_record(
    act: str, mine: Case, actor: Account | None, now: datetime, *, why: str = "", before: Any = None, after: Any = None
) -> None:
    """Put an act upon a case into the ledger, under the unit its organisation serves, or served."""
    record(actor=actor, act=f"rectification.{act}", subject=f"organisation:{mine.organisation_id}",
           path=home(mine.organisation_id, now) or mine.path, now=now, why=why, before=before, after=after)  # fmt: skip
