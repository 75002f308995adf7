"""The ledger as its readers see it: who did what, where, when and why, within one's mandate, newest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils.translation import gettext as _

from baolei.ledger.models import Entry
from baolei.organisations import doors
from baolei.organisations.directory import names_of, names_of_units, pieces
from baolei.organisations.doors import Scope
from baolei.organisations.models import Notice
from baolei.organisations.particulars import keys, names, said
from baolei.people.models import Account, Mandate
from baolei.people.roles import allowing
from baolei.warehouse.spreadsheets import Column, Grid


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as a row: itself, what was done in words, on what, and what changed; `erased` where that was erased."""

    entry: Entry
    act: str
    about: str
    why: str
    changes: tuple[tuple[str, str, str], ...]
    erased: bool


def acts() -> dict[str, str]:
    """What the acts are called."""
    return {
        "organisations.enter_units": _("entered the administrative units"),
        "organisations.rename_unit": _("renamed a unit"),
        "organisations.recode_unit": _("gave a unit another code"),
        "organisations.move_unit": _("put a unit under another"),
        "organisations.merge_unit": _("merged a unit into another"),
        "organisations.divide_unit": _("divided a unit"),
        "organisations.load": _("loaded organisations and members"),
        "organisations.look_through": _("looked through all organisations"),
        "organisations.establish": _("established an organisation"),
        "organisations.rename": _("renamed an organisation"),
        "organisations.put_under": _("put an organisation under another"),
        "organisations.merge": _("merged an organisation into another"),
        "organisations.dissolve": _("dissolved an organisation"),
        "organisations.exempt": _("filed an approved exception"),
        "organisations.request_transfer": _("asked for a member's transfer"),
        "organisations.send_transfer": _("sent the letter of a transfer"),
        "organisations.receive_transfer": _("received a member"),
        "organisations.return_receipt": _("noted the receipt of a transfer"),
        "organisations.end_transfer": _("ended a transfer"),
        "organisations.admit": _("admitted a member"),
        "organisations.confirm": _("made a probationary member a full one"),
        "organisations.leave": _("ended a membership"),
        "organisations.erase_member": _("erased what is personal of a member"),
        "organisations.form_group": _("formed a Party group"),
        "organisations.end_group": _("ended a Party group"),
        "organisations.name_hub": _("named a hub household"),
        "organisations.end_hub": _("ended a hub household"),
        "organisations.elect": _("recorded an election"),
        "organisations.elect_again": _("recorded a second vote for open seats"),
        "organisations.by_elect": _("recorded a by-election"),
        "organisations.note_head": _("noted who heads the villagers' committee"),
        "organisations.keep_numbers": _("entered the numbers of a quarter"),
        "organisations.post_notice": _("posted a notice"),
        "organisations.withdraw_notice": _("withdrew a notice"),
        "sheets.upload": _("sent a spreadsheet"),
        "sheets.apply": _("let a spreadsheet be written"),
        "sheets.applied": _("wrote a spreadsheet"),
        "sheets.stopped": _("stopped a spreadsheet, nothing kept"),
        "sheets.discard": _("discarded a spreadsheet"),
        "sheets.revert": _("let a spreadsheet be taken back"),
        "sheets.reverted": _("took a spreadsheet back"),
        "standards.draft": _("drafted an edition of the standard"),
        "standards.import": _("took an edition of the standard in"),
        "standards.change": _("changed the draft of an edition"),
        "standards.publish": _("published an edition of the standard"),
        "standards.discard": _("discarded the draft of an edition"),
        "standards.try": _("tried a draft on the last round"),
        "rounds.open": _("opened a round"),
        "rounds.extend": _("moved the end of a phase"),
        "rounds.pass": _("passed a round to another phase"),
        "rounds.go_without": _("passed a round on without what its next phase needs"),
        "rounds.cancel": _("cancelled a round"),
        "declarations.open": _("opened the declarations of a round"),
        "declarations.freeze": _("froze the declarations of a round"),
        "declarations.answer": _("answered items of a declaration"),
        "declarations.hand_in": _("handed a declaration in"),
        "declarations.take_back": _("took a declaration back"),
        "declarations.withdraw": _("withdrew from a round"),
        "declarations.return": _("returned a declaration"),
        "declarations.mark": _("entered a condition"),
        "declarations.paper": _("put a file beside an answer"),
        "declarations.remove_paper": _("took a file from an answer"),
        "declarations.erase_paper": _("erased a file beside an answer"),
        "declarations.forget_papers": _("erased the files of rounds that are long over"),
        "ballots.enter": _("entered a pile of paper ballots"),
        "ballots.set_up": _("set up the polls of a round"),
        "ballots.print": _("printed slips"),
        "ballots.take": _("took a file of slips"),
        "ballots.forget": _("deleted a file of slips that was not taken"),
        "ballots.remind": _("reminded units of the ballots that are missing"),
        "ballots.leave": _("ended the casting about branches that left the round"),
        "ballots.redate": _("moved the last day of the casting"),
        "ballots.give_out": _("let members take tokens"),
        "ballots.link": _("linked an account to a member"),
        "ballots.unlink": _("took the link of an account to a member away"),
        "ballots.begin": _("began the casting of ballots"),
        "ballots.end": _("ended the casting of ballots"),
        "ballots.seal": _("sealed and counted the polls of a round"),
        "life.record": _("recorded a gathering"),
        "matters.report": _("reported a matter"),
        "matters.take": _("took a matter in hand"),
        "matters.escalate": _("passed a matter upward"),
        "matters.send_back": _("sent a matter back down"),
        "matters.split": _("split a part off a matter"),
        "matters.merge": _("merged a matter into another"),
        "matters.leave_unfixed": _("closed a matter that is not fixed"),
        "matters.fix": _("said that a matter is done"),
        "matters.pause": _("paused a matter"),
        "matters.resume": _("let a paused matter go on"),
        "matters.confirm": _("confirmed that a matter is fixed"),
        "matters.confirm_held": _("confirmed with a code that staff held that a matter is fixed"),
        "matters.deny": _("said that a matter is not fixed"),
        "matters.leave": _("closed a matter unconfirmed"),
        "matters.call_yes": _("called back: a matter is fixed"),
        "matters.call_no": _("called back: a matter is not fixed"),
        "matters.call": _("called back and reached nobody"),
        "matters.reopen": _("opened a matter again"),
        "matters.ask_again": _("asked again after four weeks"),
        "matters.hold": _("said that a matter is still fixed"),
        "matters.end": _("put a matter away"),
        "matters.rate": _("said how content the asker is"),
        "matters.look_up": _("looked at the contact of an asker"),
        "matters.draw": _("drew a sample of matters to be called back"),
        "matters.remove": _("removed contacts and words of closed matters"),
        "matters.lay_grid": _("entered a grid"),
        "matters.change_grid": _("changed a grid"),
        "matters.end_grid": _("ended a grid"),
        "matters.renew_code": _("gave a grid a new code"),
        "matters.put_to_work": _("put a worker to a grid"),
        "matters.release": _("released a worker from a grid"),
        "matters.link_worker": _("linked a grid worker to an account"),
        "matters.list_landmark": _("listed a landmark"),
        "matters.drop_landmark": _("took a landmark off the list"),
        "centres.open": _("entered a service centre or point"),
        "centres.change": _("put the particulars of a service centre right"),
        "centres.set_standing": _("changed how a service centre stands"),
        "centres.look_in": _("looked in at a service centre"),
        "centres.place_at": _("said where a village lies"),
        "centres.take_roads": _("read roads in from a map"),
        "centres.reckon": _("had the 15-minute circle reckoned"),
        "centres.take_centres": _("took a list of service centres in"),
        "centres.take_spots": _("took a list of coordinates of villages in"),
        "training.record": _("recorded a training class"),
        "training.strike": _("struck the record of a training class"),
        "training.strike_attendance": _("struck somebody from the roster of a class"),
        "training.send_roster": _("sent the roster of a class"),
        "training.enter_roster": _("entered the roster of a class"),
        "training.put_roster_away": _("put the roster of a class away"),
        "life.strike": _("struck the record of a gathering"),
        "life.appraise": _("entered the grades of an appraisal of members"),
        "life.tell": _("noted that members were told the outcome of their appraisal"),
        "life.count": _("entered the counts of a quarter"),
        "life.plan": _("planned organisation life"),
        "affairs.resolve": _("kept a resolution with its day"),
        "affairs.carry_out": _("noted a resolution as carried out"),
        "affairs.report_back": _("noted that a resolution was reported to the members' meeting"),
        "affairs.open_matter": _("opened a major matter"),
        "affairs.take_step": _("noted a step of a major matter"),
        "affairs.set_list": _("put matters on the list of what is made public"),
        "affairs.announce": _("noted what was made public"),
        "affairs.strike": _("struck a record of decisions and affairs"),
        "affairs.set_task": _("set a task to branches"),
        "affairs.report_task": _("reported a task done"),
        "affairs.confirm_task": _("confirmed a task as done"),
        "affairs.send_task_back": _("sent the report of a task back"),
        "affairs.withdraw_task": _("withdrew a task"),
        "rectification.open": _("opened a case of rectification"),
        "rectification.list": _("put a problem on the list of a case"),
        "rectification.take_off": _("took a problem off the list of a case"),
        "rectification.link": _("named the persons linked to a case"),
        "rectification.plan": _("set the lists of a case"),
        "rectification.report": _("reported on a case for a month"),
        "rectification.settle": _("settled a problem"),
        "rectification.extend": _("extended a case"),
        "rectification.apply": _("asked for a case to be struck off"),
        "rectification.check": _("checked a case for the township"),
        "rectification.send_back": _("sent a case back"),
        "rectification.accept": _("accepted a case for the county"),
        "rectification.close": _("closed a case after the look-back"),
        "rectification.reopen": _("opened an accepted case again"),
        "rectification.dismiss": _("dismissed a case"),
        "rectification.lapse": _("let a case lapse, its organisation has ended"),
        "rectification.answer": _("answered for the branch to its case"),
        "rectification.pass_on": _("entered a problem that was passed on"),
        "wishes.register": _("registered a member with a community"),
        "wishes.end_registration": _("ended a registration with a community"),
        "wishes.write": _("wrote a small wish"),
        "wishes.claim": _("a small wish was taken up"),
        "wishes.fulfil": _("a small wish was said to be done"),
        "wishes.enter_code": _("a small wish was confirmed by its receipt code"),
        "wishes.give_back": _("a small wish was given back"),
        "wishes.return": _("a small wish is open again"),
        "wishes.confirm": _("noted a small wish as confirmed by whoever had it"),
        "wishes.not_done": _("noted that a small wish is not done yet"),
        "wishes.renew": _("showed a small wish for longer"),
        "wishes.withdraw": _("took a small wish down"),
        "wishes.lapse": _("a small wish ended with its term"),
        "wishes.clear": _("removed the words of small wishes that had ended"),
        "wishes.pair": _("proposed that a branch pairs with a community"),
        "wishes.agree": _("agreed to a pairing with a branch"),
        "wishes.refuse": _("did not agree to a pairing with a branch"),
        "wishes.part": _("ended the pairing of a branch with a community"),
        "wishes.plan_deed": _("planned a practical deed"),
        "wishes.progress_deed": _("noted how a practical deed goes"),
        "wishes.report_deed": _("reported a practical deed done"),
        "wishes.drop_deed": _("gave a practical deed up"),
        "wishes.confirm_deed": _("confirmed a practical deed"),
        "wishes.send_back_deed": _("said that a practical deed is not done yet"),
        "dues.agree": _("entered amounts of dues agreed on"),
        "dues.collect": _("entered dues received"),
        "dues.strike": _("struck dues entered in error"),
        "dues.ask_waiver": _("sent up an application to waive dues"),
        "dues.approve_waiver": _("approved a waiver of dues"),
        "dues.refuse_waiver": _("refused a waiver of dues"),
        "dues.withdraw_waiver": _("withdrew a waiver of dues"),
        "ballots.meeting_set_up": _("set up the vote of a meeting"),
        "ballots.meeting_print": _("printed the slips of a meeting"),
        "ballots.meeting_begin": _("began the voting at a meeting"),
        "ballots.meeting_end": _("ended, sealed and counted the vote of a meeting"),
        "ballots.panel_name": _("named somebody to a panel"),
        "ballots.panel_rate": _("rated branches as a panellist"),
        "ballots.panel_hand_in": _("handed ratings in as a panellist"),
        "ballots.panel_close": _("closed a panel"),
        "ballots.publish": _("asked for the totals of a round to be published"),
        "ballots.published": _("published the totals of a round"),
        "ballots.screen": _("decided whether words on a ballot are shown"),
        "scores.ask": _("asked for a run"),
        "scores.run": _("froze and scored a round"),
        "scores.draw_visits": _("drew the visits"),
        "scores.visit": _("recorded a visit"),
        "scores.show": _("put results on the public pages"),
        "declarations.conclude": _("concluded a declaration"),
        "declarations.lapse": _("let a declaration lapse"),
        "reviews.begin": _("began the review of a round"),
        "reviews.assign": _("named a reviewer"),
        "reviews.opine": _("gave an opinion"),
        "reviews.conclude": _("concluded a step of a review"),
        "reviews.reassign": _("took a late step over"),
        "reviews.look": _("looked through a declaration"),
        "reviews.lapse": _("let opinions lapse, the declaration has changed"),
        "reviews.resubmit": _("took a declaration in again after it was mended"),
        "reviews.withdraw": _("ended a step, the branch has withdrawn"),
        "reviews.expire": _("ended a step, the branch did not mend in time"),
        "reviews.escalate": _("passed late steps upward"),
        "reviews.pass_in_bulk": _("passed confirmed declarations together"),
        "triage.sort": _("sorted a round by the criteria"),
        "triage.propose": _("put another class forward than the criteria propose"),
        "triage.decide": _("decided a branch's class"),
        "triage.decline": _("did not agree to a class"),
        "triage.confirm": _("confirmed a situation of a branch"),
        "triage.dismiss": _("dismissed a situation of a branch"),
        "triage.answer": _("answered for the branch"),
        "naming.draw_up": _("drew up the list of a round"),
        "naming.propose": _("proposed to change the list or a title"),
        "naming.agree": _("agreed to a change of the list"),
        "naming.leave": _("left the list as it was"),
        "naming.adopt": _("adopted the list of a round"),
        "naming.watch": _("put a title under watch"),
        "naming.keep": _("kept a title"),
        "naming.retain": _("retained a title after the answer"),
        "naming.withdraw": _("withdrew a title"),
        "naming.give_up": _("gave a title up"),
        "naming.answer": _("answered for a title"),
        "naming.clock": _("let titles lapse and expire"),
        "naming.look": _("held titles against a year's results"),
        "naming.keep_all": _("kept titles together"),
        "naming.propose_site": _("proposed an honour"),
        "naming.give": _("gave an honour"),
        "naming.decline": _("did not give an honour"),
        "naming.tell_effect": _("told an effect"),
        "naming.check_effect": _("looked into an effect"),
        "naming.take_effect_back": _("took an effect back"),
        "naming.give_support": _("entered support given"),
        "naming.strike_support": _("struck support entered in error"),
        "naming.word": _("worded an official paper about a list"),
        "naming.set": _("made the files of an official paper"),
        "burden.propose": _("proposed a form"),
        "burden.agree": _("agreed to a form"),
        "burden.refuse": _("refused a form"),
        "burden.withdraw": _("withdrew a form"),
        "burden.use": _("said what a form was used for"),
        "burden.duplicate": _("was refused a form that asks what is on record"),
        "burden.complain": _("a branch said that a form is too much"),
        "burden.answer": _("answered a branch about a form"),
        "figures.ask_for_year": _("asked for the year in one file"),
        "notices.post": _("laid a list open"),
        "notices.object": _("took an objection in"),
        "notices.acknowledge": _("acknowledged an objection"),
        "notices.pass_on": _("passed an objection on"),
        "notices.reassign": _("gave an objection to another reviewer"),
        "notices.answer": _("answered an objection"),
        "notices.appeal": _("took an appeal in"),
        "notices.answer_appeal": _("answered an appeal"),
        "notices.withdraw": _("noted that an objection was taken back"),
        "notices.clock": _("let the clocks of objections run"),
        "people.open_account": _("opened an account"),
        "people.disable_account": _("disabled an account"),
        "people.enable_account": _("enabled an account"),
        "people.reset_password": _("gave a new first password"),
        "people.change_password": _("changed the own password"),
        "people.second_factor": _("set up the own second factor"),
        "people.recovery_codes": _("made new recovery codes"),
        "people.recovery_code_used": _("used a recovery code"),
        "people.forget_factor": _("took a second factor away"),
        "people.erase_account": _("erased what is personal of an account"),
        "people.log_in": _("logged in"),
        "people.log_in_failed": _("failed to log in"),
        "people.locked": _("was locked out after failures"),
        "people.unlock": _("unlocked a user name"),
        "people.give_mandate": _("gave a mandate"),
        "people.approve_mandate": _("approved a mandate"),
        "people.refuse_mandate": _("refused a mandate"),
        "people.end_mandate": _("ended a mandate"),
        "house.export": _("took a list as a file"),
        "api.make_token": _("made a token for a program"),
        "api.end_token": _("ended a token"),
        "api.export": _("took a list through a program"),
        "house.backup": _("backed the house up and proved the ledger"),
        "house.restore": _("restored the house from a backup"),
        "ledger.erase": _("erased the particulars of an entry"),
        "ledger.seal": _("gave the head of the ledger out"),
    }


