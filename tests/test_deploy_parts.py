"""What lies in deploy/, part by part: the own authority, the units of systemd."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from deploy_stage import NAME, ROOT, program


def own_ca(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [ROOT / "deploy/own-ca.sh", folder, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def refused(folder: Path, names: str) -> str:
    """What openssl says of a certificate for these names under the authority of a folder."""
    script = f"""
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout other.key -subj /CN=x -out other.csr
printf 'subjectAltName={names}\nextendedKeyUsage=serverAuth\n' >other.ext
openssl x509 -req -in other.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 9 -extfile other.ext -out other.crt
exec openssl verify -CAfile ca.crt other.crt 2>&1"""
    return subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=False).stdout


def test_the_own_authority_signs_for_the_server_and_for_nothing_else(tmp_path: Path) -> None:
    program("openssl")
    assert own_ca(tmp_path, NAME).returncode == 0
    assert refused(tmp_path, f"DNS:{NAME}") == "other.crt: OK\n"
    for names in (
        "DNS:bank.example.com",
        "DNS:example.gov.cn",
        f"DNS:{NAME},DNS:bank.example.com",
        "IP:10.1.2.3",
        "IP:fd00::1",
    ):
        assert "subtree violation" in refused(tmp_path, names), names


def test_an_address_is_signed_for_where_it_was_asked_for(tmp_path: Path) -> None:
    assert own_ca(tmp_path, NAME, "10.1.2.3", "fd00::1").returncode == 0
    for names in ("IP:10.1.2.4", "IP:fd00::2", "DNS:bank.example.com"):
        assert "subtree violation" in refused(tmp_path, names), names


def test_further_names_are_signed_for_and_those_below_the_first_by_an_authority_that_was_made_before(
    tmp_path: Path,
) -> None:
    assert own_ca(tmp_path, NAME).returncode == 0
    assert own_ca(tmp_path, NAME, f"ballot.{NAME}").returncode == 0
    names = subprocess.run(["openssl", "x509", "-in", "server.crt", "-noout", "-ext", "subjectAltName"], cwd=tmp_path,
                           capture_output=True, text=True, check=True).stdout  # fmt: skip
    assert f"DNS:{NAME}, DNS:ballot.{NAME}" in names
    assert "subtree violation" in refused(tmp_path, "IP:10.1.2.3")
    assert own_ca(tmp_path, NAME, "ballots.example.org").returncode == 1, "that it was not made for"
    other = tmp_path / "other"
    assert own_ca(other, NAME, "ballots.example.org", "10.1.2.3").returncode == 0
    assert refused(other, "DNS:ballots.example.org") == "other.crt: OK\n"


def test_the_authority_is_kept_when_the_certificate_is_renewed(tmp_path: Path) -> None:
    own_ca(tmp_path, NAME)
    authority, first = ((tmp_path / name).read_bytes() for name in ("ca.crt", "server.crt"))
    assert own_ca(tmp_path, NAME).returncode == 0
    assert (tmp_path / "ca.crt").read_bytes() == authority
    second = (tmp_path / "server.crt").read_bytes()
    assert second != first
    for refusal in ("elsewhere.example.com", NAME):  # not what it was made for; then: its key is in the safe
        done = own_ca(tmp_path, refusal)
        assert done.returncode == 1
        assert "may not sign for" in done.stderr or "bring it back" in done.stderr
        assert (tmp_path / "server.crt").read_bytes() == second
        (tmp_path / "ca.key").unlink(missing_ok=True)
    assert {one.name for one in tmp_path.iterdir()} == {"ca.crt", "ca.srl", "server.crt", "server.key"}
    assert (tmp_path / "server.key").stat().st_mode & 0o777 == 0o600


DEPLOY = ROOT / "deploy"
UNITS = sorted(one.name for one in (*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")))
EXPOSED = 2.0
"""What systemd calls OK: a service that could do little to its machine. 10 is one that may do all."""


def test_systemd_finds_nothing_to_say_about_the_units(tmp_path: Path) -> None:
    """With the programs they start at their places below a folder of ours."""
    root = tmp_path / "root"
    for place in ("etc/systemd/system", "opt/baolei/venv/bin"):
        (root / place).mkdir(parents=True)
    (root / "opt/baolei/venv/bin/baolei").write_text("#!/bin/sh\n")
    (root / "opt/baolei/venv/bin/baolei").chmod(0o755)
    shutil.copytree("/usr/lib/systemd/system", root / "usr/lib/systemd/system", symlinks=True)
    for name in UNITS:
        (root / "etc/systemd/system" / name).write_bytes((DEPLOY / name).read_bytes())
    examine = [program("systemd-analyze"), "verify", "--man=no", f"--root={root}", *UNITS]
    done = subprocess.run(examine, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", [one for one in UNITS if one.endswith(".service")])
def test_a_service_may_do_little_to_its_machine(name: str) -> None:
    examine = [program("systemd-analyze"), "security", "--offline=yes", f"--threshold={EXPOSED * 10:.0f}"]
    done = subprocess.run([*examine, str(DEPLOY / name)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout[-200:] + done.stderr
