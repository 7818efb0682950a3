"""Self-play of Connect Four by pgx and mctx: prints simulations a second of processor time. Run by the peers' interpreter, without torch.

    python _alphazero_peer.py GAMES SIMULATIONS CHANNELS BLOCKS HEAD_PLANES VALUE_HIDDEN PARAMETERS SECONDS PRECISION

A move in all games is one compiled step: Gumbel search (Danihelka et al. 2022), the move, and fresh games for those that are over. The
network is ours in shape, its norms folded; PARAMETERS, the number of ours, is checked. PRECISION: float32 or bfloat16. Source: ours.
"""

from __future__ import annotations

import functools
import sys
import time
from typing import Any

import jax
import jax.numpy as jnp
import mctx
import pgx
from pgx.experimental import auto_reset

ENV: Any = pgx.make("connect_four")
LAYOUT = ("NHWC", "HWIO", "NHWC")


def convolution(key: Any, size: int, inputs: int, outputs: int) -> dict[str, Any]:
    """A kernel [size, size, inputs, outputs] and a bias, as He et al. 2015 begin them."""
    scale = (2 / (size * size * inputs)) ** 0.5
    return {"kernel": scale * jax.random.normal(key, (size, size, inputs, outputs)), "bias": jnp.zeros(outputs)}


def dense(key: Any, inputs: int, outputs: int) -> dict[str, Any]:
    """A matrix and a bias."""
    return {"matrix": jax.random.normal(key, (inputs, outputs)) / inputs**0.5, "bias": jnp.zeros(outputs)}


def network_of(channels: int, blocks: int, head_planes: int, value_hidden: int) -> dict[str, Any]:
    """The parameters."""
    rows, columns, planes = ENV.observation_shape
    keys = iter(jax.random.split(jax.random.key(0), 2 * blocks + 6))
    flat = rows * columns * head_planes
    return {
        "stem": convolution(next(keys), 3, planes, channels),
        "tower": [[convolution(next(keys), 3, channels, channels) for _ in range(2)] for _ in range(blocks)],
        "policy_maps": convolution(next(keys), 1, channels, head_planes),
        "policy": dense(next(keys), flat, ENV.num_actions),
        "value_maps": convolution(next(keys), 1, channels, head_planes),
        "value_hidden": dense(next(keys), flat, value_hidden),
        "value": dense(next(keys), value_hidden, 1),
    }


def evaluate(network: dict[str, Any], observations: Any) -> tuple[Any, Any]:
    """observations [B, 6, 7, 2] -> logits [B, 7] and values [B], float32."""

    def convolved(layer: dict[str, Any], maps: Any) -> Any:
        return (
            jax.lax.conv_general_dilated(maps, layer["kernel"], (1, 1), "SAME", dimension_numbers=LAYOUT)
            + layer["bias"]
        )

    def connected(layer: dict[str, Any], features: Any) -> Any:
        return features @ layer["matrix"] + layer["bias"]

    maps = jax.nn.relu(convolved(network["stem"], observations.astype(network["stem"]["kernel"].dtype)))
    for first, second in network["tower"]:
        maps = jax.nn.relu(convolved(second, jax.nn.relu(convolved(first, maps))) + maps)
    flat = (len(maps), -1)
    logits = connected(network["policy"], jax.nn.relu(convolved(network["policy_maps"], maps)).reshape(flat))
    hidden = connected(network["value_hidden"], jax.nn.relu(convolved(network["value_maps"], maps)).reshape(flat))
    values = jnp.tanh(connected(network["value"], jax.nn.relu(hidden)))[:, 0]
    return logits.astype(jnp.float32), values.astype(jnp.float32)


def simulate(network: dict[str, Any], key: Any, actions: Any, states: Any) -> tuple[Any, Any]:
    """One move further in the tree; a game that is over is worth nothing more, and the other player's gain is a loss."""
    movers = states.current_player
    states = jax.vmap(ENV.step)(states, actions)
    logits, values = evaluate(network, states.observation)
    over = states.terminated
    found = mctx.RecurrentFnOutput(
        reward=states.rewards[jnp.arange(len(movers)), movers],
        discount=jnp.where(over, 0.0, -1.0),
        prior_logits=jnp.where(states.legal_action_mask, logits, jnp.finfo(logits.dtype).min),
        value=jnp.where(over, 0.0, values),
    )
    return found, states


@functools.partial(jax.jit, static_argnums=3)
def move(network: dict[str, Any], states: Any, key: Any, simulations: int) -> Any:
    """A searched move in each game."""
    searching, stepping = jax.random.split(key)
    logits, values = evaluate(network, states.observation)
    root = mctx.RootFnOutput(prior_logits=logits, value=values, embedding=states)
    illegal = ~states.legal_action_mask
    found = mctx.gumbel_muzero_policy(network, searching, root, simulate, simulations, invalid_actions=illegal)
    return jax.vmap(auto_reset(ENV.step, ENV.init))(states, found.action, jax.random.split(stepping, len(values)))


def main() -> None:
    """Compile, play a move, and measure for so many seconds."""
    games, simulations, channels, blocks, head_planes, value_hidden, parameters = map(int, sys.argv[1:8])
    seconds, precision = float(sys.argv[8]), sys.argv[9]
    network = jax.tree.map(lambda x: x.astype(precision), network_of(channels, blocks, head_planes, value_hidden))
    held = sum(x.size for x in jax.tree.leaves(network))
    if held != parameters:
        raise SystemExit(f"the peer's network has {held} parameters and ours {parameters}: their shapes differ.")
    states = jax.jit(jax.vmap(ENV.init))(jax.random.split(jax.random.key(0), games))
    keys = jax.random.split(jax.random.key(1), 1 << 16)
    states = jax.block_until_ready(move(network, states, keys[-1], simulations))
    moves, begin = 0, time.process_time()
    while moves == 0 or time.process_time() - begin < seconds:
        states = jax.block_until_ready(move(network, states, keys[moves], simulations))
        moves += 1
    print(moves * games * simulations / (time.process_time() - begin))


if __name__ == "__main__":
    main()
