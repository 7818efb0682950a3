"""Judges agents in open loop; what was judged is kept and not judged again. Source: ours."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from agents.imitation.chauffeurnet.batch import Batch
from sim_suite.files import canonical_json, read_json, write_json
from sim_suite.studies.chauffeurnet.driving import JOURNALS, Named, enter_for, file_name
from sim_suite.studies.chauffeurnet.examples import held_out
from sim_suite.studies.chauffeurnet.families import FAMILIES
from sim_suite.studies.chauffeurnet.open_loop import OpenLoop, judge
from sim_suite.studies.chauffeurnet.seen import foreseeing
from sim_suite.version import SIM_VERSION, __version__


def judge_agent(
    named: Named, data: str, count: int, seed: int, out: Path, *, done: Callable[[int], None] = lambda count: None
) -> OpenLoop | None:
    """A model on so many held-out examples of a set; None of an agent that says no waypoints. done: told the size of each batch."""
    entrant = enter_for(next(iter(FAMILIES.values())), named)
    agent = foreseeing(entrant.agent)
    if agent is None:
        return None
    asked = [entrant.fingerprint, data, count, seed, SIM_VERSION, __version__]
    key = hashlib.sha256(canonical_json(asked).encode()).hexdigest()
    kept = out / JOURNALS / file_name(named.name) / f"open-loop-{data}.json"
    if kept.is_file() and (known := read_json(kept))["asked"] == key:
        return OpenLoop(
            named.name, data, tuple(known["l2_m"]), float(known["metres_per_pixel"]), int(known["examples"])
        )
    spec = agent.policy.spec

    def counted() -> Iterator[Batch]:
        for batch in held_out(count, seed).batches(spec, data):
            yield batch
            done(len(batch.weight))

    found = judge(named.name, data, spec, counted(), lambda rasters: agent.foresee(rasters.numpy()).waypoints)
    write_json(
        kept,
        {"asked": key, "l2_m": found.l2_m, "metres_per_pixel": found.metres_per_pixel, "examples": found.examples},
    )
    return found
