"""Writes what a study over training seeds knows so far: results that repeat byte for byte, and time apart. Source: ours."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from sim_suite.files import read_journal, read_json, write_atomic, write_json
from sim_suite.studies.training_seeds.plan import Plan
from sim_suite.studies.training_seeds.running import TIMING, RunPlan, runs_of
from sim_suite.studies.training_seeds.table import RunScores, lines_of
from sim_suite.studies.training_seeds.text import text_of

TABLE: Final = "table.md"
DATA: Final = "table.json"
TIMES: Final = "timing.md"


def write(plan: Plan, out: Path) -> str:
    """Write table.md, table.json and timing.md from the runs that are done; returns the first."""
    done = [run for run in runs_of(plan, out) if run.done]
    texts, data = [f"# {plan.name}\n\n{plan.summary}\n"], []
    for table in plan.tasks:
        scores: dict[str, dict[int, RunScores]] = {}
        for run in done:
            if run.table == table:
                scores.setdefault(run.entry.name, {})[run.seed] = _scores(run)
        ends, spec = plan.ends(table), plan.spec(table)
        if lines := lines_of(table, ends, scores):
            texts.append(text_of(table, spec, ends, lines))
            zero, one = ({"score": end.value, "source": end.source} for end in ends)
            data.append(
                {
                    "task": table.task,
                    "env": spec.env,
                    "seeds": [spec.seed(0), spec.seed(spec.episodes - 1)],
                    "threshold": table.threshold,
                    "random": zero,
                    "reference": one,
                    "entries": [line.to_dict() for line in lines],
                }
            )
    write_json(out / DATA, {"plan": plan.name, "tasks": data})
    write_atomic(out / TIMES, _times(done, out / TIMING))
    text = "\n".join(texts)
    write_atomic(out / TABLE, text)
    return text


def _scores(run: RunPlan) -> RunScores:
    episodes = run.episodes()[: run.spec.episodes]
    steps = int(read_json(run.folder / "state" / "progress.json")["done_steps"])
    return RunScores(np.array([episode.episode_return for episode in episodes]), steps, run.endings())


def _times(done: list[RunPlan], path: Path) -> str:
    """Least and most processor time of each entry's runs that were trained in one stretch."""
    lines = read_journal(path) if path.is_file() else []
    head = [
        "Processor time of a training run, checkpoints included, s.",
        "",
        "| trained | runs | least | most |",
        "|---|---|---|---|",
    ]
    rows = []
    for name in dict.fromkeys(run.entry.name for run in done):
        whole = {run.name: _scores(run).steps for run in done if run.entry.name == name}
        took = [
            line["processor_s"]
            for line in lines
            if line["from_step"] == 0 and line["to_step"] == whole.get(line["run"])
        ]
        if took:
            rows.append(f"| {name} | {len(took)} | {min(took):.0f} | {max(took):.0f} |")
    return "\n".join([*head, *rows]) + "\n"