def scope_of_reader(account: Account | AnonymousUser, today: date) -> Scope:
    """What of the ledger somebody reads: the whole of it where the role says so, else what concerns the own records."""
    if isinstance(account, Account) and account.may("read_ledger", today):
        return Scope(today, whole=True)
    return doors.scope_of(account, today)


def scope_of_mandate(mandate: Mandate, today: date) -> Scope:
    """What of the ledger one mandate by itself opens."""
    read, _written = doors.scopes_of_mandate(mandate, today, today)
    return Scope(today, whole=True) if mandate.role in allowing("read_ledger") else read


def visible(scope: Scope) -> Any:
    """The entries of a scope, newest first: of its units, and of organisations held by affiliation."""
    found = Entry.objects.order_by("-number").select_related("actor")
    if scope.whole:
        return found
    mine = Entry.objects.under(scope.units)
    if scope.organisations:
        held = doors.organisations(Scope(scope.day, (), scope.organisations)).values_list("organisation", flat=True)
        subjects = Q(subject__in=[f"organisation:{pk}" for pk in held])
        return found.filter(Q(pk__in=mine.values("pk")) | subjects)
    return found.filter(pk__in=mine.values("pk"))


def rows(entries: Iterable[Entry]) -> list[Row]:
    """Entries as rows, in the order given."""
    listed, called = list(entries), acts()
    subjects, words = _names(listed), (keys(), names())
    return [
        _row(one, called.get(one.act, one.act), subjects.get(one.subject, "") or _by_number(one.subject), words)
        for one in listed
    ]


