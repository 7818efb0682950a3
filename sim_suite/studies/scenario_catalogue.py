"""The catalogue of the shipped scenarios: a table and a picture of each, made from the scripts; and what drivers come to on them.

    python -m sim_suite.studies.scenario_catalogue              # writes scenarios/README.md and scenarios/pictures
    python -m sim_suite.studies.scenario_catalogue --measure    # and measures drivers first (five minutes); NAMES: only those

Between the markers in the guide stands what this writes; the rest is by hand.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import cv2
import numpy as np

from agents.experts.driving.pdm import PdmDriver
from sim_suite.driving.storyboard.distributions import Choices, Uniform
from sim_suite.driving.storyboard.finding import SHIPPED, aliases, load_scenario, scenario_paths
from sim_suite.driving.storyboard.parameters import Parameter
from sim_suite.driving.storyboard.scenario import Scenario
from sim_suite.driving.storyboard.variations import draw
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.world import Event
from sim_suite.envs.driving.fleet import Fleet
from sim_suite.envs.driving.judging import EGO
from sim_suite.envs.driving.screen import Picture
from sim_suite.envs.driving.showing import Showing
from sim_suite.envs.scenarios.stage import Stage, columns
from sim_suite.files import read_json, write_atomic, write_json
from sim_suite.leaderboard.trials.batch import options_for, run_variations
from sim_suite.leaderboard.trials.pilot import pilot_for
from sim_suite.leaderboard.trials.trial import enter
from sim_suite.leaderboard.trials.verdict import Verdict
from sim_suite.rates import wilson

GUIDE: Final = SHIPPED / "README.md"
PICTURES: Final = "pictures"
MEASURED: Final = "measured.json"
BEGIN, END = "<!-- catalogue: written by sim_suite.studies.scenario_catalogue -->", "<!-- end of the catalogue -->"
NEAR_M: Final = 15.0
"""A picture shows the moment in which whom the hazard comes from is so near: both are well to be seen."""
TURNS_RADPS: Final = 0.05
"""A bend of 200 m of radius at 36 km/h."""
Looked = TypeVar("Looked")
QUALITY: Final = 80
"""Of the pictures (WebP): 20 to 40 kB each."""
DRIVERS: Final = ("pdm", "idm", "blind-route")
LABELLED: Final = {
    "simulated": "by a grid of manoeuvres", "un_r157_cut_in": "by the rule of UN Regulation 157",
}  # fmt: skip
SAMPLES: Final = 256
SEED: Final = 10_000
"""Where evaluation begins: no scenario was made with variations of this seed."""


def shipped() -> dict[str, Scenario]:
    """All scenarios that are shipped, by name."""
    return {name: load_scenario(name) for name, path in scenario_paths().items() if path.parent == SHIPPED}


def catalogue(measured: dict[str, Any]) -> str:
    """The part of the guide that is made from the scripts, and from what was measured."""
    lines = []
    for name, scenario in shipped().items():
        others = sorted(alias for alias, target in aliases().items() if target == name)
        lines += [
            f"### {name}", "", f"![{scenario.summary}]({PICTURES}/{name}.webp)", "",
            f"{scenario.summary}", "", f"- Source: {scenario.source}", f"- Map: `{_name_of(scenario.map)}`",
            f"- Criteria: {', '.join(one.name for one in scenario.criteria)}",
        ]  # fmt: skip
        if scenario.hazard is not None:
            how = LABELLED[scenario.hazard.avoidable]
            lines.append(f"- Hazard mastered: {scenario.hazard.criterion}; avoidable {how}")
        if others:
            lines.append(f"- Also called: {', '.join(others)}")
        lines += ["", "| parameter | usual | range | unit | |", "|---|---|---|---|---|"]
        lines += [_parameter(one) for one in scenario.parameters]
        lines.append("")
    return "\n".join([*_table(measured), *lines])


def _table(measured: dict[str, Any]) -> Iterator[str]:
    """Pass rates of drivers."""
    if not measured:
        return
    yield f"Pass rates over {measured['samples']} variations each (seed {measured['seed']}), with 95 % Wilson intervals:"
    yield ""
    yield f"| scenario | avoidable | {' | '.join(f'`{one}`' for one in DRIVERS)} | `pdm`, of the avoidable |"
    yield f"|---|---|{'---|' * (len(DRIVERS) + 1)}"
    for name, row in measured["scenarios"].items():
        could, count = row["avoidable"], measured["samples"]
        rates = " | ".join(_rate(row["passed"][one], count) for one in DRIVERS)
        avoidable = "" if could is None else f"{could} of {count}"
        of_those = "" if could is None else _rate(row["avoidable_passed"]["pdm"], could)
        yield f"| [{name}](#{name}) | {avoidable} | {rates} | {of_those} |"
    yield ""


def _rate(passed: int, count: int) -> str:
    if count == 0:
        return "none"
    low, high = wilson(passed, count)
    return f"{100 * passed / count:.1f} % [{100 * low:.1f}, {100 * high:.1f}]"


def _parameter(one: Parameter) -> str:
    spread = one.distribution
    if isinstance(spread, Uniform):
        step = "" if spread.step is None else f" step {spread.step:g}"
        text = f"{spread.low:g} to {spread.high:g}{step}"
    elif isinstance(spread, Choices):
        text = ", ".join(f"{value:g}" if isinstance(value, float | int) else str(value) for value in spread.values)
    else:
        text = ""
    usual = f"{one.value:g}" if isinstance(one.value, float | int) else str(one.value)
    return f"| `{one.name}` | {usual} | {text} | {one.unit} | {one.summary} |"


def _name_of(place: str) -> str:
    return Path(place).stem


def picture(scenario: Scenario) -> Picture:
    """The most telling moment of the usual variation, driven by pdm; uint8 [H, W, 3]."""
    showing = Showing("rgb_array")
    moments = list(_drive(scenario, lambda stage: _moment(stage, scenario)))
    last = _telling(moments)
    frames = _drive(scenario, lambda stage: stage, lambda fleet, events: showing.show(fleet, events), showing.begin)
    for number, stage in enumerate(frames):
        if number == last:
            frame: Picture = showing.render(stage.fleet)
            return frame
    raise AssertionError("a drive is as long as it was")


_Moment = tuple[float, float, float]


def _moment(stage: Stage, scenario: Scenario) -> _Moment:
    """Distance to whom the hazard comes from (inf where from nobody), yaw rate, speed."""
    state = stage.fleet.state.body[0]
    actor = "" if scenario.hazard is None else scenario.hazard.actor
    if not actor or not stage.view.exists(actor)[0]:
        return math.inf, abs(float(state[EGO, col.YAW_RATE])), float(state[EGO, col.SPEED])
    other = state[stage.view.slot(actor)]
    apart = math.hypot(other[col.X] - state[EGO, col.X], other[col.Y] - state[EGO, col.Y])
    return apart, abs(float(state[EGO, col.YAW_RATE])), float(state[EGO, col.SPEED])


def _telling(moments: Sequence[_Moment]) -> int:
    """When somebody is near first; else where it bends most; else where one is slowest."""
    apart, turning, speed = (np.array(column) for column in zip(*moments, strict=True))
    if np.isfinite(apart).any():
        return int(np.argmax(apart < max(NEAR_M, float(apart.min()) + 0.1)))
    return int(turning.argmax() if turning.max() > TURNS_RADPS else speed.argmin())


def _drive(
    scenario: Scenario,
    look: Callable[[Stage], Looked],
    on_tick: Callable[[Fleet, list[Event]], None] | None = None,
    on_begin: Callable[[Fleet], None] = lambda fleet: None,
) -> Iterator[Looked]:
    """What is to be seen after each step of the usual variation."""
    driver = PdmDriver()
    stage = Stage(scenario, 1, options_for(scenario, driver))
    stage.begin(columns([draw(scenario, 0, [0])[0].values]), traced=False)
    on_begin(stage.fleet)
    pilot = pilot_for(driver, 1)
    while stage.live.any():
        pilot.act(stage, stage.live)
        stage.step(None if on_tick is None else lambda events: on_tick(stage.fleet, events))
        yield look(stage)


def measure(names: Sequence[str], samples: int, seed: int, note: Callable[[str], None]) -> dict[str, Any]:
    """For each scenario how many variations each driver passes, of all and of those that are avoidable."""
    rows: dict[str, Any] = {}
    for name in names:
        scenario = load_scenario(name)
        variations = draw(scenario, seed, range(1, samples + 1))
        judged: dict[str, list[Verdict]] = {}
        for driver in DRIVERS:
            agent = enter(driver, name, {}).agent
            judged[driver] = run_variations(scenario, variations, agent, avoidable=driver == DRIVERS[0])
        could = [one.avoidable for one in judged[DRIVERS[0]]]
        labelled = scenario.hazard is not None
        rows[name] = {
            "avoidable": sum(map(bool, could)) if labelled else None,
            "passed": {driver: sum(one.passed for one in found) for driver, found in judged.items()},
            "avoidable_passed": {
                driver: sum(one.passed for one, known in zip(found, could, strict=True) if known)
                for driver, found in judged.items()
            },
            "hazard_broken": {driver: _broken(scenario, found) for driver, found in judged.items()},
        }
        note(f"{name}: {rows[name]}")
    return rows


def _broken(scenario: Scenario, found: list[Verdict]) -> int | None:
    """How often the family's own criterion was broken."""
    if scenario.hazard is None:
        return None
    own = scenario.hazard.criterion
    return sum(any(held.name == own and not held.held for held in one.criteria) for one in found)


