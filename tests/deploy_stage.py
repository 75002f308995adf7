"""A scratch folder in place of a server: the paths, the ports, and the few programs that stand in for others.

Everything else is the real thing, the commands of the guide to the letter.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import socketserver
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import quote

import pytest
from packaging.requirements import Requirement

import stand_in_systemctl

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs/how-to/deploy.md"
BLOCK = re.compile(r"<!-- deploy: ([\w-]+) -->\n```bash\n(.*?)```", re.DOTALL)
NAME = "baolei.example.gov.cn"

PLACES = (
    "/etc/baolei", "/etc/nginx/nginx.conf", "/etc/nginx/conf.d", "/etc/nginx/sites-", "/etc/systemd",
    "/etc/logrotate.d", "/opt/baolei", "/run/nginx.pid", "/usr/local/bin/baolei", "/var/backups/baolei",
    "/var/lib/baolei", "/var/log/baolei-urn", "/var/log/nginx",
)  # fmt: skip
"""These stand below the scratch folder, in the commands and in the files of deploy/."""

NOT_RUN = ("build/bin/pip download ",)
"""Lines that are left out: what they would fetch is here already."""

STAND_INS = {
    # Only noted.
    "apt-get": "",
    "timedatectl": "",
    "adduser": "",
    # Nobody else's files, nobody else's rights: whoever runs the tests owns everything.
    "runuser": 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"',
    "install": """words=(); while [ $# -gt 0 ]; do case $1 in -o|-g) shift;; *) words+=("$1");; esac; shift; done
exec /usr/bin/install "${words[@]}\"""",
    "systemctl": 'exec {python} {here}/stand_in_systemctl.py {root} "$@"',
    "nginx": 'exec {nginx} -c {root}/etc/nginx/nginx.conf "$@"',
    # An environment sees the packages the tests run on, and of those only what a lock names; their pip is its pip.
    "python3": """{python} "$@" --without-pip || exit
for place in "$3"/lib/python*/site-packages; do echo {root}/packages >"$place/packages.pth"; done
printf '%s\\n' '#!/bin/sh' 'exec "${0%pip}python" -m pip "$@"' >"$3/bin/pip"; chmod +x "$3"/bin/pip""",
}


def blocks() -> dict[str, str]:
    """The commands of the guide by the names of their blocks, in their order."""
    found = BLOCK.findall(GUIDE.read_text(encoding="utf-8"))
    assert len(dict(found)) == len(found)
    return dict(found)


