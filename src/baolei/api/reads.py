"""What programs read: each list and each thing through the doors of the token's mandate, as of a day."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_noop as noop
from ninja import Query, Router

from baolei.api import asking, filling, shapes
from baolei.api.asking import known
from baolei.api.reading import below, caller_of, getting, listed, one_of, one_row, only, reading
from baolei.organisations import directory, doors, records
from baolei.organisations.doors import Scope
from baolei.organisations.models import Finding, Post, Term, Transfer
from baolei.sheets import doors as sheet_doors
from baolei.warehouse.rulebook import fields

router = Router()
get = getting(router)


@get(
    "/whoami",
    "whoami",
    shapes.Me,
    "whoami",
    noop("Who this token stands for"),
    noop("The account, the one mandate that the token carries, and what it opens."),
)
def whoami(request: HttpRequest) -> shapes.Me:
    """Who asks."""
    return filling.me(caller_of(request))


@get("/units", "units", shapes.Units, "units", noop("Administrative units"), noop("Those of the mandate, as of a day."))
def units(request: HttpRequest, ask: Query[asking.OfUnits]) -> shapes.Units:
    """Units."""
    read = reading(request, ask.day)
    path = below(read, ask.below)
    found = doors.units(read.scope).under(path)
    wanted = {"code": ask.code, "level": ask.level, "since__gte": ask.changed_since}
    got = listed(request, ask, read, only(found, **wanted), "unit_id", path=path)
    return shapes.Units(items=[filling.unit(one, read.language) for one in got.rows], next=got.next)


@get("/units/{int:unit}", "unit", shapes.Unit, "units", noop("One unit"), noop("As of a day."))
def unit(request: HttpRequest, unit: int, ask: Query[asking.OneDay]) -> shapes.Unit:
    """A unit."""
    known(request, ask)
    read = reading(request, ask.day)
    return filling.unit(one_row(doors.units(read.scope).filter(unit=unit)), read.language)


@get(
    "/organisations",
    "organisations",
    shapes.Organisations,
    "organisations",
    noop("Party organisations"),
    noop("Those of the mandate, as of a day, each with its unit, members and open findings."),
)
def organisations(request: HttpRequest, ask: Query[asking.OfOrganisations]) -> shapes.Organisations:
    """Organisations."""
    read = reading(request, ask.day)
    one_of("kind", ask.kind, read.rules.kinds)
    one_of("field", ask.field, fields())
    path = below(read, ask.below)
    found = doors.organisations(read.scope, path).filter(directory.named(ask.q) if ask.q else Q())
    wanted = {"code": ask.code, "kind": ask.kind, "field": ask.field, "since__gte": ask.changed_since}
    got = listed(request, ask, read, only(found, **wanted), "organisation_id", path=path)
    return shapes.Organisations(items=filling.organisations(got.rows, read), next=got.next)


@get(
    "/organisations/{int:organisation}",
    "organisation",
    shapes.OrganisationWhole,
    "organisations",
    noop("One organisation"),
    noop("With its posts, term, Party groups, hub households and former names, as of a day."),
)
def organisation(request: HttpRequest, organisation: int, ask: Query[asking.OneDay]) -> shapes.OrganisationWhole:
    """An organisation."""
    known(request, ask)
    read = reading(request, ask.day)
    return filling.whole(one_row(doors.organisations(read.scope).filter(organisation=organisation)), read)


@get(
    "/organisations/{int:organisation}/members",
    "members",
    shapes.Members,
    "members",
    noop("Members of an organisation"),
    noop("Name, kind and dates; nothing else is kept of a member."),
)
def members(request: HttpRequest, organisation: int, ask: Query[asking.OfMembers]) -> shapes.Members:
    """Members."""
    read = reading(request, ask.day)
    one_row(doors.organisations(read.scope).filter(organisation=organisation))
    found = doors.memberships(read.scope).filter(organisation=organisation).select_related("member")
    got = listed(request, ask, read, only(found, kind=ask.kind), "member_id")
    return shapes.Members(items=filling.members(got.rows), next=got.next)


@get("/posts", "posts", shapes.Posts, "offices", noop("Posts and who holds them"), noop("As of a day."))
def posts(request: HttpRequest, ask: Query[asking.OfPosts]) -> shapes.Posts:
    """Posts."""
    read = reading(request, ask.day)
    one_of("kind", ask.kind, dict(Post.KINDS))
    path = below(read, ask.below)
    mine = doors.organisations(read.scope, path).values("organisation")
    found = Post.objects.on(read.day).filter(organisation__in=mine).select_related("holder")
    got = listed(request, ask, read, only(found, organisation=ask.organisation, kind=ask.kind), "pk", path=path)
    return shapes.Posts(items=filling.posts(got.rows, read.day), next=got.next)


@get("/terms", "terms", shapes.Terms, "offices", noop("Terms of office"), noop("Those elected by the day asked for."))
def terms(request: HttpRequest, ask: Query[asking.OfTerms]) -> shapes.Terms:
    """Terms."""
    read = reading(request, ask.day)
    found = Term.objects.filter(organisation__in=doors.organisations(read.scope).values("organisation"))
    wanted = {"organisation": ask.organisation, "ends__gte": ask.ends_from, "ends__lte": ask.ends_to}
    got = listed(request, ask, read, only(found, elected__lte=read.day, **wanted), "pk")
    return shapes.Terms(items=filling.terms(got.rows), next=got.next)


@get(
    "/findings",
    "findings",
    shapes.Findings,
    "audit",
    noop("Findings of the structural audit"),
    noop("Open on a day, closed by then, or both; each with what to do and by when."),
)
def findings(request: HttpRequest, ask: Query[asking.OfFindings]) -> shapes.Findings:
    """Findings."""
    read = reading(request, ask.day)
    one_of("flag", ask.flag, read.rules.flags)
    path = below(read, ask.below)
    found = _standing(doors.findings(read.scope, path), ask, read.day)
    wanted = {"organisation": ask.organisation, "flag": ask.flag}
    got = listed(request, ask, read, only(found, **wanted), "pk", path=path)
    return shapes.Findings(items=filling.findings(got.rows, read), next=got.next)


@get(
    "/transfers",
    "transfers",
    shapes.Transfers,
    "transfers",
    noop("Transfers"),
    noop("From and to the organisations of the mandate."),
)
def transfers(request: HttpRequest, ask: Query[asking.OfTransfers]) -> shapes.Transfers:
    """Transfers."""
    read = reading(request)
    found = doors.transfers(read.scope).select_related("member")
    got = listed(request, ask, read, only(found, state=ask.state, member=ask.member), "pk")
    return shapes.Transfers(items=filling.transfers(got.rows, read.day), next=got.next)


@get(
    "/transfers/{int:transfer}",
    "transfer",
    shapes.Transfer,
    "transfers",
    noop("One transfer"),
    noop("With the day of each step taken."),
)
def transfer(request: HttpRequest, transfer: int) -> shapes.Transfer:
    """A transfer."""
    read = reading(request)
    found: Transfer = one_row(doors.transfers(read.scope).filter(pk=transfer).select_related("member"))
    return filling.transfers([found], read.day)[0]


@get(
    "/elections",
    "elections",
    shapes.Elections,
    "offices",
    noop("Elections on record"),
    noop("Held on paper: counts, votes, and whether they stand."),
)
def elections(request: HttpRequest, ask: Query[asking.OfElections]) -> shapes.Elections:
    """Elections."""
    read = reading(request)
    found = only(doors.elections(read.scope), organisation=ask.organisation)
    got = listed(request, ask, read, found, "pk")
    return shapes.Elections(items=filling.elections(got.rows), next=got.next)


@get(
    "/elections/{int:election}",
    "election",
    shapes.Election,
    "offices",
    noop("One election"),
    noop("Counts, votes, and whether it stands."),
)
def election(request: HttpRequest, election: int) -> shapes.Election:
    """An election."""
    return filling.elections([one_row(doors.elections(reading(request).scope).filter(pk=election))])[0]


@get(
    "/ledger",
    "ledger",
    shapes.Entries,
    "ledger",
    noop("The ledger"),
    noop("What was done within the mandate, newest first; “after” gives what came since."),
)
def ledger(request: HttpRequest, ask: Query[asking.OfEntries]) -> shapes.Entries:
    """The ledger."""
    read = reading(request)
    one_of("act", ask.act, records.acts())
    found = records.visible(records.scope_of_mandate(read.caller.mandate, read.caller.today))
    got = listed(request, ask, read, only(found, act=ask.act, number__gt=ask.after), "number", down=True)
    return shapes.Entries(items=filling.entries(got.rows), next=got.next)


@get(
    "/spreadsheets",
    "spreadsheets",
    shapes.Spreadsheets,
    "spreadsheets",
    noop("Spreadsheets that were sent"),
    noop("For the units in which the mandate changes records."),
)
def spreadsheets(request: HttpRequest, ask: Query[asking.Paged]) -> shapes.Spreadsheets:
    """Spreadsheets."""
    read = reading(request)
    got = listed(request, ask, read, sheet_doors.batches(Scope(read.day, read.changed.units)), "pk")
    return shapes.Spreadsheets(items=filling.spreadsheets(got.rows), next=got.next)


def _standing(found: Any, ask: asking.OfFindings, day: Any) -> Any:
    """Findings that were open on a day, closed by then, or seen by then; late ones or not."""
    open_ones = Finding.objects.open_on(day)
    if ask.late is not None:
        late = Q(due__lt=day) if ask.late else Q(due__gte=day)
        return found.filter(late, pk__in=open_ones.values("pk"))
    if ask.state == "open":
        return found.filter(pk__in=open_ones.values("pk"))
    return found.filter(since__lte=day, until__lte=day) if ask.state == "closed" else found.filter(since__lte=day)
