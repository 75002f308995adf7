"""`baolei`: one verb for each thing a person does. Each verb imports only what it needs."""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from baolei import __version__
from baolei.programme.refusals import Fault, Refusal

Run = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. 0 when it did what was asked, 1 when something fell short, 2 when the call cannot be taken.

    130 after Ctrl-C, 143 when told to end. With --json a refusal too is one JSON object on the output.
    """
    said = parser().parse_args(arguments)
    run: Run = said.run
    if arguments is None:  # called as a command, not from another program
        signal.signal(signal.SIGTERM, _told_to_end)
    try:
        return run(said)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (Refusal, OSError) as error:
        return _refuse(error, getattr(said, "json", False))
    except KeyboardInterrupt:
        print("stopped; nothing was left half-written", file=sys.stderr)
        return 130


def _refuse(error: Refusal | OSError, as_json: bool) -> int:
    print(error, file=sys.stderr)
    if as_json:
        faults = [vars_of(fault) for fault in getattr(error, "faults", ())]
        print(json.dumps({"ok": False, "refused": str(error), "faults": faults}, ensure_ascii=False))
    return 1


def vars_of(fault: Fault) -> dict[str, str | int]:
    """A fault for machines."""
    return {"place": fault.place, "line": fault.line, "wrong": fault.wrong, "right": fault.right}


def _told_to_end(number: int, frame: Any) -> None:
    """End as after Ctrl-C: whatever is being written is cleared away."""
    raise SystemExit(128 + number)


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = argparse.ArgumentParser(prog="baolei", description="Run a strongest-Party-branch programme honestly.")
    top.add_argument("--version", action="version", version=f"baolei {__version__}")
    verbs = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, about, options, run in VERBS:
        verb = verbs.add_parser(name, help=about, description=about)
        for flags, rules in options:
            verb.add_argument(*flags, **rules)
        verb.set_defaults(run=run)
    return top


def _demo(said: argparse.Namespace) -> int:
    from baolei.cli.demo import demo

    return demo(
        said.host,
        said.port,
        scope=said.scope,
        scale=said.scale,
        seed=said.seed,
        fresh=said.fresh,
        serving=not said.build_only,
    )


def _serve(said: argparse.Namespace) -> int:
    from baolei.cli.serve import serve

    serve(said.host, said.port, workers=said.workers, working=not said.no_work,
          ready=lambda address: print(address, flush=True))  # fmt: skip
    return 0


def _urn(said: argparse.Namespace) -> int:
    from baolei.cli.urn import urn

    return urn(said.host, said.port, said.workers, ready=lambda address: print(address, flush=True))


def _urn_roles(said: argparse.Namespace) -> int:
    from baolei.urn.roles import roles_sql

    print(roles_sql(said.house, said.casting), end="")
    return 0


def _work(said: argparse.Namespace) -> int:
    from baolei.cli.work import work

    return work()


def _migrate(said: argparse.Namespace) -> int:
    from baolei.cli.house import migrate

    return migrate()


def _load(said: argparse.Namespace) -> int:
    from baolei.cli.load import load

    return load(said.folder, said.since, said.why, said.json)


def _roads(said: argparse.Namespace) -> int:
    from baolei.cli.roads import roads

    return roads(said.file, said.why, said.json)


def _backup(said: argparse.Namespace) -> int:
    from baolei.cli.keeping import backup

    return backup(said.to, said.keep, said.json)


def _restore(said: argparse.Namespace) -> int:
    from baolei.cli.keeping import restore

    return restore(said.folder, said.replace, said.check, said.json)


def _audit(said: argparse.Namespace) -> int:
    from baolei.cli.looking import audit

    return audit(said.day, said.json)


def _health(said: argparse.Namespace) -> int:
    from baolei.cli.looking import health

    return health(said.json)


def _demo_region(said: argparse.Namespace) -> int:
    from baolei.cli.demo_region import demo_region

    return demo_region(said.out, said.scale, said.seed, scope=said.scope, edition=said.edition)


def _evaluate(said: argparse.Namespace) -> int:
    from baolei.cli.evaluate import evaluate

    return evaluate(said.snapshot, said.out, said.engine, said.json)


def _verify(said: argparse.Namespace) -> int:
    if said.results.is_file():
        from baolei.cli.year import verify_year

        return verify_year(said.results, said.whole, said.engine, said.json)
    from baolei.cli.evaluate import verify

    return verify(said.results, said.snapshot, said.engine, said.json)


def _sheet(said: argparse.Namespace) -> int:
    from baolei.cli.sheet import print_sheet

    return print_sheet(said.results, said.branch, said.language, said.json)


def _cases(said: argparse.Namespace) -> int:
    from baolei.cli.cases import cases

    return cases(said.folders, said.json)


def _simulate(said: argparse.Namespace) -> int:
    from baolei.cli.simulate import simulate

    return simulate(said.scenario, said.seeds, said.json)


def _bench(said: argparse.Namespace) -> int:
    from baolei.cli.bench import bench

    return bench(said.what, said.rounds, said.json)


def _ledger(said: argparse.Namespace) -> int:
    from baolei.cli.ledger import ledger

    return ledger(said.what, tuple(said.head), said.kept_by, said.json)


def _user(said: argparse.Namespace) -> int:
    from baolei.cli.user import user

    return user(said.what, said.name, said.json)


def _erase(said: argparse.Namespace) -> int:
    from baolei.cli.erase import erase

    return erase(said.what, said.whom, said.why, said.json)


def _edition(said: argparse.Namespace) -> int:
    from baolei.cli.editions import check_edition, compare_editions, copy_edition

    if said.words[0] == "compare" and len(said.words) == 3:
        return compare_editions(said.words[1], said.words[2], said.field, said.language, said.json)
    if len(said.words) == 1:
        if said.copy:
            copy_edition(said.words[0], said.copy)
        return check_edition(said.copy or said.words[0], said.json)
    print("write baolei edition EDITION, or baolei edition compare BEFORE AFTER", file=sys.stderr)
    return 2


def seeds(text: str) -> range:
    """'100-119' or '100' as a range of seeds."""
    first, _, last = text.partition("-")
    try:
        found = range(int(first), int(last or first) + 1)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no range of seeds; write 100-119") from None
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is empty; write the smaller seed first, as 100-119")
    return found


def scale(text: str) -> float:
    """How large an invented round is: above 0, at most LARGEST."""
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not 0 < found <= LARGEST:
        raise argparse.ArgumentTypeError(f"{text!r} is no scale; write a number above 0, at most {LARGEST}")
    return found


LARGEST = 20
"""20 times the region: about 1.6 million branches."""


def counted(least: int, most: int) -> Callable[[str], int]:
    """A reader of whole numbers from `least` to `most`."""

    def read(text: str) -> int:
        try:
            found = int(text)
        except ValueError:
            found = least - 1
        if not least <= found <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least:,} to {most:,}")
        return found

    return read


def role(text: str) -> str:
    """The name of a role of a database."""
    if not re.fullmatch(r"[a-z_][a-z0-9_-]{0,62}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no name of a role: write small letters, digits, - and _")
    return text


def day(text: str) -> date:
    """A day as 2026-12-31."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2026-12-31") from None


