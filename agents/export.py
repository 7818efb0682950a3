"""Writes a trained agent as one ONNX file, for use where there is no Python, and proves that it acts the same.

Any agent with `torch_module()` can be exported: it returns a torch module and an example of its inputs, each with the batch
axis first. The first input is the observation in the agent's view, the first output the deterministic action; a second output
is what the action was chosen from (logits, action values, means), further ones are a recurrent agent's memory. Scaling and
clipping are part of the graph. Format: ONNX, https://onnx.ai/onnx/repo-docs/IR.html; torch's TorchScript exporter is used,
because the newer one needs onnxscript besides.
"""

from __future__ import annotations

import importlib.util
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from agents.checkpoint import Description
from agents.interface import Interface
from sim_suite.errors import SuiteError
from sim_suite.files import canonical_json, sha256, write_atomic
from sim_suite.version import __version__

OPSET = 17
"""Read by onnxruntime since 1.12 (2022)."""
TOLERANCE = 1e-5
"""Largest difference allowed between torch and onnxruntime, relative to the larger of 1 and the value: float32 sums in another order."""
_CHECKED_BATCH = 64
_METADATA_PREFIX = "sim_suite."


@runtime_checkable
class ExportableAgent(Protocol):
    """An agent whose deterministic policy is a torch module."""

    interface: Interface

    def torch_module(self) -> tuple[nn.Module, Tensor | tuple[Tensor, ...]]:
        """The policy, and an example of its input or inputs with a batch of 1 on the first axis.

        The module may carry `input_names` and `output_names` (tuples of text), and `states`, how many numbers there are
        where it observes a number.
        """


@dataclass(frozen=True)
class Verification:
    """How an ONNX file compares with the agent it came from, on random observations."""

    batch: int
    """Observations compared."""
    largest_difference: float
    """Over all float outputs, relative to the larger of 1 and the value."""
    different_choices: int
    """Discrete actions that differ although the values behind them are not tied within the tolerance."""

    @property
    def holds(self) -> bool:
        """True where the file acts as the agent does."""
        return self.largest_difference <= TOLERANCE and self.different_choices == 0


def export_onnx(
    agent: Any, out: Path, description: Description | None = None, checkpoint: Path | None = None, seed: int = 0
) -> Path:
    """Write `agent` as the ONNX file `out`, after checking that onnxruntime computes what torch computes; returns `out`.

    description and checkpoint add the agent's name, its environment and the SHA-256 of its agent.json to the file's metadata;
    seed draws the observations of the check. Raises `SuiteError` for agents that are no torch module, without the extra
    `export`, and where the check fails (nothing is written then).
    """
    onnx = _extra("onnx")
    module, inputs = _graph_of(agent)
    model = onnx.load_model_from_string(_trace(module, inputs))
    verification = verify(model.SerializeToString(), module, inputs, seed)
    if not verification.holds:
        raise SuiteError(
            f"the exported graph does not act as the agent does: {verification}. Please report it with the checkpoint."
        )
    facts = _facts(agent, description, checkpoint) | {
        "verified_batch": str(verification.batch),
        "verified_largest_difference": f"{verification.largest_difference:.3g}",
        "verified_different_choices": str(verification.different_choices),
    }
    onnx.helper.set_model_props(model, {_METADATA_PREFIX + key: value for key, value in facts.items()})
    onnx.checker.check_model(model)
    write_atomic(out, model.SerializeToString())
    return out


def read_facts(path: Path) -> dict[str, str]:
    """What `export_onnx` wrote beside the graph: agent, interface, environment, checkpoint hash, versions, verification."""
    if not path.is_file():
        raise SuiteError(f"{path} does not exist.")
    try:
        model = _extra("onnx").load(path)
    except Exception as error:  # protobuf's DecodeError is a class of its C extension
        raise SuiteError(f"{path} is no ONNX file ({type(error).__name__}). Export the agent again.") from error
    return {
        item.key.removeprefix(_METADATA_PREFIX): item.value
        for item in model.metadata_props
        if item.key.startswith(_METADATA_PREFIX)
    }


