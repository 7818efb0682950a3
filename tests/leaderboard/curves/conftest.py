"""Run folders as `agents.training` writes them, without training."""

from __future__ import annotations

import json

import pytest
import tomli_w


@pytest.fixture
def write_run(tmp_path):
    """A function that writes a run folder: rows are (step, metrics)."""

    def write(name, rows, *, agent="q-learning", env="FrozenLake-v1", seed=0, settings=None):
        folder = tmp_path / name
        folder.mkdir(parents=True)
        data = {"agent": agent, "env": env, "seed": seed, "config": settings or {}}
        (folder / "config.toml").write_text(tomli_w.dumps({key: value for key, value in data.items() if value != {}}))
        lines = [json.dumps({**metrics, "step": step}, sort_keys=True) + "\n" for step, metrics in rows]
        (folder / "metrics.jsonl").write_text("".join(lines))
        return folder

    return write
