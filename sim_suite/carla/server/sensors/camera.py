"""Cameras: colour, depth, classes and instances, as BGRA pixels. Source: CARLA's documentation of sensor.camera.*; the pictures are those
of driving/sensors/camera.

The red channel holds the class (CARLA 0.9.16's tags) in both pictures of classes; depth is R + 256 G + 65536 B of 2^24 - 1 parts of a
kilometre. What Unreal does to pictures (exposure, lens, blur) is not done: those attributes are there, so that scripts find them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from sim_suite.carla.server.blueprints.kinds import Setting
from sim_suite.carla.server.sensors.kinds import Moment, SensorKind
from sim_suite.carla.server.sensors.mounting import Seat, seat_of
from sim_suite.carla.server.weather import style_of
from sim_suite.carla.wire.layout import AttributeType, StreamType
from sim_suite.carla.wire.streams import image_payload
from sim_suite.carla.wire.values import Weather
from sim_suite.driving.roads.baking.layout import METRES_PER_TEXEL
from sim_suite.driving.sensors.camera.camera import Camera, Pictures
from sim_suite.driving.sensors.camera.camera_spec import SKY_DEPTH_M, CameraSpec
from sim_suite.driving.sensors.camera.styles import pack_style
from sim_suite.driving.sensors.solids.solids import FIRST_THING
from sim_suite.driving.world.terrain import DrivingMap

Bytes = NDArray[np.uint8]
Output = Literal["rgb", "depth", "semantic", "instance"]
FINE_PIXELS: Final = 320 * 240
"""Coloured pictures of at least so many are drawn with FINE_M of ground a texel: lines are crisp then."""
FINE_M: Final = 0.05
OPAQUE: Final = 255
_MOST_CODE: Final = 2.0**24 - 1.0
_ID_BITS: Final = 0xFFFF
_BLUE, _GREEN, _RED, _ALPHA = range(4)


def depth_code(depth_m: NDArray[np.float32], pixels: Bytes) -> None:
    """Write metres [H, W'] as CARLA codes them into pixels [H, W', 4], BGRA; what is farther than a kilometre is at one."""
    share = np.minimum(depth_m.astype(np.float64) / SKY_DEPTH_M, 1.0)
    code = np.rint(share * _MOST_CODE).astype(np.uint32)
    for channel, bits in ((_RED, 0), (_GREEN, 8), (_BLUE, 16)):
        pixels[..., channel] = code >> bits & 0xFF


def instance_code(tags: Bytes, instances: NDArray[np.int32], numbers: NDArray[np.int64], pixels: Bytes) -> None:
    """Write classes and 16 bits of who it is into pixels [H, W', 4], BGRA: the low ones are green, the high ones blue.

    numbers: [A + 1] of the actors in slots 0 .. A - 1, behind a 0; things of the map count down from 65,535.
    """
    things = _ID_BITS - (instances - FIRST_THING & _ID_BITS)
    number = np.where(instances < FIRST_THING, numbers[np.minimum(instances, len(numbers) - 1)], things)
    pixels[..., _RED], pixels[..., _GREEN], pixels[..., _BLUE] = tags, number & 0xFF, number >> 8 & 0xFF


class CameraSensor:
    """One camera."""

    def __init__(self, output: Output, stream_type: StreamType, attributes: Mapping[str, str]) -> None:
        """attributes: values by name. Raises SuiteError or ValueError for one that no camera has."""
        self._output, self._stream_type = output, stream_type
        size = int(attributes["image_size_y"]), int(attributes["image_size_x"])
        fine = output == "rgb" and size[0] * size[1] >= FINE_PIXELS
        self._spec = CameraSpec(
            size=size,
            fov_deg=float(attributes["fov"]),
            outputs=("semantic", "instance") if output == "instance" else (output,),
            metres_per_texel=FINE_M if fine else METRES_PER_TEXEL,
            own_vehicle=True,
        )
        self._pixels: Bytes = np.zeros((*size, 4), np.uint8)
        self._pixels[..., _ALPHA] = OPAQUE
        self._camera: Camera | None = None
        self._pictures: Pictures | None = None
        self._map: DrivingMap | None = None
        self._weather: Weather | None = None

    def read(self, moment: Moment) -> list[bytes]:
        """One picture."""
        seat, episode = seat_of(moment), moment.episode
        if self._camera is None or self._camera.spec.mounts != (seat.mount,) or self._map is not episode.world.map:
            self._set_up(seat, moment)
        camera, pictures = self._camera, self._pictures
        assert camera is not None
        assert pictures is not None
        if self._weather != episode.weather:
            camera.styles = np.stack([pack_style(style_of(episode.weather))])
            self._weather = episode.weather
        camera.draw(seat.state, pictures, actors=np.array([seat.slot], np.int32))
        self._fill(pictures, episode.numbers_by_slot)
        return [image_payload(moment.header(self._stream_type), self._spec.fov_deg, self._pixels)]

    def _set_up(self, seat: Seat, moment: Moment) -> None:
        """For a new mount, or a world whose lights have another programme."""
        around, world_map = moment.episode.served.surroundings, moment.episode.world.map
        spec = replace(self._spec, mounts=(seat.mount,))
        ground = around.ground(spec.metres_per_texel)
        self._camera = Camera(world_map, spec, scenery=around.scenery, ground=ground)
        if self._pictures is None:
            self._pictures = self._camera.new_pictures(1)
        self._map, self._weather = world_map, None

    def _fill(self, pictures: Pictures, numbers: Callable[[], NDArray[np.int64]]) -> None:
        if self._output == "rgb":
            for channel, source in ((_RED, 0), (_GREEN, 1), (_BLUE, 2)):
                self._pixels[..., channel] = pictures.rgb[0, 0, :, :, source]
        elif self._output == "depth":
            depth_code(pictures.depth[0, 0], self._pixels)
        elif self._output == "instance":
            instance_code(pictures.semantic[0, 0], pictures.instance[0, 0], numbers(), self._pixels)
        else:
            self._pixels[..., _RED] = pictures.semantic[0, 0]


def _float(name: str, value: str) -> Setting:
    return Setting(name, AttributeType.FLOAT, value)


SIZE: Final = (
    Setting("image_size_x", AttributeType.INT, "800"),
    Setting("image_size_y", AttributeType.INT, "600"),
    _float("fov", "90.0"),
)
LENS: Final = tuple(
    _float(name, value)
    for name, value in (
        ("lens_circle_falloff", "5.0"), ("lens_circle_multiplier", "0.0"), ("lens_k", "-1.0"), ("lens_kcube", "0.0"),
        ("lens_x_size", "0.08"), ("lens_y_size", "0.08"),
    )
)  # fmt: skip
FILM: Final = (
    Setting("enable_postprocess_effects", AttributeType.BOOL, "true"),
    Setting("exposure_mode", AttributeType.STRING, "histogram", ("manual", "histogram")),
    Setting("blade_count", AttributeType.INT, "5"),
    *(
        _float(name, value)
        for name, value in (
            ("gamma", "2.2"), ("iso", "100.0"), ("shutter_speed", "200.0"), ("fstop", "1.4"), ("min_fstop", "1.2"),
            ("focal_distance", "1000.0"), ("bloom_intensity", "0.675"), ("lens_flare_intensity", "0.1"),
            ("blur_amount", "1.0"), ("blur_radius", "0.0"), ("motion_blur_intensity", "0.45"),
            ("motion_blur_max_distortion", "0.35"), ("motion_blur_min_object_screen_size", "0.1"),
            ("exposure_compensation", "0.75"), ("exposure_min_bright", "10.0"), ("exposure_max_bright", "12.0"),
            ("exposure_speed_up", "3.0"), ("exposure_speed_down", "1.0"), ("calibration_constant", "16.0"),
            ("slope", "0.88"), ("toe", "0.55"), ("shoulder", "0.26"), ("black_clip", "0.0"), ("white_clip", "0.04"),
            ("temp", "6500.0"), ("tint", "0.0"), ("chromatic_aberration_intensity", "0.0"), ("chromatic_aberration_offset", "0.0"),
        )
    ),
)  # fmt: skip
"""What Unreal's film does, with the defaults of CARLA's documentation: found by scripts, without effect here."""


def _kind(name: str, output: Output, stream_type: StreamType, extra: tuple[Setting, ...] = ()) -> SensorKind:
    return SensorKind(
        f"sensor.camera.{name}", stream_type, (*SIZE, *LENS, *extra), partial(CameraSensor, output, stream_type)
    )


CAMERAS: Final = (
    _kind("rgb", "rgb", StreamType.RGB_CAMERA, FILM),
    _kind("depth", "depth", StreamType.DEPTH_CAMERA),
    _kind("semantic_segmentation", "semantic", StreamType.SEMANTIC_CAMERA),
    _kind("instance_segmentation", "instance", StreamType.INSTANCE_CAMERA),
)