def each_row(found: Any) -> Iterator[Row]:
    """The same for any number of entries, piece by piece."""
    for some in pieces(found):
        yield from rows(some)


def _row(entry: Entry, act: str, about: str, words: tuple[dict[str, str], dict[str, str]]) -> Row:
    told, (called, coded) = entry.particulars or {}, words
    before, after = told.get("before") or {}, told.get("after") or {}
    changes = tuple(
        (called.get(key, key), said(key, before.get(key), coded), said(key, after.get(key), coded))
        for key in {**before, **after}
    )
    return Row(entry, act, about, told.get("why") or "", changes, entry.salt is None)


def _by_number(subject: str) -> str:
    """A subject that has no name in this room, or none any more: what it is, and its number."""
    kind, between, number = subject.partition(":")
    kinds = {
        "account": _("account"), "round": _("round"), "batch": _("spreadsheet"), "edition": _("edition"),
        "entry": _("entry"), "member": _("member"), "notice": _("notice"), "transfer": _("transfer"),
        "unit": _("unit"), "organisation": _("organisation"), "wish": _("small wish"),
        "registration": _("registration with a community"),
        "matter": _("matter"),
    }  # fmt: skip
    return f"{kinds[kind]} {number}" if kind in kinds and between else subject.removeprefix("page:")


