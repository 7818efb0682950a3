"""Many driving worlds at once, stepped and judged in one kernel call each for all of them. Source: ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from gymnasium import spaces
from gymnasium.utils import seeding
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from sim_suite.driving.world.layout import State
from sim_suite.envs.driving.env import SEEDS, route_number
from sim_suite.envs.driving.fleet import Fleet
from sim_suite.envs.driving.judging import TERMINATED, TRUNCATED
from sim_suite.envs.driving.options import DrivingOptions, driving_options
from sim_suite.envs.driving.spaces import action_space, observation_space
from sim_suite.errors import SuiteError, UnknownNameError

Array = NDArray[Any]
Infos = dict[str, Any]
AUTORESETS: Final = (AutoresetMode.SAME_STEP, AutoresetMode.DISABLED)


class DrivingVectorEnv(VectorEnv[Any, Array, Array]):
    """`num_envs` worlds of `DrivingEnv`; world i with seed s + i equals the single environment with that seed, bit for bit.

    A world that ends is reset in the same step: the observation is then the new episode's first, and `info["final_obs"]` and
    `info["final_info"]` hold what the old one ended with. Where several maps are named, world i keeps map i modulo their number.

    * `autoreset_mode`: SAME_STEP as said, or DISABLED: a world that ends waits for a `reset` with a mask, and `info["metrics"]` says what
      became of its episode, [num_envs] each.
    * `max_episode_steps`: steps after which a world is truncated, if `limit_ticks` does not do so before.
    * `copy`: False returns the arrays that the next step overwrites; with one map no observation is copied then.

    The other arguments are those of `DrivingEnv`. Raises `SuiteError` for actions of another shape, or that are not finite.
    """

    metadata: dict[str, Any] = {"autoreset_mode": AutoresetMode.SAME_STEP, "render_modes": []}  # noqa: RUF012  # as Gymnasium has it

    def __init__(
        self,
        num_envs: int = 1,
        *,
        max_episode_steps: int = 3000,
        copy: bool = True,
        autoreset_mode: AutoresetMode = AutoresetMode.SAME_STEP,
        render_mode: str | None = None,
        **options: Any,
    ) -> None:
        if render_mode is not None:
            raise SuiteError(
                f"many worlds have no picture, so render_mode must be None, not {render_mode!r}. Render one."
            )
        if num_envs < 1 or max_episode_steps < 1:
            raise SuiteError(
                f"num_envs and max_episode_steps must be at least 1, not {num_envs} and {max_episode_steps}."
            )
        if autoreset_mode not in AUTORESETS:
            raise SuiteError(f"autoreset_mode must be SAME_STEP or DISABLED, not {autoreset_mode}.")
        self.metadata = self.metadata | {"autoreset_mode": autoreset_mode}
        self._resets = autoreset_mode is AutoresetMode.SAME_STEP
        self.options: DrivingOptions = driving_options(options)
        if self.options.observation == "sensors":
            raise SuiteError(
                'many worlds have no observation "sensors". Make single environments, or ask for "camera".'
            )
        self.num_envs = num_envs
        self.render_mode = None
        self.single_observation_space = observation_space(self.options)
        self.single_action_space = action_space(self.options)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._copy = copy
        if self.options.routes is not None and len(self.options.maps) > 1:
            raise SuiteError(
                f"the routes {self.options.routes!r} lie on {', '.join(self.options.maps)}; the worlds of a vector environment "
                f"keep their maps. Give routes of one map, or make single environments."
            )
        maps = self.options.maps[:num_envs]
        limit = min(self.options.limit_ticks, max_episode_steps * self.options.ticks_per_step)
        self._worlds = [np.arange(first, num_envs, len(maps)) for first in range(len(maps))]
        self._rows = [slice(first, None, len(maps)) for first in range(len(maps))]
        self._fleets = [
            Fleet(name, len(worlds), self.options, limit) for name, worlds in zip(maps, self._worlds, strict=True)
        ]
        self._random = [seeding.np_random(None)[0] for _ in range(num_envs)]
        self._everybody = np.ones(num_envs, np.bool_)
        self.before_reset: Callable[[NDArray[np.bool_]], None] | None = None
        """Called with which worlds have ended, [num_envs], before new episodes begin in them; for recorders, who look at `live_states`."""

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, Infos]:
        """Begin new episodes: world i with `seed + i`, or with `seed[i]`; None goes on with each world's own generator.

        options: those of one environment but `map`; {"reset_mask": bool [num_envs]} leaves the others running.
        """
        options = dict(options or {})
        mask = np.asarray(options.pop("reset_mask", self._everybody))
        seeds = [seed + i for i in range(self.num_envs)] if isinstance(seed, int | np.integer) else seed
        seeds = [None] * self.num_envs if seeds is None else list(seeds)
        if len(seeds) != self.num_envs or mask.shape != (self.num_envs,) or mask.dtype != np.bool_:
            raise SuiteError(
                f"{self.num_envs} worlds take as many seeds and a reset_mask of as many bool, "
                f"not {len(seeds)} seeds and a mask of {mask.dtype} {mask.shape}."
            )
        if "map" in options:
            raise UnknownNameError("option of reset", "map", (), "Worlds of a vector environment keep their maps.")
        for w in np.flatnonzero(mask).tolist():
            own = seeds[w]
            if own is not None:
                self._random[w] = seeding.np_random(int(own))[0]
        self._begin(mask, self.options.changed(options), seeds)
        lengths = self._gather([fleet.route_lengths_m() for fleet in self._fleets])
        return self._observations(), {"route_m": lengths, "_route_m": mask.copy()}

    def step(self, actions: Array) -> tuple[Any, Array, Array, Array, Infos]:
        """Step every world by `ticks_per_step`."""
        actions = np.asarray(actions)
        if actions.shape != self.action_space.shape:
            raise SuiteError(f"actions must have the shape {self.action_space.shape}, not {actions.shape}.")
        if not np.isfinite(actions).all() or (
            isinstance(self.single_action_space, spaces.Discrete)
            and not ((actions >= 0) & (actions < self.single_action_space.n)).all()
        ):
            raise SuiteError(f"actions must be finite and within {self.single_action_space}.")
        for fleet, rows in zip(self._fleets, self._rows, strict=True):
            fleet.actions[:] = actions[rows].reshape(fleet.actions.shape)
            fleet.step()
        rewards = self._gather([fleet.outcome.reward for fleet in self._fleets], copied=True)
        ends = self._gather([fleet.outcome.end for fleet in self._fleets], copied=True)
        terms = self._gather([fleet.terms for fleet in self._fleets], copied=True)
        over = ends != 0
        infos = self._term_infos(terms, ~over if self._resets else self._everybody.copy())
        if over.any() and self._resets:
            self._end(over, terms, infos)
        elif over.any():
            infos |= {"metrics": self._metrics(over), "_metrics": over}
        return self._observations(), rewards, ends & TERMINATED != 0, ends & TRUNCATED != 0, infos

    @property
    def live_states(self) -> list[tuple[NDArray[np.intp], str, State]]:
        """For each map which worlds are on it, its name, and their own arrays, which the next step overwrites; for recorders, who must
        not write into them."""
        return [(worlds, fleet.name, fleet.state) for worlds, fleet in zip(self._worlds, self._fleets, strict=True)]

    def read_states(self) -> list[Any]:
        """The whole truth of every world (`DrivingState`), in their order."""
        found: list[Any] = [None] * self.num_envs
        for fleet, worlds in zip(self._fleets, self._worlds, strict=True):
            for w, world in enumerate(worlds.tolist()):
                found[world] = fleet.read_state(w)
        return found

    def snapshot(self) -> dict[str, Array]:
        """All that steps to come depend on but the seeds of later resets: arrays by name, views of what the next step overwrites.

        Raises `SuiteError` where trips are recorded (`metrics="all"`), which cannot be taken up in their midst.
        """
        return {
            f"{number}.{name}": array
            for number, fleet in enumerate(self._fleets)
            for name, array in fleet.snapshot().items()
        }

    def restore(self, arrays: Mapping[str, Array]) -> None:
        """Go on where `snapshot` was taken, bit for bit. Raises `SuiteError` where that was of other worlds."""
        for number, fleet in enumerate(self._fleets):
            first = f"{number}."
            fleet.restore({name[len(first) :]: array for name, array in arrays.items() if name.startswith(first)})

    def _begin(self, mask: NDArray[np.bool_], options: DrivingOptions, given: Sequence[int | None] = ()) -> None:
        """New episodes where the mask is True. given: [num_envs] seeds, if there are any."""
        stored = len(options.stored_routes)
        for fleet, worlds in zip(self._fleets, self._worlds, strict=True):
            which = np.flatnonzero(mask[worlds])
            if len(which):
                numbers = [
                    route_number(given[w] if given else None, stored, self._random[w])
                    for w in worlds[which].tolist()
                    if stored
                ]
                seeds = [int(self._random[w].integers(SEEDS, size=1)[0]) for w in worlds[which].tolist()]
                fleet.reset(which, np.array(seeds, np.int64), options, numbers)

    def _metrics(self, over: NDArray[np.bool_]) -> Infos:
        """What became of the episodes that are over, by name, with Gymnasium's masks."""
        found: Infos = {}
        for fleet, worlds in zip(self._fleets, self._worlds, strict=True):
            which = np.flatnonzero(over[worlds])
            for name, values in fleet.metrics_of(which).items():
                found.setdefault(name, np.zeros(self.num_envs))[worlds[which]] = values
        return found | {f"_{name}": over for name in found}

    def _end(self, over: NDArray[np.bool_], terms: Array, infos: Infos) -> None:
        """Note how episodes ended, then begin new ones."""
        for fleet, worlds in zip(self._fleets, self._worlds, strict=True):
            for w in np.flatnonzero(over[worlds]).tolist():
                world = int(worlds[w])
                told = {
                    "terms": dict(zip(fleet.term_names, terms[world].tolist(), strict=True)),
                    "metrics": fleet.metrics(w),
                }
                self._add_info(infos, {"final_obs": fleet.observation(w), "final_info": told}, world)
        if self.before_reset is not None:
            self.before_reset(over)
        self._begin(over, self.options)

    def _term_infos(self, terms: Array, mask: NDArray[np.bool_]) -> Infos:
        """Terms by name, [num_envs] each, with Gymnasium's masks of where they were said."""
        columns, names = np.ascontiguousarray(terms.T), self._fleets[0].term_names
        named: Infos = dict(zip(names, columns, strict=True))
        return {"terms": named | {f"_{name}": mask for name in names}, "_terms": mask}

    def _observations(self) -> Any:
        kind = self.options.observation
        parts: dict[str, Array] = {}
        if kind == "camera":
            shots = [fleet.pictures.rgb[:, 0] for fleet in self._fleets if fleet.pictures is not None]
            return self._gather(shots, copied=self._copy)
        if kind != "raster":
            parts["vector"] = self._gather([fleet.outcome.observation for fleet in self._fleets], copied=self._copy)
        if kind != "vector":
            rasters = [fleet.raster for fleet in self._fleets if fleet.raster is not None]
            parts["raster"] = self._gather(rasters, copied=self._copy)
        return {"raster": parts["raster"], "vector": parts["vector"]} if kind == "both" else parts[kind]

    def _gather(self, parts: Sequence[Array], copied: bool = False) -> Array:
        """The fleets' rows in the order of the worlds; with one fleet its own array, unless copied."""
        if len(parts) == 1:
            return parts[0].copy() if copied else parts[0]
        whole = np.empty((self.num_envs, *parts[0].shape[1:]), parts[0].dtype)
        for part, rows in zip(parts, self._rows, strict=True):
            whole[rows] = part
        return whole