def verify(graph: bytes, module: nn.Module, inputs: tuple[Tensor, ...], seed: int = 0) -> Verification:
    """Run an ONNX graph and its torch module on the same random batch. inputs: examples, for shapes and dtypes."""
    runtime = _extra("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1
    session = runtime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    generator = np.random.default_rng(seed)
    batch = [_random_like(example, generator, getattr(module, "states", 2)) for example in inputs]
    with torch.no_grad():
        expected = [tensor.numpy() for tensor in _as_tuple(module(*map(torch.from_numpy, batch)))]
    names = [item.name for item in session.get_inputs()]
    found = session.run(None, dict(zip(names, batch, strict=True)))
    floats = [(a, b) for a, b in zip(expected, found, strict=True) if a.dtype.kind == "f"]
    largest = max((float(np.max(np.abs(a - b) / np.maximum(1, np.abs(a)))) for a, b in floats), default=0.0)
    return Verification(_CHECKED_BATCH, largest, _different_choices(expected, found))


def _different_choices(expected: list[NDArray[Any]], found: list[NDArray[Any]]) -> int:
    """Discrete actions that differ, save where the two values behind them lie within the tolerance of each other."""
    if expected[0].dtype.kind != "i":
        return 0
    differ = expected[0] != found[0]
    if len(expected) > 1 and expected[1].ndim == 2:
        values, rows = expected[1], np.arange(len(differ))
        gap = np.abs(values[rows, expected[0]] - values[rows, found[0]])
        differ &= gap > TOLERANCE * np.maximum(1, np.abs(values).max(axis=1))
    return int(differ.sum())


def _graph_of(agent: Any) -> tuple[nn.Module, tuple[Tensor, ...]]:
    if not isinstance(agent, ExportableAgent):
        raise SuiteError(
            f"{type(agent).__name__} cannot be exported: it is no torch network (it offers no torch_module())."
        )
    module, inputs = agent.torch_module()
    if any(parameter.device.type != "cpu" for parameter in module.parameters()):
        raise SuiteError("an agent is exported from the CPU: load its checkpoint, then export that.")
    return module.eval(), _as_tuple(inputs)


def _trace(module: nn.Module, inputs: tuple[Tensor, ...]) -> bytes:
    with torch.no_grad():
        outputs = _as_tuple(module(*inputs))
    inputs_names = _names(getattr(module, "input_names", ("observation",)), len(inputs), "input")
    outputs_names = _names(getattr(module, "output_names", ("action", "raw")), len(outputs), "output")
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.onnx"
        # Stable since torch 1.x and free of further packages, but marked as deprecated; shapes are checked by `verify`.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            inputs,
            path,
            dynamo=False,
            opset_version=OPSET,
            input_names=inputs_names,
            output_names=outputs_names,
            dynamic_axes={name: {0: "batch"} for name in inputs_names + outputs_names},
        )
        return path.read_bytes()


def _facts(agent: Any, description: Description | None, checkpoint: Path | None) -> dict[str, str]:
    facts = {
        "agent": type(agent).__name__ if description is None else description.agent,
        "interface": canonical_json(agent.interface.to_dict()),
        "sim_suite_version": __version__,
        "torch_version": torch.__version__,
    }
    if description is not None:
        facts["env_id"] = description.env_id
        facts["env_kwargs"] = canonical_json(description.env_kwargs)
    if checkpoint is not None:
        facts["checkpoint_sha256"] = sha256(checkpoint / "agent.json")
    return facts


def _extra(package: str) -> ModuleType:
    if importlib.util.find_spec(package) is None:
        raise SuiteError(f'exporting needs the package {package}: pip install "sim-suite[export]".')
    return importlib.import_module(package)


def _random_like(example: Tensor, generator: np.random.Generator, states: int) -> NDArray[Any]:
    """A random batch with the shape and dtype of an example: bytes for pictures, states for whole numbers, normal otherwise."""
    shape = (_CHECKED_BATCH, *example.shape[1:])
    dtype = example.numpy().dtype
    if dtype == np.uint8:
        return generator.integers(0, 256, shape, np.uint8)
    if dtype.kind in "iu":
        return generator.integers(0, states, shape).astype(dtype)
    return generator.standard_normal(shape).astype(dtype)


def _names(given: tuple[str, ...], count: int, kind: str) -> list[str]:
    return [given[index] if index < len(given) else f"{kind}_{index}" for index in range(count)]


def _as_tuple(value: Any) -> tuple[Tensor, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (value,)
