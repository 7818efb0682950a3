"""`sim-suite perception report`: trained networks on one page, with their curves, figures and pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

from sim_suite.cli import console
from sim_suite.errors import SuiteError
from sim_suite.files import write_atomic


@dataclass(frozen=True)
class Arguments:
    """Write a page on trained networks: what each is, how it learned, what it is judged by, and what it makes of held-out pictures.

    examples:
      sim-suite perception report
      sim-suite perception report zoo:signs runs/mine --out networks.html
      sim-suite perception report runs/mine --judge
    """

    networks: Annotated[tuple[str, ...], tyro.conf.Positional] = ()
    """Run folders, or zoo:NAME; all networks of the zoo if not given."""
    out: Path = Path("runs/perception.html")
    """The page, an .html file that opens offline."""
    judge: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Judge the networks now; else the page has the figures that they were recorded with."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where tensors live."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print what was written as JSON."""


def run(arguments: Arguments) -> int:
    """Run the subcommand."""
    if arguments.out.suffix != ".html":
        raise SuiteError(f"--out names a file that ends in .html, not {str(arguments.out)!r}.")
    from perception.training.checkpoint import find, zoo_names
    from sim_suite.learning.torch_blocks import device_of
    from sim_suite.studies.perception_report.networks import read
    from sim_suite.studies.perception_report.page import render_page

    names = arguments.networks or tuple(f"zoo:{name}" for name in zoo_names())
    folders: dict[Path, str] = {}
    for name in names:  # before the first is drawn, which takes a while
        before = folders.setdefault(find(name).resolve(), name)
        if before is not name:
            raise SuiteError(f"{name} and {before} are one network. Name it once.")
    device, networks = device_of(arguments.device), []
    with console.progress() as bar:
        shown = bar.add_task("networks", total=len(names), note="")
        for name in names:
            bar.update(shown, note=name)
            networks.append(read(name, arguments.judge, device))
            bar.advance(shown)
    write_atomic(arguments.out, render_page(networks))
    if arguments.json:
        console.print_json({"page": str(arguments.out), "networks": {one.name: one.figures for one in networks}})
        return 0
    console.note(f"page: {arguments.out.resolve()}")
    return 0
