"""What is done with editions of the house's own: drafted, imported, changed, published, discarded."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.people.models import Account
from baolei.programme.located import Path
from baolei.programme.refusals import EditionRefused, Fault, Refusal
from baolei.programme.standard.edition import Text
from baolei.programme.standard.written import GONE, Changes, rewritten
from baolei.standards import doors
from baolei.standards.at_hand import files_at_hand
from baolei.standards.book import Texts, book
from baolei.standards.models import OwnEdition
from baolei.warehouse.editions import shipped

MOST_TOLD = 100
"""So many values that were changed at once stand in the ledger; of more, their number."""


class NotPossible(Refusal):
    """This cannot be done with the edition as it stands."""


class ChangedMeanwhile(NotPossible):
    """Somebody else has changed the draft since it was looked at."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a new edition is called, and for which days it is."""

    code: str
    name: Text
    valid_from: date
    valid_to: date | None = None


@transaction.atomic
def draft_edition(*, actor: Account, now: datetime, based_on: str, named: Named, why: str) -> OwnEdition:
    """Draft an edition from one at hand, comments and all. Raises NotPossible, EditionRefused."""
    _may(actor, now)
    files = files_at_hand(based_on)
    head = book(files).head
    valid: dict[str, Any] = {"from": named.valid_from} | ({"to": named.valid_to} if named.valid_to else {})
    changes: Changes = [
        (("code",), named.code), (("name",), {"zh": named.name.zh, "en": named.name.en}), (("valid",), valid)
    ]  # fmt: skip
    files[head.place] = _written(head.place, files[head.place], changes)
    return _begun(actor, now, files, "draft", why, based_on)


@transaction.atomic
def import_edition(*, actor: Account, now: datetime, files: Texts, why: str) -> OwnEdition:
    """Take the files of an edition in as a draft, word for word. Raises NotPossible, EditionRefused."""
    _may(actor, now)
    return _begun(actor, now, dict(files), "import", why)


def _begun(actor: Account, now: datetime, files: Texts, act: str, why: str, based_on: str = "") -> OwnEdition:
    _shaped(files)
    code = str(book(files).head.body["code"])
    if code in shipped() or OwnEdition.objects.filter(code=code).exists():
        raise NotPossible(_("There is an edition %(code)s already: choose another code.") % {"code": code})
    if len(code) > 60:
        raise NotPossible(_("The code %(code)s is too long: at most sixty signs.") % {"code": code})
    made: OwnEdition = OwnEdition.objects.create(
        code=code, based_on=based_on, files=files, drafted_by=actor, drafted_at=now, changed_by=actor, changed_at=now
    )
    after = {"code": code, "sha256": fingerprint(files)} | ({"instead_of": based_on} if based_on else {})
    _record(made, act, actor, now, why, after=after)
    return made


@transaction.atomic
def change(
    *, actor: Account, now: datetime, draft: OwnEdition, version: int, changes: Mapping[str, Changes], why: str = ""
) -> OwnEdition:
    """Write values into the files of a draft: all of them, or none. Faults of meaning may stay in it.

    `version` is that of the draft which was looked at. `changes` go by file; a new file begins as a list of items.
    Raises ChangedMeanwhile, NotPossible, EditionRefused (for values of the wrong shape, or a file that cannot hold
    them).
    """
    _may(actor, now)
    draft = _held(draft, version)
    files, told = dict(draft.files), {}
    for place, asked in changes.items():
        before = files.get(place, NEW_ITEMS)
        files[place] = _written(place, before, asked)
        told[place] = asked
    _shaped(files)
    before_, after = _told(draft.files, told)
    draft.files, draft.version = files, draft.version + 1
    draft.changed_by, draft.changed_at = actor, now
    draft.save()
    _record(draft, "change", actor, now, why, before=before_, after={**after, "sha256": fingerprint(files)})
    return draft


NEW_ITEMS = "baolei: items\nitems: []\n"
"""How a file of items begins that the pages make."""


def _written(place: str, text: str, asked: Changes) -> str:
    try:
        return rewritten(text, asked)
    except (LookupError, ValueError) as error:
        raise EditionRefused([Fault(place, 0, f"cannot be changed there: {error}")]) from error


