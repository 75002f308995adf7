"""Tokens by phone: who may take one, once, before the casting begins; and what is left of them nowhere."""

from __future__ import annotations

import hashlib
import secrets
import stat
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

import stage
from baolei.ballots import electors, polling, taking, token_keys
from baolei.ballots.counted import settled_ballots
from baolei.ballots.models import Elector, Issued, Poll
from baolei.ballots.urns import opened
from baolei.declarations.models import Declaration
from baolei.ledger.models import Entry
from baolei.organisations.erasure import erase_member
from baolei.organisations.models import Member, Membership
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme.ballot import blind
from baolei.programme.ballot.ballot import BallotRefused, token_message
from baolei.programme.ballot.blind import SIGNATURE_BYTES
from baolei.rounds.models import Round
from baolei.urn.store import CAST, ISSUE, SEALED, SET_UP, Cast, Kept, UrnRefused
from round_stage import BRANCHES, NOW, begun, declaration_of, filled, passed
from test_polls import on_paper, told
from tokens import Elector as WithToken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
OWN = BRANCHES[0]
TOWNSHIP, MEMBERS, HOUSE = "150422103", 7, "https://house.example.cn"
SAID = ["11111", "12111", "21110", "11211", "33333"]


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any) -> Path:
    settings.BAOLEI_HOME, settings.BAOLEI_RESULTS = str(tmp_path), str(tmp_path / "results")
    return tmp_path


@pytest.fixture
def this() -> Round:
    """A round in which ballots are collected; seven full members and a probationary one in one of its branches."""
    made = begun()
    mine = declaration_of(made, OWN)
    for number in range(MEMBERS + 1):
        member = Member.objects.create(name=f"党员{number}")
        kind = "full" if number < MEMBERS else "probationary"
        Membership.objects.create(member=member, organisation=mine.organisation, kind=kind, since=date(2026, 1, 2))
    filled(mine)
    return passed(made)


@pytest.fixture
def clerk() -> Account:
    return stage.mandated(TOWNSHIP, "township_clerk")


def account_of(number: int) -> Account:
    """The account of a member, linked to nobody yet."""
    return Account.objects.create(username=f"member-{number}", name=f"党员{number}")


def linked(actor: Account, this: Round, number: int) -> Account:
    account = account_of(number)
    link(actor, this, number, account.username)
    return account


def link(actor: Account, this: Round, number: int, username: str) -> Elector:
    branch = declaration_of(this, OWN).organisation_id
    return electors.link(actor=actor, now=NOW, organisation=branch, member=Member.objects.get(name=f"党员{number}"),
                         username=username, why="本人账号")  # fmt: skip


def unlink(actor: Account, this: Round, number: int) -> None:
    branch = declaration_of(this, OWN).organisation_id
    member = Member.objects.get(name=f"党员{number}")
    electors.unlink(actor=actor, now=NOW, organisation=branch, member=member, why="换账号")


def set_up(this: Round, *, tokens: bool = True, sources: tuple[str, ...] = ("mem",)) -> Poll:
    polling.set_up(**told(round=this, sources=sources, revote=True, tokens=tokens, house=HOUSE))
    return poll_of(this)


def poll_of(this: Round) -> Poll:
    found: Poll = Poll.objects.get(declaration=declaration_of(this, OWN), source="mem")
    return found


@dataclass
class Phone:
    """What a phone keeps of a token while it is signed."""

    poll: Poll
    token: WithToken
    blinded: bytes
    inverse: bytes

    def with_signature(self, signed: bytes) -> WithToken:
        """The token as it is cast; raises BallotRefused where the key did not sign it."""
        signature = blind.finalize(public(self.poll), self.prepared, signed, self.inverse)
        return WithToken(self.token.poll, self.token.key, self.token.randomiser, signature)

    @property
    def prepared(self) -> bytes:
        return blind.prepare(token_message(self.poll.key, self.token.spki), self.token.randomiser)


def public(poll: Poll) -> Any:
    """The key of a poll as the urn has it."""
    taking.key_of(poll)
    with opened() as urn:
        found = urn.poll(poll.key)
    assert found
    assert found.key_spki
    return blind.public_key(found.key_spki)


def phone(poll: Poll) -> Phone:
    """A phone that has made a token and blinded it."""
    token = WithToken(poll.key, generate_private_key(SECP256R1()), secrets.token_bytes(32), b"")
    made = Phone(poll, token, b"", b"")
    key = public(poll)
    r = secrets.randbelow(key.public_numbers().n - 1) + 1
    made.blinded, made.inverse = blind.blind(key, made.prepared, secrets.token_bytes(blind.SALT_BYTES), r)
    return made


