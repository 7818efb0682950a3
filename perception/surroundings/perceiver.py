"""From what a car has to a scene that a driver is told: pictures, readings and a route in, a raster out. Source: ours.

What is known: the route, the map (lanes, lines, crosswalks, limits, and where lights and signs stand) and the car's own past, drawn
where the car believes to be. What is perceived: other road users, what lights show, which signs there are, and with `road="camera"`
where there is road and which lines are on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from perception.classification.opening import open_classifier
from perception.detection.opening import open_named
from perception.scene import BOX, Scene
from perception.segmentation.driving.classes import CLASSES
from perception.segmentation.driving.top_down import TopDown
from perception.segmentation.task import segment
from perception.surroundings import navigation, others, signals
from perception.surroundings.believed_world import BelievedWorld
from perception.surroundings.map_matching import MapMatcher
from perception.surroundings.navigation import Ego
from perception.surroundings.options import SurroundingsOptions
from perception.surroundings.others import Others
from perception.surroundings.road_users import Found, Lookout, middles
from perception.surroundings.signals import Faces, Reading, SignalReader, Signals
from perception.training.checkpoint import load
from sim_suite.driving.dynamics.vehicles import LENGTH_M, PARAMETERS, WIDTH_M
from sim_suite.driving.roads.graph.kinds import SignalKind
from sim_suite.driving.sensors.camera.rig import rig
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec, trail_length
from sim_suite.driving.world.kinds import TICK_S
from sim_suite.driving.world.layout import TRAIL_TICKS
from sim_suite.envs.driving.population import driving_map
from sim_suite.envs.driving.sensing import CAR, NAVIGATION, TIME
from sim_suite.errors import SuiteError
from sim_suite.learning.inferring import quick

Floats = NDArray[np.float64]
Observation = Mapping[str, Any]
"""As `observation="sensors"` has it, of one car."""
_SEEN_PLANES: Final = ("road", "marks")


@dataclass(frozen=True, eq=False)
class Memory:
    """What a car remembers from one moment to the next. It is never changed, so that copies may share it."""

    ego: Ego
    past: tuple[tuple[float, float, float], ...]
    """Its own poses, as believed, TRAIL_TICKS apart, the last look's first."""
    along_m: float
    """Of the route that lies behind."""
    others: Others
    signals: Signals
    looked: int
    """Tick of the last look."""
    car: int
    """Its number among those that drive side by side."""


class Look(NamedTuple):
    """What one look came to: the scene, and for people what it was made from."""

    scene: Scene
    found: Found
    readings: list[Reading]
    labels: NDArray[np.uint8] | None
    """[M, H, W'] SceneClass of the pictures around; None where segmentation was not asked."""
    lights: Mapping[int, int]
    """Light by group, as believed."""
    signs: Mapping[int, SignalKind]
    """By number of the signal, as believed."""
    kinds: tuple[int, ...]
    """ActorKind of the road users that are believed."""


class _Place(NamedTuple):
    world: BelievedWorld
    faces: Faces
    matcher: MapMatcher | None


