"""The guide for one small server, tried as written: its commands in their order, then the server asked from outside.

What stands in for the real thing is listed in `deploy_stage`, and said in the guide.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from baolei.organisations.load import FILES
from deploy_stage import GUIDE, NAME, ROOT, Server, blocks, program
from deploy_visitor import VISITOR, Answer, Visitor, until

UNITS = """code,name,parent,level
15,内蒙古自治区,,1
1504,赤峰市,15,2
150422,巴林左旗,1504,3
150422103,碧流台镇,150422,4
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path / "server")
    yield made
    made.close()


def test_every_command_of_the_guide_is_one_that_a_test_runs() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert text.count("```bash") == text.count("<!-- deploy: ") == len(blocks())


# ---- what is looked at after a block ----


def before_wheels(server: Server) -> None:
    server.lay_packages("build.lock")


def before_packages(server: Server) -> None:
    server.unpack_nginx()


def before_install(server: Server) -> None:
    server.lay_packages("runtime.lock")


def after_install(server: Server) -> None:
    """What was installed is the wheel, whole, and not this checkout."""
    said = server.ran('/opt/baolei/venv/bin/python -c "import baolei; print(baolei.__file__)"')
    package = Path(said.strip()).parent
    assert package.is_relative_to(server.root / "opt/baolei/venv")
    source = ROOT / "src/baolei"
    files = {one.relative_to(source) for one in source.rglob("*") if one.is_file() and "__pycache__" not in one.parts}
    assert [one for one in files if not (package / one).is_file()] == []


def after_user(server: Server) -> None:
    assert "adduser --system --group" in server.noted()
    modes = {
        place: (server.root / place).stat().st_mode & 0o777 for place in ("var/lib/baolei", "etc/baolei/baolei.env")
    }
    assert modes == {"var/lib/baolei": 0o700, "etc/baolei/baolei.env": 0o640}


def after_migrate(server: Server) -> None:
    home = server.root / "var/lib/baolei"
    assert {one.name: one.stat().st_mode & 0o077 for one in home.iterdir()}.keys() >= {"baolei.sqlite3", "secret.key"}
    assert not any(one.stat().st_mode & 0o077 for one in home.iterdir())


def after_services(server: Server) -> None:
    visitor = Visitor(server)
    until(lambda: visitor.asked("/account/login/").status == 200, "the log-in page", server)
    assert server.runs("baolei")
    assert server.runs("baolei-work"), "spreadsheets are worked on beside"
    plain_http_leads_to_https(server)
    the_log_in_page_is_for_https_alone(visitor)
    static_files_are_kept(visitor)
    another_name_is_refused(visitor)
    what_a_visitor_says_of_himself_is_not_handed_on(visitor)
    nobody_speaks_for_the_proxy(server)
    assert visitor.asked("/health/").status == 503, "there is no backup yet"
    a_renewed_certificate_is_served(visitor)
    ballots_are_cast_and_nobody_writes_down_who_came(server)


BALLOTS = f"ballot.{NAME}"
POLLED = """
import os
from baolei.ballots.urns import opened
from baolei.programme.ballot.ballot import slip_hash
from baolei.programme.proof import canonical
from baolei.urn.store import CAST, ISSUE, Poll
poll, form = b"a poll, 16 bytes", canonical({"questions": ["a"], "grades": ["1", "2"], "comments": False})
with opened() as urn:
    urn.put_polls([Poll(poll, *urn.put_forms([form]))])
    urn.put_slips([(poll, slip_hash(poll, bytes(20)))])
    urn.set_phase([poll], ISSUE)
    urn.set_phase([poll], CAST)
"""
COUNTED = """
from baolei.ballots.urns import opened
with opened() as urn:
    print(urn.counts([b"a poll, 16 bytes"])[b"a poll, 16 bytes"].cast)
"""


