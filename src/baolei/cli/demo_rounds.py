"""The rounds of the demo: last year's, finished; this year's, under review; and the league's, just begun.

Made once, when the demo is built, by its own people through the acts that the pages use, so that whoever logs in finds
something waiting. The same day and seed tell the same story.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from baolei.cli.demo_acts import (
    answered,
    concluded,
    conditions,
    counted,
    declared,
    handed_in,
    opened,
    opined,
    passed,
    put,
    scored,
    through,
    visited,
)
from baolei.cli.demo_people import Stage, said, stage
from baolei.declarations import actions as declaring
from baolei.declarations.models import Declaration
from baolei.naming import actions as naming
from baolei.notices import actions as notices
from baolei.notices.models import Posting
from baolei.notices.own import open_until
from baolei.organisations.models import WIDTH, OrganisationState, UnitState
from baolei.organisations.notices import Words, post_notice
from baolei.people.mandates import Node, give_mandate
from baolei.people.models import Account, InTree, Role
from baolei.programme.phases import planned
from baolei.programme.standard.written import rewritten
from baolei.reviews.clock import run_clock
from baolei.rounds.actions import calendar
from baolei.rounds.models import Round
from baolei.scores.models import Run, Visit
from baolei.standards import actions as standards
from baolei.standards.at_hand import files_at_hand
from baolei.triage import actions as triage
from baolei.triage.models import Candidate, Sorted
from baolei.warehouse.rulebook import round_rules, workdays

INSIDE, OUTSIDE = 11, 3
"""So many branches of the demo's township take part in earnest, and of the townships beside it."""
LONG_AGO, LATELY, NOW = -420, -6, -2
"""Days: when last year's round began; when this year's review began, about; when the league's round began."""

Days = dict[str, tuple[int, int]]
"""First and last day of each phase, as days from the day of the stage."""


@transaction.atomic
def hold_rounds(day: date, seed: int) -> int:
    """Hold the rounds of the demo, unless it holds some already, or its banner has no village branch. How many."""
    if Round.objects.exists():
        return 0
    here = stage(day, seed, said()["edition"]["fields"])
    if here is None:
        return 0
    _standard(here)
    _last_year(here)
    _this_year(here)
    _just_begun(here)
    _around(here)
    return Round.objects.count()


def _standard(here: Stage) -> None:
    """A standard of one's own: the shipped one, for villages only; drafted by one person, published by another."""
    told, now = here.words["edition"], here.at(LONG_AGO - 20)
    kept = [f"-{code}.yaml" for code in told["fields"]]
    files = {name: body for name, body in files_at_hand(told["based_on"]).items()
             if not name.startswith("fields/") or name.endswith(tuple(kept))}  # fmt: skip
    head = "edition.yaml"
    valid = {"from": here.at(LONG_AGO - 60).date()}
    files[head] = rewritten(files[head], [(("code",), told["code"]), (("name",), told["name"]), (("valid",), valid)])
    why = here.words["rounds"]["past"]["why"]
    draft = standards.import_edition(actor=here.who("qu"), now=now, files=files, why=why)
    standards.publish(actor=here.who("qufu"), now=now, draft=draft, version=draft.version,
                      document=told["document"].format(year=now.year), why=why)  # fmt: skip


def _days(here: Stage, this: Round) -> Days:
    return {one.phase: ((one.begins - here.day).days, (one.ends - here.day).days) for one in calendar(this)}


# ---- last year's, finished ----


def _last_year(here: Stage) -> None:
    this = opened(here, here.banner, "past", here.day.year - 1, LONG_AGO, "qi")
    days = _days(here, this)
    this = passed(here, this, days["self_assessment"][0])
    mine = declared(this, here.branches[: min(INSIDE, here.inside)])
    _until_review(here, this, mine, days)
    for one in mine:
        through(here, one, days["review"][0] + 3)
    run = scored(here, Round.objects.get(pk=this.pk), days["review"][0] + 5, draws=False)
    first = days["notice"][0]
    naming.draw_up(actor=here.who("qi"), now=here.at(first - 1), round=this, run=run, why=here.words["on_time"])
    this = passed(here, Round.objects.get(pk=this.pk), first)
    posting = notices.post(actor=here.who("qi"), now=here.at(first), round=this, why=here.words["on_time"])
    _objected(here, posting, first)
    heard = open_until(this)  # so long a branch that was struck may object
    last = max(days["naming"][0] + 10, (heard - here.day).days + 1 if heard else 0)
    notices.run_clock(now=here.at(last))
    this = passed(here, Round.objects.get(pk=this.pk), last)
    naming.adopt(actor=here.who("qi"), now=here.at(last + 2), naming_list=posting.list, on=here.at(last + 2).date(),
                 document=here.words["adopt"].format(year=here.at(last).year), why=here.words["on_time"])  # fmt: skip
    _sorted(here, this, run, last + 3)
    passed(here, Round.objects.get(pk=this.pk), last + 12)