def taken(account: Account, poll: Poll) -> WithToken:
    mine = phone(poll)
    return mine.with_signature(taking.take(actor=account, number=poll.number, blinded=mine.blinded))


def cast(tokens: list[WithToken], said: list[str]) -> list[Any]:
    with opened() as urn:
        return urn.cast([Cast(*one.ballot(answers)) for one, answers in zip(tokens, said, strict=True)])


# ---- who is a member with an account ----


def test_whoever_answers_for_the_branch_from_above_links_an_account_and_undoes_it(this: Round, clerk: Account) -> None:
    account = linked(clerk, this, 0)
    assert Elector.objects.get().account == account
    with pytest.raises(NotPossible, match="linked already"):
        link(clerk, this, 0, account.username)
    unlink(clerk, this, 0)
    with pytest.raises(NotPossible, match="nothing to undo"):
        unlink(clerk, this, 0)
    assert list(Entry.objects.filter(act__startswith="ballots.").values_list("act", flat=True)) == [
        "ballots.link", "ballots.unlink"
    ]  # fmt: skip


def test_the_branch_itself_links_nobody_nor_does_anybody_elsewhere(this: Round) -> None:
    account_of(0)
    for role, code in (("branch_secretary", OWN), ("township_clerk", "150502103")):
        with pytest.raises(NotPossible, match="never by the branch itself"):
            link(stage.mandated(code, role), this, 0, "member-0")


def test_an_account_of_another_name_or_a_probationary_member_is_not_linked(this: Round, clerk: Account) -> None:
    account_of(1)
    for wrong in ("member-1", "nobody-at-all"):
        with pytest.raises(NotPossible, match="no account of this user name bears the name 党员0"):
            link(clerk, this, 0, wrong)
    account_of(MEMBERS)
    with pytest.raises(NotPossible, match="only full members vote"):
        link(clerk, this, MEMBERS, f"member-{MEMBERS}")
    clerk.name = "党员0"
    clerk.save()
    with pytest.raises(NotPossible, match="your own account"):
        link(clerk, this, 0, clerk.username)


def test_an_erased_member_is_linked_to_nobody_any_more(this: Round, clerk: Account) -> None:
    linked(clerk, this, 0)
    member = Member.objects.get(name="党员0")
    member.memberships.update(until=date(2026, 2, 1))
    erase_member(actor=None, now=NOW, member=member, why="本人申请")
    assert not Elector.objects.exists()


# ---- a token is taken ----


def test_a_token_is_signed_once_and_the_same_message_has_the_same_signature(this: Round, clerk: Account) -> None:
    account, poll = linked(clerk, this, 0), set_up(this)
    polling.give_out(**told(round=this))
    mine = phone(poll)
    signed = taking.take(actor=account, number=poll.number, blinded=mine.blinded)
    assert mine.with_signature(signed).signature
    assert taking.take(actor=account, number=poll.number, blinded=mine.blinded) == signed
    with pytest.raises(taking.TakenAlready, match="have taken a token"):
        taken(account, poll)
    assert poll_of(this).taken == Issued.objects.count() == 1


def test_a_member_has_one_token_whatever_account_is_linked_and_an_account_has_one(this: Round, clerk: Account) -> None:
    first, poll = linked(clerk, this, 0), set_up(this)
    polling.give_out(**told(round=this))
    taken(first, poll)
    unlink(clerk, this, 0)
    second = Account.objects.create(username="again", name="党员0")
    link(clerk, this, 0, "again")
    with pytest.raises(taking.TakenAlready):
        taken(second, poll)
    unlink(clerk, this, 0)
    Account.objects.filter(pk=first.pk).update(name="党员1")
    link(clerk, this, 1, first.username)
    first.refresh_from_db()
    with pytest.raises(taking.TakenAlready):
        taken(first, poll)
    with pytest.raises(IntegrityError), transaction.atomic():
        Issued.objects.create(poll=poll, member=Member.objects.get(name="党员1"), account=first)


