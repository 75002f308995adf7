"""What programs are answered, field by field; the description of the API is made from these."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_noop as noop
from ninja import Field, Schema
from pydantic import ConfigDict


def means(words: str, **more: Any) -> Any:
    """A field with its explanation."""
    return Field(..., description=words, **more)


class Node(Schema):
    """A unit or an organisation, by its number, its code and its name."""

    id: int
    code: str
    name: str


class Named(Schema):
    """A person or an organisation, by number and name."""

    id: int
    name: str


class Pages(Schema):
    """A page of a long list."""

    next: str | None = means(noop("Address of the next page, to be followed as it stands; null at the end."))


class Fault(Schema):
    """One thing that is wrong."""

    field: str | None = means(noop("The field it is about; null for the whole request."), examples=["on"])
    detail: str = means(noop("What is wrong and what would be right."))


class Problem(Schema):
    """Why something could not be done (RFC 9457)."""

    type: str = means(noop("The name of the problem, the same in every language."),
                     examples=["urn:baolei:problem:not-valid"])  # fmt: skip
    title: str
    status: int = means(noop("The status of the answer."), examples=[422])
    detail: str = means(noop("What would be right."))
    errors: list[Fault]


class Mandate(Schema):
    """The mandate that a token carries."""

    role: str
    role_name: str
    title: str
    tree: str = means(noop("The tree in which it stands: unit, party, or none for the whole house."))
    unit: Node | None
    organisation: Node | None
    since: date
    until: date | None
    reads_records: bool
    reads_ledger: bool
    changes_records: bool


class Me(Schema):
    """Who a token stands for."""

    account: Named
    mandate: Mandate
    token: str = means(noop("What the person who made it called it."))
    writes: bool = means(noop("Whether this token may write."))
    expires: date
    today: date = means(noop("The day here: acts are entered on it or for days before."))


class Unit(Schema):
    """An administrative unit as it stood on the day asked for."""

    id: int
    code: str = means(noop("The statistical code, two to twelve digits."), examples=["150422"])
    name: str
    level: int = means(noop("1 region, 2 league, 3 banner, 4 township, 5 village."))
    word: str = means(noop("What such a unit is called."))
    above: int | None = means(noop("The number of the unit above."))
    since: date = means(noop("From when on it has stood so."))


class Units(Pages):
    """Units."""

    items: list[Unit]


class Organisation(Schema):
    """A Party organisation as it stood on the day asked for."""

    id: int
    code: str
    name: str
    kind: str
    kind_name: str
    field: str = means(noop("The field of a branch; empty above the branch."))
    above: int | None = means(noop("The number of the organisation it is affiliated with."))
    unit: Node | None = means(noop("The unit it serves."))
    active: bool = means(noop("Whether the enterprise or body it belongs to is at work."))
    since: date = means(noop("From when on it has stood so."))
    members: int = means(noop("Members of its own, not of those below it."))
    open_findings: int


class Organisations(Pages):
    """Party organisations."""

    items: list[Organisation]


class Post(Schema):
    """A post and who holds it."""

    id: int
    organisation: Named
    kind: str
    kind_name: str
    holder: Named
    committee: bool
    heads_village: bool = means(noop("Whether the holder also heads the villagers' or residents' committee."))
    since: date
    until: date | None


class Posts(Pages):
    """Posts."""

    items: list[Post]


class Term(Schema):
    """A term of office."""

    id: int
    organisation: Named
    elected: date
    ends: date


class Terms(Pages):
    """Terms of office."""

    items: list[Term]


class Group(Schema):
    """A Party group of a branch."""

    id: int
    name: str
    leader: str
    place: str


class Hub(Schema):
    """A hub household: counts, no list of people."""

    id: int
    grid: str
    host: str
    members: int
    households: int


class State(Schema):
    """What an organisation was called, and its code, from a day on."""

    since: date
    code: str
    name: str


class OrganisationWhole(Organisation):
    """A Party organisation with what its page shows."""

    full_members: int
    term: Term | None
    posts: list[Post]
    groups: list[Group]
    hubs: list[Hub]
    history: list[State]


class Member(Schema):
    """A member: what a branch keeps of one, and no more."""

    id: int
    name: str
    kind: str
    kind_name: str
    joined: date | None
    since: date = means(noop("From when on the member has belonged there as that."))


class Members(Pages):
    """Members of an organisation."""

    items: list[Member]


class Finding(Schema):
    """Something the structural audit found."""

    id: int
    organisation: Node | None
    unit: Node | None
    flag: str
    flag_name: str
    says: str
    cure: str
    owner: str = means(noop("Who has to act: branch or superior."))
    since: date
    due: date
    closed: date | None
    how: str = means(noop("What closed it: cured, excused, ended; empty while it is open."))
    late: bool


class Findings(Pages):
    """Findings."""

    items: list[Finding]


class Transfer(Schema):
    """A member's affiliation on its way to another organisation."""

    id: int
    member: Named
    source: Named
    to: Named | None
    outside: str = means(noop("Where to, when that lies outside this house."))
    state: str
    state_name: str
    letter: str
    requested: date
    sent: date | None
    valid_to: date | None
    received: date | None
    receipt: date | None
    late: bool = means(noop("Whether the letter has run out before the member was received."))


