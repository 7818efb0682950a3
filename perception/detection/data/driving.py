"""Streets as a vehicle's camera sees them, with exact boxes: towns drawn by seed, traffic in them. Source: ours.

A town, its traffic, the moments, who carries the camera and in which style are functions of (seed, part, number of the town). Training and
held-out parts share no town; held-out frames come in the styles of training and, apart from them, in styles that training never has.
Most of the time a street is empty: who carries the camera is drawn in proportion to what is ahead of it, rare things counting more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from perception.detection.data.frames import HELD_OUT_SEED, Frames, Tell, tell_nobody
from perception.detection.detections import Truths
from sim_suite.driving.roads.maps import read_map
from sim_suite.driving.roads.opendrive.writer import to_xml
from sim_suite.driving.roads.towns.generate import generate_town
from sim_suite.driving.roads.towns.options import TownOptions
from sim_suite.driving.sensors.camera.camera import Camera
from sim_suite.driving.sensors.camera.camera_spec import CameraSpec
from sim_suite.driving.sensors.camera.styles import HELD_OUT, TRAINING, Style, training_styles
from sim_suite.driving.sensors.camera.visible_boxes import find_boxes
from sim_suite.driving.sensors.solids.semantics import NUM_TAGS, Tag
from sim_suite.driving.sensors.solids.solids import SX, SY, SYAW, TAG
from sim_suite.driving.world.kinds import ActorKind, Control
from sim_suite.driving.world.layout import CONTROL, KIND, YAW, State, X, Y
from sim_suite.driving.world.terrain import DrivingMap, prepare
from sim_suite.driving.world.world import World, WorldOptions
from sim_suite.errors import SuiteError

CLASSES: Final = ("car", "truck", "cyclist", "pedestrian", "traffic light", "traffic sign")
"""Buses are trucks; a bicycle and its rider are one cyclist."""
CLASS_OF: Final = {
    Tag.CAR: 0,
    Tag.TRUCK: 1,
    Tag.BUS: 1,
    Tag.BICYCLE: 2,
    Tag.RIDER: 2,
    Tag.MOTORCYCLE: 2,
    Tag.PEDESTRIAN: 3,
    Tag.TRAFFIC_LIGHT: 4,
    Tag.TRAFFIC_SIGN: 5,
}
_TRAINING, _SCENES, _STYLES = 0, 1, 2
"""Parts of the data."""
_CARRIERS: Final = (ActorKind.CAR, ActorKind.TRUCK, ActorKind.BUS)
_NEAR_M: Final = 3.0
_FAR_M: Final = 25.0
"""What is ahead so far counts when the camera's carrier is drawn; signs and lights, which are smaller, to half of it."""
COUNTS: Final = {
    ActorKind.CAR: 0.5,
    ActorKind.PARKED: 0.5,
    ActorKind.TRUCK: 2.0,
    ActorKind.BUS: 2.0,
    ActorKind.BICYCLE: 8.0,
    ActorKind.PEDESTRIAN: 1.5,
}
"""How much road users do; about the inverse of how often each is seen."""
_COUNTS_THING: Final = 5.0
_COUNTS_EMPTY: Final = 0.3


@dataclass(frozen=True)
class DrivingFrames:
    """How many frames, of what, and what in them is to be found."""

    towns: int = 25
    """Of training; each gives worlds x moments frames."""
    held_out_towns: int = 6
    """That frames in styles of training come from; as many others give frames in unseen styles."""
    worlds: int = 8
    """Driven in each town, 1 or more."""
    moments: int = 15
    """Frames of each world."""
    every_ticks: int = 60
    """Between two moments, ticks of 0.05 s."""
    warm_up_ticks: int = 200
    """Before the first."""
    size_m: float = 300.0
    """Of a town, along either side, metres."""
    vehicles: int = 60
    pedestrians: int = 60
    parked: int = 20
    looks: tuple[str, ...] = ()
    """Of training, names of the camera's training styles; empty takes all of them."""
    set_seed: int = -1
    """That decides the frames of training; below 0 the run's does."""
    camera: CameraSpec = field(default_factory=lambda: CameraSpec(fov_deg=60.0))
    """Its outputs are chosen here: colours, semantic and instance pictures."""
    least_side: float = 4.0
    """Pixels: a thing with a shorter side in sight is a crowd, neither to be found nor a fault."""
    least_pixels: int = 16
    """A thing with fewer pixels in sight is one too."""
    least_visible: float = 0.25
    """And so is a road user of whom others hide more than the rest of this, 0 to 1."""

    def __post_init__(self) -> None:
        for name in ("towns", "held_out_towns", "worlds", "moments", "every_ticks", "vehicles"):
            if getattr(self, name) < 1:
                raise SuiteError(f"{name} must be 1 or more, not {getattr(self, name)}.")
        for name in ("warm_up_ticks", "pedestrians", "parked", "least_side", "least_pixels", "least_visible"):
            if getattr(self, name) < 0:
                raise SuiteError(f"{name} must be 0 or more, not {getattr(self, name)}.")
        object.__setattr__(self, "looks", tuple(self.looks))
        training_styles(self.looks)  # raises where one is not there
        if len(self.camera.mounts) != 1:
            raise SuiteError(f"frames come from one camera, not {len(self.camera.mounts)}; give one mount.")


