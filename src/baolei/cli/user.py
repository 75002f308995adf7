"""`baolei user`: open the first accounts of an installation; from then on accounts are opened by those who may."""

from __future__ import annotations

import json


def user(what: str, name: str, as_json: bool) -> int:
    """`create-first`: open the three administrators and print their first passwords, once. `unlock`: let a name be
    tried again. Raises NotAllowed.
    """
    from baolei.cli.serve import prepare

    prepare()
    from django.utils import timezone

    from baolei.people.accounts import open_first_accounts

    if what == "unlock":
        return _unlock(name, as_json)
    opened = open_first_accounts(now=timezone.now())
    if as_json:
        print(json.dumps([{"username": name, "role": role, "password": word} for name, role, word in opened]))
        return 0
    width = max(len(name) for name, _role, _word in opened)
    print("\n".join(f"{name:<{width}}  {word}  {role}" for name, role, word in opened))
    print("Hand each to another person. They are not shown again, and are changed at the first log-in.")
    return 0


def _unlock(name: str, as_json: bool) -> int:
    from django.utils import timezone

    from baolei.people.lockout import unlock

    was = unlock(username=name, now=timezone.now())
    print(json.dumps({"unlocked": was}) if as_json else f"{name} {'may be tried again' if was else 'was not locked'}")
    return 0