def test_only_a_full_member_on_the_day_of_the_roll_takes_one(this: Round, clerk: Account) -> None:
    account, poll = linked(clerk, this, 0), set_up(this)
    polling.give_out(**told(round=this))
    mine = phone(poll)

    def refused(match: str = "no full member") -> None:
        with pytest.raises(NotPossible, match=match):
            taking.take(actor=Account.objects.get(pk=account.pk), number=poll.number, blinded=mine.blinded)

    belongs = Membership.objects.filter(member__name="党员0")
    belongs.update(since=date(2026, 3, 3))
    refused()
    belongs.update(since=date(2026, 1, 2), until=date(2026, 3, 1))
    refused()
    belongs.update(until=None, kind="probationary")
    refused()
    belongs.update(kind="full", until=date(2026, 3, 2))
    Declaration.objects.filter(pk=poll.declaration_id).update(state="withdrawn")
    refused()
    Declaration.objects.filter(pk=poll.declaration_id).update(state="submitted")
    unlink(clerk, this, 0)
    refused()
    assert not Issued.objects.exists()
    assert poll_of(this).taken == 0


def test_tokens_are_for_members_and_where_there_are_enough_of_them(this: Round) -> None:
    set_up(this, sources=("mem", "mas", "soc"))
    mine = Poll.objects.filter(declaration=declaration_of(this, OWN), tokens=True)
    assert [one.source for one in mine] == ["mem"]
    assert [one.tokens for one in Poll.objects.filter(declaration=declaration_of(this, BRANCHES[1]))] == [False] * 3
    with opened() as urn:
        found = {one.source: urn.poll(one.key) for one in Poll.objects.filter(declaration=mine[0].declaration)}
    assert found["mem"]
    assert found["mas"]
    assert found["mem"].shown["house"] == HOUSE
    assert "house" not in found["mas"].shown


def test_what_is_no_number_below_the_key_is_not_signed_and_counts_as_nothing_taken(this: Round, clerk: Account) -> None:
    account, poll = linked(clerk, this, 0), set_up(this)
    polling.give_out(**told(round=this))
    public(poll)
    for wrong in (b"", b"\xff" * SIGNATURE_BYTES, bytes(SIGNATURE_BYTES)):
        with pytest.raises(BallotRefused):
            taking.take(actor=account, number=poll.number, blinded=wrong)
    assert taken(account, poll).signature


# ---- phases and the key ----


def test_no_token_is_signed_outside_the_giving_out_and_the_key_goes_when_casting_begins(
    this: Round, clerk: Account, own_home: Path
) -> None:
    accounts = [linked(clerk, this, number) for number in range(MEMBERS)]
    poll = set_up(this)
    with pytest.raises(NotPossible, match="before the casting"):
        taking.key_of(poll)
    on_paper(this)
    for account in accounts[:5]:
        taken(account, poll)
    (file,) = (own_home / "token-keys").iterdir()
    assert (stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(file.parent.stat().st_mode)) == (0o600, 0o700)
    mine = phone(poll)
    polling.begin(**told(round=this))
    assert list((own_home / "token-keys").iterdir()) == []
    with pytest.raises(NotPossible, match="before the casting"):
        taking.take(actor=accounts[5], number=poll.number, blinded=mine.blinded)
    assert set(Issued.objects.values_list("request", flat=True)) == {""}


def test_the_key_is_made_once_and_stays_the_same_for_everybody(this: Round) -> None:
    poll = set_up(this)
    polling.give_out(**told(round=this))
    first = public(poll).public_numbers()
    assert public(poll_of(this)).public_numbers() == first
    assert taking.key_of(poll_of(this)) == poll_of(this).token_key
    with opened() as urn, pytest.raises(UrnRefused, match="one key, the same"):
        urn.put_key(poll.key, b"another")


def test_a_house_that_lost_the_key_signs_with_no_other(this: Round, clerk: Account) -> None:
    account, poll = linked(clerk, this, 0), set_up(this)
    polling.give_out(**told(round=this))
    mine = phone(poll)
    token_keys.destroy(poll.number)
    with pytest.raises(NotPossible, match="not here any more"):
        taking.take(actor=account, number=poll.number, blinded=mine.blinded)
    token_keys.made(poll.number)
    with pytest.raises(NotPossible, match="not here any more"):
        taking.take(actor=account, number=poll.number, blinded=mine.blinded)
    Poll.objects.update(token_key="")
    with pytest.raises(UrnRefused):
        taking.key_of(poll_of(this))


