"""Finds scenarios: Python scripts by path or name, OpenSCENARIO files by path. Source: ours; as maps are found.

A name is looked up in the folders of $SIM_SUITE_SCENARIOS, then among those that are shipped; names of CARLA's challenges lead to ours.
A script runs as Python runs it: name only what you trust.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from sim_suite.driving.storyboard.scenario import Scenario
from sim_suite.errors import SuiteError, UnknownNameError

VARIABLE: Final = "SIM_SUITE_SCENARIOS"
SHIPPED: Final = Path(__file__).parents[3] / "scenarios"
ALIASES: Final = "aliases.toml"


def scenario_paths() -> dict[str, Path]:
    """Every scenario that has a name, sorted by name; a user's hides a shipped one of the same name."""
    own = [Path(part).expanduser() for part in os.environ.get(VARIABLE, "").split(os.pathsep) if part]
    found: dict[str, Path] = {}
    for folder in (*own, SHIPPED):
        for path in sorted(folder.glob("*.py")):
            if not path.name.startswith("_"):
                found.setdefault(path.stem, path)
    return dict(sorted(found.items()))


@lru_cache(maxsize=1)
def aliases() -> dict[str, str]:
    """Other names of shipped scenarios, such as those of CARLA's challenges."""
    path = SHIPPED / ALIASES
    known: dict[str, str] = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return known


def find_scenario(name_or_path: str | Path) -> Path:
    """The file of a scenario. Raises `UnknownNameError` with the nearest names, or `SuiteError` for a path that is no file."""
    path = Path(name_or_path).expanduser()
    text = str(name_or_path)
    if path.is_file():
        return path
    known = scenario_paths()
    name = text if text in known else aliases().get(text, text)
    if name in known:
        return known[name]
    if path.is_dir():
        raise SuiteError(f"{text} is a folder. Name a .py or .xosc file in it.")
    if path.suffix or len(path.parts) > 1:
        raise SuiteError(f"{text} does not exist. Give a .py or .xosc file, or a name of `sim-suite list scenarios`.")
    hint = f"`sim-suite list scenarios` shows all; {VARIABLE} names folders of your own."
    raise UnknownNameError("scenario", text, {*known, *aliases()}, hint)


def load_scenario(name_or_path: str | Path, settings: Mapping[str, str] | None = None) -> Scenario:
    """Find a scenario and read it. settings: values of parameters, which a file needs to know before it is read.

    Raises `SuiteError` for what is no scenario.
    """
    path = find_scenario(name_or_path)
    if path.suffix.lower() == ".xosc":
        from sim_suite.driving.storyboard.xosc.reader import read_scenario

        return read_scenario(path, settings or {})
    if path.suffix != ".py":
        raise SuiteError(f"{path} is no scenario: give a .py script with a SCENARIO, or an OpenSCENARIO file (.xosc).")
    return _from_script(path)


def _from_script(path: Path) -> Scenario:
    digest = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
    name = f"sim_suite_scenario_{path.stem}_{digest}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except SuiteError as error:
        raise SuiteError(f"{path}: {error}") from error
    except (Exception, SystemExit) as error:  # a stranger's script may raise anything
        raise SuiteError(f"{path} could not be run: {type(error).__name__}: {error}") from error
    finally:
        sys.modules.pop(name, None)
    found = getattr(module, "SCENARIO", None)
    if not isinstance(found, Scenario):
        raise SuiteError(
            f"{path} has no SCENARIO. Write one: SCENARIO = write(...), from sim_suite.driving.storyboard.words."
        )
    return found
