"""Train perception networks, judge them, and use what they see.

examples:
  sim-suite perception list
  sim-suite perception train segmentation-car-racing
  sim-suite perception evaluate zoo:segmentation-car-racing
  sim-suite perception classify sign.png
  sim-suite perception detect street.png
  sim-suite perception translate street.png --to night
"""

# Each other module of this folder is a subcommand of its own name: a frozen dataclass `Arguments`, whose docstring is its help, and a
# function `run(arguments) -> int`. They import torch and what needs it when they run, not before.

from __future__ import annotations

import sys
from functools import reduce
from importlib import import_module
from operator import or_
from pathlib import Path
from pkgutil import iter_modules
from typing import Annotated, Any, Final

import tyro

_MODULES: Final = {
    found.name: import_module(f"{__package__}.{found.name}")
    for found in iter_modules([str(Path(__file__).parent)])
    if found.name != Path(__file__).stem
}
Arguments: Any = reduce(  # a union of those that are there, which no checker can know
    or_, (Annotated[module.Arguments, tyro.conf.subcommand(name)] for name, module in _MODULES.items())
)


def run(arguments: Any) -> int:  # of one of the modules
    """Run the subcommand."""
    status: int = sys.modules[type(arguments).__module__].run(arguments)
    return status
