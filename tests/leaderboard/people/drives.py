"""What a person might have recorded: the fixtures' episodes, by hand, and altered ones."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle, islice

from sim_suite.envs.making import make
from sim_suite.episodes.recording.recorder import RecordEpisodes
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import Actor, Driver
from sim_suite.episodes.store.folder import Recording

POLE = "CartPole-v1"
ADA = Driver("ada", "share")
BOB = Driver("bob", "private")


def drive(
    out, seeds, *, env_id=POLE, kwargs=None, driver=ADA, actions=(1, 0, 0, 1, 1), agent_from=None, stop_after=None
):
    """Record an episode a seed: the actions over and over, by hand; from step `agent_from` an agent acts."""
    with (
        Recording(out) as folder,
        RecordEpisodes(make(env_id, kwargs=kwargs), folder, driver=driver, clock=lambda: 0.0) as env,
    ):
        for seed in seeds:
            env.reset(seed=seed)
            for step, action in enumerate(islice(cycle(actions), stop_after)):
                env.actor = Actor.AGENT if agent_from is not None and step >= agent_from else Actor.HUMAN
                if any(env.step(action)[2:4]):
                    break
    return out


def rewrite(source, out, *, number=0, columns=None, head=None, end=None, metrics=None):
    """Copy an episode with other facts and columns, sealed as if it had been recorded so."""
    dataset = Dataset(source)
    with dataset.open(dataset.entries[number]) as episode, Recording(out) as folder:
        changed = replace(episode.head, **(head or {}))
        file = folder.begin(changed)
        rows = {column.name: episode.read(column.name) for column in changed.columns}
        rows |= {name: change(rows[name].copy()) for name, change in (columns or {}).items()}
        file.append([rows[column.name][: len(episode)] for column in changed.columns])
        file.last([rows[column.name][-1:] for column in changed.columns if column.observed])
        folder.seal(file, end or episode.seal.end, metrics=metrics or dict(episode.seal.metrics))
    return out


def at(step, value):
    """A change of a column: one step gets another value."""

    def change(rows):
        rows[step] = value
        return rows

    return change
