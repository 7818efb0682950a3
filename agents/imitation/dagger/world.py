"""One episode, seen by two: the policy through its view, the expert through its own; and written down as it goes. Source: ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from agents.interface import Agent
from sim_suite.envs.catalog import card
from sim_suite.envs.making import load_object, make, pixel_view
from sim_suite.envs.space_json import space_to_json
from sim_suite.envs.views import View
from sim_suite.episodes.labels import label_column
from sim_suite.episodes.recording.capture import OBSERVATION, step_columns
from sim_suite.episodes.recording.plain_facts import plain
from sim_suite.episodes.store.columns import column_for
from sim_suite.episodes.store.facts import Actor, EnvRecord, Head, Player, StepFlag
from sim_suite.episodes.store.folder import Recording
from sim_suite.errors import SuiteError
from sim_suite.version import SIM_VERSION
from sim_suite.versions import versions

Array = NDArray[Any]
CHUNK: Final = 64
"""Steps that are compressed and written together."""


class _Remembering(gym.Wrapper[Any, Any, Any, Any]):
    """Keeps the environment's own observation for the expert and the file."""

    observation: Any = None

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        self.observation, info = self.env.reset(seed=seed, options=options)
        return self.observation, info

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        self.observation, *rest = self.env.step(action)
        return self.observation, *rest


class World:
    """An environment in which one lap after the other is driven, labelled and written."""

    def __init__(self, env_id: str, kwargs: dict[str, Any], view: View, expert: Agent, recording: Recording) -> None:
        """view: the policy's, of pixels. Raises `SuiteError` where the expert cannot see."""
        self._raw = _Remembering(make(env_id, kwargs=kwargs))
        self._seen = pixel_view(self._raw, view)
        self._expert, self._look = expert, _eyes(self._raw, env_id, expert)
        self._recording = recording
        spec, space = self._raw.spec, self._raw.observation_space
        assert spec is not None
        assert space.dtype is not None
        assert space.shape is not None
        told = {key: value for key, value in spec.kwargs.items() if key != "render_mode"}
        self._of = EnvRecord(spec.id, plain("arguments", told), spec.max_episode_steps)
        self._columns = (
            column_for(OBSERVATION, space.dtype, space.shape, observed=True),
            *step_columns(self._raw.action_space, 0, timed=False),
            label_column(self._raw.action_space),
        )
        self.over = True
        self.steps, self.total = 0, 0.0
        """Of the present lap, and its return."""
        self.idle, self.earning = 0, 0
        """Steps that paid nothing since the last one that did, and those that did since the last rescue began."""

    def begin(self, seed: int, player: Player) -> None:
        """Start a lap. player: who drives where the expert does not."""
        self.observation, _ = self._seen.reset(seed=seed)
        space = self._raw.observation_space
        head = Head(
            self._of, self._columns, space_to_json(self._raw.action_space), space_to_json(space), SIM_VERSION, seed,
            agent=player, versions=versions(),
        )  # fmt: skip
        self._file = self._recording.begin(head)
        self._rows: list[list[Any]] = [[] for _ in self._columns]
        self._memory: Any = None
        self.over, self.steps, self.total = False, 0, 0.0
        self.idle, self.earning = 0, 0
        self._ask()

    def step(self, action: Array | None) -> None:
        """Act, None: as the expert says; write the step down; ask the expert about the state that follows."""
        done = self.label if action is None else action
        picture = np.array(self._raw.observation)
        self.observation, reward, terminated, truncated, _ = self._seen.step(done)
        flags = StepFlag.TERMINATED * terminated + StepFlag.TRUNCATED * truncated
        actor = Actor.EXPERT if action is None else Actor.AGENT
        for row, value in zip(self._rows, (picture, done, reward, actor, int(flags), self.label), strict=True):
            row.append(value)
        self.steps, self.total, self.over = self.steps + 1, self.total + float(reward), terminated or truncated
        self.idle, self.earning = (0, self.earning + 1) if float(reward) > 0 else (self.idle + 1, self.earning)
        if self.over or len(self._rows[0]) == CHUNK:
            self._write()
        if self.over:
            self._file.last([np.array(self._raw.observation)[None]])
            self._recording.seal(self._file, "terminated" if terminated else "truncated", sync=False)
        else:
            self._ask()

    def close(self) -> None:
        """Let go of the environment."""
        self._seen.close()

    def _ask(self) -> None:
        """Note in `label` what the expert would do now."""
        batch, first = self._look(), np.array([self.steps == 0])
        actions, self._memory = self._expert.predict(batch, self._memory, first, True)
        self.label: Array = np.asarray(actions[0], self._raw.action_space.dtype)

    def _write(self) -> None:
        self._file.append([
            np.asarray(row, column.dtype).reshape(-1, *column.shape)
            for row, column in zip(self._rows, self._columns, strict=True)
        ])  # fmt: skip
        for row in self._rows:
            row.clear()


def _eyes(env: _Remembering, env_id: str, expert: Agent) -> Callable[[], Any]:
    """What gives the expert its batch of one. Raises `SuiteError` for a view that is not offered beside the policy's."""
    view, env_card = expert.interface.observation, card(env_id)
    if view.kind == "state" and env_card.state_reader is not None:
        read = load_object(env_card.state_reader)
        return lambda: [read(env.unwrapped)]
    if view == View(env_card.views[0]):
        return lambda: np.asarray(env.observation)[None]
    raise SuiteError(
        f"the expert looks at {view.kind!r} of {env_id}, which it cannot while the policy looks at its own view. Name one that reads "
        f"the privileged state or the environment's own observation."
    )
