"""The house: which floor may import which, and what importing costs. See CONTRIBUTING.md for the picture."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = [
    ("sim_suite.cli", "sim_suite.studies"),
    ("sim_suite.leaderboard",),
    ("scenarios",),
    ("agents",),
    ("perception",),
    ("sim_suite.envs", "sim_suite.carla", "sim_suite.episodes", "sim_suite.learning"),
    ("sim_suite.driving", "sim_suite.boards"),
    (
        "sim_suite.errors",
        "sim_suite.files",
        "sim_suite.checked_folders",
        "sim_suite.refusals",
        "sim_suite.settings",
        "sim_suite.toml_files",
        "sim_suite.plugins",
        "sim_suite.compiling",
        "sim_suite.version",
        "sim_suite.versions",
        "sim_suite.benchmarking",
    ),
]
LEVEL = {name: len(FLOORS) - height for height, names in enumerate(FLOORS) for name in names}
KERNELS = ("sim_suite.driving", "sim_suite.boards")
FOREIGN_TO_KERNELS = ("torch", "gymnasium", "pygame", "carla")


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def floor_of(module: str) -> str | None:
    return next((name for name in LEVEL if module == name or module.startswith(name + ".")), None)


def imports(path: Path) -> list[tuple[int, str]]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import; the house uses whole names"
            module = node.module or ""
            found += [(node.lineno, f"{module}.{alias.name}") for alias in node.names]
    return found


SOURCES = sorted(
    path for top in ("sim_suite", "agents", "perception", "scenarios") for path in (ROOT / top).rglob("*.py")
)


def test_there_are_sources_to_look_at():
    assert len(SOURCES) > 50


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_down_the_house(path):
    own = floor_of(module_name(path))
    for line, name in imports(path):
        target = floor_of(name)
        if own is None or target is None:
            continue
        assert LEVEL[own] >= LEVEL[target], (
            f"{path}:{line}: {own} (floor {LEVEL[own]}) imports {name} (floor {LEVEL[target]})"
        )
        if own in KERNELS:
            assert name.split(".")[0] not in FOREIGN_TO_KERNELS, f"{path}:{line}: kernels import no {name}"


def modules_after(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sys.modules)"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_importing_the_package_loads_nothing_heavy():
    heavy = {"torch", "pygame", "carla", "numba", "gymnasium", "cv2"}
    assert not heavy & modules_after("import sim_suite")


def test_gymnasium_finds_our_environments_without_loading_them():
    loaded = modules_after("import gymnasium, sim_suite.envs; assert 'sim_suite/CarRacing-v0' in gymnasium.registry")
    assert not {"torch", "pygame", "Box2D", "cv2", "numba", "sim_suite.envs.car_racing.env"} & loaded


def test_importing_twice_registers_once():
    code = "import gymnasium, sim_suite.envs; from sim_suite.envs.registration import register; n = len(gymnasium.registry)"
    modules_after(f"{code}; register(); register(); assert len(gymnasium.registry) == n")


def test_the_help_loads_neither_libraries_nor_commands():
    loaded = modules_after("from sim_suite.cli.main import main; main(['--help'])")
    assert not {"torch", "gymnasium", "numpy", "tyro", "rich"} & loaded
