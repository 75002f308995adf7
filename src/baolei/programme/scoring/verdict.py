"""From figures to verdicts: lines, seats, ties, tiers, candidates (method 2.10). Machines flag; people decide."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from baolei.programme.scoring.arithmetic import Bools, Ints, half_up
from baolei.programme.scoring.steps import Board
from baolei.programme.scoring.tables import tables
from baolei.programme.standard.edition import Edition, Tier


def tiers(edition: Edition, board: Board) -> dict[str, Any]:
    """The tier of each branch (int8 [n], position in the edition's tiers, best first) and why not a better one.

    Gives `tier`; `named` (bool: the tier carries the title); `held` (bool: would be named, but evidence is short: the
    place is kept until it is collected); `candidate` (bool: to be looked at for rectification, always after a visit).
    """
    n = len(board["field"])
    tier = np.full(n, len(edition.tiers) - 1, dtype=np.int8)
    held = np.zeros(n, dtype=bool)
    for place in range(len(edition.tiers) - 2, -1, -1):
        described = edition.tiers[place]
        reached = _reaches(edition, board, described)
        full = reached & ~_short(board, described)
        tier[full] = place
        if described.named:
            held |= reached & ~full
    named = np.isin(tier, [place for place, described in enumerate(edition.tiers) if described.named])
    return {"tier": tier, "named": named, "held": held & ~named, "candidate": _candidates(edition, board)}


def _reaches(edition: Edition, board: Board, tier: Tier) -> Bools:
    """Whether points, stars, gates, floors and vetoes allow this tier."""
    n = len(board["field"])
    allowed = np.ones(n, dtype=bool)
    if tier.by_line:
        allowed &= board["over_line"]
    if tier.at_least is not None:
        allowed &= board["score"] >= tier.at_least
    if tier.stars:
        allowed &= board["stars"] >= tier.stars
    for need, column in (("gates", "gates_open"), ("floors", "floors_broken"), ("no_veto", "vetoes")):
        if need in tier.needs:
            allowed &= board[column] == 0
    return np.asarray(allowed, dtype=bool)


def _short(board: Board, tier: Tier) -> Bools:
    wanted = "evidence" in tier.needs
    return np.asarray((board["evidence_short"] != 0) & wanted, dtype=bool)


def _candidates(edition: Edition, board: Board) -> Bools:
    """Below the bottom bound and likely truly so; never a share of the bottom (method 2.10)."""
    from scipy.special import ndtr

    policy = edition.policy
    likely = ndtr((policy.candidate_below / 100 - board["theta"]) / board["spread"])
    low = board["score"] < policy.candidate_below
    return np.asarray(low & (likely >= float(policy.candidate_probability)), dtype=bool)


def line_up(edition: Edition, board: Board) -> dict[str, Any]:
    """Who stands over the line, or has a seat where the edition caps them (bool [n] `over_line`).

    By line: the printed score less the county's leniency; where the branch was visited, combined with the visit.
    By seats: `seats` (int64 [groups]) go to the first by θ among those whom gates, floors and vetoes allow; ties at the
    boundary share one fate. Gives `over_line`, `seats`.
    """
    field = board["field"].astype(np.int64)
    if edition.policy.seats is None:
        line = tables(edition).line[field]
        reached = np.where(
            board["visited"],
            np.round(board["standing"] * 100),
            np.round(board["score"] + board["leniency_line"] - board["leniency_of"]),
        )
        return {"over_line": reached >= line, "seats": np.zeros(0, dtype=np.int64)}
    group, groups = seat_groups(edition, board)
    seats = seat_numbers(np.bincount(group, minlength=groups), edition.policy.seats)
    allowed = (board["gates_open"] == 0) & (board["floors_broken"] == 0) & (board["vetoes"] == 0)
    return {"over_line": fill_seats(group, seats, tie_keys(edition, board), allowed), "seats": seats}


def seat_groups(edition: Edition, board: Board) -> tuple[Ints, int]:
    """Within what seats are shared: the group of each branch (int64 [n]), field by field, and how many there are.

    A group is a field, or where the edition says so a field of a league: field × leagues + league.
    """
    field = board["field"].astype(np.int64)
    if edition.policy.seats_by == "field":
        return field, len(edition.fields)
    leagues = int(board["league"].max()) + 1 if len(field) else 1
    return field * leagues + board["league"], len(edition.fields) * leagues


def seat_numbers(size: Any, share: Fraction) -> Ints:
    """Seats of each group: share × size by largest remainder; on equal remainders the larger group.

    E.g. sizes 37, 24, 9 at 41.1 % → 29 seats → 15, 10, 4 (method 2.10).
    """
    size = np.asarray(size, dtype=np.int64)
    total = int(half_up(int(size.sum()) * share.numerator, share.denominator))
    whole, rest = np.divmod(size * share.numerator, share.denominator)
    order = np.lexsort((np.arange(len(size)), -size, -rest))
    extra = np.zeros_like(whole)
    extra[order[: total - int(whole.sum())]] = 1
    return np.asarray(whole + extra, dtype=np.int64)


def tie_keys(edition: Edition, board: Board) -> list[Ints]:
    """Keys of order: θ, then the tie-breakers: higher least strength, more from the public, more on the first."""
    earned = board["earned"]
    return keys_of(
        board["theta"], board["ratio"], earned[:, :, public_source(edition)].sum(axis=1), earned[:, 0, :].sum(axis=1)
    )


def public_source(edition: Edition) -> int:
    """The place among the sources of the one that asks the public; where nobody is asked, the first."""
    asked = [edition.sources.index(source) for source in edition.asked()]
    return asked[1] if len(asked) > 1 else asked[0] if asked else 0


def keys_of(theta: Any, ratio: Any, public: Any, first: Any) -> list[Ints]:
    """The keys: θ in points, ratio by strength [n,S], cents from the public, cents of the first strength."""
    return [
        np.round(theta * 100).astype(np.int64),
        np.round(np.nan_to_num(ratio, nan=0.0).min(axis=1) * 10_000).astype(np.int64),
        np.asarray(public, dtype=np.int64),
        np.asarray(first, dtype=np.int64),
    ]


def fill_seats(group: Ints, seats: Ints, keys: list[Ints], allowed: Bools) -> Bools:
    """Give each group's seats to the first by `keys` (higher is better) among the allowed (bool [n]).

    Those still tied at the boundary share one fate: admitted if at least half of them fit, else none.
    """
    got = np.zeros(len(group), dtype=bool)
    rows = np.flatnonzero(allowed)
    order = rows[np.lexsort([-key[rows] for key in reversed(keys)] + [group[rows]])]
    starts = np.searchsorted(group[order], np.arange(len(seats) + 1))
    for g, number in enumerate(seats):
        line = order[starts[g] : starts[g + 1]]
        if number >= len(line) or number == 0:
            got[line[:number]] = True
            continue
        same = np.all([key[line] == key[line[number - 1]] for key in keys], axis=0)
        first, size = int(np.argmax(same)), int(same.sum())
        fits = number - first
        got[line[:first]] = True
        if 2 * fits >= size:
            got[line[first : first + size]] = True
    return got
