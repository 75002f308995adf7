"""Notices: words from a level to those below it; who posts, who is reached, what stands in the ledger, and what is kept
of nobody.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

import sheets_stage
import stage
import worlds
from baolei.ledger.models import Entry
from baolei.ledger.verify import verify
from baolei.organisations import doors, notices, units
from baolei.organisations.doors import nodes_of, writing_scope
from baolei.organisations.models import Notice, NoticeRole
from baolei.organisations.notices import Words, post_notice, withdraw_notice
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.people.roles import roles

pytestmark = pytest.mark.django_db

REGION, LEAGUE, BANNER, TOWNSHIP, VILLAGE = "15", "1504", "150422", "150422103", "150422103216"
BESIDE = "150421"


def today() -> date:
    return timezone.localdate()


def posted(code: str, title: str = "通知", **said: Any) -> Notice:
    """A notice for a unit, in force for a week from yesterday on."""
    given = {
        "text": "请各支部做好准备。",
        "since": today() - timedelta(days=1),
        "until": today() + timedelta(days=5),
    } | said
    return post_notice(
        actor=None, now=timezone.now(), unit=stage.unit(code).unit, words=Words(title=title, **given), why="部务会"
    )


def reached(account: Account) -> set[str]:
    """The titles of the notices in force that reach somebody."""
    found = doors.notices(nodes_of(account, today()), today()).in_force(today())
    return set(found.values_list("title", flat=True))


@pytest.fixture
def town() -> dict[str, Any]:
    return sheets_stage.town()


# ---- whom a notice reaches ----


def test_it_reaches_the_unit_itself_and_everybody_below_and_nobody_else(town: Any) -> None:
    for code in (REGION, LEAGUE, BANNER, TOWNSHIP, BESIDE):
        posted(code, code)
    assert reached(stage.mandated(REGION, "region_clerk")) == {REGION}
    assert reached(stage.mandated(BANNER, "banner_clerk")) == {REGION, LEAGUE, BANNER}
    assert reached(stage.mandated(VILLAGE, "grid_worker")) == {REGION, LEAGUE, BANNER, TOWNSHIP}
    assert reached(stage.mandated(BESIDE, "viewer")) == {REGION, LEAGUE, BESIDE}


def test_a_mandate_in_the_party_tree_is_reached_where_its_organisation_serves(town: Any) -> None:
    for code in (BANNER, TOWNSHIP, VILLAGE, "150422100"):
        posted(code, code)
    assert reached(stage.mandated("B1", "branch_secretary")) == {BANNER, TOWNSHIP, VILLAGE}
    committee = worlds.somebody("committee_clerk")
    assert committee
    assert reached(committee) == {BANNER, TOWNSHIP}


def test_the_administrators_are_told_what_the_whole_region_is_told(town: Any) -> None:
    for code in (REGION, LEAGUE, BANNER):
        posted(code, code)
    for role in ("system_admin", "security_admin", "audit_admin"):
        account = worlds.somebody(role)
        assert account
        assert reached(account) == {REGION}


def test_it_can_be_for_some_roles_only(town: Any) -> None:
    posted(LEAGUE, "网格", roles=("grid_worker", "viewer"))
    posted(LEAGUE, "全体")
    assert reached(stage.mandated(VILLAGE, "grid_worker")) == {"网格", "全体"}
    assert reached(stage.mandated("B1", "branch_secretary")) == {"全体"}
    assert reached(stage.mandated(BANNER, "banner_clerk")) == {"全体"}


def test_a_role_reaches_only_through_the_mandate_that_holds_it(town: Any) -> None:
    """Somebody is a viewer in one banner and a grid worker in another: each notice by the mandate it is for."""
    account = stage.mandated(BESIDE, "viewer")
    other = stage.mandated(VILLAGE, "grid_worker")
    other.mandates.update(account=account)
    posted(BANNER, "查看", roles=("viewer",))
    posted(BANNER, "网格", roles=("grid_worker",))
    assert reached(account) == {"网格"}


def test_it_reaches_nobody_before_its_first_day_nor_after_its_last(town: Any) -> None:
    clerk = stage.mandated(TOWNSHIP, "township_clerk")
    posted(BANNER, "明天", since=today() + timedelta(days=1))
    posted(BANNER, "今天", since=today(), until=today())
    over = posted(BANNER, "昨天")
    Notice.objects.filter(pk=over.pk).update(until=today() - timedelta(days=1))
    assert reached(clerk) == {"今天"}
    listed = doors.notices(nodes_of(clerk, today()), today())
    assert set(listed.values_list("title", flat=True)) == {"今天", "昨天"}  # what is to come is not told before its day


def test_one_without_a_mandate_in_force_is_reached_by_nothing(town: Any) -> None:
    posted(REGION)
    for who in ("stranger", "disabled"):
        account = worlds.somebody(who)
        assert account
        account.refresh_from_db()
        assert reached(account) == set()
    ended = stage.mandated(BANNER, "banner_clerk")
    assert reached(ended)
    ended.mandates.update(ended_at=timezone.now())
    assert reached(ended) == set()


def test_a_notice_of_a_merged_unit_goes_on_in_the_other(town: Any) -> None:
    posted(TOWNSHIP, "并前")
    clerk = stage.mandated(TOWNSHIP, "township_clerk")
    other = stage.unit("150422100").unit
    units.merge(units=[stage.unit(TOWNSHIP).unit], into=other, on=today(), actor=None, now=timezone.now(), why="批复")
    assert reached(clerk) == {"并前"}
    writing = writing_scope(stage.mandated(LEAGUE, "league_clerk"), today())
    assert doors.notices([], today(), writing).count() == 1


# ---- who posts and withdraws ----


def page(account: Account, address: str, **said: Any) -> Any:
    client = Client()
    client.force_login(account)
    return client.post(address, said) if said else client.get(address)


def form(**said: Any) -> dict[str, Any]:
    return {
        "unit": BANNER, "title": "汛期值班", "text": "请各苏木乡镇\r\n安排值班。", "since": today().isoformat(),
        "until": (today() + timedelta(days=5)).isoformat(), "why": "部务会",
    } | said  # fmt: skip


def test_whoever_writes_at_a_unit_or_above_it_posts_and_withdraws(town: Any) -> None:
    clerk = stage.mandated(BANNER, "banner_clerk")
    stage.unit(TOWNSHIP)
    for code in (BANNER, TOWNSHIP):
        assert page(clerk, "/notices/post/", **form(unit=code)).url == "/notices/"
    made = Notice.objects.get(unit=stage.unit(TOWNSHIP).unit)
    assert made.text == "请各苏木乡镇\n安排值班。"
    assert page(clerk, f"/notices/{made.pk}/withdraw/", why="写错了").url == "/notices/"
    made.refresh_from_db()
    assert made.ended_at
    assert page(clerk, f"/notices/{made.pk}/withdraw/", why="又一次").status_code == 404


def test_nobody_posts_or_withdraws_above_or_beside_the_own_unit(town: Any) -> None:
    clerk = stage.mandated(BANNER, "banner_clerk")
    stage.unit(BESIDE)
    for code in (LEAGUE, BESIDE):
        answer = page(clerk, "/notices/post/", **form(unit=code))
        assert answer.status_code == 422
        assert 'id="id_unit_error"' in answer.text
    made = posted(LEAGUE)
    assert page(clerk, f"/notices/{made.pk}/withdraw/").status_code == 404  # reached by it, and no more
    assert Notice.objects.count() == 1


@pytest.mark.parametrize("role", ["viewer", "leader", "grid_worker", "centre_keeper", "audit_admin", "stranger"])
def test_whoever_writes_no_records_posts_nothing(town: Any, role: str) -> None:
    account = worlds.somebody(role)
    assert account
    made = posted(BANNER)
    for answer in (page(account, "/notices/post/"), page(account, "/notices/post/", **form()),
                   page(account, f"/notices/{made.pk}/withdraw/", why="x")):  # fmt: skip
        assert answer.status_code == 404
    assert "发布通知" not in page(account, "/notices/").text
    assert Notice.objects.get().ended_at is None


def test_whoever_posted_below_sees_it_though_it_is_not_for_the_own_level(town: Any) -> None:
    clerk = stage.mandated(LEAGUE, "league_clerk")
    posted(TOWNSHIP, "给乡镇")
    assert "给乡镇" in page(clerk, "/notices/").text
    assert 'id="notices"' not in page(clerk, "/today/").text


def test_the_words_and_days_must_be_those_of_a_notice(town: Any, english: Any) -> None:
    for said, fault in (
        ({"text": " "}, "a title and a text"),
        ({"text": "字" * 1001}, "at most 1000"),
        ({"until": today() - timedelta(days=2)}, "a later day"),
        ({"since": today() - timedelta(days=9), "until": today() - timedelta(days=1)}, "a later day"),
        ({"since": today(), "until": today() + timedelta(days=90)}, "at most 90 days"),
        ({"roles": ("emperor",)}, "there is no role emperor"),
    ):
        with pytest.raises(NotPossible, match=fault):
            posted(BANNER, **said)
    assert posted(BANNER, text="字" * 1000, since=today(), until=today() + timedelta(days=89)).pk
    assert Entry.objects.filter(act="organisations.post_notice").count() == 1


def test_a_thousand_characters_in_many_lines_can_be_sent(town: Any) -> None:
    clerk = stage.mandated(BANNER, "banner_clerk")
    text = "\r\n".join(["一二三四五六七八九"] * 100)  # 999 for the browser, 1,098 on the way
    assert page(clerk, "/notices/post/", **form(text=text)).status_code == 302
    assert len(Notice.objects.get().text) == 999
    assert page(clerk, "/notices/post/", **form(text=text + "超出")).status_code == 422


def test_the_database_keeps_its_promises(town: Any) -> None:
    made = posted(BANNER)
    for wrong in ({"until": made.since - timedelta(days=1)}, {"text": ""}, {"title": ""}, {"text": "字" * 1001}):
        with pytest.raises(Exception, match=r"notice|too long"), transaction.atomic():
            Notice.objects.filter(pk=made.pk).update(**wrong)
    NoticeRole.objects.create(notice=made, role="viewer")
    with pytest.raises(IntegrityError), transaction.atomic():
        NoticeRole.objects.create(notice=made, role="viewer")


# ---- the ledger ----


def test_each_act_stands_in_the_ledger_of_its_unit_and_proves_the_words(town: Any) -> None:
    clerk = stage.mandated(BANNER, "banner_clerk")
    page(clerk, "/notices/post/", **form(unit=TOWNSHIP, urgent="on", roles=["viewer"]))
    made = Notice.objects.get()
    page(clerk, f"/notices/{made.pk}/withdraw/", why="写错了")
    first, second = Entry.objects.filter(act__contains="notice").order_by("number")
    assert (first.act, second.act) == ("organisations.post_notice", "organisations.withdraw_notice")
    for entry in (first, second):
        assert (entry.path, entry.subject) == (stage.unit(TOWNSHIP).path, f"notice:{made.pk}")
        assert entry.actor_id == clerk.pk
    told = first.particulars["after"]
    assert told["sha256"] == notices.digest(made.title, made.text)
    assert (told["urgent"], told["roles"], told["title"]) == (True, "viewer", "汛期值班")
    assert second.particulars["why"] == "写错了"
    assert verify().faults == ()
    read = page(stage.mandated(TOWNSHIP, "township_clerk"), "/ledger/").text
    assert "发布了通知" in read
    assert "撤回了通知" in read
    assert "汛期值班" in read


# ---- nobody is told who has read it ----


def test_nothing_is_kept_of_who_has_read_a_notice() -> None:
    kept = {model.__name__: {field.name for field in model._meta.get_fields()} for model in (Notice, NoticeRole)}
    assert kept == {
        "Notice": {"id", "unit", "title", "text", "urgent", "since", "until", "posted_by", "posted_at", "ended_at",
                   "roles"},
        "NoticeRole": {"id", "notice", "role"},
    }  # fmt: skip
    pointing = {field.model for model in apps.get_models() for field in model._meta.get_fields()
                if getattr(field, "related_model", None) is Notice and field.concrete}  # fmt: skip
    assert pointing == {NoticeRole}


def test_looking_at_a_notice_writes_nothing(town: Any) -> None:
    made = posted(BANNER, urgent=True)
    clerk = stage.mandated(BANNER, "banner_clerk")
    client = Client()
    client.force_login(clerk)
    client.get("/today/")
    before = {
        model: list(model.objects.order_by("pk").values()) for model in apps.get_models() if hasattr(model, "objects")
    }
    for address in ("/today/", "/notices/", "/notices/?which=past", "/"):
        client.get(address)
    for model, rows in before.items():
        if model.__name__ != "Session":  # notes that the log-in is in use, and says nothing of pages
            assert list(model.objects.order_by("pk").values()) == rows, model
    assert set(client.session.keys()) <= {"_auth_user_id", "_auth_user_backend", "_auth_user_hash", "began", "seen"}
    assert made.title


# ---- on the pages ----


def test_it_stands_on_top_of_today_in_plain_words(town: Any) -> None:
    posted(BANNER, "<b>题</b>", text="第一行\n<script>alert(1)</script>")
    text = page(stage.mandated(TOWNSHIP, "grid_worker"), "/today/").text
    assert 'id="notices"' in text
    assert "&lt;b&gt;题&lt;/b&gt;" in text
    assert "第一行<br>&lt;script&gt;" in text
    assert text.index("题&lt;") < text.index("我的待办")


def test_an_urgent_one_stands_above_every_page_and_the_latest_three_of_many(town: Any) -> None:
    for place in range(4):
        posted(BANNER, f"急件{place}", urgent=True)
    posted(BANNER, "平件")
    for role, address in (("grid_worker", "/notices/"), ("viewer", "/"), ("township_clerk", "/tree/")):
        text = page(stage.mandated(TOWNSHIP, role), address).text
        banner = text.partition('class="banners"')[2].partition("<main")[0]
        assert [f"急件{place}" in banner for place in range(4)] == [False, True, True, True]
        assert "平件" not in banner
    assert 'class="banners"' not in Client().get("/account/login/").text
    for address in ("/account/password/", "/account/second-factor/"):  # before a log-in is finished
        answer = page(stage.mandated(VILLAGE, "viewer" if "password" in address else "grid_worker"), address)
        assert answer.status_code == 200
        assert 'class="banners"' not in answer.text
    assert 'class="banners"' not in page(stage.mandated(BESIDE, "viewer"), "/notices/").text


def test_the_list_holds_what_is_in_force_and_what_is_past_and_goes_out_as_a_file(town: Any) -> None:
    clerk = stage.mandated(BANNER, "banner_clerk")
    posted(BANNER, "今年的", roles=("viewer", "banner_clerk"))
    posted(BANNER, "下月的", since=today() + timedelta(days=2))
    gone = posted(BANNER, "撤回的")
    withdraw_notice(actor=clerk, now=timezone.now(), notice=gone, why="写错了")
    now, past = page(clerk, "/notices/").text, page(clerk, "/notices/?which=past").text
    assert ["今年的" in now, "下月的" in now, "撤回的" in now] == [True, True, False]
    assert ["今年的" in past, "撤回的" in past] == [False, True]
    rows = page(clerk, "/notices/?format=csv").content.decode("utf-8-sig").splitlines()
    assert len(rows) == 1 + 2
    assert "未到开始日期" in rows[1] + rows[2]
    assert "查看人员" in rows[1] + rows[2]
    assert "已撤回" in page(clerk, "/notices/?which=past&format=csv").content.decode("utf-8-sig")


def test_the_list_asks_ten_questions_whatever_its_length(town: Any, django_assert_max_num_queries: Any) -> None:
    for place in range(5):
        posted(BANNER, f"{place}", urgent=True)
    client = Client()
    client.force_login(stage.mandated(TOWNSHIP, "township_clerk"))
    client.get("/notices/")
    with django_assert_max_num_queries(10):
        client.get("/notices/")


def test_every_role_of_the_rules_can_be_chosen(town: Any) -> None:
    text = page(stage.mandated(BANNER, "banner_clerk"), "/notices/post/").text
    assert text.count('name="roles"') == len(roles())


def test_the_day_of_a_notice_is_the_day_here() -> None:
    stage.unit(BANNER)
    night = datetime(2026, 6, 30, 17, tzinfo=UTC)  # an hour past midnight here, still yesterday in London
    made = post_notice(actor=None, now=night, unit=stage.unit(BANNER).unit, why="部务会",
                       words=Words("题", "文", date(2026, 7, 1), date(2026, 7, 1)))  # fmt: skip
    assert made.until == date(2026, 7, 1)
    with pytest.raises(NotPossible):
        post_notice(actor=None, now=night, unit=stage.unit(BANNER).unit, why="部务会",
                    words=Words("题", "文", date(2026, 6, 30), date(2026, 6, 30)))  # fmt: skip
