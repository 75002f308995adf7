"""The circle reckoned as a job: minutes of every place, whose circle is whole, and where to open the next points."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

import stage
from baolei.centres import actions, circle, facts, roads, tables
from baolei.centres.models import CircleRun, Minutes, PlaceCircle, RoadMap, Spot
from baolei.centres.next_points import next_points
from baolei.ledger.models import Entry
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme.centres import PAUSED
from centres_stage import (
    AWAY,
    BANNER,
    EAST,
    FAR,
    LAT,
    LONS,
    MIDDLE,
    NOW,
    TODAY,
    TOWNSHIP,
    WEST,
    centre,
    clerk,
    country,
    reckoned,
    villages,
)

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english")]


@pytest.fixture
def by() -> Account:
    country()
    villages(EAST, MIDDLE, WEST)
    return clerk()


def near(run: CircleRun, code: str, service: str = "party", profile: str = "foot") -> float | None:
    return Minutes.objects.get(run=run, unit=stage.unit(code).unit, service=service, profile=profile).minutes


def test_each_place_has_its_minutes_to_the_nearest_point_of_each_class(by: Account) -> None:
    hall = centre(EAST, by)
    centre(WEST, by, kind="point", services=("health",))
    run = reckoned(by)
    assert (run.state, run.said) == (CircleRun.DONE, "")
    assert near(run, EAST) == pytest.approx(0, abs=0.01)
    assert near(run, MIDDLE) == pytest.approx(10, abs=0.1)
    assert near(run, WEST) == pytest.approx(20, abs=0.2)
    assert near(run, WEST, "health") == pytest.approx(0, abs=0.01)
    assert near(run, WEST, profile="pastoral") == pytest.approx(3.84, abs=0.05)
    assert near(run, WEST, "care") is None, "nobody offers it"
    assert near(run, FAR) is None, "its spot is not known"
    assert Minutes.objects.get(run=run, unit=stage.unit(MIDDLE).unit, service="party", profile="foot").centre == hall
    whole = {one.unit_id: (one.located, one.complete) for one in PlaceCircle.objects.filter(run=run)}
    assert {code: whole[stage.unit(code).unit_id] for code in LONS} == {
        EAST: (True, True), MIDDLE: (True, True), WEST: (True, False), FAR: (False, False)}  # fmt: skip


def test_complete_circles_are_counted_of_places_whose_spot_is_known(by: Account) -> None:
    path = stage.unit(BANNER).path
    assert facts.whole_circles(path) is None, "before the first reckoning nothing is said"
    centre(EAST, by)
    reckoned(by)
    figure = facts.whole_circles(path)
    assert figure is not None
    assert (figure.numerator, figure.denominator, figure.day) == (2, 3, TODAY)
    village = facts.whole_circles(stage.unit(WEST).path)
    assert village is not None
    assert (village.numerator, village.denominator) == (0, 1), "a village finds itself in the banner's reckoning"


def test_a_gacha_is_measured_by_car(by: Account) -> None:
    from baolei.organisations.models import UnitState

    UnitState.objects.filter(unit=stage.unit(WEST).unit).update(name="北沟嘎查")
    centre(EAST, by)
    run = reckoned(by)
    mine = PlaceCircle.objects.get(run=run, unit=stage.unit(WEST).unit)
    assert (mine.profile, mine.complete) == ("pastoral", True)


def test_points_of_the_neighbours_count_and_what_is_paused_does_not(by: Account) -> None:
    other = clerk(AWAY)
    hall = centre(AWAY, other, lon=LONS[WEST], lat=LAT)
    assert near(reckoned(by), WEST) == pytest.approx(0, abs=0.01)
    actions.set_standing(actor=other, now=NOW, centre=hall, state=PAUSED, since=TODAY, why="装修")
    assert near(reckoned(by), WEST) is None


def test_the_same_inputs_give_the_same_minutes_and_say_so(by: Account) -> None:
    centre(EAST, by)
    one, two = reckoned(by), reckoned(by)
    assert one.inputs == two.inputs != ""
    told = [sorted(Minutes.objects.filter(run=run).values_list("unit", "service", "profile", "minutes"),
                   key=str) for run in (one, two)]  # fmt: skip
    assert told[0] == told[1]
    Spot.objects.filter(unit=stage.unit(WEST).unit).update(lon=119.05)
    assert reckoned(by).inputs != one.inputs


def test_it_is_asked_for_once_at_a_time_by_who_answers_and_needs_roads(by: Account) -> None:
    with pytest.raises(NotPossible, match="kept by whoever answers"):
        circle.ask(actor=clerk(AWAY), now=NOW, unit=stage.unit(BANNER))
    CircleRun.objects.create(unit=stage.unit(BANNER).unit, roads=RoadMap.objects.get(), day=TODAY, asked_at=NOW)
    with pytest.raises(NotPossible, match="reckoned already"):
        circle.ask(actor=by, now=NOW, unit=stage.unit(BANNER))
    CircleRun.objects.all().delete()
    RoadMap.objects.all().delete()
    with pytest.raises(NotPossible, match="no roads have been read in"):
        circle.ask(actor=by, now=NOW, unit=stage.unit(BANNER))


def test_a_job_whose_roads_are_lost_fails_and_says_why(by: Account) -> None:
    centre(EAST, by)
    RoadMap.objects.get().file.unlink()
    roads._opened.cache_clear()
    roads._over.cache_clear()
    run = reckoned(by)
    assert run.state == CircleRun.FAILED
    assert "read the map in again" in run.said


def test_the_next_points_gain_most_and_are_exact_where_few(by: Account) -> None:
    Spot.objects.create(unit=stage.unit(FAR).unit, lon=LONS[FAR], lat=LAT, households=50, how="file", day=TODAY)
    run = reckoned(by)
    found = next_points(run, stage.unit(BANNER), "party", 2)
    assert found is not None
    assert [(one.place.code, one.gain, one.together) for one in found.steps] == [(MIDDLE, 300, 300), (FAR, 50, 350)]
    assert (found.beyond, found.gain, found.bound, found.exact, found.households) == (350, 350, 350, True, True)
    one = next_points(run, stage.unit(BANNER), "party", 1)
    assert one is not None
    assert (one.gain, one.bound) == (300, 300)
    Spot.objects.filter(unit=stage.unit(FAR).unit).update(households=0)
    places = next_points(run, stage.unit(BANNER), "party", 1)
    assert places is not None
    assert (places.gain, places.households) == (3, False), "where not all households are known, places are counted"


def test_nothing_is_left_to_gain_where_everybody_is_near(by: Account) -> None:
    centre(MIDDLE, by)
    found = next_points(reckoned(by), stage.unit(TOWNSHIP), "party", 3)
    assert found is not None
    assert (found.steps, found.beyond, found.exact) == ((), 0, True)


def test_a_village_is_placed_at_a_named_place_of_the_map(by: Account) -> None:
    named = roads.named(RoadMap.objects.get())
    at = named.name.tolist().index(f"村{FAR[-3:]}")
    spot = actions.place_at(actor=by, now=NOW, unit=stage.unit(FAR), number=at)
    assert (spot.lon, spot.how) == (LONS[FAR], Spot.NAMED)
    assert Entry.objects.get(act="centres.place_at").particulars["after"] == {"place": f"村{FAR[-3:]}"}
    with pytest.raises(NotPossible, match="no such place"):
        actions.place_at(actor=by, now=NOW, unit=stage.unit(FAR), number=99)
    with pytest.raises(NotPossible, match="kept by whoever answers"):
        actions.place_at(actor=clerk(AWAY), now=NOW, unit=stage.unit(FAR), number=at)


def test_every_file_says_that_invented_roads_are_invented(by: Account) -> None:
    centre(EAST, by)
    true = tables.notes_of("x", reckoned(by))
    assert any("OpenStreetMap contributors" in line for line in true)
    RoadMap.objects.update(synthetic=True)
    assert any(
        "say nothing of real places" in line for line in tables.notes_of("x", facts.last_run(stage.unit(BANNER).path))
    )


def test_the_store_holds_what_a_reckoning_promises(by: Account) -> None:
    centre(EAST, by)
    run = reckoned(by)
    row = Minutes.objects.filter(run=run, minutes__isnull=False).first()
    assert row is not None
    for model, pk, wrong in (
        (Minutes, row.pk, {"centre": None}), (CircleRun, run.pk, {"inputs": ""}),
        (PlaceCircle, PlaceCircle.objects.filter(run=run, located=False)[0].pk, {"complete": True}),
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.filter(pk=pk).update(**wrong)


def test_the_demo_invents_centres_roads_and_a_circle_once_and_says_so() -> None:
    from baolei.centres.models import Centre
    from baolei.cli.demo_centres import make_centres
    from baolei.cli.demo_life import recorder

    villages()
    path, by = stage.unit(BANNER).path, recorder()
    made = make_centres(path, TODAY, 7, by)
    assert made == Centre.objects.count() > 4
    assert make_centres(path, TODAY, 7, by) == 0
    run = facts.last_run(path)
    assert run is not None
    assert run.roads.synthetic
    assert set(Spot.objects.values_list("how", flat=True)) == {Spot.SYNTHETIC}
    assert PlaceCircle.objects.filter(run=run, located=True).count() == 4
    assert Minutes.objects.filter(run=run, minutes__isnull=False).exists()
