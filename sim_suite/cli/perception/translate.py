"""`sim-suite perception translate`: pictures and films of one look in another, such as by night."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from sim_suite.cli import console
from sim_suite.errors import SuiteError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from perception.generative.gan.opening import Translator

_AT_ONCE = 16
"""Pictures of a film that are translated together."""


@dataclass(frozen=True)
class Arguments:
    """Bring pictures and films of streets into another look, by a network that learned it.

    examples:
      sim-suite perception translate street.png --to night
      sim-suite perception translate drive.mp4 --to noon --out by-day
      sim-suite perception translate street.png --to night --network runs/mine
    """

    inputs: Annotated[tuple[Path, ...], tyro.conf.Positional]
    """Pictures (PNG, JPEG, ..) and films (MP4, WebM, ..); a network of 64 x 64 knows small ones best."""
    to: str
    """The look that they are brought into; the network says which it knows."""
    network: str = "zoo:cyclegan"
    """A checkpoint of cyclegan, or of pix2pix with source=first: its folder, a run folder, or zoo:NAME."""
    out: Path = Path("runs/translate")
    """Where they go, each under its own name."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where tensors live."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print what was written as JSON."""


def run(arguments: Arguments) -> int:
    """Run the subcommand."""
    from perception.generative.gan.opening import open_translator
    from sim_suite.errors import UnknownNameError
    from sim_suite.learning.torch_blocks import device_of

    if not arguments.inputs:
        raise SuiteError("name at least one picture or film: sim-suite perception translate street.png --to night")
    translator = open_translator(arguments.network, device_of(arguments.device))
    if arguments.to not in translator.looks:
        raise UnknownNameError("look", arguments.to, translator.looks)
    results = []
    with console.progress() as bar:
        for path in arguments.inputs:
            task = bar.add_task(path.name, total=None, note="")

            def tell(done: int, total: int | None, task: Any = task) -> None:
                bar.update(task, completed=done, total=total)

            results.append({"input": str(path), "out": str(_translate(path, arguments, translator, tell))})
    if arguments.json:
        console.print_json(results)
        return 0
    for result in results:
        console.out.print(f"{result['input']} -> {result['out']}", markup=False, soft_wrap=True)
    return 0


def _translate(path: Path, arguments: Arguments, translator: Translator, tell: Any) -> Path:
    """Write one picture or film; where."""
    from perception.reading import Film, is_film, read_picture, write_picture
    from sim_suite.episodes.replay.film import FORMS, write_film

    ending = path.suffix.lower() if path.suffix.lower() in FORMS else ".mp4"
    target = arguments.out / f"{path.stem}{ending if is_film(path) else '.png'}"
    if target.resolve() == path.resolve():
        raise SuiteError(f"{path} would be overwritten. Choose another --out.")
    if not is_film(path):
        write_picture(target, translator.translate(read_picture(path)[None], arguments.to)[0])
        tell(1, 1)
        return target
    film = Film(path)

    def pictures() -> Iterator[NDArray[np.uint8]]:
        for number, picture in enumerate(_by_several(film, translator, arguments.to), start=1):
            tell(number, film.frames or None)
            yield picture

    write_film(target, pictures(), film.fps)
    return target


def _by_several(film: Any, translator: Translator, look: str) -> Iterator[NDArray[np.uint8]]:
    import numpy as np

    waiting: list[NDArray[np.uint8]] = []
    for picture in film:
        waiting.append(picture)
        if len(waiting) == _AT_ONCE:
            yield from translator.translate(np.stack(waiting), look)
            waiting.clear()
    if waiting:
        yield from translator.translate(np.stack(waiting), look)
