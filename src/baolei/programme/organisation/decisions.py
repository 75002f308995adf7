"""Who must attend, and what is decided: quorums, majorities and elections in whole persons, never in percentages.

Results of votes held on paper are entered and judged here; nothing in this file casts a vote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from baolei.programme.organisation.rules import Act, SetupRules
from baolei.programme.refusals import Fault, PollRefused


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many had to attend, how many did; `met` says whether the meeting can decide."""

    should_attend: int
    present: int
    needed: int

    @property
    def met(self) -> bool:
        """Whether enough attend."""
        return self.present >= self.needed


def quorum(act: Act, should_attend: int, present: int) -> Quorum:
    """Whether enough of those who should attend do. Raises PollRefused for counts that cannot be."""
    faults = [] if should_attend >= 1 else [_fault(f"{should_attend} should attend", "at least 1")]
    if not 0 <= present <= max(should_attend, 0):
        faults.append(_fault(f"{present} of {should_attend} are present", "no more than should attend"))
    if faults:
        raise PollRefused(faults)
    return Quorum(should_attend, present, act.opens.needed(should_attend))


def carried(act: Act, should_attend: int, present: int, yes: int) -> bool:
    """Whether a motion with `yes` votes is carried: the meeting could open and the majority is reached.

    Raises PollRefused for counts that cannot be.
    """
    opened = quorum(act, should_attend, present)
    if not 0 <= yes <= present:
        raise PollRefused([_fault(f"{yes} votes in favour of {present} present", "no more than are present")])
    return opened.met and yes >= votes_needed(act, should_attend, present)


def votes_needed(act: Act, should_attend: int, present: int) -> int:
    """The fewest votes that carry a motion or elect a candidate."""
    return act.passes.needed(should_attend if act.of == "entitled" else present)


def candidates_needed(seats: int, rules: SetupRules) -> int:
    """The fewest candidates for so many seats 差额: the seats and the surplus, rounded up to whole persons.

    >>> candidates_needed(5, rules), candidates_needed(3, rules)
    (6, 4)
    """
    return seats - -(seats * rules.number("election_surplus_percent_min")) // 100


@dataclass(frozen=True, slots=True)
class Poll:
    """The counts of one election on paper: voters, slips, and the votes in favour of each candidate by code.

    `void` are slips returned with more names than seats. Raises PollRefused, with every fault, for counts that cannot
    be: more present than should attend, more slips handed out than voters present, more votes than valid slips.
    """

    should_attend: int
    present: int
    issued: int
    returned: int
    void: int
    seats: int
    votes: Mapping[str, int]

    def __post_init__(self) -> None:
        valid = self.returned - self.void
        checks = (
            (self.should_attend >= 1, f"{self.should_attend} should attend", "at least 1"),
            (0 <= self.present <= self.should_attend, f"{self.present} are present", "no more than should attend"),
            (0 <= self.issued <= self.present, f"{self.issued} slips were handed out", "one for each voter present"),
            (self.returned >= 0, f"{self.returned} slips came back", "a count"),
            (0 <= self.void <= self.returned, f"{self.void} slips are void", "no more than came back"),
            (self.seats >= 1, f"{self.seats} seats", "at least 1"),
            (bool(self.votes), "there is no candidate", "at least one"),
            *(
                (0 <= count <= valid, f"{count} votes for {candidate}", f"no more than the {valid} valid slips")
                for candidate, count in self.votes.items()
            ),
            (
                sum(self.votes.values()) <= valid * self.seats,
                f"{sum(self.votes.values())} votes in all",
                f"no more than {valid} valid slips with {self.seats} names each",
            ),
        )
        faults = [_fault(wrong, right) for right_so, wrong, right in checks if not right_so]
        if faults:
            raise PollRefused(faults)


@dataclass(frozen=True, slots=True)
class Election:
    """What a poll decides: who is elected (most votes first), who ties for the seats left (`runoff`: a second vote
    among them), and how many seats are still open, those of the run-off among them.
    """

    quorum: Quorum
    slips_in_order: bool
    votes_needed: int
    elected: tuple[str, ...]
    runoff: tuple[str, ...]
    open_seats: int

    @property
    def valid(self) -> bool:
        """Whether enough attended and no more slips came back than were handed out."""
        return self.quorum.met and self.slips_in_order


def elected(poll: Poll, act: Act) -> Election:
    """Who is elected: more than half (as the act says) of those present, the most votes first, a tie by a run-off.

    An invalid election elects nobody and leaves all seats open. Source: election rules (选举工作条例), on voting.
    """
    needed = votes_needed(act, poll.should_attend, poll.present)
    opened = quorum(act, poll.should_attend, poll.present)
    in_order = poll.returned <= poll.issued
    chosen: list[str] = []
    tied: tuple[str, ...] = ()
    if opened.met and in_order:
        enough = sorted((-count, candidate) for candidate, count in poll.votes.items() if count >= needed)
        for _, group in groupby(enough, key=lambda pair: pair[0]):
            same = [candidate for _, candidate in group]
            if len(chosen) + len(same) > poll.seats:
                tied = tuple(same) if len(chosen) < poll.seats else ()
                break
            chosen += same
    return Election(opened, in_order, needed, tuple(chosen), tied, poll.seats - len(chosen))


def _fault(wrong: str, right: str) -> Fault:
    return Fault("poll", 0, wrong, right)
