"""People for the pages: an account with a mandate at a node."""

from __future__ import annotations

from datetime import date

from baolei.people.models import Account, Mandate, Role


def mandated(path: str, role: Role = Role.ORGANISER) -> Account:
    """An account that answers for `path` and everything below it since 2023."""
    account = Account.objects.create(username=f"{role}-{path}", name="周青禾")
    Mandate.objects.create(account=account, role=role, path=path, title="组织部", since=date(2023, 1, 1))
    return account
