"""`baolei erase`: somebody's right to be erased, at the operator's hand and on record."""

from __future__ import annotations

import json


def erase(what: str, whom: str, why: str, as_json: bool) -> int:
    """Erase a member who belongs here no more, an account that is disabled, or a file. Raises Refusal."""
    from baolei.cli.house import open_house

    open_house()
    from django.utils import timezone

    from baolei.front.keeping import erasing

    now = timezone.now()
    if what == "member":
        erasing.erase_member(actor=None, now=now, member=erasing.member(whom), why=why)
    elif what == "file":
        erasing.erase_paper(actor=None, now=now, paper=erasing.paper(whom), why=why)
    else:
        erasing.erase_account(actor=None, now=now, account=erasing.account(whom), why=why)
    backups = "Backups made before still hold it, until they are deleted (baolei backup --keep)."
    print(json.dumps({"erased": f"{what} {whom}"}) if as_json else f"{what} {whom} is erased. {backups}")
    return 0