Options = tuple[tuple[tuple[str, ...], dict[str, Any]], ...]
_JSON: Options = ((("--json",), {"action": "store_true", "help": "print one JSON object for machines"}),)
_ENGINE: Options = (
    (("--engine",), {"choices": ("duckdb", "spark"), "default": "duckdb", "help": "which engine reads the ballots"}),
)
_WHERE: Options = (
    (("--host",), {"default": "127.0.0.1"}),
    (("--port",), {"type": counted(1, 65535), "default": 8000}),
)
_REGION: Options = (
    (("--scope",), {"default": "", "metavar": "CODE", "help": "only this unit, e.g. 1504 (default: all)"}),
    (("--scale",), {"type": scale, "default": 1.0, "help": "1 = about 80,000 branches in the whole region"}),
    (("--seed",), {"type": counted(0, 2**31), "default": 2023}),
)

VERBS: tuple[tuple[str, str, Options, Run], ...] = (
    ("demo", "build the demo round (one league, full size) and serve it", (
        *_WHERE,
        (("--scope",), {"default": "1504", "metavar": "CODE", "help": "which part of the region (15 = all of it)"}),
        (("--scale",), {"type": scale, "default": 1.0}),
        (("--seed",), {"type": counted(0, 2**31), "default": 2023}),
        (("--fresh",), {"action": "store_true", "help": "build it anew"}),
        (("--build-only",), {"action": "store_true", "help": "build, do not serve"}),
    ), _demo),
    ("serve", "serve the pages of the house, and of the results that BAOLEI_RESULTS names", (
        *_WHERE,
        (("--workers",), {"type": counted(1, 64), "default": 2, "metavar": "N",
                          "help": "how many processes answer; one for each processor is right"}),
        (("--no-work",), {"action": "store_true", "help": "start no worker: baolei work runs elsewhere"}),
    ), _serve),
    ("urn", "serve the ballot page and take ballots into the urn that BAOLEI_URN_URL names", (
        (("--host",), {"default": "127.0.0.1"}),
        (("--port",), {"type": counted(1, 65535), "default": 8001}),
        (("--workers",), {"type": counted(1, 64), "default": 1, "metavar": "N",
                          "help": "how many processes answer; more than one on PostgreSQL only"}),
    ), _urn),
    ("urn-roles", "print the SQL that makes the tables of an urn on PostgreSQL and says what each role may do", (
        (("--house",), {"type": role, "default": "baolei", "metavar": "ROLE", "help": "the role of the house"}),
        (("--casting",), {"type": role, "default": "baolei-urn", "metavar": "ROLE",
                          "help": "the role of the casting host"}),
    ), _urn_roles),
    ("work", "work off what pages do not wait for: reading and writing spreadsheets", (), _work),
    ("migrate", "make the database, or bring it to the version of this program", (), _migrate),
    ("load", "load the units, organisations and members of an empty house from a folder", (
        (("folder",), {"type": Path, "metavar": "FOLDER"}),
        (("--since",), {"type": day, "required": True, "metavar": "D", "help": "since when they stand, as 2026-01-01"}),
        (("--why",), {"required": True, "metavar": "WORDS", "help": "on what grounds; stands in the ledger"}),
        *_JSON,
    ), _load),
    ("roads", "read roads in from an extract of OpenStreetMap, for the 15-minute circle", (
        (("file",), {"type": Path, "metavar": "FILE", "help": "an .osm, .osm.gz or .osm.pbf"}),
        (("--why",), {"required": True, "metavar": "WORDS", "help": "on what grounds; stands in the ledger"}),
        *_JSON,
    ), _roads),
    ("backup", "copy the whole house into a new folder, and prove the copy", (
        (("to",), {"nargs": "?", "type": Path, "metavar": "TO", "help": "default: backups/ in BAOLEI_HOME"}),
        (("--keep",), {"type": counted(0, 10_000), "default": 0, "metavar": "N",
                       "help": "delete all but the newest N there (0: delete none)"}),
        *_JSON,
    ), _backup),
    ("restore", "put a backup in place: wholly or not at all", (
        (("folder",), {"type": Path, "metavar": "FROM"}),
        (("--replace",), {"action": "store_true", "help": "in place of what is here, which is kept aside"}),
        (("--check",), {"action": "store_true", "help": "touch nothing: prove that it can be restored"}),
        *_JSON,
    ), _restore),
    ("health", "say whether the house is well: database, ledger, backup, disk, results", _JSON, _health),
    ("audit", "look through every organisation by the rules in force", (
        (("--day",), {"type": day, "metavar": "D", "help": "as of this day, 2026-12-31 (default: today)"}),
        *_JSON,
    ), _audit),
    ("demo-region", "make the snapshot of an invented round over the real tree", (
        *_REGION,
        (("--out",), {"type": Path, "required": True, "metavar": "DIR"}),
        (("--edition",), {"default": "wuqiang-2020-2023", "help": "a shipped code, a folder or a file"}),
    ), _demo_region),
    ("evaluate", "evaluate a snapshot: same snapshot, same bytes out", (
        (("snapshot",), {"type": Path, "metavar": "SNAPSHOT"}),
        (("--out",), {"type": Path, "required": True, "metavar": "DIR"}),
        *_ENGINE, *_JSON,
    ), _evaluate),
    ("verify", "recompute results, or a programme year in one file, and name what differs", (
        (("results",), {"type": Path, "metavar": "RESULTS", "help": "a folder of results, or the file of a year"}),
        (("--snapshot",), {"type": Path, "metavar": "DIR", "help": "default: 'snapshot' beside the results"}),
        (("--whole",), {"type": Path, "metavar": "FILE",
                        "help": "of a year for everybody: the auditors' file that it must follow from"}),
        *_ENGINE, *_JSON,
    ), _verify),
    ("sheet", "print the sheet of a branch: why this score, line by line", (
        (("results",), {"type": Path, "metavar": "RESULTS"}),
        (("branch",), {"metavar": "BRANCH", "help": "code of the branch, or its name"}),
        (("--language",), {"choices": ("zh", "en"), "default": "zh"}),
        *_JSON,
    ), _sheet),
    ("edition", "check an edition: every fault with file, line and what would be right; or compare two", (
        (("words",), {"nargs": "+", "metavar": "EDITION",
                      "help": "a shipped code, a folder or a file; or: compare BEFORE AFTER"}),
        (("--copy",), {"default": "", "metavar": "DIR", "help": "write its files to this new folder first"}),
        (("--field",), {"default": "", "metavar": "CODE", "help": "of a comparison: every change of this field"}),
        (("--language",), {"choices": ("zh", "en"), "default": "zh"}),
        *_JSON,
    ), _edition),
    ("cases", "evaluate real cases and compare with the official figures", (
        (("folders",), {"nargs": "*", "type": Path, "metavar": "FOLDER", "help": "default: every case that ships"}),
        *_JSON,
    ), _cases),
    ("simulate", "run the simulated truth and its goals", (
        (("--scenario",), {"choices": ("typical", "hard", "benign"), "default": "typical"}),
        (("--seeds",), {"type": seeds, "default": range(100, 120), "metavar": "A-B"}),
        *_JSON,
    ), _simulate),
    ("ledger", "prove the ledger, or give its head out of the house", (
        (("what",), {"choices": ("verify", "head")}),
        (("--head",), {"action": "append", "default": [], "metavar": "FILE",
                       "help": "verify: a file that holds a head kept outside (may be given several times)"}),
        (("--kept-by",), {"default": "", "metavar": "WHOM", "help": "head: who keeps it from now on"}),
        *_JSON,
    ), _ledger),
    ("user", "open the first accounts of an installation, unlock one, or forget its second factor", (
        (("what",), {"choices": ("create-first", "unlock", "forget-factor")}),
        (("name",), {"nargs": "?", "default": "", "help": "unlock, forget-factor: the user name"}),
        *_JSON,
    ), _user),
    ("erase", "erase what is personal of somebody who has left, or a file of a declaration: a right under the law", (
        (("what",), {"choices": ("member", "account", "file")}),
        (("whom",), {"help": "the number of a member or file, as in its address; the account's user name"}),
        (("--why",), {"required": True, "help": "the request or the document, for the ledger"}),
        *_JSON,
    ), _erase),
    ("bench", "measure time and memory, beside peers, as ratios", (
        (("what",), {"choices": ("region", "growth", "peer", "engines", "pages", "house", "imports", "round",
                                 "casts", "issuing", "life")}),
        (("--rounds",), {"type": counted(1, 1000), "default": 3, "help": "interleaved rounds"}),
        *_JSON,
    ), _bench),
)  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
