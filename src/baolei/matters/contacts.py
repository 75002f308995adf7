"""The contact of an asker: sealed with the matter it belongs to, opened for whoever handles it, noted in the ledger."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.matters import doors
from baolei.matters.models import LONGEST_LINE, Matter
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.people.sealing import seal, unseal
from baolei.programme.personal import IDENTITY, personal

PURPOSE = "contact of a matter"


def sealed(name: str, contact: str) -> str:
    """Name and contact, sealed; '' for neither. Raises NotPossible for what is too long, and for an identity number."""
    said = [name.strip(), contact.strip()]
    if not any(said):
        return ""
    if any(len(one) > LONGEST_LINE for one in said):
        raise NotPossible(_("name and contact: %(most)d characters each") % {"most": LONGEST_LINE})
    if any(personal(one) == IDENTITY for one in said):
        raise NotPossible(_("an identity number is not asked for: leave it out"))
    return seal(json.dumps(said, ensure_ascii=False), PURPOSE)


def opened(matter: Matter) -> tuple[str, str]:
    """Name and contact of the asker; empty words where none was left or it was removed."""
    if not matter.contact:
        return "", ""
    name, contact = json.loads(unseal(matter.contact, PURPOSE))
    return str(name), str(contact)


@transaction.atomic
def look_up(*, actor: Account, now: datetime, matter: Matter) -> tuple[str, str]:
    """Name and contact, for whoever handles the matter or calls back; that it was looked at stays on record. Raises
    NotPossible.
    """
    if not doors.acts_as(actor, matter, localdate(now)):
        raise NotPossible(_("only the unit it lies with, or who calls back, sees a contact"))
    found = opened(matter)
    record(
        actor=actor, act="matters.look_up", subject=f"matter:{matter.pk}", path=doors.path_of(matter.unit_id), now=now
    )
    return found
