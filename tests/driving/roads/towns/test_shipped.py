"""The shipped maps: equal to their recipes, lawful for LibCarla, closed and smooth."""

import json
import math
import subprocess
import sys
from collections import Counter
from pathlib import Path

import networkx as nx
import pytest

from sim_suite.driving.roads.graph.kinds import LaneKind
from sim_suite.driving.roads.maps import SHIPPED as FOLDER
from sim_suite.driving.roads.opendrive.reader import read_opendrive
from sim_suite.driving.roads.opendrive.writer import to_xml
from sim_suite.driving.roads.towns.control import LIGHT, SPEED_LIMIT, STOP, STOP_LINE, YIELD
from sim_suite.driving.roads.towns.shipped import SHIPPED, write_all
from tests.driving.roads.towns.quality import driving, graph_of, overlaps, reachability, worst_joint

CHILD = Path(__file__).with_name("lawful.py")
CORNERS_OF_A_CROSSWALK = 5
"""As LibCarla lists them: the first one twice."""


@pytest.fixture(scope="module")
def documents():
    return {name: recipe.make() for name, recipe in SHIPPED.items()}


@pytest.fixture(scope="module")
def graphs(documents):
    return {name: graph_of(document) for name, document in documents.items()}


@pytest.fixture(scope="module")
def reports():
    """LibCarla's account of each shipped file."""
    pytest.importorskip("carla", reason="the carla wheel is not there for this Python or platform")
    paths = [str(FOLDER / f"{name}.xodr") for name in SHIPPED]
    done = subprocess.run([sys.executable, str(CHILD), *paths], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr[-2000:]
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    return dict(zip(SHIPPED, map(json.loads, lines), strict=True))


each = pytest.mark.parametrize("name", SHIPPED)


def test_at_least_eight_maps_are_shipped_and_no_others():
    assert len(SHIPPED) >= 8
    assert {path.stem for path in FOLDER.glob("*.xodr")} == set(SHIPPED)
    assert len({recipe.teaches for recipe in SHIPPED.values()}) == len(SHIPPED)


@each
def test_the_file_is_what_its_recipe_makes(name, documents):
    assert (FOLDER / f"{name}.xodr").read_bytes() == to_xml(documents[name]).encode()


def test_all_can_be_written_anew(tmp_path, monkeypatch):
    monkeypatch.setattr("sim_suite.driving.roads.towns.shipped.SHIPPED", {"crossroads": SHIPPED["crossroads"]})
    write_all(tmp_path)
    assert (tmp_path / "crossroads.xodr").read_bytes() == (FOLDER / "crossroads.xodr").read_bytes()


@each
def test_the_file_reads_without_findings(name):
    assert read_opendrive(FOLDER / f"{name}.xodr").findings == ()


@each
def test_files_are_small(name):
    assert (FOLDER / f"{name}.xodr").stat().st_size < 1_200_000


@each
def test_every_lane_leads_to_every_other(name, graphs):
    assert nx.is_strongly_connected(reachability(graphs[name]))


@each
def test_lanes_meet_without_a_step(name, graphs):
    gap, turn, widening = worst_joint(graphs[name])
    assert gap < 0.01
    assert turn < math.radians(0.1)
    assert widening < 0.001


@each
def test_junction_lanes_can_be_driven(name, graphs):
    graph = graphs[name]
    for lane in driving(graph):
        if graph.lanes.junction[lane] >= 0:
            span = slice(graph.lanes.first_point[lane], graph.lanes.first_point[lane + 1])
            assert abs(graph.points.curvature[span]).max() <= 1.0 / 5.0 + 1e-6


@each
def test_roads_overlap_only_within_junctions(name, graphs):
    assert overlaps(graphs[name]) == set()


@each
def test_libcarla_finds_a_way_on_and_back_everywhere(name, reports):
    report = reports[name]
    assert report["waypoints"] > 0
    assert (report["no_next"], report["no_previous"], report["lane_ends_that_raise"]) == (0, 0, 0)
    assert report["two_way_connecting_roads"] == []


@each
def test_libcarla_can_drive_for_twenty_kilometres(name, reports):
    report = reports[name]
    assert report["dead_end"] is None
    assert report["gap_m"] <= 1.1
    assert report["turn_deg"] <= 20.0


@each
def test_libcarla_reaches_every_lane_from_every_other(name, reports):
    town = nx.DiGraph()
    town.add_nodes_from(map(tuple, reports[name]["lanes"]))
    town.add_edges_from((tuple(a), tuple(b)) for a, b in reports[name]["edges"])
    assert nx.is_strongly_connected(town)


@each
def test_libcarla_sees_crosswalks_and_signals_as_built(name, reports, documents):
    roads = documents[name].roads
    crosswalks = sum(item.type == "crosswalk" for road in roads for item in road.objects)
    assert reports[name]["crosswalk_points"] == CORNERS_OF_A_CROSSWALK * crosswalks
    assert reports[name]["landmarks"] == Counter(signal.type for road in roads for signal in road.signals)


def test_the_maps_hold_what_they_teach(documents, graphs):
    kinds = {
        name: {signal.type for road in document.roads for signal in road.signals}
        for name, document in documents.items()
    }
    assert STOP in kinds["t_junction"]
    assert {LIGHT, STOP_LINE} <= kinds["crossroads"]
    assert kinds["roundabout"] >= {YIELD}
    assert {LIGHT, STOP, YIELD, SPEED_LIMIT} <= kinds["town_1km"]
    assert any(
        road.type == "motorway" for document in [documents["highway"]] for road in [r.types[0] for r in document.roads]
    )
    assert any(cubic.a for road in documents["curves"].roads for cubic in road.superelevations)
    assert any(cubic.a for road in documents["village"].roads for cubic in road.elevations)
    assert (graphs["parking"].lanes.kind == LaneKind.PARKING).any()
    assert {road.rule for road in documents["left_hand"].roads} == {"LHT"}
    x_min, y_min, x_max, y_max = graphs["town_1km"].bounds
    assert 950.0 < x_max - x_min <= 1000.0
    assert 950.0 < y_max - y_min <= 1000.0


def test_the_readme_says_what_each_map_teaches():
    text = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
    rows = [line for line in text.partition("\n## Maps")[2].splitlines() if line.startswith("| `")]
    assert rows == [f"| `{name}` | {recipe.teaches} |" for name, recipe in SHIPPED.items()]
