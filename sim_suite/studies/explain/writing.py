"""An explanation on disk: page, figures, maps and pictures in one new folder. Source: ours."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from safetensors.numpy import save

from sim_suite.errors import SuiteError
from sim_suite.files import write_atomic, write_json
from sim_suite.studies.explain.findings import Explanation, tensors, to_json
from sim_suite.studies.explain.page import all_pictures, render_page

PAGE: Final = "index.html"
FIGURES: Final = "explanation.json"
MAPS: Final = "maps.safetensors"


def refuse_used(folder: Path) -> None:
    """Raise `SuiteError` unless the folder is new or empty."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SuiteError(
            f"{folder} {'is not empty' if folder.is_dir() else 'is a file'}. Name a new folder with --out."
        )


def write_explanation(found: Explanation, folder: Path) -> Path:
    """Write all of it and return the page, which is written last. Equal findings give equal bytes."""
    refuse_used(folder)
    made = all_pictures(found)
    for name, picture in made.items():
        write_atomic(folder / name, picture)
    maps = tensors(found)
    if maps:
        write_atomic(folder / MAPS, save(maps))
    write_json(folder / FIGURES, to_json(found))
    write_atomic(folder / PAGE, render_page(found, made))
    return folder / PAGE
