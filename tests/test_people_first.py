"""The first accounts of an installation: three administrators, opened once, by the operator."""

from datetime import UTC, datetime

import pytest

from baolei.ledger.models import Entry
from baolei.people.accounts import NotAllowed, open_first_accounts
from baolei.people.models import Account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)


def test_three_persons_begin_and_nobody_can_begin_again() -> None:
    opened = open_first_accounts(now=NOW)
    assert [role for _name, role, _password in opened] == ["system_admin", "security_admin", "audit_admin"]
    for name, role, password in opened:
        account = Account.objects.get(username=name)
        assert account.check_password(password)
        assert account.must_change_password
        assert [one.role for one in account.standing(NOW.date())] == [role]
        assert account.scope(NOW.date()) == ()
    assert Entry.objects.filter(act="people.open_account", actor=None).count() == 3
    with pytest.raises(NotAllowed, match="accounts already"):
        open_first_accounts(now=NOW)
