"""Small recorded folders, and copies of them in which something is changed."""

from __future__ import annotations

from dataclasses import replace

from sim_suite.envs.making import make
from sim_suite.episodes.recording.recorder import RecordEpisodes
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.folder import Recording


def recorded(
    folder, env_id, seeds=(0,), *, kwargs=None, steps=10_000, driver=None, agent=None, clock=None, options=None
):
    """A folder with an episode a seed of random actions, which end after `steps`."""
    with (
        Recording(folder) as recording,
        RecordEpisodes(make(env_id, kwargs=kwargs), recording, driver=driver, agent=agent, clock=clock) as env,
    ):
        for seed in seeds:
            env.action_space.seed(seed)
            env.reset(seed=seed, options=options)
            over, step = False, 0
            while not over and step < steps:
                _, _, terminated, truncated, _ = env.step(env.action_space.sample())
                over, step = terminated or truncated, step + 1
    return folder


def rewritten(source, target, change=lambda columns: None, *, head=None):
    """A copy with whole checksums, of which `change` may alter each episode's columns, and `head` facts."""
    with Recording(target) as recording:
        for episode in Dataset(source).episodes():
            columns = {column.name: episode.read(column.name).copy() for column in episode.head.columns}
            change(columns)
            file = recording.begin(replace(episode.head, **(head or {})))
            file.append([columns[column.name][: len(episode)] for column in episode.head.columns])
            if episode.has_last:
                file.last([columns[c.name][len(episode) :] for c in episode.head.columns if c.observed])
            recording.seal(file, episode.seal.end, seconds=episode.seal.seconds)
    return target
