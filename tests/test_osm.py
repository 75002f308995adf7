"""Roads from a map file: classes, surfaces and directions as the map has them; what is cut off or broken says so."""

from __future__ import annotations

import gzip
import hashlib
import sys
from pathlib import Path

import numpy as np
import osmium
import pytest

from baolei.programme import access
from baolei.warehouse.made_roads import made, scattered
from baolei.warehouse.osm import RoadsRefused, load, read_osm, save
from baolei.warehouse.rulebook import centres as rules

MAP = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6">
 <node id="1" lat="44.0" lon="119.00"/><node id="2" lat="44.0" lon="119.01"/><node id="3" lat="44.0" lon="119.02"/>
 <node id="4" lat="44.1" lon="119.00"/><node id="9" lat="44.5" lon="119.50"/>
 <node id="7" lat="44.0" lon="119.02"><tag k="place" v="village"/><tag k="name" v="东方红村"/></node>
 <node id="8" lat="44.0" lon="119.02"><tag k="shop" v="yes"/><tag k="name" v="小卖部"/></node>
 <way id="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="tertiary"/></way>
 <way id="2"><nd ref="3"/><nd ref="4"/><tag k="highway" v="track"/><tag k="tracktype" v="grade2"/></way>
 <way id="3"><nd ref="1"/><nd ref="4"/><tag k="highway" v="primary"/><tag k="oneway" v="-1"/></way>
 <way id="4"><nd ref="1"/><nd ref="9"/><tag k="highway" v="service"/><tag k="access" v="private"/></way>
 <way id="5"><nd ref="1"/><nd ref="9"/><tag k="building" v="yes"/></way>
 <way id="6"><nd ref="2"/><nd ref="55"/><tag k="highway" v="path"/></way>
</osm>
"""


def read(folder: Path, words: str = MAP, name: str = "map.osm"):
    file = folder / name
    file.write_bytes(gzip.compress(words.encode()) if name.endswith("gz") else words.encode())
    return read_osm(file, rules())


def test_roads_are_taken_as_the_map_has_them(tmp_path: Path) -> None:
    found = read(tmp_path)
    net, roads, surfaces = found.network, list(rules().roads), list(rules().surfaces)
    lon = {round(float(x), 2): at for at, (x, y) in enumerate(zip(net.lon, net.lat, strict=True)) if y < 44.05}
    north = int(np.argmax(net.lat))
    said = {(int(a), int(b)): (roads[kind], surfaces[under], bool(bound)) for a, b, kind, under, bound in zip(
        net.start, net.end, net.road, net.surface, net.oneway, strict=True)}  # fmt: skip
    assert said == {
        (lon[119.0], lon[119.01]): ("local", "sealed", False), (lon[119.01], lon[119.02]): ("local", "sealed", False),
        (lon[119.02], north): ("track", "gravel", False), (north, lon[119.0]): ("main", "sealed", True),
    }  # fmt: skip
    assert net.nodes == 4, "what nobody gets to, and what the extract cut off, is left out"
    east = access.metres_between(*np.array([[119.0], [44.0], [119.01], [44.0]]))[0]
    assert net.metres[0] == pytest.approx(east, rel=1e-4)
    assert found.named.name.tolist() == ["东方红村"]


def test_a_packed_map_is_the_same(tmp_path: Path) -> None:
    plain, packed = read(tmp_path), read(tmp_path, name="map.osm.gz")
    np.testing.assert_array_equal(plain.network.metres, packed.network.metres)


@pytest.mark.parametrize(("words", "name", "fault"), [
    (MAP[:900], "map.osm", "no whole file"), ("<osm/>", "map.osm", "no road in the file"), ("x", "map.osm", "no whole"),
    (MAP.replace('lon="119.00"', 'lon="east"'), "map.osm", "no whole file"),
    (MAP.replace('ref="1"', 'ref="one"'), "map.osm", "no whole file"),
])  # fmt: skip
def test_a_broken_map_is_refused_and_says_what_to_do(tmp_path: Path, words: str, name: str, fault: str) -> None:
    with pytest.raises(RoadsRefused, match=fault):
        read(tmp_path, words, name)


def test_a_packed_map_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "map.osm.gz"
    file.write_bytes(gzip.compress(MAP.encode())[:-20])
    with pytest.raises(RoadsRefused, match="no whole file"):
        read_osm(file, rules())


def test_the_same_roads_are_the_same_bytes_and_come_back(tmp_path: Path) -> None:
    found = read(tmp_path)
    one, two = tmp_path / "1.npz", tmp_path / "2.npz"
    save(found, one)
    save(load(one), two)
    assert hashlib.sha256(one.read_bytes()).digest() == hashlib.sha256(two.read_bytes()).digest()
    np.testing.assert_array_equal(load(two).network.lon, found.network.lon)


def test_invented_roads_join_every_village_and_are_the_same_each_time() -> None:
    groups = [at // 9 for at in range(60)]
    lon, lat = scattered(groups, 7)
    found = made([f"村{at}" for at in range(60)], lon, lat, 7)
    over = access.roads(found.network, rules().profiles["pastoral"][1])
    homes = over.snapped(lon, lat)
    reached = access.nearest(over, (homes[0][:1], homes[1][:1]), homes)
    assert np.isfinite(reached.minutes).all()
    np.testing.assert_array_equal(
        found.network.metres, made([f"村{at}" for at in range(60)], lon, lat, 7).network.metres
    )
    assert made(["村"], lon[:1], lat[:1], 7).network.nodes == 1


# ---- .osm.pbf ----


def in_pbf(folder: Path, words: str = MAP) -> Path:
    """The same map as the library of OpenStreetMap writes it."""
    plain, packed = folder / "whole.osm", folder / "whole.osm.pbf"
    plain.write_text(words, "utf-8")
    with osmium.SimpleWriter(str(packed)) as out:
        for one in osmium.FileProcessor(str(plain)):
            out.add(one)
    return packed


def test_a_pbf_is_read_as_the_words_it_was_written_from(tmp_path: Path) -> None:
    wanted, found = read(tmp_path), read_osm(in_pbf(tmp_path), rules())
    for name in type(wanted.network).__slots__:
        np.testing.assert_array_equal(getattr(wanted.network, name), getattr(found.network, name), name)
    assert found.named.name.tolist() == wanted.named.name.tolist() == ["东方红村"]
    np.testing.assert_array_equal(found.named.lon, wanted.named.lon)


def test_a_pbf_that_is_cut_off_or_is_none_is_refused(tmp_path: Path) -> None:
    packed = in_pbf(tmp_path)
    for wrong in (packed.read_bytes()[:-30], b"<osm/>", b""):
        packed.write_bytes(wrong)
        with pytest.raises(RoadsRefused, match=r"no whole \.osm\.pbf|no road"):
            read_osm(packed, rules())


def test_a_pbf_without_the_library_says_what_to_install_or_how_to_turn_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "osmium", None)
    (tmp_path / "map.osm.pbf").write_bytes(b"")
    with pytest.raises(RoadsRefused) as refused:
        read_osm(tmp_path / "map.osm.pbf", rules())
    for said in ("pip install 'baolei[osm]'", "osmium cat map.osm.pbf -o map.osm.gz"):
        assert said in refused.value.right.en
        assert said in refused.value.right.zh
