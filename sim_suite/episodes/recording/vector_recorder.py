"""Records many worlds at once, a file for each episode: a wrapper around any vector environment of Gymnasium. Source: ours.

with Recording(Path("data/traffic")) as folder:
    envs = RecordVectorEpisodes(DrivingVectorEnv(64), folder, EnvRecord("sim_suite/Driving-v0"), agent=Player("idm", "idm"))
    envs.reset(seed=3)
    ...
    envs.close()

What a vector does to its episodes is undone: the step that only resets (`AutoresetMode.NEXT_STEP`) is no step of any, and each ends
with its own last observation (`SAME_STEP`).

To simulate an episode again: make one environment as `Head.env` says, `reset(seed=seed)`, then `reset()` as often as `Head.resets`
says, then take its actions. A world's seed is that of the last reset which gave it one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv, VectorWrapper
from numpy.typing import NDArray

from sim_suite.envs.space_json import space_to_json
from sim_suite.episodes.recording.capture import step_columns
from sim_suite.episodes.recording.pen import WAITING, Pen
from sim_suite.episodes.recording.plain_facts import plain, told_metrics
from sim_suite.episodes.recording.vector_block import Block
from sim_suite.episodes.recording.vector_capture import Array, groups_of
from sim_suite.episodes.store.facts import Actor, End, EnvRecord, Head, Player, StepFlag
from sim_suite.episodes.store.folder import Recording
from sim_suite.errors import SuiteError
from sim_suite.version import SIM_VERSION
from sim_suite.versions import versions

MOST_BLOCKS: Final = 2
"""That wait to be written; then whoever steps waits too, so that memory is bounded."""
_PATIENCE_S: Final = 0.001
Infos = dict[str, Any]
Mask = NDArray[np.bool_]


class RecordVectorEpisodes(VectorWrapper[Any, Any, Any]):
    """Writes every episode of every world of `env` into a folder. What goes on at a reset or at `close` ends as "stopped"."""

    def __init__(
        self,
        env: VectorEnv[Any, Any, Any],
        folder: Recording,
        of: EnvRecord,
        *,
        agent: Player,
        tags: Sequence[str] = (),
    ) -> None:
        """of: one of the worlds, as an environment of its own; agent: who acts; tags: of every episode.

        Raises `SuiteError` for observations or actions that are no arrays.
        """
        super().__init__(env)
        self.folder = folder
        self._of = EnvRecord(of.id, plain("arguments", of.kwargs), of.max_episode_steps)
        self._agent, self._tags, self._versions = agent, tuple(tags), versions()
        self._action_json = space_to_json(env.single_action_space)
        self._mode = AutoresetMode(env.metadata.get("autoreset_mode", AutoresetMode.NEXT_STEP))
        steps = step_columns(env.single_action_space, 0, timed=False)
        actor = Actor.EXPERT if agent.expert else Actor.AGENT
        self._blocks = [Block(group, steps, actor) for group in groups_of(env)]
        self._pen = Pen(WAITING * self.num_envs)  # episodes may all end at once
        self._terms: tuple[str, ...] | None = None
        """None before the first step, which says them."""
        self._seeds: list[int | None] = [None] * self.num_envs
        self._resets = [0] * self.num_envs
        self._is_begun = False
        self._waiting = np.ones(self.num_envs, np.bool_)
        """Worlds whose episode has ended and whose next has not begun."""
        self._left = np.zeros(self.num_envs, np.bool_)
        """Worlds of which nothing is kept."""
        if hasattr(env.unwrapped, "before_reset"):
            env.unwrapped.before_reset = self._see_ends

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, Infos]:
        """Begin new episodes, in all worlds or in those of `options["reset_mask"]`."""
        self._pen.look()
        chosen = dict(options or {})
        mask = np.asarray(chosen.pop("reset_mask", np.ones(self.num_envs, np.bool_)))
        given = plain("options", chosen)
        self._stop(mask)
        env: Any = self.env  # Gymnasium's types know no list of seeds, its classes do
        observations, infos = env.reset(seed=seed, options=options)
        seeds = [seed + i for i in range(self.num_envs)] if isinstance(seed, int | np.integer) else seed
        self._left &= ~mask
        self._begin(mask, seeds, given)
        self._is_begun = True
        for block, worlds in self._worlds(mask):
            block.see_begins(worlds, block.group.rows(observations))
        return observations, infos

    def step(self, actions: Any) -> tuple[Any, Array, Array, Array, Infos]:
        """Step, and keep the step of every world."""
        if not self._is_begun:
            raise SuiteError("no episode is going on. Call reset first.")
        self._pen.look()
        given = np.array(actions)
        observations, rewards, terminated, truncated, infos = self.env.step(actions)
        over = terminated | truncated
        self._keep(given, rewards, terminated, truncated, self._said_terms(infos, over))
        if self._mode is AutoresetMode.NEXT_STEP and self._waiting.any():
            self._begin(self._waiting, None, {})  # in this step they were reset, and nothing else
        if over.any():
            self._end(over, terminated, observations, infos)
            if self._mode is AutoresetMode.SAME_STEP:
                self._begin(over, None, {})
        self._see(observations)
        for block in self._blocks:
            if block.is_full:
                while block.waiting >= MOST_BLOCKS:
                    self._pen.look()
                    time.sleep(_PATIENCE_S)
                self._pen.hand(block.turn(self.folder))
        return observations, rewards, terminated, truncated, infos

    def leave(self, which: Mask) -> None:
        """Keep nothing of what goes on in some worlds until they are reset by `reset`; what they are at ends as "stopped"."""
        self._stop(which)
        self._left |= which

    def wait(self) -> None:
        """Until every episode that has ended is on the disk. Raises `SuiteError` where the disk refused."""
        self._pen.wait()
        self.folder.settle()

    def close(self, **kwargs: Any) -> None:
        """End what is going on, write what waits, close the environment."""
        try:
            self._stop(np.ones(self.num_envs, np.bool_))
        finally:
            super().close(**kwargs)
            self._pen.close()
            self.folder.settle()

    def _begin(self, which: Mask, seeds: Sequence[int | None] | None, options: dict[str, Any]) -> None:
        """New episodes in some worlds, from what `_see` notes next."""
        for block, worlds in self._worlds(which):
            for at in worlds:
                w = int(block.group.worlds[at])
                seed = None if seeds is None else seeds[w]
                self._seeds[w], self._resets[w] = (
                    (seed, 0) if seed is not None else (self._seeds[w], self._resets[w] + 1)
                )
                if not self._left[w]:
                    block.begin(at, self._head(block, w, options))
        self._waiting &= ~which

    def _head(self, block: Block, w: int, options: dict[str, Any]) -> Head:
        return Head(
            self._of, (), self._action_json, block.group.observation_space, SIM_VERSION, self._seeds[w], self._resets[w],
            options, agent=self._agent, versions=self._versions, world=block.group.world,
        )  # fmt: skip

    def _keep(self, actions: Array, rewards: Array, terminated: Array, truncated: Array, terms: Array | None) -> None:
        flags = (StepFlag.TERMINATED * terminated + StepFlag.TRUNCATED * truncated).astype(np.uint8)
        for block in self._blocks:
            worlds = block.group.worlds
            block.keep(actions[worlds], rewards[worlds], flags[worlds], None if terms is None else terms[worlds])

    def _see(self, observations: Any) -> None:
        for block in self._blocks:
            block.see(block.group.rows(observations))

    def _see_ends(self, over: Mask) -> None:
        """Called by the environment itself, in the middle of a step."""
        for block, worlds in self._worlds(over & ~self._left):
            block.see_ends(worlds, block.group.rows(None))

    def _end(self, over: Mask, terminated: Array, observations: Any, infos: Infos) -> None:
        """Hand the episodes that are over to the pen."""
        told = infos.get("final_info", {}) if self._mode is AutoresetMode.SAME_STEP else infos
        for block, worlds in self._worlds(over):
            for at in worlds:
                w = int(block.group.worlds[at])
                if block.group.final is not None and self._mode is AutoresetMode.SAME_STEP:
                    block.see_end(at, block.group.final(infos["final_obs"][w]))
                elif block.group.final is not None:
                    block.see_end(at, [rows[w] for rows in block.group.rows(observations)])
                end: End = "terminated" if terminated[w] else "truncated"
                self._finish(block, at, end, told_metrics({"metrics": _of_world(told.get("metrics", {}), w)}))
        self._waiting |= over

    def _stop(self, which: Mask) -> None:
        for block, worlds in self._worlds(which):
            for at in worlds:
                self._finish(block, at, "stopped", {})
        self._waiting |= which

    def _finish(self, block: Block, at: int, end: End, metrics: dict[str, float]) -> None:
        taken = block.take(at)
        if taken is None:
            return
        track, write, last = taken

        def seal() -> None:
            write(self.folder)
            assert track.file is not None
            track.file.last(last)
            self.folder.seal(track.file, end, metrics=metrics, tags=self._tags, sync=False)

        self._pen.hand(seal)

    def _said_terms(self, infos: Infos, over: Mask) -> Array | None:
        """[num_envs, terms] float32: the terms of the step's rewards. The first step says which there are."""
        said, final = infos.get("terms", {}), infos.get("final_info", {}).get("terms", {})
        if self._terms is None:
            self._terms = tuple(name for name in said or final if not name.startswith("_"))
            for block in self._blocks if self._terms else ():
                block.name_terms(self._terms)
        if not self._terms:
            return None
        nothing = np.zeros(self.num_envs, np.float32)
        found = np.stack(
            [said.get(name, nothing) for name in self._terms], axis=1, dtype=np.float32, casting="same_kind"
        )
        if final:
            found[over] = np.stack([final[name] for name in self._terms], axis=1)[over]
        return found

    def _worlds(self, which: Mask) -> Iterator[tuple[Block, NDArray[np.intp]]]:
        """The blocks of some worlds, and where in each they are."""
        for block in self._blocks:
            worlds = np.flatnonzero(which[block.group.worlds])
            if len(worlds):
                yield block, worlds


def _of_world(told: Infos, w: int) -> dict[str, float]:
    """What an info of the vector says of one world."""
    return {name: values[w] for name, values in told.items() if not name.startswith("_") and told[f"_{name}"][w]}
