"""The stage all tests stand on: settings of a demo, a cast of five, and a visitor with a real browser who complains."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from patience import be_patient

# Playwright keeps an event loop in the thread of the tests; Django takes that for asynchronous code and refuses.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# What stands in var/ of this checkout is a person's, and a fresh clone has none: no test may see the difference.
os.environ["BAOLEI_HOME"] = str(Path(tempfile.mkdtemp(prefix="baolei-home-")) / "var")

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_configure(config: pytest.Config) -> None:
    """The settings of a demo; static files straight from the source, passwords hashed quickly."""
    from django.conf import settings

    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        # Started in the background of a script: what the tests start must hear Ctrl-C all the same.
        signal.signal(signal.SIGINT, signal.default_int_handler)

    settings.BAOLEI_DEMO, settings.BAOLEI_SECOND_FACTOR = True, False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.BAOLEI_JOBS_AT_ONCE = True
    settings.BAOLEI_UPLOADS = tempfile.mkdtemp(prefix="baolei-uploads-")
    settings.BAOLEI_PAPERS = tempfile.mkdtemp(prefix="baolei-papers-")
    settings.BAOLEI_NETWORKS = tempfile.mkdtemp(prefix="baolei-networks-")
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite"):
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = ":memory:"
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what reads or writes the database without a browser: these tests run on PostgreSQL as well. What is asked
    for a release alone is left to `make matrix`.
    """
    if os.environ.get("BAOLEI_MATRIX") != "all":
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("release")])
        items[:] = [item for item in items if not item.get_closest_marker("release")]
    for item in items:
        needs = getattr(item, "fixturenames", ())
        stored = item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(needs)
        if item.get_closest_marker("one_store"):
            continue
        if stored and "page" not in needs and "live_server" not in needs:
            item.add_marker("stores")


def pytest_collection_finish() -> None:
    """What was imported stays: whoever looks for rubbish need not walk through it again with every page drawn."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


@pytest.fixture
def transactional_db(transactional_db: None) -> None:
    """A database that is emptied after the test: the locks on ledger and editions, which forbid that, are taken off."""
    from django.db import connection

    from baolei.ledger import guards
    from baolei.standards import guards as guards_of_editions

    guards.remove(connection)
    guards_of_editions.remove(connection)


# ---- the cast ----


@pytest.fixture
def cast(db: None) -> dict[str, Any]:
    """The five demo accounts, from the region down to one branch, by level."""
    from django.conf import settings

    import stage
    from baolei.people.actions import DemoPost, open_demo_accounts
    from baolei.people.models import Account, InTree

    posts = [
        DemoPost("region", stage.unit("15").path, "内蒙古自治区"),
        DemoPost("league", stage.unit("1504").path, "赤峰市"),
        DemoPost("banner", stage.unit("150422").path, "巴林左旗"),
        DemoPost("township", stage.unit("150422103").path, "碧流台镇"),
        DemoPost("branch", stage.branch("150422103216-001").path, "东方红村党支部", InTree.PARTY),
    ]
    opened = open_demo_accounts(posts=posts, password=settings.BAOLEI_DEMO_PASSWORD, on=date(2026, 1, 1))
    main = [one for one in opened if one.main]
    return {post.level: Account.objects.get(username=one.username) for post, one in zip(posts, main, strict=True)}


# ---- the round ----


@pytest.fixture(scope="session")
def evaluated_round(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a round of ninety branches, evaluated once."""
    import snapshots
    from baolei.warehouse.evaluate import evaluate

    home = tmp_path_factory.mktemp("round")
    evaluate(snapshots.write(home / "snapshot", branches=90), home / "results")
    return home / "results"


@pytest.fixture
def shown_round(evaluated_round: Path) -> Iterator[Path]:
    """The same, on the pages."""
    from django.test import override_settings

    with override_settings(BAOLEI_RESULTS=str(evaluated_round)):
        yield evaluated_round


# ---- the house ----