def main(arguments: list[str]) -> int:
    """Write the catalogue."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--measure", nargs="*", metavar="NAME", help="measure drivers first, on these or on all")
    parser.add_argument("--samples", type=int, default=SAMPLES)
    chosen = parser.parse_args(arguments)
    record = SHIPPED / MEASURED
    if chosen.measure is not None:
        names = chosen.measure or list(shipped())
        known = read_json(record)["scenarios"] if chosen.measure and record.is_file() else {}
        rows = measure(names, chosen.samples, SEED, lambda line: print(line, flush=True))
        write_json(record, {"samples": chosen.samples, "seed": SEED, "scenarios": known | rows})
    for name, scenario in shipped().items():
        encoded = cv2.imencode(".webp", picture(scenario)[..., ::-1], [cv2.IMWRITE_WEBP_QUALITY, QUALITY])[1]
        write_atomic(SHIPPED / PICTURES / f"{name}.webp", encoded.tobytes())
    write_atomic(GUIDE, with_catalogue(GUIDE.read_text(encoding="utf-8"), record))
    return 0


def with_catalogue(guide: str, record: Path = SHIPPED / MEASURED) -> str:
    """The guide with a fresh catalogue between its markers."""
    before, _, rest = guide.partition(BEGIN)
    after = rest.partition(END)[2]
    measured = read_json(record) if record.is_file() else {}
    return f"{before}{BEGIN}\n\n{catalogue(measured)}\n{END}{after}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
