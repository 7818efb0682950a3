"""Kills recordings at random instants and says what was left: nothing finished may be lost, nothing corrupt admitted. Source: ours.

    python -m sim_suite.studies.recording_kills [--count 200] [--seed 0] [--out FOLDER]

Each child records CarRacing by the recorder that `sim-suite drive` uses, all into one folder, at three paces, until SIGKILL. After most
kills this process opens the folder and compares every new episode, byte by byte, with a run that nobody killed; after the others the
next child finds what was left, so that recovery is killed too. It fails where a finished episode is missing, where one differs, or
where more than the last second of an open one is gone.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from multiprocessing.sharedctypes import RawArray
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.envs.making import make
from sim_suite.episodes.recording.recorder import RecordEpisodes
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.folder import Recording
from sim_suite.episodes.store.reading import Episode

ENV: Final = "sim_suite/CarRacing-v0"
TRACKS, LONGEST = 3, 300
"""Different episodes, and steps of one."""
LATEST_S: Final = 1.5
"""After its start that a child is killed."""
PACES_S: Final = (0.0, 0.002, 0.02)
"""Between steps; children take turns. The last is that of a person at the wheel."""
LEFT_OUT: Final = 4
"""After each so many kills the folder is left to the next child."""
MOST_LOST_S: Final = 1.0
FINISHED, EPISODE, STEPS, TIME_S = range(4)
"""What a child tells: episodes that the folder has, the number of its own that is open, how far it is, in steps and in seconds."""

Told = Any
"""Four numbers in memory that outlives the child."""


@dataclass
class Found:
    """What came of it."""

    kills: int = 0
    finished: int = 0
    """Episodes that ended before the kill, all of them whole."""
    recovered: int = 0
    """Open ones that were taken up."""
    empty: int = 0
    """Open ones none of whose steps had been written, of which the folder says so."""
    recovered_steps: int = 0
    most_lost_s: float = 0.0
    """Of an open episode: from the last step that was recovered to the last that was driven."""
    faults: list[str] = field(default_factory=list)


def actions(track: int) -> NDArray[np.float32]:
    """[LONGEST, 3] What is driven on a track."""
    random = np.random.default_rng(track)
    return random.uniform((-0.3, 0.0, 0.0), (0.3, 0.6, 0.1), (LONGEST, 3)).astype(np.float32)


def length(episode: int) -> int:
    """Steps of a child's episode."""
    return 20 + (episode * 61) % (LONGEST - 20)


def record(folder: Path, turn: int, told: Told) -> None:
    """A child's life: record until the end, which comes without a word."""
    with Recording(folder) as recording:
        env = RecordEpisodes(
            make(ENV), recording, clock=time.monotonic, recorded_at=lambda: f"{turn}-{int(told[EPISODE])}"
        )
        for episode in range(1_000_000):
            told[STEPS] = told[TIME_S] = 0.0
            told[EPISODE] = episode
            env.reset(seed=episode % TRACKS)
            started, driven = time.monotonic(), actions(episode % TRACKS)
            for step in range(length(episode)):
                env.step(driven[step])
                told[TIME_S] = time.monotonic() - started
                told[STEPS] = step + 1
                told[FINISHED] = len(recording.dataset)
                time.sleep(PACES_S[turn % len(PACES_S)])


def unkilled() -> list[dict[str, NDArray[Any]]]:
    """What the columns of each track's whole episode hold."""
    found = []
    env = make(ENV)
    for track in range(TRACKS):
        observations, rewards = [env.reset(seed=track)[0]], []
        for action in actions(track):
            observation, reward, *_ = env.step(action)
            observations.append(observation)
            rewards.append(reward)
        found.append({"observation": np.stack(observations), "reward": np.array(rewards), "action": actions(track)})
    return found


def recording_kills(count: int, seed: int, folder: Path) -> Found:
    """Kill so many recordings into a folder."""
    random, found, whole = np.random.default_rng(seed), Found(), unkilled()
    context: Any = multiprocessing.get_context("fork")  # what this process has compiled and loaded, the child has too
    known: dict[str, str] = {}
    open_ones: dict[str, tuple[int, float]] = {}
    for turn in range(count):
        told = RawArray("d", 4)
        child = context.Process(target=record, args=(folder, turn, told), daemon=True)
        child.start()
        time.sleep(float(random.uniform(0.0, LATEST_S)))
        if not child.is_alive():
            found.faults.append(f"kill {turn}: the child had ended by itself, with status {child.exitcode}")
        child.kill()
        child.join()
        found.kills += 1
        if told[STEPS]:
            open_ones[f"{turn}-{int(told[EPISODE])}"] = int(told[STEPS]), told[TIME_S]
        if turn % LEFT_OUT == LEFT_OUT - 1 and turn + 1 < count:
            continue
        _inspect(folder, turn, int(told[FINISHED]), known, open_ones, whole, found)
        open_ones.clear()
    found.faults += [f"at the end: {fault}" for fault in Dataset(folder).check().values()]
    return found


def _inspect(
    folder: Path, turn: int, finished: int, known: dict[str, str], open_ones: dict[str, tuple[int, float]],
    whole: list[dict[str, NDArray[Any]]], found: Found,
) -> None:  # fmt: skip
    """Look at what the folder holds after a kill. known: digests by file, of what it held before; it is brought up to date."""
    with Recording(folder) as recording:
        dataset = recording.dataset
    faults = [f"admitted although damaged: {reason}" for reason in dataset.damaged.values()]
    if len(dataset) < finished:
        faults.append(f"{finished} episodes were finished, {len(dataset)} are there")
    here = {entry.file: entry.digest for entry in dataset.entries}
    faults += [f"{name} is gone or another" for name, digest in known.items() if here.get(name) != digest]
    seen: dict[str, float] = {}
    for entry in dataset.entries:
        if entry.file in known:
            continue
        with dataset.open(entry) as episode:
            name = str(episode.head.recorded_at)
            faults += [f"{entry.file}: {fault}" for fault in _differences(episode, whole)]
            seen[name] = entry.seconds or 0.0
        found.recovered += entry.end == "recovered"
        found.recovered_steps += entry.steps if entry.end == "recovered" else 0
        found.finished += entry.end != "recovered"
    for name, (_, driven_s) in open_ones.items():
        found.empty += name not in seen
        lost = driven_s - seen.get(name, 0.0)
        found.most_lost_s = max(found.most_lost_s, lost)
        if lost > MOST_LOST_S:
            faults.append(f"{lost:.2f} s of the open episode {name} are lost")
    known.update(here)
    found.faults += [f"kill {turn}: {fault}" for fault in faults]


def _differences(episode: Episode, whole: list[dict[str, NDArray[Any]]]) -> list[str]:
    """Where an episode is not the beginning of what nobody killed."""
    episode.check()
    number = int(str(episode.head.recorded_at).split("-")[1])
    wanted, found = whole[number % TRACKS], []
    if episode.seal.end != "recovered" and len(episode) != length(number):
        found.append(f"has {len(episode)} steps, not {length(number)}")
    for name, rows in wanted.items():
        read = episode.read(name)
        if not np.array_equal(read, rows[: len(read)]):
            found.append(f"its {name} is not what was driven")
    return found


def main(arguments: list[str]) -> int:
    """Run the study; 1 where anything was lost that should not be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=None)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        found = recording_kills(chosen.count, chosen.seed, chosen.out or Path(temporary) / "episodes")
    print(json.dumps(asdict(found)))
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