CALLED: dict[str, Callable[[Collection[int]], Iterable[tuple[int, str]]]] = {
    "unit": lambda pks: names_of_units(pks).items(),
    "organisation": lambda pks: names_of(pks).items(),
    "account": lambda pks: Account.objects.filter(pk__in=pks).values_list("pk", "name"),
    "notice": lambda pks: Notice.objects.filter(pk__in=pks).values_list("pk", "title"),
}
"""What the subjects of a kind are called today, by their numbers; the rooms above hand down how theirs are."""


def _names(entries: list[Entry]) -> dict[str, str]:
    """What the subjects are called today, by subject."""
    numbers: dict[str, set[int]] = defaultdict(set)
    for one in entries:
        kind, _between, number = one.subject.partition(":")
        if kind in CALLED and number.isdigit():
            numbers[kind].add(int(number))
    return {f"{kind}:{pk}": name for kind, pks in numbers.items() for pk, name in CALLED[kind](pks)}


def grid(listed: Iterable[Row]) -> Grid:
    """Entries as a file."""
    texts = (_("When"), _("Who"), _("What"), _("On what"), _("Why"), _("Changes"), "SHA-256")
    columns = (Column(_("Number"), "whole"), *map(Column, texts))
    return Grid(_("Ledger"), columns, (
        (row.entry.number, row.entry.at.isoformat(timespec="seconds"), row.entry.actor.name if row.entry.actor else "",
         row.act, row.about, row.why, "; ".join(f"{key}: {old} → {new}" for key, old, new in row.changes),
         row.entry.hash)
        for row in listed
    ))  # fmt: skip
