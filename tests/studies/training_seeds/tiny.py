"""A plan of seconds: two entries of a hundred steps on CartPole, judged on three episodes."""

from __future__ import annotations

from pathlib import Path

from sim_suite.studies.training_seeds import plan as plans
from sim_suite.studies.training_seeds.plan import Plan

SUITE = """
name = "small"
version = 1
[[tasks]]
name = "pole"
env = "CartPole-v1"
episodes = 3
[[tasks]]
name = "lake"
env = "FrozenLake-v1"
episodes = 3
"""
RECIPE = """
agent = "a2c"
env = "CartPole-v1"
[config]
steps = 400
envs = 2
rollout = 10
report_every = 20
[config.network]
hidden = [8]
"""
PLAN = """
summary = "small"
suite = "suite.toml"
[[tasks]]
task = "pole"
threshold = 10
[tasks.endings]
episodes = 5
title = "fell"
[[tasks.entries]]
name = "ours"
title = "A2C"
recipe = "recipe.toml"
seeds = [3, 4]
bar = 1
peer = "theirs"
[[tasks.entries]]
name = "theirs"
title = "slow A2C"
recipe = "recipe.toml"
seeds = [3]
settings = { learning_rate = 1e-5, "network.hidden" = [4] }
"""


def lay_out(folder: Path) -> Path:
    """The plan's file, with the suite and the recipe that it names beside it by their full paths."""
    for name, text in (("suite.toml", SUITE), ("recipe.toml", RECIPE), ("plan.toml", PLAN)):
        for other in ("suite.toml", "recipe.toml"):
            text = text.replace(f'"{other}"', f'"{folder / other}"')
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "plan.toml"


def plan(folder: Path) -> Plan:
    """The same, read."""
    return plans.load(str(lay_out(folder)))


def results(out: Path) -> dict[str, bytes]:
    """All files of a study that must repeat byte for byte."""
    kept = [out / "table.md", out / "table.json", *(out / "scores").iterdir(), *(out / "endings").iterdir()]
    kept += list((out / "runs").glob("*/checkpoint/model.safetensors"))
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(kept)}
