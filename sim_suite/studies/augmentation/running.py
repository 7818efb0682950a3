"""The study's folder: what is trained and judged stays, and whatever is missing is done next. Source: ours.

study.json                   the settings; another study's folder is refused
generators/SUBJECT-NAME/     a training run each, and pictures/SUBJECT/ that it learned from
runs/SUBJECT-ARM-SEED/       likewise
cells/SUBJECT-ARM-SEED.json  what it came to
table.md, table.json         what is known so far
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import cv2

from perception.recipe import Recipe
from sim_suite.errors import SuiteError
from sim_suite.files import canonical_json, read_json, write_atomic, write_json
from sim_suite.studies.augmentation.arms import GENERATED, PICTURES, Arm, filled
from sim_suite.studies.augmentation.subjects import Enough, Pictures, Subject, TimeIsUpError, train_perception
from sim_suite.studies.augmentation.table import Line, lines_of, text_of


@dataclass(frozen=True)
class Study:
    """Subjects by training seeds, in a folder."""

    folder: Path
    subjects: Mapping[str, Subject]
    seeds: tuple[int, ...]
    enough: Enough

    def take(self) -> None:
        """Make the folder this study's. Raises `SuiteError` where it is another's."""
        path = self.folder / "study.json"
        plain = json.loads(canonical_json({name: subject.facts() for name, subject in self.subjects.items()}))
        if not path.is_file():
            write_json(path, plain)
            return
        before = read_json(path)
        for name in plain.keys() & before.keys():
            if plain[name] != before[name]:
                raise SuiteError(
                    f"{self.folder} holds a study of {name} with other settings ({path}). Name another folder by --out."
                )
        write_json(path, before | plain)

    def run(self, say: Callable[[str], None]) -> bool:
        """Go on until all is done or time is up; whether all is done."""
        try:
            for seed in self.seeds:
                for subject in self.subjects.values():
                    for name, arm in subject.arms.items():
                        if self._known(subject, name, seed) is None:
                            self._do(subject, name, arm, seed)
                            say(self.write_table())
        except TimeIsUpError:
            self.write_table()
            return False
        return True

    def write_table(self) -> str:
        """Write table.md and table.json from what there is; returns the former."""
        lines: list[Line] = []
        for subject in self.subjects.values():
            scores = {
                name: {seed: score for seed in self.seeds if (score := self._known(subject, name, seed)) is not None}
                for name in subject.arms
            }
            lines += lines_of(subject.name, subject.unit, subject.arms, scores)
        write_json(self.folder / "table.json", [line.to_dict() for line in lines])
        write_atomic(self.folder / "table.md", text_of(lines))
        return text_of(lines)

    def _do(self, subject: Subject, name: str, arm: Arm, seed: int) -> None:
        run = self.folder / "runs" / f"{subject.name}-{name}-{seed}"
        if arm.generator:
            generated = str(self._generator(subject, arm.generator))
            arm = replace(arm, settings=filled(arm.settings, {GENERATED: generated}))
        if self.enough():
            raise TimeIsUpError
        score = subject.score(arm, seed, self.folder, run, self.enough)
        write_json(self._cell(subject, name, seed), {"score": score})

    def _known(self, subject: Subject, name: str, seed: int) -> float | None:
        path = self._cell(subject, name, seed)
        return float(read_json(path)["score"]) if path.is_file() else None

    def _cell(self, subject: Subject, name: str, seed: int) -> Path:
        return self.folder / "cells" / f"{subject.name}-{name}-{seed}.json"

    def _generator(self, subject: Subject, name: str) -> Path:
        """The checkpoint of a subject's generator, trained if it is not yet."""
        generator = subject.generators[name]
        pictures = self.folder / "pictures" / subject.name
        if not pictures.is_dir():
            _write_pictures(pictures, subject.real(self.folder))
        recipe = Recipe(generator.task, config=filled(generator.settings, {PICTURES: str(pictures)}))
        return train_perception(recipe, self.folder / "generators" / f"{subject.name}-{name}", self.enough)


def _write_pictures(folder: Path, pictures: Pictures) -> None:
    """As PNG, all or none."""
    fresh = folder.with_name(f".{folder.name}.new")
    fresh.mkdir(parents=True, exist_ok=True)
    for number, picture in enumerate(pictures):
        cv2.imwrite(str(fresh / f"{number:05d}.png"), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    fresh.rename(folder)