def ballots_are_cast_and_nobody_writes_down_who_came(server: Server) -> None:
    """The page under its own name, and a ballot in the urn of the house, by way of nginx."""
    visitor = Visitor(server)
    page = until(lambda: the_ballot_page(visitor), "the ballot page", server)
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "max-age=31536000" in page.headers["Strict-Transport-Security"]
    assert not page.headers.get_all("Set-Cookie")
    assert visitor.asked("/b/ballot.js", name=BALLOTS).status == 200
    assert visitor.asked("/account/login/", name=BALLOTS).status == 404, "there is no house here"
    server.python(POLLED)
    server.urn_tap.heard.clear()
    body = json.dumps({"poll": b"a poll, 16 bytes".hex(), "slip": "a" * 32, "answers": "1"}).encode()
    said = {"X_Forwarded_For": "203.0.113.9", "User_Agent": "Yurt/1", "Cookie": "who=jiang", "Forwarded": "for=1.2.3.4"}
    cast = visitor.asked("/b/cast", body, BALLOTS, **said)
    assert cast.status == 200, cast.text
    assert visitor.asked("/b/cast", b"x" * 9000, BALLOTS).status == 413
    assert "8 kB" in visitor.asked("/b/cast", b"x" * 9000, BALLOTS).text, "it is the casting host that says so"
    assert server.python(COUNTED) == "1\n"
    heard = b"".join(server.urn_tap.heard).decode()
    for word in (VISITOR, "203.0.113.9", "1.2.3.4", "Yurt", "jiang"):
        assert word not in heard
    with socket.create_connection(("127.0.0.1", server.http), 10) as plain:
        answer = Answer(plain, "GET", "/b/", None, {"Host": BALLOTS})
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{BALLOTS}/b/")
    written = [one for one in (server.root / "var/log").rglob("*") if one.is_file()]
    assert {one.name for one in written} >= {"access.log", "urn.log"}
    for one in written:
        text = one.read_text(encoding="utf-8").replace(f"http://127.0.0.1:{server.urn}/b/", "")
        assert [word for word in ("/b/", "Yurt", BALLOTS) if word in text] == [], one


def the_ballot_page(visitor: Visitor) -> Answer | None:
    page = visitor.asked("/b/", name=BALLOTS)
    return page if page.status == 200 else None


def plain_http_leads_to_https(server: Server) -> None:
    for said in (NAME, "elsewhere.example.com"):
        with socket.create_connection(("127.0.0.1", server.http), 10) as plain:
            answer = Answer(plain, "GET", "/ledger/?page=2", None, {"Host": said})
        assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}/ledger/?page=2")


def the_log_in_page_is_for_https_alone(visitor: Visitor) -> None:
    page = visitor.asked("/account/login/")
    assert "max-age=31536000" in page.headers["Strict-Transport-Security"]
    assert page.headers["Server"] == "nginx"
    assert all("Secure" in one for one in page.headers.get_all("Set-Cookie") or ["none was set"])


def static_files_are_kept(visitor: Visitor) -> None:
    style = re.search(r'href="(/static/front/theme\.[0-9a-f]+\.css)"', visitor.asked("/account/login/").text)
    assert style
    kept = visitor.asked(style[1])
    assert kept.status == 200
    assert "immutable" in kept.headers["Cache-Control"]


def another_name_is_refused(visitor: Visitor) -> None:
    assert visitor.asked("/account/login/", name="elsewhere.example.com").status == 400


def what_a_visitor_says_of_himself_is_not_handed_on(visitor: Visitor) -> None:
    visitor.server.tap.heard.clear()
    forged = {"X_Forwarded_For": "203.0.113.9", "X_Forwarded_Proto": "http", "X_Forwarded_Host": "evil.example.com"}
    visitor.asked("/account/login/", **forged, Forwarded="for=203.0.113.9")
    heard = b"".join(visitor.server.tap.heard).decode().lower()
    forwarded = sorted(line for line in heard.splitlines() if line.startswith(("x-forwarded", "forwarded")))
    assert forwarded == [f"x-forwarded-for: {VISITOR}", "x-forwarded-proto: https"]


