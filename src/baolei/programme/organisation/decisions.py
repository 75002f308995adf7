"""Who must attend, and what is decided: quorums, majorities and elections in whole persons, never in percentages.

Results of votes held on paper are entered and judged here; nothing in this file casts a vote.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from baolei.programme.organisation.rules import Act, SetupRules
from baolei.programme.refusals import Fault, Refused
from baolei.programme.standard.edition import Text


class PollRefused(Refused):
    """Counts of a vote or an election (票数) that cannot be: more slips than voters, more votes than slips.

    `said` are the faults as pairs of what is wrong and what would be right, in Chinese and in English.
    """

    subject = "the poll"

    def __init__(self, said: Sequence[tuple[Text, Text]]) -> None:
        self.said = tuple(said)
        super().__init__(Fault("poll", 0, wrong.en, right.en) for wrong, right in said)


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
    faults = [] if should_attend >= 1 else [_nobody(should_attend)]
    if not 0 <= present <= max(should_attend, 0):
        faults.append((
            Text(f"应到 {should_attend} 人，实到 {present} 人", f"{present} of {should_attend} are present"),
            Text("实到不能多于应到", "no more than should attend"),
        ))  # fmt: skip
    if faults:
        raise PollRefused(faults)
    return Quorum(should_attend, present, act.opens.needed(should_attend))


def carried(act: Act, should_attend: int, present: int, yes: int) -> bool:
    """Whether a motion with `yes` votes is carried: the meeting could open and the majority is reached.

    Raises PollRefused for counts that cannot be.
    """
    opened = quorum(act, should_attend, present)
    if not 0 <= yes <= present:
        raise PollRefused([(
            Text(f"实到 {present} 人，赞成 {yes} 票", f"{yes} votes in favour of {present} present"),
            Text("赞成票不能多于实到人数", "no more than are present"),
        )])  # fmt: skip
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


_Check = tuple[bool, Text, Text]


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
        faults = [(wrong, right) for right_so, wrong, right in (*self._people(), *self._slips()) if not right_so]
        if faults:
            raise PollRefused(faults)

    def _people(self) -> tuple[_Check, ...]:
        should, present, issued = self.should_attend, self.present, self.issued
        return (
            (should >= 1, *_nobody(should)),
            (0 <= present <= should, Text(f"应到 {should} 人，实到 {present} 人", f"{present} are present"),
             Text("实到不能多于应到", "no more than should attend")),
            (0 <= issued <= present, Text(f"实到 {present} 人，发票 {issued} 张", f"{issued} slips were handed out"),
             Text("到会一人一张", "one for each voter present")),
            (self.seats >= 1, Text(f"应选 {self.seats} 名", f"{self.seats} seats"), Text("至少 1 名", "at least 1")),
            (bool(self.votes), Text("没有候选人", "there is no candidate"), Text("至少一人", "at least one")),
        )  # fmt: skip

    def _slips(self) -> tuple[_Check, ...]:
        back, void, seats = self.returned, self.void, self.seats
        valid, cast = back - void, sum(self.votes.values())
        return (
            (back >= 0, Text(f"收回选票 {back} 张", f"{back} slips came back"), Text("应为张数", "a count")),
            (0 <= void <= back, Text(f"收回 {back} 张，其中废票 {void} 张", f"{void} slips are void"),
             Text("废票不能多于收回的选票", "no more than came back")),
            *(
                (0 <= count <= valid, Text(f"{candidate}得 {count} 票", f"{count} votes for {candidate}"),
                 Text(f"不能多于有效票 {valid} 张", f"no more than the {valid} valid slips"))
                for candidate, count in self.votes.items()
            ),
            (cast <= valid * seats, Text(f"共计 {cast} 票", f"{cast} votes in all"),
             Text(f"有效票 {valid} 张、每张至多 {seats} 名，不能多于 {max(valid, 0) * seats} 票",
                  f"no more than {valid} valid slips with {seats} names each")),
        )  # fmt: skip


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


def _nobody(should_attend: int) -> tuple[Text, Text]:
    return Text(f"应到 {should_attend} 人", f"{should_attend} should attend"), Text("至少 1 人", "at least 1")