@pytest.fixture(scope="session")
def household(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder a small league is loaded from: its units, organisations, members, posts and terms."""
    import numpy as np

    import worked
    from baolei.warehouse.demo.household import write_household
    from baolei.warehouse.demo.region import build

    home = tmp_path_factory.mktemp("household")
    build(
        home / "snapshot",
        scope="1529",
        seed=11,
        edition=str(worked.HERE / "src/baolei/rulebook/simulation/edition.yaml"),
    )
    write_household(home / "snapshot", home / "folder", 7, np.datetime64("2023-12-31"))
    return home / "folder"


@pytest.fixture
def house(household: Path, db: None) -> None:
    """The same, loaded and looked through at the end of 2023."""
    import stage

    stage.move_in(household)


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int, int], None]:
    """Sets the clock of the house to noon of a day: year, month, day."""

    def set_to(year: int, month: int, day: int) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(year, month, day, 4, tzinfo=UTC))

    return set_to


@pytest.fixture
def autumn(noon: Callable[[int, int, int], None]) -> None:
    """The clock stands at noon of 20 November 2026: for pages of a year, which say little in January."""
    noon(2026, 11, 20)


@pytest.fixture
def english() -> Iterator[None]:
    """Refusals in English, for tests of what they say."""
    from django.utils.translation import override

    with override("en"):
        yield


# ---- the visitor ----


def chromium() -> str:
    """The browser to drive. Its absence is a failure, never a skipped test."""
    wanted = os.environ.get("BAOLEI_CHROMIUM")
    found = wanted or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found or not Path(found).exists():
        pytest.fail("no Chromium: apt-get install chromium, or set BAOLEI_CHROMIUM to one", pytrace=False)
    return found


def chinese_fonts() -> str:
    """The Chinese fonts of this machine; without any, pages would be tested with empty boxes for characters."""
    listed = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True, check=False).stdout
    if not listed.strip():
        pytest.fail("no Chinese font: apt-get install fonts-noto-cjk", pytrace=False)
    return listed


def driver() -> None:
    """That the program which drives the browser runs here; where it does not, say why in words."""
    tried = subprocess.run(
        [sys.executable, "-m", "playwright", "--version"], capture_output=True, text=True, check=False
    )
    if tried.returncode:
        pytest.fail(f"the browser cannot be driven: {tried.stderr.strip()}; run tools/system.sh browser", pytrace=False)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The Chromium of the system: nothing is downloaded."""
    driver()
    be_patient()
    chinese_fonts()
    return {"executable_path": chromium(), "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    """A clerk's desk: Chinese, 1280 wide."""
    return {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "viewport": {"width": 1280, "height": 800}}


class Visitor:
    """A page in a real browser, and everything it complains of: broken scripts, refused content, foreign hosts."""

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        self.forgiven: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("request", self._watch)

    def _hear(self, message: Any) -> None:
        if message.type in {"error", "warning"} and not any(what in message.text for what in self.forgiven):
            self.complaints.append(f"{message.type}: {message.text}")

    def _watch(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != urlsplit(self.address).netloc:
            self.complaints.append(f"asked another host: {request.url}")

    def forgive(self, what: str) -> None:
        """Forget the complaints of something meant to happen, those that are still to come as well: the browser makes
        them when it gets round to it.
        """
        self.forgiven.append(what)
        self.complaints = [complaint for complaint in self.complaints if what not in complaint]

    def goto(self, path: str) -> Any:
        """Open a page of ours and return it."""
        self.page.goto(self.address + path)
        return self.page

    def speak(self, language: str) -> None:
        """Choose a language as the switch does."""
        self.page.context.add_cookies([{"name": "django_language", "value": language, "url": self.address}])


@pytest.fixture
def visitor(page: Any, live_server: Any) -> Iterator[Visitor]:
    """A visitor of the running pages; the test fails when the browser complained of anything."""
    someone = Visitor(page, live_server.url)
    yield someone
    assert someone.complaints == []