def test_without_slips_the_casting_waits_for_tokens_and_slips_can_still_be_printed(this: Round, clerk: Account) -> None:
    accounts = [linked(clerk, this, number) for number in range(MEMBERS)]
    poll = set_up(this)
    assert polling.give_out(**told(round=this)) == 1
    with pytest.raises(NotPossible, match="waits to give"):
        polling.give_out(**told(round=this))
    for account in accounts[:4]:
        taken(account, poll)
    with pytest.raises(NotPossible, match="enough members take a token"):
        polling.begin(**told(round=this))
    assert len(on_paper(this)) == poll_of(this).slips > 0
    assert (poll_of(this).phase, poll_of(this).taken) == (ISSUE, 4)


def test_tokens_that_fewer_than_five_took_do_not_count(this: Round, clerk: Account, own_home: Path) -> None:
    poll = set_up(this)
    on_paper(this)
    tokens = [taken(linked(clerk, this, number), poll) for number in range(4)]
    polling.begin(**told(round=this))
    poll = poll_of(this)
    assert (poll.phase, poll.taken, poll.token_key) == (CAST, 0, "")
    with opened() as urn:
        found = urn.poll(poll.key)
    assert found
    assert found.key_spki is None, "the host refuses what no key has signed"
    assert len(tokens) == Issued.objects.count()


