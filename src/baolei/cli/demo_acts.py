"""How the demo's people go through a round: each step is the house's own act, done by whoever may do it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import count

from baolei.ballots.actions import enter_pile
from baolei.cli.demo_people import Stage
from baolei.declarations import actions as declaring
from baolei.declarations import papers
from baolei.declarations.actions import Said
from baolei.declarations.models import Declaration
from baolei.front.conductor import pass_on
from baolei.organisations.models import Membership, OrganisationState, UnitState
from baolei.people.models import Account
from baolei.programme import declaration as rules
from baolei.programme.scoring.visits import lottery
from baolei.programme.standard.edition import Item
from baolei.programme.visit import second_look
from baolei.reviews import actions as reviewing
from baolei.reviews.models import Step
from baolei.rounds.actions import open_round
from baolei.rounds.models import Round
from baolei.scores import actions as scoring
from baolei.scores import running
from baolei.scores.models import Run, Visit
from baolei.warehouse.rulebook import visits as visit_rules

ASKED = {"mas": 36, "soc": 9}
"""Papers that come back from the public and from society; of members four in five."""
PAPERS_LOST = 2
SERVED = 420
WORST, WORDS_EVERY = 0.7, 4
"""The least share of what there is to earn that a branch of the demo reaches; every so many answers have words."""


def opened(stage: Stage, unit: UnitState, which: str, year: int, begins: int, actor: str) -> Round:
    """A round of a unit, opened by an account, that begins so many days from the day of the stage."""
    told = stage.words["rounds"][which]
    called = {"year": year, "unit": unit.name}
    return open_round(
        actor=stage.who(actor), now=stage.at(begins), unit=unit.unit, name=told["name"].format(**called), year=year,
        edition=stage.words["edition"]["code"], begins=stage.at(begins).date(), basis=Round.APPROVED,
        document=told["document"].format(**called), why=told["why"],
    )  # fmt: skip


def passed(stage: Stage, this: Round, day: int, actor: str = "qi") -> Round:
    """The round passed on to its next phase on a day."""
    return pass_on(actor=stage.who(actor), now=stage.at(day), round=this, expected=this.phase,
                   why=stage.words["on_time"], anyway=stage.words["anyway"])  # fmt: skip


def declared(this: Round, branches: Iterable[OrganisationState]) -> list[Declaration]:
    """What these branches declare in a round, in their order."""
    of = {one.organisation_id: one for one in this.declarations.select_related("round")}
    return [of[one.organisation_id] for one in branches if one.organisation_id in of]


def answered(stage: Stage, mine: Declaration, by: Account, now: datetime, *, share: float = 1.0) -> None:
    """A share of the items answered, each as lots have it; what the records say of an item stands as it is."""
    edition, table = declaring.standard(mine)
    bits = stage.lots(mine.organisation_id, stage.told_as(mine.round.year))
    good = WORST + (1 - WORST) * bits.random()
    held = {one.item: one.version for one in mine.answers.all()}
    known = set(mine.answers.filter(recorded_den__isnull=False).values_list("item", flat=True))
    asked = rules.asked(edition, table)
    words = stage.words["words"]
    said_ = [
        Said(item.code, *_drawn(item, min(1.0, good + 0.15 * bits.random())),
             words[place % len(words)] if place % WORDS_EVERY == 0 else "", held.get(item.code, 0))
        for place, item in enumerate(asked[: round(share * len(asked))]) if item.code not in known
    ]  # fmt: skip
    declaring.answer(actor=by, now=now, declaration=mine, said=said_, served=SERVED)


def _drawn(item: Item, share: float) -> tuple[int, int]:
    """So many of so many with which an item earns about this share of its points."""
    if item.kind == "yes_no":
        return int(share > WORST + 0.05), 1
    if item.kind == "graded":
        return round(share * len(item.anchors)), len(item.anchors)
    if item.kind == "steps":
        return round(share * float(item.table[0].bound)), 1
    if item.low < item.high <= 1:
        due = 24
        return min(due, round(float(item.low + (item.high - item.low)) * share * due)), due
    top = float(item.high) if item.low < item.high else 0
    return round(top * share), 1


def handed_in(stage: Stage, mine: Declaration, by: Account, day: int, *, filed: str = "") -> None:
    """A declaration answered to the end, with a file where there are words for one, and handed in."""
    now = stage.at(day)
    answered(stage, mine, by, now)
    if filed:
        put(stage, mine, by, now, filed)
    declaring.hand_in(actor=by, now=now, declaration=mine)


def put(stage: Stage, mine: Declaration, by: Account, now: datetime, filed: str) -> None:
    """A file put beside the first item."""
    edition, table = declaring.standard(mine)
    first = rules.asked(edition, table)[0].code
    sent = papers.Sent(stage.words["file"]["name"], [filed.encode()])
    papers.add(actor=by, now=now, declaration=mine, item=first, sent=sent)


def conditions(stage: Stage, mine: Declaration, day: int) -> None:
    """Every gate stated to be met."""
    edition, _table = declaring.standard(mine)
    met = {gate.code: True for gate in edition.gates}
    declaring.mark_gates(
        actor=stage.who("qi"), now=stage.at(day), declaration=mine, said=met,
        document=stage.words["gates"], why=stage.words["gates"],
    )  # fmt: skip


def counted(stage: Stage, mine: Declaration, day: int) -> None:
    """Its paper ballots entered twice: by the township and by the banner, elsewhere by the banner and the league."""
    edition, _table = declaring.standard(mine)
    members = Membership.objects.on(stage.at(day).date()).filter(organisation=mine.organisation_id)
    asked = {"mem": max(3, round(0.8 * members.filter(kind=Membership.FULL).count())), **ASKED}
    two = ("xiang", "qi") if mine.path.startswith(stage.township.path) else ("qi", "meng")
    for source in edition.asked():
        text = _ballots(stage, mine, source.code, asked[source.code], len(edition.questions[source.code]))
        for who in two:
            enter_pile(actor=stage.who(who), now=stage.at(day), declaration=mine, source=source.code, text=text,
                       issued=asked[source.code] + PAPERS_LOST, spoiled=0)  # fmt: skip


def _ballots(stage: Stage, mine: Declaration, source: str, number: int, questions: int) -> str:
    bits = stage.lots(mine.organisation_id, stage.told_as(mine.round.year), source)
    good = 0.45 + 0.35 * bits.random()
    signs = bits.choice(["1", "2", "3", "0"], size=(number, questions), p=[good, 0.9 - good, 0.07, 0.03])
    return "\n".join("".join(row) for row in signs)


def scored(stage: Stage, this: Round, day: int, *, draws: bool = True) -> Run:
    """A run of a round, asked for and done; its visits drawn where `draws`."""
    now, qi, why = stage.at(day), stage.who("qi"), stage.words["on_time"]
    run = scoring.ask_for_run(actor=qi, now=now, round=this, seed=_number(stage, this), why=why)
    running.RUNS.perform(run.pk)
    Run.objects.filter(pk=run.pk).update(ended_at=now)  # done that morning, not when the demo was built
    done: Run = Run.objects.select_related("round").get(pk=run.pk)
    if draws:
        scoring.draw_visits(actor=qi, now=stage.at(day + 1), run=done, why=why)
    return done


def _number(stage: Stage, this: Round) -> str:
    """The public number of a round's runs: of those from the demo's own on the first by which whoever the lottery draws
    first is looked at twice. A second look is drawn for one in ten, and in a round of the demo fourteen branches stand.
    """
    if earlier := this.runs.first():
        return str(earlier.seed)
    codes = list(this.declarations.filter(state=rules.FROZEN, organisation__states__until=None)
                 .order_by("pk").values_list("organisation__states__code", flat=True))  # fmt: skip
    share = visit_rules().share
    numbers = (f"{this.year}{stage.seed + turn:05d}" for turn in count())
    return next(one for one in numbers if second_look(one, codes)[codes[lottery(one, codes).argmin()]] < share)


def visited(stage: Stage, this: Round, day: int, left: int) -> None:
    """All first looks of a round but so many, and the second looks at those branches, each by an inspector of its own
    who finds what was declared.
    """
    drawn = Visit.objects.filter(declaration__round=this).select_related("declaration").order_by("pk")
    firsts = list(drawn.exclude(wave=Visit.DOUBLE))
    firsts = firsts[: max(0, len(firsts) - left)]
    seconds = drawn.filter(wave=Visit.DOUBLE, declaration__in=[one.declaration_id for one in firsts])
    for who, looks, overall in (("hecha", firsts, 86), ("fucha", seconds, 84)):
        for one in looks:
            scoring.visit(actor=stage.who(who), now=stage.at(day), visit=one,
                          sheet=scoring.Sheet(stage.at(day).date(), {}, stage.words["visited"], overall))  # fmt: skip


# ---- reviews ----


def step_of(mine: Declaration) -> Step:
    """The step at which a declaration stands."""
    found: Step = Step.objects.filter(declaration=mine).order_by("-number")[0]
    return found


PANEL: Mapping[str, tuple[str, str, str]] = {
    "grassroots_committee": ("dangwei", "xiangshen", "dangwei"), "township": ("zhenshen", "xiang", "xiang"),
    "banner": ("qishen", "qishener", "qi"),
}  # fmt: skip
"""At each step two who give opinions, and who concludes."""


def opined(stage: Stage, mine: Declaration, day: int, verdicts: str = "pp") -> Step:
    """Opinions at the step where a declaration stands, one for each letter: p passes, r returns, - says nothing yet."""
    step = step_of(mine)
    first = _first_item(mine)
    for who, verdict in zip(PANEL[step.code], verdicts, strict=False):
        if verdict == "-":
            continue
        reasons = {first: stage.words["doubt"]} if verdict == "r" else {}
        reviewing.opine(actor=stage.who(who), now=stage.at(day), step=step, verdict="return" if reasons else "pass",
                        reasons=reasons)  # fmt: skip
    return step


def concluded(stage: Stage, mine: Declaration, day: int, verdict: str = "pass") -> None:
    """Two opinions alike and the conclusion at the step where a declaration stands."""
    step = opined(stage, mine, day, "rr" if verdict == "return" else "pp")
    why = stage.words["returned" if verdict == "return" else "agreed"]
    reviewing.conclude(actor=stage.who(PANEL[step.code][2]), now=stage.at(day), step=step, verdict=verdict, why=why)


def through(stage: Stage, mine: Declaration, day: int, until: str = "") -> None:
    """Passed at every step up to the one called `until`, which is left as it is; '' for all of them."""
    while mine.__class__.objects.get(pk=mine.pk).state == rules.FROZEN and step_of(mine).code != until:
        concluded(stage, mine, day)


def _first_item(mine: Declaration) -> str:
    edition, table = declaring.standard(mine)
    return rules.asked(edition, table)[0].code
