"""Rows of the house as programs are answered them; a fixed number of questions for a page, however long it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from baolei.api import shapes
from baolei.api.reading import Reading
from baolei.api.tokens import Caller
from baolei.organisations import audit_page, directory, records
from baolei.organisations.directory import names_of
from baolei.organisations.member_views import rows as transfer_rows
from baolei.organisations.models import (
    Election,
    Finding,
    Group,
    HubHousehold,
    Member,
    Membership,
    OrganisationState,
    Post,
    Term,
    Transfer,
    UnitState,
)
from baolei.people.models import InTree, Mandate
from baolei.people.roles import allowing, reading, writing
from baolei.programme.organisation.levels import LEVELS
from baolei.sheets.models import Batch


def me(caller: Caller) -> shapes.Me:
    """Who a token stands for."""
    token, account = caller.token, caller.account
    return shapes.Me(
        account=shapes.Named(id=account.pk, name=account.name), mandate=_mandate(caller.mandate, caller.today),
        token=token.label, writes=token.writes, expires=token.expires, today=caller.today,
    )  # fmt: skip


def _mandate(held: Mandate, today: date) -> shapes.Mandate:
    states: Any = {InTree.UNIT: UnitState, InTree.PARTY: OrganisationState}.get(InTree(held.tree))
    at = states.objects.on(today).filter(path=held.path).first() if states else None
    return shapes.Mandate(
        role=held.role, role_name=held.role_name, title=held.title, tree=held.tree, since=held.since, until=held.until,
        unit=node(at) if held.tree == InTree.UNIT else None,
        organisation=node(at) if held.tree == InTree.PARTY else None,
        reads_records=held.role in reading("records"), reads_ledger=held.role in allowing("read_ledger"),
        changes_records=held.role in writing(),
    )  # fmt: skip


def node(state: Any) -> shapes.Node | None:
    """The unit or organisation of a state."""
    if state is None:
        return None
    pk = state.unit_id if isinstance(state, UnitState) else state.organisation_id
    return shapes.Node(id=pk, code=state.code, name=state.name)


def unit(state: UnitState, language: str) -> shapes.Unit:
    """A unit."""
    return shapes.Unit(
        id=state.unit_id, code=state.code, name=state.name, level=state.level, above=state.above_id, since=state.since,
        word=LEVELS[state.level - 1].word(state.name).say(language),
    )  # fmt: skip


def organisations(states: Iterable[OrganisationState], read: Reading) -> list[shapes.Organisation]:
    """Organisations; three questions."""
    return [shapes.Organisation(**_organisation(row, read)) for row in directory.rows(states, read.day)]


def _organisation(row: directory.Row, read: Reading) -> dict[str, Any]:
    state = row.state
    return {
        "id": state.organisation_id, "code": state.code, "name": state.name, "kind": state.kind,
        "kind_name": read.rules.kinds[state.kind].name.say(read.language), "field": state.field,
        "above": state.above_id, "unit": node(row.unit), "active": state.unit_active, "since": state.since,
        "members": row.members, "open_findings": row.findings,
    }  # fmt: skip


def whole(state: OrganisationState, read: Reading) -> shapes.OrganisationWhole:
    """An organisation with what its page shows."""
    of = {"organisation": state.organisation_id}

    def on(model: Any, *also: str) -> Any:
        return model.objects.on(read.day).filter(**of).select_related(*also).order_by("pk")

    term = Term.objects.filter(**of, elected__lte=read.day).order_by("-elected")[:1]
    past = OrganisationState.objects.filter(**of, since__lte=read.day).order_by("since")
    return shapes.OrganisationWhole(
        **_organisation(directory.rows([state], read.day)[0], read),
        full_members=on(Membership).filter(kind=Membership.FULL).count(),
        term=next(iter(terms(term)), None), posts=posts(on(Post, "holder"), read.day),
        groups=[shapes.Group(id=one.pk, name=one.name, leader=one.leader.name, place=one.place)
                for one in on(Group, "leader")],
        hubs=[shapes.Hub(id=one.pk, grid=one.grid, host=one.host.name, members=one.members, households=one.households)
              for one in on(HubHousehold, "host")],
        history=[shapes.State(since=one.since, code=one.code, name=one.name) for one in past],
    )  # fmt: skip


def members(belonging: Iterable[Membership]) -> list[shapes.Member]:
    """Members."""
    return [
        shapes.Member(id=one.member_id, name=one.member.name, kind=one.kind, kind_name=one.get_kind_display(),
                      joined=one.member.joined, since=one.since)
        for one in belonging
    ]  # fmt: skip


def posts(held: Iterable[Post], day: date) -> list[shapes.Post]:
    """Posts; one question. A last day after `day` was not known on it."""
    listed = list(held)
    names = names_of([one.organisation_id for one in listed])
    return [
        shapes.Post(id=one.pk, organisation=_named(one.organisation_id, names), kind=one.kind,
                    kind_name=one.get_kind_display(), holder=shapes.Named(id=one.holder_id, name=one.holder.name),
                    committee=one.committee, heads_village=one.village_head, since=one.since,
                    until=one.until if one.until and one.until < day else None)
        for one in listed
    ]  # fmt: skip


def terms(found: Iterable[Term]) -> list[shapes.Term]:
    """Terms of office; one question."""
    listed = list(found)
    names = names_of([one.organisation_id for one in listed])
    return [
        shapes.Term(id=one.pk, organisation=_named(one.organisation_id, names), elected=one.elected, ends=one.ends)
        for one in listed
    ]


def findings(found: list[Finding], read: Reading) -> list[shapes.Finding]:
    """Findings; two questions."""
    language = read.language
    return [_finding(row, read.day, language) for row in audit_page.rows(found, read.day, read.rules)]


def _finding(row: audit_page.Row, day: date, language: str) -> shapes.Finding:
    one = row.finding
    closed = one.until if one.until and one.until <= day else None
    return shapes.Finding(
        id=one.pk, organisation=node(row.state), unit=node(row.unit), flag=one.flag,
        flag_name=row.flag.name.say(language), says=row.says.say(language), cure=row.flag.cure.say(language),
        owner=row.flag.owner, since=one.since, due=one.due, closed=closed, how=one.how if closed else "",
        late=closed is None and one.due < day,
    )  # fmt: skip


def transfers(found: Iterable[Transfer], today: date) -> list[shapes.Transfer]:
    """Transfers; one question."""
    return [_transfer(row["transfer"], row) for row in transfer_rows(found, today)]


def _transfer(one: Transfer, row: dict[str, Any]) -> shapes.Transfer:
    return shapes.Transfer(
        id=one.pk, member=shapes.Named(id=one.member_id, name=one.member.name),
        source=shapes.Named(id=one.source_id, name=row["source"]),
        to=shapes.Named(id=one.to_id, name=row["goal"]) if one.to_id else None, outside=one.outside, state=one.state,
        state_name=one.get_state_display(), letter=one.letter, requested=one.requested, sent=one.sent,
        valid_to=one.valid_to, received=one.received, receipt=one.receipt, late=row["late"],
    )  # fmt: skip


def elections(found: Iterable[Election]) -> list[shapes.Election]:
    """Elections; two questions."""
    listed = list(found)
    names = names_of([one.organisation_id for one in listed])
    stood = {int(pk) for one in listed for pk in one.votes}
    people = dict(Member.objects.filter(pk__in=stood).values_list("pk", "name"))
    return [_election(one, names, people) for one in listed]


def _election(one: Election, names: dict[int, str], people: dict[int, str]) -> shapes.Election:
    candidates = [
        shapes.Votes(member=_named(int(pk), people), votes=votes, elected=pk in one.elected)
        for pk, votes in sorted(one.votes.items(), key=lambda pair: -pair[1])
    ]
    return shapes.Election(
        id=one.pk, organisation=_named(one.organisation_id, names), on=one.on, should_attend=one.should_attend,
        present=one.present, issued=one.issued, returned=one.returned, void=one.void, seats=one.seats,
        needed=one.needed, valid=one.valid, document=one.document, candidates=candidates,
    )  # fmt: skip


def entries(found: Iterable[Any]) -> list[shapes.Entry]:
    """Entries of the ledger; two questions."""
    return [
        shapes.Entry(
            number=row.entry.number, at=row.entry.at, actor=row.entry.actor.name if row.entry.actor else None,
            act=row.entry.act, act_name=row.act, subject=row.entry.subject, subject_name=row.about, why=row.why,
            changes=[shapes.Change(what=what, before=old, after=new) for what, old, new in row.changes],
            erased=row.erased, hash=row.entry.hash, previous=row.entry.previous,
        )
        for row in records.rows(found)
    ]  # fmt: skip


def spreadsheets(found: Iterable[Batch]) -> list[shapes.Spreadsheet]:
    """Spreadsheets."""
    return [
        shapes.Spreadsheet(id=one.pk, kind=one.kind, unit=one.unit_id, day=one.day, why=one.why, file=one.name,
                           sha256=one.digest, state=one.state, counts=one.counts, sender=one.sender.name, at=one.at)
        for one in found
    ]  # fmt: skip


def _named(pk: int, names: dict[int, str]) -> shapes.Named:
    return shapes.Named(id=pk, name=names.get(pk, ""))
