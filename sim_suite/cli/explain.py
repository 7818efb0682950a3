"""Explain a trained network: what in its input its actions hang on, and what it scores without each of its layers. Writes one page.

Saliency (Simonyan et al. 2014, SmoothGrad), occlusion (Zeiler & Fergus 2014) at some steps of one seeded episode; ablation of layers
over several, paired by seed.

examples:
  sim-suite explain zoo:cart-pole-ppo --out runs/why-cart-pole
  sim-suite explain zoo:car-racing-bc sim_suite/CarRacing-v0 --out runs/why-bc --output steer --steps 8 --episodes 5
  sim-suite explain runs/CartPole-v1/sb3-ppo/20261121T101500Z-0 --out runs/why --groups 8 --instead zero
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from sim_suite.cli import console
from sim_suite.errors import SuiteError
from sim_suite.studies.explain.options import ExplainOptions, Fill, Instead

if TYPE_CHECKING:
    from agents.naming import Found


@dataclass(frozen=True)
class Arguments:
    """Whom to explain, where, and how finely."""

    agent: Annotated[str, tyro.conf.Positional]
    """A checkpoint or run folder, zoo:NAME, sb3:FILE.zip, or a class of your own with explainable()."""
    env: Annotated[str | None, tyro.conf.Positional] = None
    """Environment (`sim-suite list envs`); that of its training if not given."""
    out: Path = Path("runs/explain")
    """A new folder: index.html, explanation.json, pictures."""
    seed: int = 0
    """Of the episode that is looked into; the ablation's episodes have this seed and those after it."""
    steps: int = 6
    """How many steps of the episode are looked at, spread over it."""
    episodes: int = 10
    """Episodes that are played without each part of the network; 0 leaves the ablation out."""
    output: tuple[str, ...] = ()
    """Outputs by name (a number of the action, an action, `chosen`); what was chosen, or the action's numbers, if not given."""
    smooth: int = 50
    """Noisy copies that a gradient is averaged over; 0 for the plain gradient."""
    noise: float = 0.1
    """Their noise, a share of the input's range."""
    patch: int = 8
    """Side of the square that hides a part of a picture, pixels."""
    stride: int = 4
    """From one place of it to the next, pixels."""
    fill: Fill = "blur"
    """What it shows: the picture blurred, or grey."""
    instead: Instead = "mean"
    """What stands in place of a layer's activations: their mean over the episode, or zero."""
    groups: int = 4
    """Parts into which each layer's channels are cut, put out of action one by one."""
    trust: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Load sb3:FILE.zip, whose format runs code of its maker."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print the figures as JSON."""


def run(arguments: Arguments) -> int:
    """Run the command."""
    if arguments.steps < 1:
        raise SuiteError(f"--steps must be 1 or more, not {arguments.steps}: it says how many moments are shown.")
    options = ExplainOptions(
        arguments.seed, arguments.steps, arguments.episodes, arguments.output, arguments.smooth, arguments.noise, arguments.patch,
        arguments.stride, arguments.fill, arguments.instead, arguments.groups,
    )  # fmt: skip
    from sim_suite.studies.explain.writing import refuse_used

    refuse_used(arguments.out)
    from agents.naming import build, find, refuse_mismatch
    from sim_suite.leaderboard.jobs import quiet_process
    from sim_suite.studies.explain.episode import Place
    from sim_suite.studies.explain.findings import to_json
    from sim_suite.studies.explain.study import explain
    from sim_suite.studies.explain.writing import write_explanation

    quiet_process()
    found = find(arguments.agent, trust=arguments.trust)
    env_id, kwargs = _place(arguments, found)
    agent = build(found, env_id, kwargs, seed=arguments.seed)
    refuse_mismatch(found, agent, env_id, kwargs)
    with console.progress() as bar:

        @contextmanager
        def stage(what: str, total: int) -> Iterator[Callable[[], None]]:
            task = bar.add_task(what, total=total, note="")
            yield lambda: bar.advance(task)

        explained = explain(agent, arguments.agent, Place(env_id, kwargs), options, stage)
    page = write_explanation(explained, arguments.out)
    if arguments.json:
        console.print_json({"page": str(page), **to_json(explained)})
        return 0
    for loss in explained.ablation.losses if explained.ablation else ():
        low, high = loss.change.low, loss.change.high
        console.out.print(f"without {loss.name}: {loss.change.point:+.4g} [{low:.4g}, {high:.4g}]", markup=False)
    console.note(f"page: {page.resolve()}")
    return 0


def _place(arguments: Arguments, found: Found) -> tuple[str, dict[str, Any]]:
    """The environment that was named with the checkpoint's own arguments where it is the same, or the checkpoint's."""
    from agents import checkpoint
    from sim_suite.envs.catalog import card

    if arguments.env is not None:
        card(arguments.env)
    if found.folder is not None:
        description = checkpoint.describe(found.folder)
        if arguments.env in (None, description.env_id):
            return description.env_id, dict(description.env_kwargs)
    if arguments.env is None:
        raise SuiteError(
            f"say where {arguments.agent} is to be explained: sim-suite explain {arguments.agent} CartPole-v1 --out {arguments.out}"
        )
    return arguments.env, {}
