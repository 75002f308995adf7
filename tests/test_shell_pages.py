"""The pages of the shell, as a visitor without a browser gets them."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import clear_url_caches, path

from baolei.front import errors, urls


def refuse(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def misread(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("secret detail")


def fall(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("secret detail")


# The addresses of the house, and three rooms in which things go wrong.
urlpatterns = [*urls.urlpatterns, path("refuse/", refuse), path("misread/", misread), path("fall/", fall)]
handler400, handler403 = errors.bad_request, errors.forbidden
handler404, handler500 = errors.not_found, errors.broken

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> Client:
    """A visitor who has not logged in, with an English browser."""
    return Client(headers={"accept-language": "en-US,en;q=0.9"})


def test_chinese_comes_first_and_english_is_one_click_away(reader: Client) -> None:
    first = reader.get("/")
    assert '<html lang="zh-hans">' in first.text
    assert "最强党支部，如实呈现" in first.text
    assert (first["Content-Language"], "Cookie" in first["Vary"]) == ("zh-hans", True)
    switched = reader.post("/language/setlang/", {"language": "en", "next": "/account/login/"})
    assert (switched.status_code, switched["Location"]) == (302, "/account/login/")
    assert "The strongest Party branch, shown honestly" in reader.get("/").text


def test_the_language_switch_leads_to_no_other_host(reader: Client) -> None:
    switched = reader.post("/language/setlang/", {"language": "en", "next": "//elsewhere.test/"})
    assert "elsewhere" not in switched["Location"]


def test_every_answer_says_what_a_page_may_do(reader: Client) -> None:
    for address in ("/", "/account/login/", "/nothing/"):
        answer = reader.get(address)
        policy = answer["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "DENY"
        assert "geolocation=()" in answer["Permissions-Policy"]


# ---- doors ----


def test_a_demo_lists_its_accounts_and_each_opens(reader: Client, cast: dict[str, Any]) -> None:
    page = reader.get("/account/login/").text
    for account in cast.values():
        assert f'name="username" value="{account.username}"' in page
    answer = reader.post("/account/login/", {"username": "meng", "password": "baolei-demo"})
    assert answer.status_code == 302
    assert get_user(reader).pk == cast["league"].pk  # type: ignore[arg-type]
    assert "方知远" in reader.get("/").text


@override_settings(BAOLEI_DEMO=False)
def test_outside_a_demo_nothing_of_it_is_shown(reader: Client, cast: dict[str, Any]) -> None:
    page = reader.get("/account/login/").text
    assert "baolei-demo" not in page
    assert "演示" not in page


def test_a_wrong_password_is_answered_in_words_and_leaves_one_outside(reader: Client, cast: dict[str, Any]) -> None:
    answer = reader.post("/account/login/", {"username": "meng", "password": "wrong"})
    assert 'role="alert"' in answer.text
    assert "还不能提交" in answer.text
    assert not get_user(reader).is_authenticated  # type: ignore[arg-type]


def test_the_door_leads_to_no_other_host(reader: Client, cast: dict[str, Any]) -> None:
    form = {"username": "meng", "password": "baolei-demo", "next": "https://elsewhere.test/"}
    assert reader.post("/account/login/", form)["Location"] == "/today/"


def test_a_password_is_changed_only_when_it_is_good_and_then_said_so(reader: Client, cast: dict[str, Any]) -> None:
    assert reader.get("/account/password/")["Location"].startswith("/account/login/")
    reader.force_login(cast["banner"])
    form = {"old_password": "baolei-demo", "new_password1": "12345", "new_password2": "12345"}
    assert 'aria-invalid="true"' in reader.post("/account/password/", form).text
    form |= {"new_password1": "Seven brown sheep", "new_password2": "Seven brown sheep"}
    assert "密码已修改" in reader.post("/account/password/", form, follow=True).text
    cast["banner"].refresh_from_db()
    assert cast["banner"].check_password("Seven brown sheep")


def test_logging_out_needs_a_deliberate_act(reader: Client, cast: dict[str, Any]) -> None:
    reader.force_login(cast["banner"])
    assert reader.get("/account/logout/").status_code == 405
    reader.post("/account/logout/")
    assert not get_user(reader).is_authenticated  # type: ignore[arg-type]


# ---- when a page cannot be shown ----


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/nothing/", 404, "这个地址没有内容"),
        ("/refuse/", 403, "您无权查看此页"),
        ("/misread/", 400, "无法识别这个请求"),
        ("/fall/", 500, "系统出错了"),
    ],
)
def test_an_error_is_told_in_words_with_what_to_do(address: str, status: int, words: str) -> None:
    answer = Client(raise_request_exception=False).get(address)
    assert answer.status_code == status
    assert words in answer.text
    assert "回到首页" in answer.text
    assert "secret detail" not in answer.text


def test_an_expired_form_is_told_in_words() -> None:
    answer = Client(enforce_csrf_checks=True).post("/account/login/", {"username": "a", "password": "b"})
    assert answer.status_code == 403
    assert "表单已过期" in answer.text


def test_a_foreign_host_name_is_refused(reader: Client) -> None:
    assert reader.get("/", headers={"host": "elsewhere.test"}).status_code == 400


# ---- the style guide ----


@pytest.fixture
def public_addresses() -> Iterator[None]:
    """The addresses as they are outside a demo."""
    with override_settings(BAOLEI_DEMO=False, DEBUG=False):
        clear_url_caches()
        importlib.reload(urls)
        yield
    clear_url_caches()
    importlib.reload(urls)


def test_the_style_guide_is_there_in_a_demo(reader: Client) -> None:
    answer = reader.get("/styleguide/?page=2&sort=-score")
    assert answer.status_code == 200
    assert "86.42" in answer.text


def test_there_is_no_style_guide_outside_a_demo(public_addresses: None, reader: Client) -> None:
    assert reader.get("/styleguide/").status_code == 404
    assert "部件样例" not in reader.get("/").text


def test_what_is_shown_after_the_log_in_is_kept_by_no_browser(cast: dict[str, Any], client: Client) -> None:
    assert not client.get("/").has_header("Cache-Control"), "open to everybody"
    client.force_login(cast["banner"])
    for address in ("/", "/today/", "/tree/", "/nothing-there/"):
        assert "no-store" in client.get(address)["Cache-Control"], address


def test_a_number_that_no_record_can_have_is_not_found(cast: dict[str, Any], client: Client) -> None:
    client.force_login(cast["banner"])
    for page in ("tree", "organisation", "member", "transfer", "election", "sheets"):
        assert client.get(f"/{page}/99999999999999999999/").status_code == 404, page
