"""Roads from an extract of OpenStreetMap (.osm, .osm.gz, and .osm.pbf with the extra `osm`), and the file they are kept
in: arrays by name, the same roads always the same bytes.

The file is read twice, first the ways, then only the junctions these need, so that houses and fields cost no memory.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt

from baolei.programme.access import Network, curve, metres_between
from baolei.programme.centres import CentreRules
from baolei.programme.refusals import ActRefused
from baolei.programme.standard.edition import Text

PLACES = frozenset(("city", "town", "suburb", "quarter", "neighbourhood", "village", "hamlet", "isolated_dwelling",
                    "locality"))  # fmt: skip
SHUT = frozenset(("no", "private"))
ALONG, AGAINST = ("yes", "true", "1"), ("-1", "reverse")
BORN = (2000, 1, 1, 0, 0, 0)


class RoadsRefused(ActRefused):
    """A file that holds no roads, or cannot be read as a map."""


@dataclass(frozen=True, slots=True)
class Named:
    """The named places of a map: what they are called, and where they are."""

    name: npt.NDArray[np.str_]
    lon: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ReadIn:
    """What was read: the roads, and the named places."""

    network: Network
    named: Named


@dataclass(slots=True)
class _Ways:
    """Pieces of road as they are met: from which node to which, of which class and surface, bound to its direction."""

    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    road: list[int] = field(default_factory=list)
    surface: list[int] = field(default_factory=list)
    oneway: list[bool] = field(default_factory=list)

    def add(self, nodes: list[int], road: int, surface: int, oneway: bool) -> None:
        """A way through these nodes."""
        pieces = len(nodes) - 1
        self.start += nodes[:-1]
        self.end += nodes[1:]
        self.road += [road] * pieces
        self.surface += [surface] * pieces
        self.oneway += [oneway] * pieces


def read_osm(file: Path, rules: CentreRules) -> ReadIn:
    """The roads and named places of an extract. Raises RoadsRefused."""
    ways = _Ways()
    for nodes, tags in _read(file, "way"):
        _take(ways, nodes, tags, rules)
    if not ways.start:
        raise RoadsRefused(
            Text("文件中没有道路", "there is no road in the file"),
            Text("用含 highway 标签的 OpenStreetMap 摘录", "take an extract of OpenStreetMap with its highways"),
        )
    wanted = np.unique(np.array(ways.start + ways.end, np.int64))
    lon, lat = np.full(len(wanted), np.nan), np.full(len(wanted), np.nan)
    places: list[tuple[str, float, float]] = []
    for (number, x, y), tags in _read(file, "node"):
        at = int(np.searchsorted(wanted, number))
        if at < len(wanted) and wanted[at] == number:
            lon[at], lat[at] = x, y
        if tags.get("place") in PLACES and tags.get("name"):
            places.append((tags["name"], x, y))
    return ReadIn(_network(ways, wanted, lon, lat), named_of(places))


def named_of(places: list[tuple[str, float, float]]) -> Named:
    """Named places in the order of their names."""
    places.sort()
    return Named(np.array([one[0] for one in places], np.str_), np.array([one[1] for one in places], float),
                 np.array([one[2] for one in places], float))  # fmt: skip


def _take(ways: _Ways, nodes: list[int], tags: dict[str, str], rules: CentreRules) -> None:
    codes = list(rules.roads)
    road = next((code for code, kind in rules.roads.items() if tags.get("highway") in kind.osm), None)
    if road is None or len(nodes) < 2 or tags.get("access") in SHUT or tags.get("area") == "yes":
        return
    said = (tags.get("surface"), tags.get("tracktype"))
    surface = next((code for code, kind in rules.surfaces.items() if set(said) & set(kind.osm)), rules.unsurfaced[road])
    direction = tags.get("oneway", "")
    if direction in AGAINST:
        nodes = nodes[::-1]
    bound = direction in AGAINST or direction in ALONG or tags.get("junction") == "roundabout"
    ways.add(nodes, codes.index(road), list(rules.surfaces).index(surface), bound)


def _network(ways: _Ways, wanted: npt.NDArray[np.int64], lon: Any, lat: Any) -> Network:
    """The arrays; pieces to nodes that the extract cut off are left out."""
    start, end = np.searchsorted(wanted, ways.start), np.searchsorted(wanted, ways.end)
    whole = ~np.isnan(lon)
    kept = whole[start] & whole[end]
    order = np.flatnonzero(whole)[curve(lon[whole], lat[whole])]
    place = np.zeros(len(wanted), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    start, end = place[start[kept]], place[end[kept]]
    lon, lat = lon[order], lat[order]
    metres = metres_between(lon[start], lat[start], lon[end], lat[end]).astype(np.float32)
    road, surface, oneway = np.array(ways.road, np.uint8), np.array(ways.surface, np.uint8), np.array(ways.oneway)
    return Network(lon, lat, start, end, metres, road[kept], surface[kept], oneway[kept])


# ---- the file of the map ----


def _read(file: Path, what: str) -> Iterator[tuple[Any, dict[str, str]]]:
    """The ways of a file (their nodes, their tags), or its nodes (number, longitude, latitude; tags)."""
    if file.name.endswith(".pbf"):
        yield from _pbf(file, what)
    else:
        yield from _xml(file, what)


def _xml(file: Path, what: str) -> Iterator[tuple[Any, dict[str, str]]]:
    try:
        with _unpacked(file) as words:
            root: Any = None
            for event, element in ElementTree.iterparse(words, ("start", "end")):
                root = element if root is None else root
                if event == "end" and element.tag in ("node", "way", "relation"):
                    if element.tag == what:
                        tags = {tag.get("k", ""): tag.get("v", "") for tag in element.iter("tag")}
                        yield _said(element), tags
                    root.clear()
    except (ElementTree.ParseError, OSError, EOFError, KeyError, ValueError) as error:
        raise RoadsRefused(
            Text(f"不是完整的 OpenStreetMap 文件：{error}", f"this is no whole file of OpenStreetMap: {error}"),
            Text("重新下载 .osm、.osm.gz 或 .osm.pbf 再读入", "download the .osm, .osm.gz or .osm.pbf again"),
        ) from error


def _said(element: Any) -> Any:
    if element.tag == "way":
        return [int(one.attrib["ref"]) for one in element.iter("nd")]
    return int(element.attrib["id"]), float(element.attrib["lon"]), float(element.attrib["lat"])


@contextmanager
def _unpacked(file: Path) -> Iterator[IO[bytes]]:
    if file.name.endswith(".gz"):
        with gzip.open(file) as inside:
            yield inside  # type: ignore[misc]  # reads like any other
    else:
        with file.open("rb") as plain:
            yield plain


def _pbf(file: Path, what: str) -> Iterator[tuple[Any, dict[str, str]]]:
    try:
        import osmium
    except ImportError:
        turned = f"osmium cat {file.name} -o {file.name.removesuffix('.pbf')}.gz"
        raise RoadsRefused(
            Text("读 .osm.pbf 需要安装 osmium", "to read .osm.pbf the library osmium is needed"),
            Text(f"pip install 'baolei[osm]'，或先转换：{turned}", f"pip install 'baolei[osm]', or turn it: {turned}"),
        ) from None
    kinds = osmium.osm.NODE if what == "node" else osmium.osm.WAY
    try:
        for one in osmium.FileProcessor(str(file), kinds):
            tags = {tag.k: tag.v for tag in one.tags}
            if isinstance(one, osmium.osm.Way):
                yield [node.ref for node in one.nodes], tags
            elif isinstance(one, osmium.osm.Node) and one.location.valid():
                yield (one.id, one.location.lon, one.location.lat), tags
    except RuntimeError as error:
        raise RoadsRefused(
            Text(f"不是完整的 .osm.pbf 文件：{error}", f"this is no whole .osm.pbf file: {error}"),
            Text("重新下载再读入", "download it again"),
        ) from error


# ---- the file of ours ----


def save(found: ReadIn, file: Path) -> None:
    """Write the arrays as .npz; the same arrays are the same bytes, so that a digest proves them."""
    arrays = {name: getattr(found.network, name) for name in Network.__slots__}
    arrays |= {"names": found.named.name, "name_lon": found.named.lon, "name_lat": found.named.lat}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as out:
        for name, array in arrays.items():
            part = io.BytesIO()
            np.lib.format.write_array(part, np.ascontiguousarray(array), allow_pickle=False)
            out.writestr(zipfile.ZipInfo(f"{name}.npy", BORN), part.getvalue(), zipfile.ZIP_DEFLATED)


def load(file: Path) -> ReadIn:
    """The arrays of such a file."""
    with np.load(file, allow_pickle=False) as has:
        network = Network(**{name: has[name] for name in Network.__slots__})
        return ReadIn(network, Named(has["names"], has["name_lon"], has["name_lat"]))