class DrivingSource:
    """See `frames.FrameSource`."""

    classes = CLASSES

    def __init__(self, options: DrivingFrames, seed: int) -> None:
        """seed: of training. Nothing is driven before it is asked for."""
        self._options, self._seed = options, seed

    def training(self, tell: Tell = tell_nobody) -> Frames:
        """See `FrameSource`."""
        seed = self._seed if self._options.set_seed < 0 else self._options.set_seed
        return self._frames((seed, _TRAINING), self._options.towns, training_styles(self._options.looks), tell)

    def held_out(self, tell: Tell = tell_nobody) -> dict[str, Frames]:
        """See `FrameSource`: new scenes, and new scenes in new styles."""
        towns = self._options.held_out_towns
        return {
            "new_scenes": self._frames((HELD_OUT_SEED, _SCENES), towns, TRAINING, tell),
            "new_styles": self._frames((HELD_OUT_SEED, _STYLES), towns, HELD_OUT, tell),
        }

    def _frames(self, key: tuple[int, int], towns: int, styles: Mapping[str, Style], tell: Tell) -> Frames:
        a_town = self._options.worlds * self._options.moments
        pictures = np.zeros((towns * a_town, *self._options.camera.size, 3), np.uint8)
        truths: list[Truths] = []
        for town in range(towns):
            dice = np.random.default_rng((*key, town))
            truths += film_town(self._options, styles, dice, pictures[town * a_town : (town + 1) * a_town])
            tell(len(truths), len(pictures))
        return Frames(pictures, tuple(truths))


def film_town(
    options: DrivingFrames, styles: Mapping[str, Style], dice: np.random.Generator, out: NDArray[np.uint8]
) -> list[Truths]:
    """Fill out [worlds x moments, H, W, 3] with frames of one town, moment by moment; what stands in each."""
    town = draw_town(dice, options.size_m)
    world = World(
        town,
        options.worlds,
        WorldOptions(agents=0, vehicles=options.vehicles, pedestrians=options.pedestrians, parked=options.parked),
    )
    world.reset(dice.integers(0, 2**31, options.worlds))
    world.step(options.warm_up_ticks + 1)
    spec = CameraSpec(**{**vars(options.camera), "outputs": ("rgb", "semantic", "instance")})
    camera = Camera(town, spec, styles=tuple(styles.values()))
    seen = camera.new_pictures(options.worlds)
    truths: list[Truths] = []
    for moment in range(options.moments):
        if moment:
            world.step(options.every_ticks)
        chosen = dice.integers(0, len(styles), options.worlds).astype(np.int32)
        by = carriers(world.state, camera.scenery.solid, spec.fov_deg, dice)
        camera.draw(world.state, seen, actors=by, styles=chosen)
        out[moment * options.worlds : (moment + 1) * options.worlds] = seen.rgb[:, 0]
        measured = find_boxes(camera, world.state, seen.instance, actors=by)
        hidden = measured.visible < options.least_visible
        truths += [
            truths_in(
                semantic[0],
                instance[0],
                measured.instance[hidden & (measured.picture == picture)],
                options.least_side,
                options.least_pixels,
            )
            for picture, (semantic, instance) in enumerate(zip(seen.semantic, seen.instance, strict=True))
        ]
    return truths


