"""Mandates: given by one, approved by another, ended at once; three administrators whom nobody unites."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

import stage
from baolei.ledger.models import Entry
from baolei.people import accounts, mandates
from baolei.people.accounts import NotAllowed
from baolei.people.mandates import WHOLE_HOUSE, Node
from baolei.people.models import Account, InTree, Mandate
from baolei.people.roles import roles

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
TODAY = date(2026, 11, 24)


def refused(words: str) -> Any:
    return pytest.raises(NotAllowed, match=words)


def administrator(role: str) -> Account:
    account = Account.objects.create(username=role, name=role)
    Mandate.objects.create(account=account, role=role, tree=InTree.NONE, title=role, since=date(2026, 1, 1),
                           approved_at=NOW)  # fmt: skip
    return account


def person(name: str) -> Account:
    return Account.objects.create(username=name, name=name)


def give(actor: Account | None, account: Account, role: str, node: Node, **more: Any) -> Mandate:
    said = {"title": "组织部", "since": TODAY, "until": None, "why": "任职文件", "now": NOW} | more
    return mandates.give_mandate(actor=actor, account=account, role=role, node=node, **said)


def at_unit(code: str) -> Node:
    path = stage.unit(code).path
    return Node(InTree.UNIT, path, path)


def at_branch(code: str, home: str) -> Node:
    return Node(InTree.PARTY, stage.branch(code, home).path, stage.unit(home).path)


def clerk(name: str, role: str, code: str) -> Account:
    account = person(name)
    Mandate.objects.create(account=account, role=role, path=stage.unit(code).path, title=role, since=date(2026, 1, 1),
                           approved_at=NOW)  # fmt: skip
    return account


def test_it_counts_when_another_person_has_approved_it() -> None:
    security, audit, zhou = administrator("security_admin"), administrator("audit_admin"), person("zhou")
    made = give(security, zhou, "banner_clerk", at_unit("150422"))
    assert zhou.scope(TODAY) == ()
    with refused("another person approves"):
        mandates.approve_mandate(actor=security, now=NOW, mandate=made, home=made.path, why="核准")
    mandates.approve_mandate(actor=audit, now=NOW, mandate=made, home=made.path, why="核准")
    assert zhou.scope(TODAY) == (stage.unit("150422").path,)
    with refused("decided already"):
        mandates.approve_mandate(actor=audit, now=NOW, mandate=made, home=made.path, why="核准")
    acts = list(Entry.objects.order_by("number").values_list("act", "actor__username", "path"))
    assert acts == [
        ("people.give_mandate", "security_admin", made.path),
        ("people.approve_mandate", "audit_admin", made.path),
    ]


def test_it_is_gone_the_moment_it_ends(client: Any) -> None:
    security, zhou = administrator("security_admin"), clerk("zhou", "banner_clerk", "150422")
    client.force_login(zhou)
    address = f"/tree/{stage.unit('150422').unit_id}/"
    assert client.get(address).status_code == 200
    held = zhou.mandates.get()
    mandates.end_mandate(actor=security, now=timezone.now(), mandate=held, home=held.path, why="调离")
    assert client.get(address).status_code == 404
    assert client.get(address, headers={"HX-Request": "true"}).status_code == 404
    with refused("has ended already"):
        mandates.end_mandate(actor=security, now=NOW, mandate=held, home=held.path, why="调离")


def test_nobody_gives_or_approves_the_own_mandate() -> None:
    security, other = administrator("security_admin"), clerk("other", "region_clerk", "15")
    with refused("the own mandate"):
        give(security, security, "viewer", at_unit("15"))
    made = give(security, other, "viewer", at_unit("15"))
    with refused("the own mandate"):
        mandates.approve_mandate(actor=other, now=NOW, mandate=made, home=made.path, why="核准")
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.filter(pk=made.pk).update(approved_by=security)
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.filter(pk=made.pk).update(approved_by=other)


@pytest.mark.parametrize("first", ["system_admin", "security_admin", "audit_admin"])
@pytest.mark.parametrize("second", ["system_admin", "security_admin", "audit_admin", "viewer"])
def test_nobody_is_two_of_the_administrators_or_one_beside_other_work(first: str, second: str) -> None:
    account = administrator(first)
    node = WHOLE_HOUSE if roles()[second].tree == "none" else at_unit("15")
    if first != second:
        with refused("nobody is that and"):
            give(None, account, second, node)
    if second in ("system_admin", "security_admin", "audit_admin"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Mandate.objects.create(account=account, role=second, tree=InTree.NONE, title="x", since=TODAY)


def test_a_role_stands_where_the_rules_say() -> None:
    security = administrator("security_admin")
    with refused("cannot stand there"):
        give(security, person("a"), "branch_secretary", at_unit("15"))
    with refused("cannot stand there"):
        give(security, person("b"), "emperor", at_unit("15"))
    with refused("before it begins"):
        give(security, person("c"), "viewer", at_unit("15"), until=date(2020, 1, 1))


def test_a_banner_s_clerk_gives_secretaries_within_the_banner_and_nothing_else() -> None:
    banner, colleague = clerk("qi", "banner_clerk", "150422"), clerk("qi2", "banner_clerk", "150422")
    home = at_branch("B1", "150422103")
    made = give(banner, person("a"), "branch_secretary", home)
    assert mandates.may_approve(colleague, made, home.home, TODAY)
    assert not mandates.may_approve(clerk("far", "banner_clerk", "150421"), made, home.home, TODAY)
    with refused("you give no mandate"):
        give(banner, person("b"), "branch_secretary", at_branch("B2", "150421"))
    with refused("you give no mandate"):
        give(banner, person("c"), "league_clerk", at_unit("150422"))
    with refused("you give no mandate"):
        give(clerk("leader", "leader", "15"), person("d"), "viewer", at_unit("15"))
    mandates.approve_mandate(actor=colleague, now=NOW, mandate=made, home=home.home, why="核准")
    assert Account.objects.get(username="a").scope(TODAY, tree="party") == (home.path,)


def test_what_is_refused_never_counts_and_may_be_given_anew() -> None:
    security, audit, zhou = administrator("security_admin"), administrator("audit_admin"), person("zhou")
    made = give(security, zhou, "viewer", at_unit("15"))
    with refused("this very mandate already"):
        give(security, zhou, "viewer", at_unit("15"))
    mandates.refuse_mandate(actor=audit, now=NOW, mandate=made, home=made.path, why="文件不符")
    assert not zhou.standing(TODAY).exists()
    assert give(security, zhou, "viewer", at_unit("15")).pk != made.pk


def test_accounts_are_opened_disabled_and_enabled_by_those_who_may(client: Any) -> None:
    system, zhou = administrator("system_admin"), clerk("zhou", "banner_clerk", "150422")
    made, password = accounts.open_account(actor=zhou, now=NOW, username="new", name="程小满", why="新任书记")
    assert made.check_password(password)
    assert made.must_change_password
    assert not made.mandates.exists()
    with refused("is taken"):
        accounts.open_account(actor=zhou, now=NOW, username="new", name="别人", why="x")
    with refused("consists of letters"):
        accounts.open_account(actor=zhou, now=NOW, username="two words", name="别人", why="x")
    with refused("do not allow"):
        accounts.disable_account(actor=zhou, now=NOW, account=made, why="x")
    with refused("the own account"):
        accounts.disable_account(actor=system, now=NOW, account=system, why="x")
    client.force_login(zhou)
    assert client.get("/today/").status_code == 200
    accounts.disable_account(actor=system, now=NOW, account=zhou, why="调离")
    assert client.get("/today/").status_code == 302, "in open pages too"
    zhou.refresh_from_db()
    assert zhou.scope(TODAY) == ()
    accounts.enable_account(actor=system, now=NOW, account=zhou, why="返岗")
    zhou.refresh_from_db()
    assert zhou.scope(TODAY)
    assert "password" not in str(list(Entry.objects.values_list("particulars", flat=True))).replace(
        "reset_password", ""
    )


def test_no_account_is_all_powerful() -> None:
    names = {field.name for field in Account._meta.get_fields()}
    assert not names & {"is_superuser", "is_staff", "user_permissions", "groups"}


# ---- the pages ----


def posted(**said: Any) -> dict[str, Any]:
    return {"why": "任职文件", **said}


def test_from_a_new_account_to_a_mandate_that_counts(client: Any) -> None:
    home = stage.branch("B1", "150422103")
    qi, colleague = clerk("qi", "banner_clerk", "150422"), clerk("qi2", "banner_clerk", "150422")
    client.force_login(qi)
    page = client.post(
        "/accounts/open/", posted(username="wuyun", name="乌云"), follow=True, headers={"accept-language": "en"}
    )
    assert "初始密码" in page.text or "first password" in page.text
    made = Account.objects.get(username="wuyun")
    give = f"/accounts/{made.pk}/do/give/"
    said = posted(role="branch_secretary", title="支部书记", since="2026-01-01")
    assert client.post(give, said).status_code == 422, "no place"
    assert client.post(give, {**said, "organisation": "B1"}).status_code == 302
    held = made.mandates.get()
    assert client.get(f"/mandates/{held.pk}/do/approve/").status_code == 404, "not the own"
    client.force_login(colleague)
    assert "支部书记" in client.get("/mandates/").text
    assert client.post(f"/mandates/{held.pk}/do/approve/", posted()).status_code == 302
    assert made.scope(timezone.localdate(), tree="party") == (home.path,)
    assert client.post(f"/mandates/{held.pk}/do/end/", posted()).status_code == 302
    assert made.scope(timezone.localdate(), tree="party") == ()


def test_the_security_administrator_reaches_every_node_and_reads_no_record(client: Any) -> None:
    security, zhou, unit = administrator("security_admin"), person("zhou"), stage.unit("150422")
    client.force_login(security)
    assert client.get(f"/tree/{unit.unit_id}/").status_code == 404
    said = posted(role="league_clerk", title="组织部", since="2026-01-01", unit="1504")
    assert client.post(f"/accounts/{zhou.pk}/do/give/", said).status_code == 302
    assert zhou.mandates.get().path == stage.unit("1504").path


def test_the_audit_administrator_reads_the_whole_ledger_and_no_record(client: Any) -> None:
    qi = clerk("qi", "banner_clerk", "150422")
    accounts.open_account(actor=qi, now=NOW, username="new", name="程小满", why="新任书记")
    client.force_login(administrator("audit_admin"))
    assert "新任书记" in client.get("/ledger/").text
    assert client.get(f"/tree/{stage.unit('150422').unit_id}/").status_code == 404
    client.force_login(administrator("system_admin"))
    assert "新任书记" not in client.get("/ledger/").text


def test_accounts_elsewhere_are_as_if_they_were_not(client: Any) -> None:
    far = clerk("far", "banner_clerk", "150521")
    qi = clerk("qi", "banner_clerk", "150422")
    near = clerk("near", "township_clerk", "150422103")
    client.force_login(qi)
    page = client.get("/accounts/").text
    assert f"/accounts/{near.pk}/" in page
    assert f"/accounts/{far.pk}/" not in page
    assert client.get(f"/accounts/{far.pk}/").status_code == 404
    assert client.get(f"/mandates/{far.mandates.get().pk}/do/end/").status_code == 404
    client.force_login(stage.mandated("1504"))
    for address in ("/accounts/", "/mandates/", "/accounts/open/", f"/accounts/{qi.pk}/"):
        assert client.get(address).status_code == 404, "an organiser has nothing to do with accounts"
