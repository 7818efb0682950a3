"""The guides: their Python runs, and the commands they name exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim_suite.cli.main import GROUPS

ROOT = Path(__file__).parents[1]
GUIDES = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not any(part == "runs" or part.startswith(".") for part in path.relative_to(ROOT).parts)
)
COMMANDS = {name for group in GROUPS.values() for name in group}


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: str(path.relative_to(ROOT)))
def test_python_blocks_run(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for block in re.findall(r"```python\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL):
        names = {"__name__": "readme"}
        exec(compile(block, str(path), "exec"), names)
        assert len(names) > 2, f"{path}: a block that defines nothing shows nothing"


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_exist(path):
    named = re.findall(r"(?:^ {4}|`)sim-suite ([a-z]+(?:-[a-z]+)*)", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(named) <= COMMANDS


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), f"{path}: {target} does not exist"


@pytest.mark.parametrize("folder", ["sim_suite", "agents", "perception", "scenarios", "tests"])
def test_every_top_level_folder_has_its_guide(folder):
    assert (ROOT / folder / "README.md").is_file()
