"""Lets agents drive the families, by the engine of trials; what was judged is kept and not driven again. Source: ours."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from sim_suite.driving.storyboard.finding import load_scenario
from sim_suite.driving.storyboard.variations import draw
from sim_suite.errors import SuiteError
from sim_suite.leaderboard.trials.trial import Entrant, Trial, enter, run_trial
from sim_suite.studies.chauffeurnet.ablation import CUES, Blanked
from sim_suite.studies.chauffeurnet.families import Family

JOURNALS: Final = ".journals"
PART: Final = 128
"""Variations that an agent with a network drives at once: two of its batches. They are on disk when they are over, and rasters of the
paper's size take 350 MB."""


@dataclass(frozen=True)
class Named:
    """An agent of the command line: `NAME=AGENT`, or AGENT alone."""

    name: str
    agent: str


def read_agents(words: Sequence[str]) -> list[Named]:
    """Agents by their names. Raises `SuiteError` where two have the same."""
    found = []
    for word in words:
        name, sign, agent = word.partition("=")
        if sign and not (name and agent):
            raise SuiteError(f"--agents takes NAME=AGENT or AGENT, not {word!r}.")
        found.append(Named(name, agent if sign else name))
    names = [one.name for one in found]
    for name in names:
        if names.count(name) > 1:
            raise SuiteError(f"two agents are named {name!r}. Give each a name of its own: --agents NAME=AGENT.")
    return found


def drive(
    family: Family,
    named: Named,
    out: Path,
    *,
    variations: int,
    seed: int,
    cue: str = "",
    done: Callable[[int], None] = lambda count: None,
) -> Trial:
    """An agent on the first variations of a family. cue: what it does not see (a name of CUES); done: told how many are over."""
    scenario = load_scenario(family.source)
    entrant = enter_for(family, named, cue)
    drawn = draw(scenario, seed, range(variations))
    journal = journal_of(family, named, cue, out)
    planner = entrant.agent is not None and entrant.agent.interface.observation.kind == "state"
    part = len(drawn) if planner else PART
    for stop in range(part, len(drawn), part):
        run_trial(scenario, family.scenario, entrant, drawn[:stop], seed=seed, done=done, journal=journal)
    return run_trial(scenario, family.scenario, entrant, drawn, seed=seed, done=done, journal=journal)


def journal_of(family: Family, named: Named, cue: str, out: Path) -> Path:
    """Where the verdicts of an agent on a family are kept."""
    return out / JOURNALS / file_name(f"{named.name}-{cue}" if cue else named.name) / f"{family.name}.jsonl"


def enter_for(family: Family, named: Named, cue: str = "") -> Entrant:
    """Who drives, fitted to a family."""
    entrant = replace(enter(named.agent, family.source, {}), name=named.name)
    if not cue:
        return entrant
    assert entrant.agent is not None
    return replace(entrant, agent=Blanked(entrant.agent, CUES[cue]), fingerprint=f"{entrant.fingerprint} without {cue}")


def file_name(name: str) -> str:
    """A name that a file can have, another for each."""
    safe = re.sub(r"[^\w.-]+", "-", name)
    return safe if safe == name else f"{safe}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