class Perceiver:
    """The networks of one car for one raster. It is a function of what it is given: any number of cars may share it, one after another."""

    def __init__(self, options: SurroundingsOptions, spec: RasterSpec) -> None:
        """Raises SuiteError for networks that do not fit together, and for a raster whose frames are not TRAIL_TICKS apart."""
        if spec.history_ticks != TRAIL_TICKS:
            raise SuiteError(
                f"a car looks every {TRAIL_TICKS} ticks; a raster of frames {spec.history_ticks} ticks apart has no past."
            )
        self.options, self.spec, self.rig = options, spec, rig(options.rig)
        self._lookout = Lookout(
            open_named(options.detector, "cpu", is_quick=True), self.rig, options.confidence, options.range_m
        )
        self._reader = SignalReader(open_classifier(options.signs, is_quick=True), self.rig, options.named)
        self._segmenting = options.road == "camera" or options.place == "matched"
        self._network: Any = None  # whichever network the checkpoint holds
        self._above: list[TopDown] = []
        self._places: dict[str, _Place] = {}

    def begin(self, seen: Observation) -> Memory:
        """At the first observation of an episode. Raises SuiteError for what is no such observation."""
        ego = navigation.begin(self._checked(seen)["navigation"])
        return Memory(
            ego, (), 0.0, others.nobody(), signals.NOTHING, ego.tick - TRAIL_TICKS, int(seen["navigation"][CAR])
        )

    def move(self, memory: Memory, seen: Observation) -> Memory:
        """After a step, whose readings alone are used."""
        return replace(memory, ego=navigation.move(memory.ego, self._checked(seen)["navigation"]))

    def look(self, memory: Memory, seen: Observation, with_labels: bool = False) -> tuple[Memory, Look]:
        """Look at the pictures. with_labels: segment them for people's sake, too."""
        tick = int(seen["navigation"][TIME])
        if tick - memory.looked != TRAIL_TICKS:
            raise SuiteError(
                f"a car looks every {TRAIL_TICKS} ticks, not after {tick - memory.looked}. Give ticks_per_step={TRAIL_TICKS // 2}."
            )
        place, ego = self._place(str(seen["map"])), memory.ego
        labels = self._labels(seen["around"]) if self._segmenting or with_labels else None
        if place.matcher is not None and labels is not None:
            ego = navigation.matched(ego, *place.matcher.match(labels, ego.pose, ego.covariance))
        pose = ego.pose
        route, keep = np.asarray(seen["route"], np.float32), trail_length(self.spec)
        past = (_tuple(pose), *memory.past)[:keep]
        along = place.world.along(route, pose[:2], memory.along_m)
        found = self._lookout.find(seen)
        known = self._follow(memory.others, pose, place.world, found, keep)
        readings = self._reader.read(place.faces, seen, pose)
        believed = signals.believe(memory.signals, place.faces, readings, pose)
        told, signs = known.told, believed.known_signs(self.options.sign_looks)
        raster = place.world.draw(ego, past, route, along, told, believed.lights, signs)
        if self.options.road == "camera" and labels is not None:
            self._see_road(raster, labels)
        after = Memory(ego, past, along, known, believed, tick, memory.car)
        scene, kinds = _scene(self.spec, raster, told, pose), tuple(one.kind for one in told)
        return after, Look(scene, found, readings, labels, believed.lights, signs, kinds)

    def _follow(self, before: Others, pose: Floats, world: BelievedWorld, found: Found, keep: int) -> Others:
        cos, sin = np.cos(pose[2]), np.sin(pose[2])
        foot = pose[:2] + found.foot @ np.array([[cos, sin], [-sin, cos]])
        headings = world.headings(foot, float(pose[2]))
        places = pose[:2] + middles(found, self.rig, headings - pose[2]) @ np.array([[cos, sin], [-sin, cos]])
        return others.follow(before, places, found.kind, found.confidence, headings, TRAIL_TICKS * TICK_S, keep)

    def _place(self, name: str) -> _Place:
        if name not in self._places:
            known = driving_map(name)
            matcher = MapMatcher(known, self.rig["around"]) if self.options.place == "matched" else None
            self._places[name] = _Place(BelievedWorld(known, self.spec), signals.faces_of(known), matcher)
        return self._places[name]

    def _labels(self, pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
        if self._network is None:
            trained = load(self.options.segmentation)
            if trained.task.classes != CLASSES:
                raise SuiteError(
                    f"{self.options.segmentation} tells {', '.join(trained.task.classes)} apart; name a network of {', '.join(CLASSES)}."
                )
            self._network = quick(trained.network)
        return segment(self._network, np.ascontiguousarray(pictures), torch.device("cpu"), is_quick=True)

    def _see_road(self, raster: NDArray[np.uint8], labels: NDArray[np.uint8]) -> None:
        """Road and lines as the pictures around show them, in place of the map's; 0 where nobody looks."""
        around = self.rig["around"]
        if not self._above:
            self._above = [TopDown(around, self.spec, mount) for mount in range(len(around.mounts))]
        planes = [self.spec.channels.index(name) for name in _SEEN_PLANES if name in self.spec.channels]
        raster[planes] = 0
        for above, one in zip(self._above, labels, strict=True):
            raster[planes] = np.maximum(raster[planes], above.scene(one).as_bytes()[planes])

    def _checked(self, seen: Observation) -> Observation:
        expected: dict[str, tuple[int, ...]] = {name: (len(one.mounts), *one.size, 3) for name, one in self.rig.items()}
        expected["navigation"] = (NAVIGATION,)
        for name, shape in expected.items():
            if name not in seen or np.shape(seen[name]) != shape:
                told = np.shape(seen[name]) if name in seen else "nothing"
                raise SuiteError(
                    f"a car with the rig {self.options.rig!r} observes {name} of {shape}, not {told}. Make the environment with "
                    f'observation="sensors" and rig={self.options.rig!r}.'
                )
        return seen


def _scene(spec: RasterSpec, raster: NDArray[np.uint8], told: list[others.Other], pose: Floats) -> Scene:
    boxes = np.zeros((len(told), BOX), np.float32)
    (row, column), (x, y, yaw) = spec.ego_row_col, pose.tolist()
    for box, one in zip(boxes, told, strict=True):
        east, north, heading = one.poses[0]
        ahead = (east - x) * np.cos(yaw) + (north - y) * np.sin(yaw)
        left = (north - y) * np.cos(yaw) - (east - x) * np.sin(yaw)
        box[:] = (
            row - ahead / spec.metres_per_pixel, column - left / spec.metres_per_pixel, heading - yaw,
            PARAMETERS[one.kind, LENGTH_M], PARAMETERS[one.kind, WIDTH_M],
        )  # fmt: skip
    confidences = np.array([one.confidence for one in told], np.float32)
    return Scene(spec, raster.astype(np.float32) / np.float32(255), boxes, confidences)


def _tuple(pose: Floats) -> tuple[float, float, float]:
    x, y, yaw = pose.tolist()
    return x, y, yaw