def program(name: str) -> str:
    """Where a program of the server is. Its absence is a failure, never a skipped test."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    if not found:
        pytest.fail(f"{name} is not installed: run tools/system.sh server", pytrace=False)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """The scratch folder `root`, with the repository in `root/repository`; `https` is where it is reached.

    `noted` is what the stand-ins were asked.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.http, self.https, self.app, self.urn = free_port(), free_port(), free_port(), free_port()
        self.tap, self.urn_tap = Tap(self.app), Tap(self.urn)
        self.environ = {
            "PATH": f"{root}/usr/local/bin:{root}/stand-ins:{os.environ['PATH']}:/usr/sbin", "HOME": str(root),
            "LANG": "C.UTF-8", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_COMPILE": "1",
        }  # fmt: skip
        for place in ("usr/local/bin", "stand-ins", "packages", "opt", "var/lib", "var/backups", "var/log", "run"):
            (root / place).mkdir(parents=True)
        for name, body in STAND_INS.items():
            known = {"python": sys.executable, "here": Path(__file__).parent, "root": root}
            known |= {"nginx": program("nginx")} if name == "nginx" else {}
            text = re.sub(r"\{(\w+)\}", lambda found, known=known: str(known[found[1]]), body)
            self._write(f"stand-ins/{name}", f'#!/bin/bash\necho {name} "$@" >>{root}/noted\n{text}\n')
        self._repository()

    def _write(self, place: str, text: str) -> None:
        file = self.root / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        if text.startswith("#!"):
            file.chmod(file.stat().st_mode | stat.S_IXUSR)

    def _repository(self) -> None:
        """The repository as somebody would bring it, its deploy/ moved to our paths and ports."""
        repository = self.root / "repository"
        without = shutil.ignore_patterns("__pycache__", "*.egg-info")
        for name in ("src", "requirements", "deploy"):
            shutil.copytree(ROOT / name, repository / name, ignore=without)
        for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
            shutil.copy(ROOT / name, repository)
        for file in (repository / "deploy").iterdir():
            file.write_text(self.moved(file.read_text(encoding="utf-8")), encoding="utf-8")

    def moved(self, text: str) -> str:
        """A text with the paths and ports of this server."""
        places = "|".join(map(re.escape, PLACES))
        text = re.sub(rf"(?<![\w/.])({places})", rf"{self.root}\1", text)
        text = re.sub(r"listen 80\b", f"listen 127.0.0.1:{self.http}", text)
        text = re.sub(r"listen 443\b", f"listen 127.0.0.1:{self.https}", text)
        text = text.replace("sqlite:////var/lib", f"sqlite:///{self.root}/var/lib")
        for port, tap, own in (("8000", self.tap, self.app), ("8001", self.urn_tap, self.urn)):
            text = text.replace(f"127.0.0.1:{port}", f"127.0.0.1:{tap.port}").replace(f"--port {port}", f"--port {own}")
        return text

    def lay_packages(self, lock: str) -> None:
        """Let the environments made here see what a lock names, as it is installed for the tests, and nothing else."""
        for old in (self.root / "packages").iterdir():
            old.unlink()
        locked = (ROOT / "requirements" / lock).read_text(encoding="utf-8").splitlines()
        pinned = [line.rstrip("\\ ") for line in locked if "==" in line]
        for wanted in map(Requirement, ["pip", *pinned]):
            if wanted.marker and not wanted.marker.evaluate():
                continue
            found = distribution(wanted.name)
            if found.version not in wanted.specifier:
                raise PackageNotFoundError(f"{wanted}: {found.version} is installed here")
            for part in {one.parts[0] for one in found.files or ()} - {"..", "__pycache__"}:
                link = self.root / "packages" / part
                if not link.exists():
                    link.symlink_to(Path(str(found.locate_file(part))))

    def unpack_nginx(self) -> None:
        """What the package leaves behind on a server: its own settings, ours in sites-*, nginx running."""
        own = Path("/etc/nginx/nginx.conf").read_text(encoding="utf-8")
        me = "root" if os.geteuid() == 0 else "www-data"
        self._write("etc/nginx/nginx.conf", self.moved(own).replace("user www-data;", f"user {me};"))
        kinds = ("client_body", "proxy", "fastcgi", "scgi", "uwsgi")
        paths = "".join(f"{kind}_temp_path {self.root}/nginx/{kind};\n" for kind in kinds)
        self._write("etc/nginx/conf.d/scratch.conf", paths)
        folders = ("etc/nginx/sites-available", "etc/nginx/sites-enabled", "etc/logrotate.d", "etc/systemd/system")
        for place in (*folders, "var/log/nginx", "nginx"):
            (self.root / place).mkdir(parents=True, exist_ok=True)
        self.ran("nginx")

    def take_program_from_here(self) -> None:
        """The program of this checkout in place of an installed one: where installing is not what is tried."""
        self.lay_packages("runtime.lock")
        self.ran("python3 -m venv /opt/baolei/venv")
        (ours,) = (self.root / "opt/baolei/venv/lib").glob("python*/site-packages")
        (ours / "here.pth").write_text(f"{ROOT / 'src'}\n", encoding="utf-8")
        python = self.root / "opt/baolei/venv/bin/python"
        self._write("opt/baolei/venv/bin/baolei", f'#!/bin/sh\nexec {python} -m baolei.cli.main "$@"\n')

    def move_in_settings(self, place: str, to: str) -> None:
        """Another folder in the addresses of the settings in deploy/."""
        for file in (self.root / "repository/deploy").glob("*.env"):
            text = file.read_text(encoding="utf-8")
            assert quote(place, safe="") in text
            file.write_text(text.replace(quote(place, safe=""), quote(to, safe="")), encoding="utf-8")

    def ran(self, commands: str, **environ: str) -> str:
        """What commands of the guide print, run in the folder of the repository; each of them must be carried out."""
        lines = "".join(line for line in self.moved(commands).splitlines(keepends=True) if not line.startswith(NOT_RUN))
        done = subprocess.run(
            ["bash", "-euc", lines], cwd=self.root / "repository", env={**self.environ, **environ}, check=False,
            timeout=240, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        assert done.returncode == 0, f"{commands}\n{done.stdout}\n{self.logs()}"
        return done.stdout

    def python(self, program: str) -> str:
        """What a piece of Python prints, run in the environment that was installed, as the command does."""
        begun = "from baolei.cli.house import open_house; open_house()\n"
        run = 'set -a; . /etc/baolei/baolei.env; cd /var/lib/baolei; exec /opt/baolei/venv/bin/python -c "$PROGRAM"'
        return self.ran(run, PROGRAM=begun + program)

    def stored(self, question: str) -> list[tuple[str, ...]]:
        """What a question in SQL is answered, or what it changed, in the SQLite of the house."""
        with closing(sqlite3.connect(self.root / "var/lib/baolei/baolei.sqlite3", timeout=20)) as store, store:
            return store.execute(question).fetchall()

    def logs(self) -> str:
        """What the services and nginx said."""
        files = [*self.root.glob("*.log"), *self.root.glob("var/log/nginx/error.log"),
                 *self.root.glob("var/log/baolei-urn/*.log")]  # fmt: skip
        return "\n".join(f"{one.name}: {one.read_text(encoding='utf-8')[-2000:]}" for one in files)

    def noted(self) -> str:
        return (self.root / "noted").read_text(encoding="utf-8")

    def close(self) -> None:
        """End what is left running."""
        self.tap.close()
        self.urn_tap.close()
        pids = [*self.root.glob("*.service.pid"), *self.root.glob("run/nginx.pid")]
        for number in (int(one.read_text(encoding="ascii") or 0) for one in pids):
            name = f"/proc/{number}/cmdline"
            if number and Path(name).exists() and str(self.root) in Path(name).read_text(encoding="utf-8"):
                os.kill(number, signal.SIGTERM)

    def runs(self, name: str) -> int:
        return stand_in_systemctl.running(self.root, f"{name}.service")


class Tap:
    """Between nginx and the pages: hands everything on, and remembers what nginx said."""

    def __init__(self, to: int) -> None:
        heard = self.heard = list[bytes]()

        class Quiet(socketserver.ThreadingTCPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                """The pages are not there: nginx says so."""

        class Connection(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with socket.create_connection(("127.0.0.1", to)) as inside:
                    back = threading.Thread(target=hand_on, args=(inside, self.request, None), daemon=True)
                    back.start()
                    hand_on(self.request, inside, heard)
                    back.join()

        self._server = Quiet(("127.0.0.1", 0), Connection)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def hand_on(source: socket.socket, target: socket.socket, heard: list[bytes] | None) -> None:
    """Bytes from one to the other until the first has said all."""
    try:
        while piece := source.recv(1 << 16):
            if heard is not None:
                heard.append(piece)
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        target.close()
