"""How long reading and drawing a map takes, and how large the drawings are, for the benchmark of roads. Source: ours."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sim_suite.benchmarking import Row
from sim_suite.driving.roads.drawing.compose import make_scene
from sim_suite.driving.roads.drawing.draw import draw
from sim_suite.driving.roads.maps import RoadMap
from sim_suite.driving.roads.opendrive.reader import parse_opendrive

REPEATS = 3
PICTURE_PX = 2000


def reading_rows(path: Path) -> Iterator[Row]:
    """Reading alone, without the graph."""
    data = path.read_bytes()
    yield Row(f"{path.stem}: reading", len(data) / 1e6 / _seconds(lambda: parse_opendrive(data)), "MB/s")


def drawing_rows(road_map: RoadMap) -> Iterator[Row]:
    """Scene, picture, SVG and page of one map."""
    name = road_map.name
    scene = _seconds(lambda: make_scene(road_map.document, road_map.graph, name))
    yield Row(f"{name}: drawing, scene alone", scene, "s")
    for form in (".png", ".svg", ".html"):
        yield Row(f"{name}: drawing {form}", _seconds(lambda form=form: draw(road_map, form, PICTURE_PX)), "s")  # type: ignore[misc]
        yield Row(f"{name}: size of {form}", len(draw(road_map, form, PICTURE_PX)) / 1e6, "MB")


def _seconds(work: Callable[[], object]) -> float:
    """Median of `REPEATS`, after one to warm up."""
    work()
    taken = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)
