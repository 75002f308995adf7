"""`baolei user`: open the first accounts of an installation; from then on accounts are opened by those who may."""

from __future__ import annotations

import json


def user(what: str, name: str, as_json: bool) -> int:
    """`create-first`: open the three administrators and print their first passwords, once. `unlock`: let a name be
    tried again. `forget-factor`: take away the second factor of an administrator whom nobody in the house can help.
    Raises NotAllowed.
    """
    from baolei.cli.serve import prepare

    prepare()  # before the models are imported: they need the settings
    from django.utils import timezone

    from baolei.people.accounts import open_first_accounts

    if what != "create-first":
        return (_unlock if what == "unlock" else _forget_factor)(name, as_json)
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


def _forget_factor(name: str, as_json: bool) -> int:
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from baolei.people.accounts import NotAllowed
    from baolei.people.models import Account
    from baolei.people.second_factor import forget

    account = Account.objects.filter(username=name).first()
    if account is None:
        raise NotAllowed(_("there is no account called %(name)s") % {"name": name})
    forget(actor=None, now=timezone.now(), account=account, why="operator")
    print(json.dumps({"forgotten": True}) if as_json else f"{name} sets up a new second factor at the next log-in")
    return 0