class Transfers(Pages):
    """Transfers."""

    items: list[Transfer]


class Votes(Schema):
    """What a candidate was given."""

    member: Named
    votes: int
    elected: bool


class Election(Schema):
    """An election on paper, as it was put on record."""

    id: int
    organisation: Named
    on: date
    should_attend: int
    present: int
    issued: int
    returned: int
    void: int
    seats: int
    needed: int = means(noop("Votes that were needed."))
    valid: bool
    document: str
    candidates: list[Votes]


class Elections(Pages):
    """Elections."""

    items: list[Election]


class Change(Schema):
    """What an act changed."""

    what: str
    before: str
    after: str


class Entry(Schema):
    """An entry of the ledger."""

    number: int
    at: datetime
    actor: str | None = means(noop("Who acted; null for the house itself."))
    act: str
    act_name: str
    subject: str
    subject_name: str
    why: str
    changes: list[Change]
    erased: bool
    hash: str
    previous: str


class Entries(Pages):
    """Entries of the ledger, newest first."""

    items: list[Entry]


class Spreadsheet(Schema):
    """A spreadsheet that was sent."""

    id: int
    kind: str
    unit: int
    day: date
    why: str
    file: str
    sha256: str
    state: str
    counts: dict[str, int]
    sender: str
    at: datetime


class Spreadsheets(Pages):
    """Spreadsheets."""

    items: list[Spreadsheet]


# ---- acts ----


class Choice(Schema):
    """One of those that can be chosen."""

    value: str
    label: str


class Asked(Schema):
    """What an act asks."""

    name: str
    label: str
    help: str
    type: str = means(
        noop("text, number, day, yes-or-no, choice, choices, unit or organisation (by its code or name).")
    )
    required: bool
    choices: list[Choice]


class Act(Schema):
    """Something that may be done here today."""

    act: str
    verb: str
    note: str
    address: str = means(noop("Where to send it."))
    asks: list[Asked]


class Acts(Schema):
    """What may be done with something, today, with this token."""

    name: str
    acts: list[Act]


class Said(Schema):
    """What was done."""

    act: str
    said: str


class Written(Schema):
    """What an act is told: the day from which on it holds, the reason, and what else it asks."""

    model_config = ConfigDict(extra="allow")

    on: date = means(noop("From which day on."), examples=["2026-11-24"])
    why: str = means(noop("One sentence for the ledger."), examples=["组通字〔2026〕8号"])


class Told(Schema):
    """What an act in a round is told: the reason, where it asks for one, and what else it asks."""

    model_config = ConfigDict(extra="allow")

    why: str = means(noop("One sentence for the ledger; some acts ask for none."), examples=["年度工作"])
