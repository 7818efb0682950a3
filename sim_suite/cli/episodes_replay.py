"""`sim-suite episodes replay`: recorded episodes seen again, filmed, or simulated again and compared. Source: ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from sim_suite.cli import console
from sim_suite.cli.episodes_look import open_dataset
from sim_suite.episodes.choosing import chosen, split_name
from sim_suite.errors import SuiteError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sim_suite.episodes.replay.verify import Verdict
    from sim_suite.episodes.store.dataset import Dataset
    from sim_suite.episodes.store.index import Entry
    from sim_suite.episodes.store.reading import Episode


@dataclass(frozen=True)
class Replay:
    """Show recorded episodes in a window, film one, or simulate them again and compare every bit.

    In the window escape ends, space held down holds the picture.

    examples:
      sim-suite episodes replay data/laps
      sim-suite episodes replay data/laps#3 --video lap.mp4
      sim-suite episodes replay data/laps#000003 --speed 2
      sim-suite episodes replay data/laps --verify
    """

    episodes: Annotated[str, tyro.conf.Positional]
    """FOLDER for all of its episodes; FOLDER#3 for one by its number in `episodes list`, FOLDER#000003 by its file."""
    video: Path | None = None
    """Film one episode to this .mp4 or .webm file instead of opening a window."""
    verify: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Simulate again from seed, options and actions, and compare all that was observed and rewarded; status 1 if anything differs."""
    speed: float = 1.0
    """How many times as fast as it was driven, in a window or film."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print what was found or made as JSON."""


def replay(arguments: Replay) -> int:
    """Run the sub-command; status 1 where --verify finds a difference."""
    if not 0.05 <= arguments.speed <= 50.0:
        raise SuiteError(f"--speed must lie between 0.05 and 50, not {arguments.speed:g}.")
    if arguments.verify and arguments.video is not None:
        raise SuiteError("--verify compares and --video films: give one of them.")
    folder, name = split_name(arguments.episodes)
    dataset = open_dataset(folder)
    entries = chosen(dataset, name)
    if arguments.verify:
        return _verify(arguments, dataset, entries)
    if arguments.video is not None:
        return _film(arguments, dataset, entries, arguments.video)
    return _show(arguments, dataset, entries)


def _verify(arguments: Replay, dataset: Dataset, entries: list[Entry]) -> int:
    verdicts, refused = [], []
    with console.progress() as bar:
        task = bar.add_task("simulating again", total=sum(entry.steps for entry in entries), note="")
        done = 0
        for entry in entries:
            bar.update(task, completed=done, note=entry.file)
            try:
                verdict, others = _compare(dataset, entry)
            except SuiteError as error:
                refused.append({"file": entry.file, "reason": str(error)})
                if not arguments.json:
                    console.out.print(f"{entry.file}: not compared: {error}", markup=False, soft_wrap=True)
            else:
                verdicts.append(verdict)
                if not arguments.json:
                    _say(verdict, others)
            done += entry.steps
    different = [verdict for verdict in verdicts if not verdict.equal]
    if arguments.json:
        rows = [asdict(verdict) | {"equal": verdict.equal} for verdict in verdicts]
        console.print_json({"compared": rows, "not_compared": refused, "damaged": dataset.damaged})
    else:
        steps = sum(verdict.steps for verdict in verdicts)
        equal = len(verdicts) - len(different)
        console.out.print(f"{equal} of {len(entries)} episodes are equal to the last bit, {steps} steps", markup=False)
        if equal == len(entries):
            console.next_step(f"sim-suite train bc --episodes {dataset.folder}")
        else:
            console.next_step(f"sim-suite episodes info {dataset.folder} --check")
    if different or dataset.damaged:
        return 1
    return 2 if refused else 0


def _compare(dataset: Dataset, entry: Entry) -> tuple[Verdict, str]:
    """What comes of one episode, and which versions differ from those it was recorded with."""
    from sim_suite.episodes.replay.simulate import refuse_unrepeatable, remake
    from sim_suite.episodes.replay.verify import other_versions, verify

    with dataset.open(entry) as episode:
        episode.check()
        refuse_unrepeatable(episode)
        with remake(episode) as env:
            verdict = verify(episode, env)
        return verdict, other_versions(episode)


def _say(verdict: Verdict, others: str) -> None:
    left = f" ({', '.join(verdict.left_out)} left out: it lost detail on its way here)" if verdict.left_out else ""
    if verdict.difference is None:
        console.out.print(f"{verdict.file}: equal, {verdict.steps} steps{left}", markup=False, soft_wrap=True)
    else:
        versions = f" Versions: {others}." if others else ""
        console.out.print(f"{verdict.file}: {verdict.difference}.{versions}", markup=False, soft_wrap=True)


def _film(arguments: Replay, dataset: Dataset, entries: list[Entry], target: Path) -> int:
    from sim_suite.episodes.replay.film import refuse_form, write_film
    from sim_suite.episodes.replay.redraw import pace

    refuse_form(target)
    if len(entries) > 1:
        raise SuiteError(
            f"{dataset.folder} has {len(entries)} episodes, a film shows one: name it, as in {dataset.folder}#0."
        )
    with dataset.open(entries[0]) as episode:
        fps = pace(episode) * arguments.speed
        frames = write_film(target, _captioned(episode, "filming"), fps)
    found = {"episode": entries[0].file, "video": str(target), "frames": frames, "fps": round(fps, 3)}
    if arguments.json:
        console.print_json(found)
    else:
        console.out.print(f"{target}: {frames} frames, {frames / fps:.1f} s", markup=False, soft_wrap=True)
        console.next_step(f"sim-suite episodes replay {arguments.episodes} --verify")
    return 0


def _show(arguments: Replay, dataset: Dataset, entries: list[Entry]) -> int:
    from sim_suite.cli.window import PictureWindow, require_display
    from sim_suite.episodes.replay.redraw import pace

    require_display(f"Film instead: --video lap.mp4 (of one episode, as {dataset.folder}#0)")
    window: PictureWindow | None = None
    shown = []
    for entry in entries:
        with dataset.open(entry) as episode:
            fps = pace(episode) * arguments.speed
            window = window or PictureWindow(fps)
            for picture in _captioned(episode, entry.file):
                window.show(picture)
                while "space" in window.held() and not window.closed:
                    window.show(picture)
                if window.closed:
                    break
            shown.append(entry.file)
        if window.closed:
            break
    if arguments.json:
        console.print_json({"shown": shown})
    return 0


def _captioned(episode: Episode, what: str) -> Iterator[NDArray[np.uint8]]:
    """Pictures with a strip below that says what is going on."""
    from sim_suite.episodes.replay.caption import Captions
    from sim_suite.episodes.replay.redraw import moments, pace, pictures

    captions = Captions(episode, pace(episode))
    with console.progress() as bar:
        task: Any = bar.add_task(what, total=moments(episode), note="")
        for moment, picture in enumerate(pictures(episode)):
            yield captions.below(picture, moment)
            bar.advance(task)
