"""The study of augmentation: what is finished is kept, a second start goes on to the same table, and figures are exact by hand."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from sim_suite.errors import SuiteError
from sim_suite.studies.augmentation import running
from sim_suite.studies.augmentation.arms import GENERATED, PICTURES, Arm, Generator, filled, laid
from sim_suite.studies.augmentation.plan import DETECTION, SEGMENTATION, SUBJECTS
from sim_suite.studies.augmentation.running import Study
from sim_suite.studies.augmentation.subjects import CloningSubject, PerceptionSubject, TimeIsUpError
from sim_suite.studies.augmentation.table import lines_of, text_of


def never():
    return False


@dataclass
class Guessing:
    """A subject whose score is known beforehand."""

    name: str = "guessing"
    title: str = "guesses"
    unit: str = "points"
    samples: int = 2
    arms: dict = field(
        default_factory=lambda: {
            "real": Arm("as it is"),
            "made": Arm("made", {"deep": {"augment": GENERATED}}, generator="maker"),
        }
    )
    generators: dict = field(default_factory=lambda: {"maker": Generator("maker", {"folder": PICTURES})})
    done: list = field(default_factory=list)

    def facts(self):
        return {"arms": list(self.arms), "sides": (1, 2)}

    def real(self, folder):
        return np.full((self.samples, 2, 3, 3), 9, np.uint8)

    def score(self, arm, seed, folder, run, enough):
        self.done.append((arm.title, seed))
        if arm.settings:
            assert arm.settings == {"deep": {"augment": "made-by-maker"}}
            return seed + 0.5
        return float(seed)


@pytest.fixture
def maker(monkeypatch):
    trained = []

    def train(recipe, folder, enough):
        trained.append((recipe.task, recipe.config, folder.name))
        return "made-by-maker"

    monkeypatch.setattr(running, "train_perception", train)
    return trained


def test_settings_are_laid_over_settings_table_by_table():
    below = {"a": 1, "deep": {"b": 2, "c": (3,)}}
    assert laid(below, {"deep": {"c": 4, "d": {"e": 5}}, "f": 6}) == {
        "a": 1, "deep": {"b": 2, "c": 4, "d": {"e": 5}}, "f": 6,
    }  # fmt: skip
    assert below == {"a": 1, "deep": {"b": 2, "c": (3,)}}
    assert filled({"a": GENERATED, "deep": {"b": GENERATED, "c": 3}}, {GENERATED: "here"}) == {
        "a": "here", "deep": {"b": "here", "c": 3},
    }  # fmt: skip


def test_all_arms_of_a_seed_come_before_the_next_and_nothing_is_done_twice(tmp_path, maker):
    subject = Guessing()
    study = Study(tmp_path, {"guessing": subject}, (4, 5), never)
    study.take()
    assert study.run(lambda text: None)
    assert subject.done == [("as it is", 4), ("made", 4), ("as it is", 5), ("made", 5)]
    pictures = tmp_path / "pictures" / "guessing"
    assert maker[0] == ("maker", {"folder": str(pictures)}, "guessing-maker")
    assert sorted(path.name for path in pictures.iterdir()) == ["00000.png", "00001.png"]
    table = (tmp_path / "table.md").read_bytes()
    again = Study(tmp_path, {"guessing": Guessing()}, (4, 5), never)
    again.take()
    assert again.run(lambda text: None)
    assert again.subjects["guessing"].done == []
    assert (tmp_path / "table.md").read_bytes() == table


def test_when_time_is_up_it_stops_between_cells_and_goes_on_later(tmp_path, maker):
    asked = iter([False, True])
    study = Study(tmp_path, {"guessing": Guessing()}, (4,), lambda: next(asked))
    study.take()
    assert not study.run(lambda text: None)
    assert json.loads((tmp_path / "table.json").read_text())[0]["scores"] == [4.0]
    assert Study(tmp_path, {"guessing": Guessing()}, (4,), never).run(lambda text: None)


def test_a_folder_of_other_settings_is_refused(tmp_path):
    Study(tmp_path, {"guessing": Guessing()}, (0,), never).take()
    Study(tmp_path, {"guessing": Guessing(), "other": Guessing(name="other")}, (0,), never).take()
    changed = Guessing(arms={"real": Arm("as it is")})
    with pytest.raises(SuiteError, match="holds a study of guessing with other settings"):
        Study(tmp_path, {"guessing": changed}, (0,), never).take()


def test_gains_are_paired_by_hand():
    arms = {"real": Arm("real"), "made": Arm("made"), "never": Arm("never")}
    scores = {"real": {0: 1.0, 1: 5.0, 2: 9.0}, "made": {0: 1.5, 1: 5.5, 2: 9.5, 3: 100.0}}
    real, made = lines_of("guessing", "points", arms, scores)
    assert real.gain is None
    assert real.mean.point == 5.0
    assert made.scores == (1.5, 5.5, 9.5, 100.0)
    assert made.gain is not None
    assert (made.gain.point, made.gain.low, made.gain.high) == pytest.approx((0.5, 0.5, 0.5))
    assert "| made |" in text_of([real, made])
    assert "+0.500 [0.500, 0.500]" in text_of([real, made])


@pytest.mark.parametrize("subject", SUBJECTS.values(), ids=lambda one: one.name)
def test_arms_differ_in_pictures_and_not_in_steps(subject):
    configs = {name: subject.config(arm) for name, arm in subject.arms.items()}
    json.dumps(subject.facts())
    if isinstance(subject, CloningSubject):
        shown = {name: configs[name]["epochs"] * arm.samples for name, arm in subject.arms.items()}
        assert len(set(shown.values())) == 1
        return
    updates = {(one["training"]["updates"], one["training"]["batch_size"]) for one in configs.values()}
    assert len(updates) == 1
    assert isinstance(subject, PerceptionSubject)


@pytest.mark.parametrize(
    ("subject", "few"),
    [
        (SEGMENTATION, {"streets": {"towns": 1, "worlds": 1, "moments": 2, "cars": 2}}),
        (DETECTION, {"driving": {"towns": 1, "worlds": 2, "moments": 1, "vehicles": 10, "warm_up_ticks": 20}}),
    ],
    ids=lambda one: getattr(one, "name", ""),
)
def test_real_pictures_are_those_that_are_learned_from(subject, few, tmp_path):
    small = replace(subject, samples=2, settings=laid(subject.settings, few))
    pictures = small.real(tmp_path)
    assert pictures.shape[0] == 2
    assert pictures.dtype == np.uint8
    assert np.array_equal(pictures, small.real(tmp_path))


@pytest.mark.slow
def test_a_segmenter_is_trained_judged_and_gone_on_with(tmp_path):
    tiny = {
        "width": 4, "levels": 2, "judging": {"frames": 3},
        "streets": {"towns": 1, "worlds": 1, "moments": 2, "cars": 2},
        "training": {"updates": 4, "batch_size": 2, "report_every": 1, "precision": "float32"},
    }  # fmt: skip
    subject = replace(SEGMENTATION, samples=2, settings=laid(SEGMENTATION.settings, tiny))
    arm = subject.arms["classical"]
    asked = iter([False, True])
    with pytest.raises(TimeIsUpError):
        subject.score(arm, 1, tmp_path, tmp_path / "run", lambda: next(asked))
    score = subject.score(arm, 1, tmp_path, tmp_path / "run", never)
    assert 0.0 < score < 1.0
    assert score == subject.score(arm, 1, tmp_path, tmp_path / "whole", never)
