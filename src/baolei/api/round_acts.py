"""What is done in a round by programs: one table of the things that acts are done upon, two addresses for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as noop
from ninja import Router
from ninja.params.models import Path
from ninja.utils import contribute_operation_args

from baolei.api import declarations, naming, objections, reviews, rounds, runs, shapes, triage
from baolei.api.doing import LISTS, Find, done, listed_acts, posting
from baolei.api.reading import getting, reading
from baolei.organisations.forms_of_people import PeopleForm

router = Router()
get, post = getting(router), posting(router, {"why": "年度工作"})


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that acts are done upon: its place, how it is found, what may be done, what its addresses are called.

    `acts` are all there can be; which of them are open to whom, `find` says.
    """

    place: str
    find: Find
    acts: Mapping[str, type[PeopleForm]]
    lists: str
    does: str


THINGS: dict[str, Thing] = {
    "round": Thing("rounds", rounds.upon, rounds.ON_ROUND, noop("What may be done with a round"),
                   noop("Do something with a round")),
    "declaration": Thing("declarations", declarations.upon, declarations.ON_DECLARATION,
                         noop("What may be done with a declaration"), noop("Do something with a declaration")),
    "run": Thing("runs", runs.upon, runs.ON_RUN, noop("What may be done with a run"), noop("Do something with a run")),
    "step": Thing("reviews", reviews.upon, reviews.ON_STEP, noop("What may be done at a review step"),
                  noop("Do something at a review step")),
    "line": Thing("lines", naming.upon_line, naming.ON_LINE, noop("What may be done with a line of a list"),
                  noop("Do something with a line of a list")),
    "title": Thing("titles", naming.upon_title, naming.ON_TITLE, noop("What may be done with a title"),
                   noop("Do something with a title")),
    "objection": Thing("objections", objections.upon, objections.ON_OBJECTION,
                       noop("What may be done with an objection"), noop("Do something with an objection")),
    "sorted": Thing("sorted", triage.upon_sorted, triage.ON_SORTED, noop("What may be done with a sorted branch"),
                    noop("Do something with a sorted branch")),
    "candidate": Thing("candidates", triage.upon_candidate, triage.ON_CANDIDATE,
                       noop("What may be done with a candidate"), noop("Do something with a candidate")),
}  # fmt: skip
"""By what its number is called in an address."""


def _open(noun: str, thing: Thing) -> None:
    """Open the two addresses of a thing: what may be done with it, and to do it."""
    where = f"/{thing.place}/{{int:{noun}}}/acts"

    def acts(request: HttpRequest, **at: Any) -> shapes.Acts:
        return listed_acts(thing.find(reading(request), at[noun]), f"api_act_on_{noun}", at[noun])

    def act(request: HttpRequest, act: str, **at: Any) -> HttpResponse:
        return done(request, lambda read: thing.find(read, at[noun]), act)

    acts.__name__, act.__name__ = f"acts_on_{noun}", f"act_on_{noun}"
    for view in (acts, act):
        contribute_operation_args(view, noun, int, Path(...))
    get(where, acts.__name__, shapes.Acts, "acts", thing.lists, LISTS)(acts)
    post(f"{where}/{{slug:act}}", act.__name__, thing.does)(act)


for _noun, _thing in THINGS.items():
    _open(_noun, _thing)