def _until_review(here: Stage, this: Round, mine: list[Declaration], days: Days, *, left: int = 0) -> Run:
    """Declared, counted, scored, visited but for so many, and passed on to the review: each on the first days of its
    phase.
    """
    for place, one in enumerate(mine):
        filed = here.words["file"]["text"] if place % 3 == 0 else ""
        handed_in(here, one, _secretary(here, one), days["self_assessment"][0] + 4, filed=filed)
    this = passed(here, this, days["ballots"][0])
    for one in mine:
        counted(here, one, days["ballots"][0] + 2)
        conditions(here, one, days["ballots"][0] + 3)
    this = passed(here, this, days["scoring"][0])
    run = scored(here, this, days["scoring"][0] + 1)
    this = passed(here, this, days["visits"][0])
    visited(here, this, days["visits"][0] + 2, left)
    passed(here, this, days["review"][0])
    return run


def _secretary(here: Stage, mine: Declaration) -> Account:
    return here.secretary(next(one for one in here.branches if one.organisation_id == mine.organisation_id))


def _objected(here: Stage, posting: Posting, first: int) -> None:
    """Two objections: one upheld, so that a name goes; one not, and its objector leaves it at that. Not to a branch
    that was looked at twice: whoever was there takes no objection, and the demo has no further reviewer.
    """
    told = here.words["objection"]
    once = posting.list.lines.filter(listed=True).exclude(declaration__visits__wave=Visit.DOUBLE)
    lines = list(once.order_by("pk"))
    if not lines:
        return
    both: tuple[Any, ...] = (
        (lines[-1], "facts", told["words"], "upheld", told["answer"], [notices.STRIKE]),
        (lines[0], "procedure", told["other"], "not_upheld", told["other_answer"], []),
    )
    for line, kind, words, outcome, reason, fix in both[-len(lines) :]:  # a single name is left on the list
        name, contact = (told["name"], told["contact"]) if kind == "facts" else ("", "")
        one, _receipt = notices.object_to(now=here.at(first + 1), posting=posting, line=line, kind=kind, words=words,
                                          name=name, contact=contact)  # fmt: skip
        one = notices.acknowledge(actor=here.who("qi"), now=here.at(first + 2), objection=one)
        notices.answer(actor=Account.objects.get(pk=one.handler_id or 0), now=here.at(first + 6), objection=one,
                       outcome=outcome, reason=reason, corrections=fix)  # fmt: skip
    if len(lines) > 1:
        struck = posting.list.lines.get(pk=lines[-1].pk)
        naming.agree(actor=here.who("qi"), now=here.at(first + 7), line=struck, why=told["agree"])


def _sorted(here: Stage, this: Round, run: Run, day: int) -> None:
    """Sorted by the criteria; people follow what they propose, and one branch answers."""
    told, who = here.words["triage"], here.who("qi")
    made = triage.sort(actor=who, now=here.at(day), round=this, run=run, why=here.words["on_time"])
    for raised in made.candidates.filter(state=Candidate.RAISED):
        triage.decide_candidate(actor=who, now=here.at(day + 2), candidate=raised, confirm=False, reason=told["middle"])
    for place, one in enumerate(Sorted.objects.filter(sorting=made).order_by("pk")):
        triage.decide(actor=who, now=here.at(day + 3), sorted=one, code=one.proposed, reason=told["middle"])
        if place == 1:
            triage.answer(actor=who, now=here.at(day + 4), about=one, words=told["answer"])


# ---- this year's, under review ----


def _this_year(here: Stage) -> None:
    this = opened(here, here.banner, "living", here.day.year, _begins(here), "qi")
    days = _days(here, this)
    this = passed(here, this, days["self_assessment"][0])
    inside = min(INSIDE, here.inside)
    beside = here.branches[here.inside : here.inside + OUTSIDE]
    mine = declared(this, [*here.branches[:inside], *beside])
    if len(mine) > INSIDE - 1:
        gone = mine.pop(INSIDE - 1)
        answered(here, gone, _secretary(here, gone), here.at(days["self_assessment"][0] + 5), share=0.6)
        declaring.withdraw(actor=_secretary(here, gone), now=here.at(days["self_assessment"][0] + 8), declaration=gone,
                           why=here.words["withdrawn"])  # fmt: skip
    _until_review(here, this, mine, days, left=2)
    _reviewed(here, mine[: inside - 1])


