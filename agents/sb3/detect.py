"""Says which algorithm wrote a Stable-Baselines3 `.zip`, by reading its JSON as text: nothing in the file is run.

The format keeps an algorithm's attributes as JSON where it can and as pickles, in base64, where it cannot. The names of the
attributes and the module of the policy's class are enough to tell the algorithms apart. Source: the files themselves,
versions 1.0 to 2.9.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

from agents.sb3.algorithms import Algorithm, algorithm
from sim_suite.errors import DamagedFileError, SuiteError

_MEMBERS = frozenset({"data", "policy.pth"})
# Module of the policy's class, then attributes that must be there, in the order in which they are tried.
_SIGNS: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("sb3-recurrent-ppo", "sb3_contrib.common.recurrent.policies", frozenset({"clip_range"})),
    ("sb3-recurrent-ppo", "sb3_contrib.ppo_recurrent.policies", frozenset({"clip_range"})),
    ("sb3-ppo", "stable_baselines3.common.policies", frozenset({"clip_range", "n_epochs"})),
    ("sb3-trpo", "stable_baselines3.common.policies", frozenset({"cg_max_steps"})),
    ("sb3-a2c", "stable_baselines3.common.policies", frozenset({"normalize_advantage"})),
    ("sb3-dqn", "stable_baselines3.dqn.policies", frozenset({"exploration_rate"})),
    ("sb3-qrdqn", "sb3_contrib.qrdqn.policies", frozenset({"n_quantiles"})),
    ("sb3-sac", "stable_baselines3.sac.policies", frozenset({"target_entropy"})),
    ("sb3-td3", "stable_baselines3.td3.policies", frozenset({"policy_delay"})),
    ("sb3-tqc", "sb3_contrib.tqc.policies", frozenset({"top_quantiles_to_drop_per_net"})),
    ("sb3-ars", "sb3_contrib.ars.policies", frozenset({"n_delta"})),
)


def detect(path: Path) -> Algorithm:
    """The algorithm of a file; a DDPG counts as the TD3 that it is stored as.

    Raises `DamagedFileError` for what is no such file, `SuiteError` for algorithms that we do not know.
    """
    data = read_data(path)
    described = data.get("policy_class")
    module = str(described.get("__module__", "")) if isinstance(described, dict) else ""
    for name, policy_module, attributes in _SIGNS:
        if module == policy_module and attributes <= set(data):
            return algorithm(name)
    raise SuiteError(
        f"{path} was written by an algorithm unknown here (its policy is in {module or 'no module'!r}). "
        f"Known: {', '.join(dict.fromkeys(name for name, _, _ in _SIGNS))}."
    )


def read_data(path: Path) -> dict[str, Any]:
    """The JSON attributes of a file, pickles left as text. Raises `DamagedFileError` for what is no such file."""
    try:
        with zipfile.ZipFile(path) as file:
            if missing := _MEMBERS - set(file.namelist()):
                raise DamagedFileError(f"{path} is no Stable-Baselines3 file: it lacks {', '.join(sorted(missing))}.")
            if (broken := file.testzip()) is not None:
                raise DamagedFileError(f"{path} is damaged: {broken} fails its checksum. Fetch it anew.")
            data = json.loads(file.read("data"))
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, RuntimeError, NotImplementedError) as error:
        reason = " ".join(str(error).split())[:120]
        raise DamagedFileError(f"{path} is no readable Stable-Baselines3 file ({reason}). Fetch it anew.") from error
    if not isinstance(data, dict):
        raise DamagedFileError(f"{path} is no Stable-Baselines3 file: its data is no table.")
    return data
