"""Networks of roads: read in from a file of the map, kept as arrays in a file of their own, opened again when asked."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from baolei.centres.models import RoadMap
from baolei.ledger.actions import record
from baolei.organisations.units import NotPossible
from baolei.programme.access import Network, Profile, Roads
from baolei.programme.access import roads as over_roads
from baolei.warehouse.osm import Named, ReadIn, load, read_osm, save
from baolei.warehouse.rulebook import centres as centre_rules


def take_in(*, now: datetime, file: Path, why: str) -> RoadMap:
    """Read a file of the map in; the same roads read in twice are there once. Raises RoadsRefused."""
    return keep(read_osm(file, centre_rules()), name=file.name, synthetic=False, now=now, why=why)


@transaction.atomic
def keep(found: ReadIn, *, name: str, synthetic: bool, now: datetime, why: str) -> RoadMap:
    """Keep a network as a file named by its digest, and a row that says what it is."""
    home = Path(settings.BAOLEI_NETWORKS)
    home.mkdir(parents=True, exist_ok=True)
    part = home / "part.npz"
    save(found, part)
    digest = hashlib.sha256(part.read_bytes()).hexdigest()
    part.replace(home / f"{digest}.npz")
    made: RoadMap
    made, _new = RoadMap.objects.update_or_create(digest=digest, defaults={"read_at": now}, create_defaults={
        "name": name[:255], "synthetic": synthetic, "nodes": found.network.nodes, "pieces": len(found.network.start),
        "named": len(found.named.name), "read_at": now})  # fmt: skip
    record(actor=None, act="centres.take_roads", subject=f"roads:{made.pk}", path="", now=now, why=why,
           after={"file": name[:255], "sha256": digest, "junctions": made.nodes, "pieces": made.pieces})  # fmt: skip
    return made


@lru_cache(maxsize=2)
def _opened(file: Path) -> ReadIn:
    return load(file)


def opened(used: RoadMap) -> ReadIn:
    """The arrays of a network. Raises NotPossible where the file is gone."""
    if not used.file.exists():
        raise NotPossible(_("the file of the roads is gone: read the map in again"))
    return _opened(used.file)


def named(used: RoadMap) -> Named:
    """The named places of a network. Raises NotPossible where the file is gone."""
    return opened(used).named


@lru_cache(maxsize=4)
def _over(file: Path, profile: str) -> Roads:
    network: Network = _opened(file).network
    how: Profile = centre_rules().profiles[profile][1]
    return over_roads(network, how)


def over(used: RoadMap, profile: str) -> Roads:
    """A network as a profile goes over it. Raises NotPossible where the file is gone."""
    opened(used)
    return _over(used.file, profile)
