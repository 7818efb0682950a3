"""What recipes reach over training seeds by which nothing was chosen, some of them beside a peer at equal steps.

    python -m sim_suite.studies.training_seeds policy-gradients --out runs/seeds
    python -m sim_suite.studies.training_seeds policy-gradients --out runs/seeds --minutes 30     half an hour; the same line goes on
    python -m sim_suite.studies.training_seeds my-plan.toml --out runs/mine --only cart-pole-ppo

Trains each run of the plan that is not there yet, judges its final policy on the suite's own seeds, and writes into --out:

    table.md, table.json     what is known so far
    timing.md                processor time of the runs that were trained without a break; never in the others
    runs/, scores/, endings/, timing.journal    what is kept

What is finished is kept and never computed again; killed at any moment, the same line goes on, and a training run loses no more than what
came after its last checkpoint. A run that lies in --out with other settings is refused. Runs do not depend on each other.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.studies.training_seeds import plan as plans
from sim_suite.studies.training_seeds.plan import Plan
from sim_suite.studies.training_seeds.running import missing, run_all, runs_of
from sim_suite.studies.training_seeds.writing import write
from sim_suite.toml_files import shipped

_MINUTE_S = 60.0
_AGAIN = 75
"""Exit status where time was up: EX_TEMPFAIL of sysexits.h, as other studies."""


def main(arguments: Sequence[str]) -> int:
    """Run the study; 0 where all runs are judged, 75 (try again) where time was up before, 2 with a line that says what was wrong."""
    chosen = _parser().parse_args(arguments)
    end_s = None if chosen.minutes is None else time.monotonic() + _MINUTE_S * chosen.minutes
    try:
        plan = plans.load(chosen.plan)
        _refuse_unknown(plan, chosen.only)
        if chosen.workers < 1:
            raise SuiteError(f"--workers must be 1 or more, not {chosen.workers}.")
        runs = runs_of(plan, chosen.out, chosen.only)
        for run, done in run_all(missing(runs), chosen.workers, end_s):
            if done:
                print(f"{run.entry.name}, seed {run.seed}: {run.mean_return():.4g}", flush=True)
            if all(other.done for other in runs if other.entry == run.entry):
                write(plan, chosen.out)
        print(write(plan, chosen.out))
    except SuiteError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0 if all(run.done for run in runs) else _AGAIN


def _refuse_unknown(plan: Plan, only: Sequence[str]) -> None:
    known = {entry.name for table in plan.tasks for entry in table.entries}
    for name in only:
        if name not in known:
            raise UnknownNameError(f"entry of {plan.name}", name, known)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sim_suite.studies.training_seeds",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("plan", help=f"{', '.join(shipped(plans.FOLDER))}, or a .toml file")
    parser.add_argument("--out", type=Path, required=True, help="folder of the study; a new one, or one to go on with")
    parser.add_argument(
        "--minutes", type=float, default=None, help="stop after so long, rounded up to the next metrics or episode"
    )
    parser.add_argument("--workers", type=int, default=1, help="processes, each with one thread")
    parser.add_argument("--only", nargs="+", default=(), metavar="ENTRY", help="train and judge these entries alone")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