@transaction.atomic
def publish(*, actor: Account, now: datetime, draft: OwnEdition, version: int, document: str, why: str) -> OwnEdition:
    """Publish a draft: from now on it is frozen. Another person does it than drafted it or changed it last.

    Raises ChangedMeanwhile, NotPossible, EditionRefused where it has faults.
    """
    _may(actor, now)
    draft = _held(draft, version)
    if actor.pk in (draft.drafted_by_id, draft.changed_by_id):
        raise NotPossible(_("You drafted it or made the last change: another person publishes it."))
    if not document.strip():
        raise NotPossible(_("Enter the number of the document that approves it."))
    found = book(draft.files)
    if found.edition is None:
        raise EditionRefused(found.faults)
    draft.state, draft.digest, draft.document = OwnEdition.PUBLISHED, found.edition.digest, document.strip()
    draft.published_by, draft.published_at = actor, now
    draft.save()
    _record(draft, "publish", actor, now, why,
            after={"code": draft.code, "document": draft.document, "sha256": draft.digest})  # fmt: skip
    return draft


@transaction.atomic
def discard(*, actor: Account, now: datetime, draft: OwnEdition, why: str) -> None:
    """Put a draft away for good. Raises NotPossible."""
    _may(actor, now)
    draft = _held(draft)
    told, number = {"code": draft.code, "sha256": fingerprint(draft.files)}, draft.pk
    draft.delete()
    draft.pk = number
    _record(draft, "discard", actor, now, why, before=told)


def fingerprint(files: Texts) -> str:
    """The SHA-256 (hex) of files word for word, in order of name."""
    digest = hashlib.sha256()
    for place, text in sorted(files.items()):
        digest.update(f"{place}\n{len(text.encode())}\n{text}".encode())
    return digest.hexdigest()


def _may(actor: Account, now: datetime) -> None:
    if not doors.tops(actor, timezone.localdate(now)):
        raise NotPossible(_("The standard is set at the top of the tree, by the organisation department there."))


def _held(draft: OwnEdition, version: int = 0) -> OwnEdition:
    """The draft as it stands, held until the end of the transaction."""
    found: OwnEdition | None = OwnEdition.objects.select_for_update().filter(pk=draft.pk).first()
    if found is None:
        raise NotPossible(_("This draft was discarded meanwhile."))
    if found.state != OwnEdition.DRAFT:
        raise NotPossible(_("%(code)s is published: it never changes. Draft another from it.") % {"code": found.code})
    if version and found.version != version:
        at = timezone.localtime(found.changed_at)
        raise ChangedMeanwhile(
            _("%(who)s has changed this draft meanwhile, at %(at)s. Nothing of yours is lost: look at it below and "
              "save again.") % {"who": found.changed_by.name, "at": f"{at:%Y-%m-%d %H:%M}"}
        )  # fmt: skip
    return found


def _shaped(files: Texts) -> None:
    faults = book(files).misshapen
    if faults:
        raise EditionRefused(faults)


def _told(files: Texts, changes: Mapping[str, Changes]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the ledger is told: each value before and after, or how many there were."""
    each = [(place, path, value) for place, asked in changes.items() for path, value in asked]
    if len(each) > MOST_TOLD:
        return {}, {"rows": len(each)}
    read = {one.place: one.data for one in book(files).documents}
    before = {_where(read.get(place), path): _value(read.get(place), path) for place, path, _new in each}
    after = {_where(read.get(place), path): None if new is GONE else _plain(new) for place, path, new in each}
    return before, after


def _where(values: Any, path: Path) -> str:
    """A place in an edition as the ledger has it: keys, and the codes of entries in place of their numbers."""
    said: list[str] = []
    for key in path:
        try:
            values = values[key]
        except (LookupError, TypeError):
            values = None
        code = values.get("code") if isinstance(key, int) and isinstance(values, dict) else None
        said.append(str(code or key))
    return " ".join(said)


def _value(values: Any, path: Path) -> Any:
    for key in path:
        try:
            values = values[key]
        except (LookupError, TypeError):
            return None
    return _plain(values)


def _plain(value: Any) -> Any:
    """A value as the ledger has it: whole numbers and texts; whole entries by what they are called."""
    if isinstance(value, dict):
        return str(value.get("zh") or value.get("code") or "…")
    return value if value is None or isinstance(value, int | str) else str(value)


def _record(
    edition: OwnEdition, act: str, actor: Account, now: datetime, why: str, *, before: Any = None, after: Any = None
) -> None:
    path = doors.tops(actor, timezone.localdate(now))[0]
    record(actor=actor, act=f"standards.{act}", subject=f"edition:{edition.pk}", path=path, now=now, why=why,
           before=before, after=after)  # fmt: skip