def _begins(here: Stage) -> int:
    """The day on which a round begins whose review begins lately."""
    rules, worked = round_rules(), workdays()
    for days in range(-150, -40):
        spans = planned(rules, here.at(days).date(), worked)
        if next(one.begins - here.day for one in spans if one.phase == "review").days >= LATELY:
            return days
    return -40


def _reviewed(here: Stage, mine: list[Declaration]) -> None:
    """One branch at every stage of the way; the demo secretary's own is returned to be mended."""
    scenes = (_returned, _untouched, _one_opinion, _for_the_township, _agreed, _mended, _for_the_banner, _differ)
    for place, one in enumerate(mine):
        if place < len(scenes):
            scenes[place](here, one)
        else:
            through(here, one, NOW)
    run_clock(here.at(-1))


def _untouched(here: Stage, mine: Declaration) -> None:
    """Waits at the first step."""


def _one_opinion(here: Stage, mine: Declaration) -> None:
    """One opinion is in, and nobody may read it."""
    opined(here, mine, NOW, "-p")


def _returned(here: Stage, mine: Declaration) -> None:
    through(here, mine, NOW - 1, "township")
    concluded(here, mine, NOW, "return")


def _for_the_township(here: Stage, mine: Declaration) -> None:
    through(here, mine, NOW - 1, "township")
    opined(here, mine, NOW, "p")


def _agreed(here: Stage, mine: Declaration) -> None:
    through(here, mine, NOW - 1, "township")
    opined(here, mine, NOW, "pp")


def _mended(here: Stage, mine: Declaration) -> None:
    """Returned, amended with another file, handed in again."""
    through(here, mine, NOW - 2, "township")
    concluded(here, mine, NOW - 2, "return")
    who = _secretary(here, mine)
    mine.refresh_from_db()
    put(here, mine, who, here.at(NOW - 1), here.words["file"]["amended"])
    declaring.hand_in(actor=who, now=here.at(NOW - 1), declaration=mine)


def _for_the_banner(here: Stage, mine: Declaration) -> None:
    through(here, mine, NOW - 1, "banner")


def _differ(here: Stage, mine: Declaration) -> None:
    """Two opinions that differ: a third is awaited."""
    through(here, mine, NOW - 1, "banner")
    opined(here, mine, NOW, "pr")


# ---- the league's, just begun ----


def _just_begun(here: Stage) -> None:
    league = UnitState.objects.open().get(path=here.banner.path[:-WIDTH])
    this = opened(here, league, "begun", here.day.year, NOW, "meng")
    this = passed(here, this, NOW, "meng")
    some = here.branches[: min(5, here.inside)]
    mine = dict(enumerate(declared(this, some)))
    for place, one in mine.items():
        who = _secretary(here, one)
        if place == 0:  # being filled in
            answered(here, one, who, here.at(NOW), share=0.45)
            put(here, one, who, here.at(NOW), here.words["file"]["text"])
        elif place < 4:
            handed_in(here, one, who, NOW)
    if 2 in mine:
        _sent_back(here, mine[2], some[2])
    if 4 in mine:
        declaring.withdraw(actor=_secretary(here, mine[4]), now=here.at(-1), declaration=mine[4],
                           why=here.words["withdrawn"])  # fmt: skip


def _sent_back(here: Stage, mine: Declaration, branch: OrganisationState) -> None:
    first = mine.answers.order_by("item").values_list("item", flat=True)[0]
    declaring.send_back(actor=here.who("xiang"), now=here.at(-1), declaration=mine, why=here.words["returned"],
                        items={first: here.words["asked_back"]})  # fmt: skip


# ---- around them ----


def _around(here: Stage) -> None:
    """A notice to everybody, and a mandate that waits for approval."""
    told, qu = here.words["notice"], here.who("qu")
    root = UnitState.objects.open().get(path=here.banner.path[:WIDTH])
    until = here.at(60).date()
    words = Words(told["title"].format(year=here.day.year), told["text"], here.at(NOW).date(), until)
    post_notice(actor=qu, now=here.at(NOW), unit=root.unit, words=words, why=here.words["on_time"])
    if len(here.branches) < 2:
        return
    branch = here.branches[1]
    newcomer, _new = Account.objects.get_or_create(username=f"xin-{branch.code}", defaults={"name": "乌日娜"})
    newcomer.set_unusable_password()
    newcomer.save()
    home = UnitState.objects.open().get(unit=branch.unit_id)
    give_mandate(
        actor=here.who("xiang"), now=here.at(NOW), account=newcomer, role=Role.SECRETARY,
        node=Node(InTree.PARTY, branch.path, home.path), title=f"{branch.name}书记", since=here.day, until=None,
        why=here.words["mandate"],
    )  # fmt: skip
