"""`sim-suite`: finds the command, lets it read its own arguments, and turns what went wrong into one line and an exit status.

0 done; 1 done, but a check did not hold; 2 asked for wrongly, or something found is damaged; 130 stopped by Ctrl-C.
A command's module is imported only when it is called, so that `--help` answers at once.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.version import __version__

_DISK_REFUSED = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES)


class Command(NamedTuple):
    """One word after `sim-suite`."""

    module: str
    summary: str


GROUPS: dict[str, dict[str, Command]] = {
    "look around": {
        "list": Command("listing", "environments, agents, scenarios, suites, recipes, the zoo, benchmarks"),
        "doctor": Command("doctor", "check this machine and say how to mend what is wrong"),
        "demo": Command("demo", "train and compare a few agents in a few minutes"),
        "run": Command("run", "run scenarios: variations against a driver, with verdicts"),
        "play": Command("play", "play an environment yourself, or watch an agent play it"),
        "maps": Command("maps", "see, check and make road maps (OpenDRIVE)"),
        "carla-server": Command("carla_server", "serve the embedded world to CARLA's clients"),
        "carla-drive": Command("carla_drive", "drive a vehicle that another CARLA script has spawned"),
        "carla-conformance": Command("carla_conformance", "tell how a CARLA server differs from the embedded one"),
    },
    "record": {
        "drive": Command("drive", "drive a car yourself and record it: window, gamepad, wheel, browser or file"),
        "episodes": Command("episodes", "see, replay, check, edit and exchange recorded episodes"),
    },
    "train": {
        "train": Command("train", "train an agent by a recipe, or go on with a run"),
        "perception": Command(
            "perception.group", "train and judge networks that turn pictures into what a driver needs"
        ),
        "export": Command("export", "turn a trained agent into ONNX, or an SB3 file into a safe checkpoint"),
    },
    "judge": {
        "curves": Command("curves", "draw learning curves of training runs, or turn them into TensorBoard's files"),
        "leaderboard": Command("leaderboard", "run agents on a suite and write one page that compares them"),
        "explain": Command("explain", "show why a network acts as it does: saliency, occlusion, layers left out"),
        "merge": Command("merge", "join leaderboards of the same suite without running anything"),
        "verify": Command("verify", "play recorded episodes again and fail if they went otherwise"),
        "study": Command("study", "longer experiments that join several parts: tables with intervals, resumable"),
        "bench": Command("bench", "measure speed against peers in the same run"),
    },
}
EXAMPLES = (
    "sim-suite demo",
    "sim-suite train frozenlake-4x4-q-learning",
    "sim-suite leaderboard classic --agents random mountain-car-pump cart-pole-lqr --out runs/classic",
    "sim-suite play sim_suite/CarRacing-v0",
    "sim-suite perception train segmentation-car-racing",
    "sim-suite run cut_in --samples 256 --video",
)


def usage() -> str:
    """The top-level help."""
    lines = [
        f"sim-suite {__version__}: train and judge agents in simulation.",
        "",
        "usage: sim-suite COMMAND [OPTIONS]",
        "",
    ]
    for title, commands in GROUPS.items():
        lines += [f"{title}:", *(f"  {name:<12} {command.summary}" for name, command in commands.items()), ""]
    return "\n".join(
        [*lines, "examples:", *(f"  {line}" for line in EXAMPLES), "", "sim-suite COMMAND --help tells more."]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] in ("-h", "--help", "help"):
        print(usage())
        return 0
    if words[0] in ("--version", "-V"):
        print(__version__)
        return 0
    return guarded(lambda: _run(words))


def guarded(command: Callable[[], int]) -> int:
    """The status of a command, with what went wrong said in one line."""
    try:
        return command()
    except SuiteError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader, `head` say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if error.errno not in _DISK_REFUSED:
            raise
        place = f" ({error.filename})" if error.filename else ""
        print(
            f"error: {error.strerror}{place}. Free some space or name another folder; what was written before is whole.",
            file=sys.stderr,
        )
        return 2


def _run(words: list[str]) -> int:
    commands = {name: command for group in GROUPS.values() for name, command in group.items()}
    if words[0] not in commands:
        raise UnknownNameError("command", words[0], commands, "`sim-suite --help` shows all.")
    if words[0] != "doctor":
        refuse_foreign_packages()
    module = import_module(f"sim_suite.cli.{commands[words[0]].module}")
    if hasattr(module, "run_words"):  # which reads its words itself
        ended: int = module.run_words(words[1:])
        return ended
    import tyro

    arguments = tyro.cli(
        module.Arguments, args=gathered(words[1:]), prog=f"sim-suite {words[0]}", description=module.__doc__
    )
    status: int = module.run(arguments)
    return status


def gathered(words: Sequence[str]) -> list[str]:
    """The words with all values of an option behind its first naming: `--set a=1 --set b=2` says as much as `--set a=1 b=2`.

    The parser would keep the last and say nothing. What stands behind a bare `--` is left as it is.
    """
    end = list(words).index("--") if "--" in words else len(words)
    names = [word.partition("=")[0] for word in words[:end] if word.startswith("--")]
    if len(set(names)) == len(names):
        return list(words)
    first: list[str] = []
    options: dict[str, list[str]] = {}
    into = first
    for word in words[:end]:
        name, equals, value = word.partition("=")
        if not word.startswith("--"):
            into.append(word)
            continue
        into = options.setdefault(name, [])
        into += [value] if equals else []
    return [*first, *(word for name, values in options.items() for word in (name, *values)), *words[end:]]


def refuse_foreign_packages() -> None:
    """Raise `SuiteError` when `agents` is somebody else's: CARLA's PythonAPI brings a package of that name."""
    home = Path(__file__).parents[2]
    spec = find_spec("agents")
    places = [] if spec is None else [Path(place).resolve() for place in spec.submodule_search_locations or []]
    if home.resolve() / "agents" not in places or not (home / "agents" / "interface.py").is_file():
        seen = places[0] if places else "nothing"
        raise SuiteError(
            f"`import agents` finds {seen} instead of {home / 'agents'}. `sim-suite doctor` says how to mend it."
        )


if __name__ == "__main__":
    sys.exit(main())