def test_what_is_cut_off_between_urn_and_house_is_done_again(
    this: Round, clerk: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    poll = set_up(this)
    on_paper(this)
    account = linked(clerk, this, 0)
    mine = phone(poll)

    def cut(*_: Any, **__: Any) -> None:
        raise OSError("cut off")

    with monkeypatch.context() as patch:
        patch.setattr(polling, "record", cut)
        with pytest.raises(OSError, match="cut off"):
            polling.begin(**told(round=this))
    assert poll_of(this).phase == ISSUE, "the house has not heard that the casting has begun"
    with pytest.raises(NotPossible, match="not here any more"):
        taking.take(actor=account, number=poll.number, blinded=mine.blinded)
    assert polling.begin(**told(round=this)) == 1


# ---- what is counted, what is left ----


def test_tokens_are_cast_sealed_and_counted_and_nothing_of_them_is_in_the_house(
    this: Round, clerk: Account, own_home: Path, django_capture_on_commit_callbacks: Any
) -> None:
    accounts = [linked(clerk, this, number) for number in range(6)]
    poll = set_up(this)
    on_paper(this)
    phones = [phone(poll) for _ in accounts]
    signed = [taking.take(actor=one, number=poll.number, blinded=mine.blinded)
              for one, mine in zip(accounts, phones, strict=True)]  # fmt: skip
    held = house_holds(own_home)
    tokens = [mine.with_signature(one) for mine, one in zip(phones, signed, strict=True)]
    assert hashlib.sha256(phones[0].blinded).hexdigest().encode() in held, "the search finds what is there"
    never = [part for one in tokens for part in (one.spki, one.randomiser, one.signature)]
    never += [part for mine, one in zip(phones, signed, strict=True) for part in (mine.blinded, mine.inverse, one)]
    assert [part for part in never if part in held or part.hex().encode() in held] == []
    polling.begin(**told(round=this))
    assert all(isinstance(one, Kept) for one in cast(tokens[:5], SAID))
    assert hashlib.sha256(phones[0].blinded).hexdigest().encode() not in house_holds(own_home, files=False)
    with django_capture_on_commit_callbacks(execute=True):
        polling.end(**told(round=this))
    poll = poll_of(this)
    assert (poll.phase, poll.cast, poll.ballots) == (SEALED, 5, sorted(SAID))
    assert [answers for _org, _source, answers in settled_ballots(this)] == sorted(SAID)
    with opened() as urn:
        sealed = urn.sealed(poll.key)
    assert sealed
    assert (sealed.head["issued"], sealed.head["unused"]) == (poll.slips + 6, poll.slips + 1)
    acts = set(Entry.objects.filter(act__startswith="ballots.").values_list("act", flat=True))
    assert acts == {"ballots.link", "ballots.set_up", "ballots.print", "ballots.begin", "ballots.end", "ballots.seal"}


def house_holds(home: Path, *, files: bool = True) -> bytes:
    """Everything that the house keeps outside the urn: its rows, its ledger, its files."""
    from django.apps import apps

    rows = repr([list(one.objects.values()) for one in apps.get_models() if one._meta.app_label != "contenttypes"])
    kept = b"".join(one.read_bytes() for one in home.rglob("*") if one.is_file() and "urn" not in one.name)
    return rows.encode() + (kept if files else b"")


# ---- the pages ----


def asked(account: Account, address: str, **said: Any) -> Any:
    client = Client()
    client.force_login(account)
    client.cookies["django_language"] = "en"
    return client.post(address, said) if said else client.get(address)


def written(message: bytes) -> str:
    import base64

    return base64.urlsafe_b64encode(message).decode().rstrip("=")


def test_on_the_pages_a_member_takes_a_token_and_is_told_when_it_is_too_late(
    this: Round, clerk: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAOLEI_URN_ORIGIN", "https://ballots.example.cn")
    accounts = [linked(clerk, this, number) for number in range(MEMBERS)]
    me, poll = accounts[0], set_up(this)
    page, act = reverse("my_ballots"), reverse("take_token", args=[poll.number])
    assert "nothing to take" in asked(me, page).text
    assert asked(me, act).status_code == 404
    polling.give_out(**told(round=this))
    answer = asked(me, page)
    assert f'href="https://ballots.example.cn/b/#take.{poll.number}"' in answer.text
    assert page in asked(me, reverse("today")).text
    assert "Votes in which you may take a token" in asked(me, reverse("today")).text
    mine = phone(poll)
    answer = asked(me, act, blinded=written(mine.blinded))
    assert answer.status_code == 200
    assert f"https://ballots.example.cn/b/#signed.{poll.number}." in answer.text
    assert answer["Cache-Control"].startswith("max-age=0") or "no-store" in answer["Cache-Control"]
    assert asked(me, act, blinded=written(phone(poll).blinded)).status_code == 409
    assert asked(accounts[1], act, blinded="x").status_code == 422
    assert "Is it on this phone?" in asked(me, page).text
    assert "Votes in which" not in asked(me, reverse("today")).text
    stranger = account_of(99)
    assert page not in asked(stranger, reverse("today")).text
    assert "linked to no member" in asked(stranger, page).text
    assert asked(stranger, act, blinded=written(mine.blinded)).status_code == 404
    for account in accounts[1:5]:
        taken(account, poll)
    polling.begin(**told(round=this))
    assert f"/b/#{poll.number}" in asked(me, page).text
    assert "draw a slip" in asked(accounts[5], page).text
    assert asked(accounts[5], act, blinded=written(mine.blinded)).status_code == 422


def test_on_the_pages_the_township_links_and_sees_who_took_one_and_the_branch_does_not(
    this: Round, clerk: Account
) -> None:
    branch = declaration_of(this, OWN).organisation_id
    page = reverse("electors", args=[branch])
    member = Member.objects.get(name="党员0")
    link_it, undo = (reverse("act_on_elector", args=[branch, member.pk, act]) for act in ("link", "unlink"))
    account = account_of(0)
    for stranger in (stage.mandated(OWN, "branch_secretary"), stage.mandated("150502103", "township_clerk"), account):
        assert {asked(stranger, one).status_code for one in (page, link_it)} == {404}
    assert asked(clerk, undo).status_code == 404
    assert asked(clerk, link_it, username="member-0", why="本人账号").status_code == 302
    poll = set_up(this)
    polling.give_out(**told(round=this))
    assert page in asked(clerk, reverse("polls", args=[this.pk])).text
    taken(account, poll)
    lines = asked(clerk, page + "?format=csv").content.decode("utf-8-sig").splitlines()
    assert [line for line in lines if "党员0" in line] == ["党员0,member-0,yes"]
    assert sum(line.endswith(",no") for line in lines) == MEMBERS - 1
    assert asked(clerk, undo, why="换账号").status_code == 302
    assert not Elector.objects.exists()
    assert "党员0,,yes" in asked(clerk, page + "?format=csv").content.decode("utf-8-sig"), "what was taken stays"


def test_the_office_sets_polls_with_tokens_up_and_gives_them_out(this: Round, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    office = stage.mandated("15", "region_clerk")
    act = reverse("on_polls", args=[this.pk, "give-out"])
    assert asked(office, act).status_code == 404
    set_up_page = reverse("on_polls", args=[this.pk, "set-up"])
    assert asked(office, set_up_page, sources="mem", tokens="on", why="年度").status_code == 302
    assert poll_of(this).tokens
    with opened() as urn:
        found = urn.poll(poll_of(this).key)
    assert found
    assert found.shown["house"] == "http://testserver"
    assert "give-out" in asked(office, reverse("polls", args=[this.pk])).text
    assert asked(office, act, why="开始领票").status_code == 302
    assert (poll_of(this).phase, declaration_phase(this, BRANCHES[1])) == (ISSUE, SET_UP)


def declaration_phase(this: Round, code: str) -> str:
    return str(Poll.objects.get(declaration=declaration_of(this, code), source="mem").phase)