def draw_town(dice: np.random.Generator, size_m: float) -> DrivingMap:
    """A small town with lights, signs, crosswalks and buildings."""
    options = TownOptions(
        "town",
        irregularity=float(dice.random()),
        missing_streets=0.5 * float(dice.random()),
        roundabouts=1,
        arterials=int(dice.integers(3)),
    )
    document = generate_town(int(dice.integers(0, 2**31)), (size_m, size_m), options)
    return prepare(read_map(to_xml(document).encode(), name="town", is_fleeting=True))


def truths_in(
    semantic: NDArray[np.uint8],
    instance: NDArray[np.int32],
    hidden: NDArray[np.int32],
    least_side: float,
    least_pixels: int,
) -> Truths:
    """What stands in a picture: a box about all pixels of each thing that has a class. [H, W] each; hidden: instances.

    Boxes are exact: they begin at the first and end behind the last row and column in sight. In the order of instances.
    """
    kinds = _CLASS_OF_TAG[semantic]
    rows, columns = np.nonzero(kinds >= 0)
    things, which, counts = np.unique(instance[rows, columns], return_inverse=True, return_counts=True)
    boxes = np.zeros((len(things), 4), np.float32)
    for column, (values, reduce, first) in enumerate(
        (
            (columns, np.minimum, np.inf),
            (rows, np.minimum, np.inf),
            (columns + 1, np.maximum, 0),
            (rows + 1, np.maximum, 0),
        )
    ):
        boxes[:, column] = first
        reduce.at(boxes[:, column], which, values)
    classes = np.zeros(len(things), np.int64)
    classes[which] = kinds[rows, columns]
    short = (boxes[:, 2:] - boxes[:, :2]).min(axis=1, initial=np.inf) < least_side
    return Truths(boxes, classes, short | (counts < least_pixels) | np.isin(things, hidden))


def carriers(
    state: State,
    things: NDArray[np.float32],
    fov_deg: float,
    dice: np.random.Generator,
    counts: Mapping[ActorKind, float] = COUNTS,
) -> NDArray[np.int32]:
    """[W] A moving vehicle of each world, by chance in proportion to what is ahead of it.

    things: rows of `solids` of the map; counts: how much road users count.
    """
    slope = math.tan(math.radians(fov_deg) / 2)
    told = things[np.isin(things[:, TAG], (Tag.TRAFFIC_LIGHT, Tag.TRAFFIC_SIGN))]
    chosen = []
    for body, mind in zip(state.body, state.mind, strict=True):
        there = mind[:, CONTROL] != Control.NONE
        drives = np.flatnonzero(np.isin(mind[:, KIND], _CARRIERS) & (mind[:, CONTROL] == Control.TRAFFIC))
        worth = np.array([counts.get(ActorKind(kind), 0.0) for kind in mind[:, KIND]]) * there
        actors = _in_view(body[drives], body[:, [X, Y]], slope, _FAR_M) @ worth
        turned = np.cos(told[None, :, SYAW] - body[drives, None, YAW]) < -0.5  # towards the camera, within 60 degrees
        signs = (_in_view(body[drives], told[:, [SX, SY]], slope, _FAR_M / 2) & turned).sum(1)
        weights = _COUNTS_EMPTY + actors + _COUNTS_THING * signs
        chosen.append(dice.choice(drives, p=weights / weights.sum()))
    return np.array(chosen, np.int32)


def _in_view(
    carriers: NDArray[np.float32], places: NDArray[np.float32], slope: float, far_m: float
) -> NDArray[np.bool_]:
    """[n, BODY], [m, 2] -> [n, m]: ahead of it, near enough and between the picture's edges."""
    away = places[None] - carriers[:, None, [X, Y]]
    cos, sin = np.cos(carriers[:, YAW, None]), np.sin(carriers[:, YAW, None])
    ahead = away[..., 0] * cos + away[..., 1] * sin
    left = away[..., 1] * cos - away[..., 0] * sin
    inside: NDArray[np.bool_] = (ahead > _NEAR_M) & (ahead < far_m) & (np.abs(left) < slope * ahead)
    return inside


_CLASS_OF_TAG: Final = np.array([CLASS_OF.get(Tag(tag), -1) for tag in range(NUM_TAGS)], np.int64)
