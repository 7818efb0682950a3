"""The subjects that come with the study. Source: ours; arms as in Antoniou et al. 2017 (arXiv:1711.04340) and after.

Labels are to be had on clear days only, and few; judged is where nothing was learned from: other scenes, and looks that no training shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sim_suite.studies.augmentation.arms import GENERATED, PICTURES, Arm, Generator
from sim_suite.studies.augmentation.subjects import CloningSubject, PerceptionSubject, Subject

CLEAR: Final = ("noon", "morning", "afternoon")
"""The camera's training styles without clouds, rain, haze or darkness."""
UPDATES: Final = 400
"""Of each perception network: one or two minutes of one core's time. Ours, not tuned."""
_PLAIN: Final[Mapping[str, Any]] = {"mirror": 0.0, "zoom": 0.0, "light": 0.0, "colour": 0.0}
"""The detector's own variations, none of them."""


def _frames(count: int) -> dict[str, Any]:
    return {"streets": {"frames": count}}


def _boxes(count: int) -> dict[str, Any]:
    return {"frames": count}


def _vae(size: tuple[int, int], latents: int) -> Generator:
    """Makes neighbours of the real pictures. A VAE in the pictures' own size, or in CarRacing's 64 x 64. Its settings were not tuned."""
    return Generator(
        "vae",
        {
            "data": {"source": "folder", "folder": {"path": PICTURES, "size": list(size)}},
            "latents": latents,
            "deviation": 0.05,
            "kl_warm_up": 200,
            "judging": {"pictures": 8},
            "training": {
                "updates": 1000, "batch_size": 32, "learning_rate": 0.003, "precision": "bfloat16", "layout": "channels_last",
                "threads": 1, "report_every": 20,
            },
        },
    )  # fmt: skip


_BY_VAE: Final[Mapping[str, Any]] = {"training": {"augment": GENERATED, "augment_share": 0.5}}
_BY_CYCLEGAN: Final[Mapping[str, Any]] = {"training": {"augment": "zoo:cyclegan", "augment_share": 0.5}}
"""It was taught by pictures of other towns, at noon and by night, without labels: more than the real examples that the other arms have."""


SEGMENTATION: Final = PerceptionSubject(
    name="segmentation",
    title="U-Net on streets through a car's camera",
    unit="mean IoU in looks and scenes that were never shown",
    metric="held_out_miou",
    samples=100,
    recipe="segmentation-driving",
    settings={
        "streets": {"looks": CLEAR, "exposed": 0.0, "towns": 5, "worlds": 6, "moments": 4},
        "training": {"updates": UPDATES, "judge_every": 0, "ahead": 4},
    },
    count=_frames,
    arms={
        "real": Arm("100 real pictures of clear days"),
        "classical": Arm(
            "and these in other light, and mirrored",
            {"mirror": 0.5, "training": {"augment": "classical", "augment_share": 0.7}},
        ),
        "vae": Arm("and what a VAE makes of them", _BY_VAE, generator="vae"),
        "cyclegan": Arm("and these by day or by night, as `zoo:cyclegan` makes them", _BY_CYCLEGAN),
        "more": Arm("400 real pictures of clear days", samples=4),
        "every-look": Arm("100 real pictures in all looks of training", {"streets": {"looks": []}}),
    },
    generators={"vae": _vae((96, 128), 64)},
)
DETECTION: Final = PerceptionSubject(
    name="detection",
    title="YOLO on the driving camera",
    unit="AP50 in looks and scenes that were never shown",
    metric="held_out_ap50_new_styles",
    samples=200,
    recipe="yolo",
    settings={
        "driving": {"looks": CLEAR, "set_seed": 0, "towns": 10, "worlds": 8, "moments": 10},
        "augment": _PLAIN,
        "training": {"updates": UPDATES, "judge_every": 0},
    },
    count=_boxes,
    arms={
        "real": Arm("200 real pictures of clear days"),
        "classical": Arm(
            "and these mirrored, cut out, and in other light",
            {"augment": {"mirror": 0.5, "zoom": 0.2}, "training": {"augment": "classical", "augment_share": 0.7}},
        ),
        "vae": Arm("and what a VAE makes of them", _BY_VAE, generator="vae"),
        "cyclegan": Arm("and these by day or by night, as `zoo:cyclegan` makes them", _BY_CYCLEGAN),
        "more": Arm("800 real pictures of clear days", samples=4),
        "every-look": Arm("200 real pictures in all looks of training", {"driving": {"looks": []}}),
    },
    generators={"vae": _vae((128, 128), 64)},
)
CLONING: Final = CloningSubject(
    name="cloning",
    title="a driver of CarRacing who was shown a few laps",
    samples=5,
    recipe="car-racing-bc",
    settings={"shift_m": 0.0, "turn_rad": 0.0, "view": {"kind": "pixels", "stack": 4}},
    epochs=20,
    tracks=20,
    arms={
        "real": Arm("5 laps of the expert"),
        "light": Arm("and these in other light", {"augment": "classical", "augment_share": 0.5}),
        "classical": Arm("and these moved and turned, with the wheel corrected", {"shift_m": 4.0, "turn_rad": 0.3}),
        "vae": Arm("and what a VAE makes of them", {"augment": GENERATED, "augment_share": 0.5}, generator="vae"),
        "more": Arm("20 laps of the expert", samples=4),
    },
    generators={"vae": _vae((64, 64), 32)},
)
SUBJECTS: Final[Mapping[str, Subject]] = {one.name: one for one in (SEGMENTATION, DETECTION, CLONING)}