def nobody_speaks_for_the_proxy(server: Server) -> None:
    """Asked without nginx, the pages believe this machine, and not another address, that the line is a safe one."""
    said = {"Host": NAME, "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
    for source, safe in (("127.0.0.1", True), (VISITOR, False)):
        with socket.create_connection(("127.0.0.1", server.app), 10, (source, 0)) as plain:
            answer = Answer(plain, "GET", "/account/login/", None, said)
        assert ("Strict-Transport-Security" in answer.headers) is safe


def a_renewed_certificate_is_served(visitor: Visitor) -> None:
    before = visitor.asked("/health/").certificate
    assert "notAfter=" in visitor.server.ran(blocks()["renew"])
    until(lambda: visitor.asked("/health/").certificate != before, "the new certificate", visitor.server)


CLERK = """
from datetime import date
from django.utils import timezone
from baolei.organisations.models import UnitState
from baolei.people.models import Account, InTree, Mandate
clerk = Account.objects.create_user("suo", password="a-long-Word-7", name="乌兰")
place = UnitState.objects.get(code="150422103")
Mandate.objects.create(account=clerk, role="township_clerk", tree=InTree.UNIT, path=place.path, title="干事",
                       since=date(2026, 1, 1), approved_at=timezone.now())
print(place.unit_id)
"""


def before_first_day(server: Server) -> None:
    folder = server.root / "repository/first-day"
    folder.mkdir()
    for name, columns in FILES.items():
        (folder / f"{name}.csv").write_text(UNITS if name == "units" else ",".join(columns) + "\n", encoding="utf-8")


def after_first_day(server: Server) -> None:
    assert not (server.root / "var/lib/baolei/first-day").exists()
    assert names_of_accounts(server) == ["anquan", "shenji", "xitong"]
    unit = server.python(CLERK).strip()
    clerk = Visitor(server)
    assert clerk.sent("/account/login/", username="suo", password="a-long-Word-7").status == 302
    a_large_spreadsheet_is_taken_and_worked_off(clerk, unit)


def names_of_accounts(server: Server) -> list[str]:
    return [name for (name,) in server.stored("SELECT username FROM people_account ORDER BY username")]


def a_large_spreadsheet_is_taken_and_worked_off(clerk: Visitor, unit: str) -> None:
    padding = "，" * 500
    rows = "".join(f"没有这样的支部{number},某某{number},正式党员,2001-07-01,{padding}\n" for number in range(2_000))
    body = f"党组织代码,姓名,党员类别,入党日期,备注\n{rows}".encode()
    assert len(body) > 3_000_000, "more than nginx takes unless told to"
    sent = clerk.sent("/sheets/", kind="members", unit=unit, day="2026-11-01", why="批1", file=("表.csv", body))
    assert sent.status == 302, sent.text
    number = sent.headers["Location"].strip("/").rpartition("/")[2]
    until(lambda: clerk.asked(f"/sheets/{number}/progress/").status == 204, "the end of the reading", clerk.server)
    assert clerk.server.stored("SELECT state FROM sheets_batch") == [("ready",)]
    marked = clerk.asked(f"/sheets/{number}/marked/")
    assert (marked.status, marked.headers["Content-Type"].rpartition(".")[2]) == (200, "sheet")


def after_health(server: Server) -> None:
    visitor = Visitor(server)
    until(lambda: visitor.asked("/health/").status == 200, "the pages know that there is a backup", server)
    assert json.loads(visitor.asked("/health/").text) == {"ok": True}


def before_restore(server: Server) -> None:
    server.stored("UPDATE people_account SET username = 'done since the backup' WHERE username = 'suo'")


def after_restore(server: Server) -> None:
    assert names_of_accounts(server) == ["anquan", "shenji", "suo", "xitong"]
    until(lambda: Visitor(server).asked("/health/").status == 200, "the pages of the restored house", server)


def before_upgrade(server: Server) -> None:
    server.before = server.runs("baolei")


def after_upgrade(server: Server) -> None:
    assert server.runs("baolei") != server.before
    until(lambda: Visitor(server).asked("/health/").status == 200, "the pages of the new version", server)


def after_logs(server: Server) -> None:
    said = server.ran(f"{program('logrotate')} -d /etc/logrotate.d/nginx 2>&1")
    assert "access.log" in said
    assert "error:" not in said
    assert "X-Forwarded" not in (server.root / "var/log/nginx/access.log").read_text(encoding="utf-8")


BEFORE = {
    "wheels": before_wheels, "packages": before_packages, "install": before_install, "first-day": before_first_day,
    "restore": before_restore, "upgrade": before_upgrade,
}  # fmt: skip
AFTER = {
    "install": after_install, "user": after_user, "migrate": after_migrate, "services": after_services,
    "first-day": after_first_day, "health": after_health, "restore": after_restore, "upgrade": after_upgrade,
    "logs": after_logs,
}  # fmt: skip


@pytest.mark.long
def test_the_guide_leads_to_a_server_that_does_what_it_says(server: Server) -> None:
    told = blocks()
    assert told.keys() >= BEFORE.keys() | AFTER.keys()
    del told["postgresql"], told["urn-postgresql"]  # the other way, below
    for name, commands in told.items():
        BEFORE.get(name, nothing)(server)
        server.ran(commands)
        AFTER.get(name, nothing)(server)


def nothing(server: Server) -> None:
    """Of most blocks it is enough that they are carried out."""


@pytest.mark.long
@pytest.mark.release
def test_the_guide_leads_to_a_house_on_postgresql(server: Server) -> None:
    """The role and the database it says are made, carry the services, and let a backup be proved and put back."""
    told = blocks()
    server.take_program_from_here()
    server.unpack_nginx()
    with a_postgres() as (host, user):
        server.environ |= {"PGHOST": host, "PGUSER": user}
        server.move_in_settings("/var/run/postgresql", host)
        for name in ("user", "casting-user", "command", "postgresql", "urn-postgresql", "migrate", "certificate",
                     "services"):  # fmt: skip
            server.ran(told[name])
        until(lambda: Visitor(server).asked("/account/login/").status == 200, "a house on PostgreSQL", server)
        ballots_are_cast_and_nobody_writes_down_who_came(server)
        assert not (server.root / "var/lib/baolei-urn/urn.sqlite3").stat().st_size, "the urn is on the server"
        backup, health = told["health"].splitlines()
        server.ran(backup)
        lost = ["Keeps what it says", "Urn"]
        assert unwell(server.ran(f"{health} || true")) == lost, "both lose what they were told, for tests"
        assert "kept: database baolei_before_" in server.ran(told["restore"])
        until(lambda: Visitor(server).asked("/account/login/").status == 200, "the restored house", server)
        until(lambda: the_ballot_page(Visitor(server)), "the ballot page", server)
        assert server.python(COUNTED) == "1\n"
        server.ran("systemctl stop baolei.service baolei-urn.service")


def unwell(said: str) -> list[str]:
    """What `baolei health` finds fault with."""
    return re.findall(r"^NOT WELL  (.*?)  ", said, re.MULTILINE)


@contextmanager
def a_postgres() -> Iterator[tuple[str, str]]:
    """A server of its own: its socket's folder, and who rules it."""
    command = [sys.executable, ROOT / "tools/postgres.py", "sh", "-c", 'echo "$PGHOST" "$PGUSER"; read end']
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as beside:
        assert beside.stdout
        assert beside.stdin
        host, user = beside.stdout.readline().split()
        yield host, user
        beside.stdin.close()
