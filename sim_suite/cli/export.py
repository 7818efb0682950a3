"""Turn a trained agent into ONNX, or a Stable-Baselines3 file into a checkpoint that runs no code.

examples:
  sim-suite export runs/CartPole-v1/sb3-ppo/20261121T101500Z-0 --out cartpole.onnx
  sim-suite export sb3:model.zip --env CartPole-v1 --out runs/imported --trust
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from sim_suite.cli import console
from sim_suite.errors import SuiteError


@dataclass(frozen=True)
class Arguments:
    """What to export, and where to."""

    agent: Annotated[str, tyro.conf.Positional]
    """A checkpoint or run folder, zoo:NAME, or sb3:FILE.zip."""
    out: Path
    """A .onnx file; for sb3:FILE.zip, a new checkpoint folder."""
    env: str | None = None
    """Environment that an sb3:FILE.zip was trained on."""
    statistics: Path | None = None
    """The vecnormalize.pkl that belongs to an sb3:FILE.zip trained with VecNormalize (a pickle: needs --trust too)."""
    trust: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Load sb3:FILE.zip, whose format runs code of its maker."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print what was written as JSON."""


def run(arguments: Arguments) -> int:
    """Run the command."""
    if arguments.agent.startswith("sb3:") and arguments.out.suffix != ".onnx":
        written, facts = _convert(arguments)
    elif arguments.out.suffix == ".onnx":
        written, facts = _to_onnx(arguments)
    else:
        raise SuiteError(f"--out must end in .onnx, not {str(arguments.out)!r} (a folder is for sb3:FILE.zip).")
    if arguments.json:
        console.print_json({"out": str(written), **facts})
    else:
        console.out.print(f"{written}: {', '.join(f'{key} {value}' for key, value in facts.items())}", markup=False)
    return 0


def _to_onnx(arguments: Arguments) -> tuple[Path, dict[str, str]]:
    from agents import checkpoint
    from agents.export import export_onnx, read_facts
    from agents.naming import find

    found = find(arguments.agent, trust=arguments.trust)
    if found.folder is not None:
        agent, description = checkpoint.load(found.folder)
        export_onnx(agent, arguments.out, description, found.folder)
    elif found.kind == "sb3":
        from agents.sb3.foreign import load_zip

        export_onnx(load_zip(found.target, arguments.trust, arguments.statistics), arguments.out)
    else:
        raise SuiteError(f"{arguments.agent} is not trained, so there is nothing to export. Name a checkpoint folder.")
    return arguments.out, read_facts(arguments.out)


def _convert(arguments: Arguments) -> tuple[Path, dict[str, str]]:
    from agents.naming import find
    from agents.sb3.foreign import convert_zip

    if arguments.env is None:
        raise SuiteError("say which environment the file was trained on: --env CartPole-v1.")
    found = find(arguments.agent, trust=arguments.trust)
    written = convert_zip(found.target, arguments.out, arguments.env, arguments.trust, arguments.statistics)
    return written, {"env_id": arguments.env, "source_sha256": found.fingerprint}
