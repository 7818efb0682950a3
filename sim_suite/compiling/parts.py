"""Kernels whose parts are compiled once. Source: ours, over numba's dispatcher, code library and pass builder (0.68).

numba optimises a function and makes machine code of it, then links its code into each function that calls it, and does both
again for the whole: what lies five calls deep is optimised five times, and again for each constant that is passed. Here a
function that a kernel calls is lowered only, once for the types of its arguments, constants counting as their types; it is
optimised as part of the kernel, and machine code of its own is made only when Python calls it.
"""

# mypy: disallow-untyped-calls=False

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from itertools import count
from typing import Any

from numba.core import types
from numba.core.bytecode import FunctionIdentity
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import PassManager, register_pass
from numba.core.registry import CPUDispatcher
from numba.core.typed_passes import BaseNativeLowering, NativeLowering


class Kernel(CPUDispatcher):
    """A function that Python calls; compiled functions that call it take its parts."""

    def __init__(self, py_func: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(py_func, *args, **kwargs)
        self._part = _Part(py_func, targetoptions=self.targetoptions, pipeline_class=_PartCompiler)

    def compile(self, sig: Any) -> Any:
        """Compile for these types, or load from disk. Python's collector rests meanwhile: it would take a fifth of the time."""
        collecting = gc.isenabled()
        gc.disable()
        try:
            return super().compile(sig)
        finally:
            if collecting:
                gc.enable()

    def get_call_template(self, args: Any, kws: Any) -> Any:
        """As numba asks for it, where a compiled function calls this one; declared types hold there too."""
        if not self._can_compile and not self._part.overloads:  # type: ignore[attr-defined]  # of the base in C
            for declared in self.nopython_signatures:
                self._part.compile(declared)
            self._part.disable_compile()
        return self._part.get_call_template(args, kws)

    def get_overload(self, sig: Any) -> Any:
        """The key under which a call is lowered."""
        return self._part.get_overload(sig)


class _Part(CPUDispatcher):
    """The same function as compiled functions see it."""

    def get_call_template(self, args: Any, kws: Any) -> Any:
        widened = tuple(types.unliteral(one) for one in args)
        named = {name: types.unliteral(one) for name, one in kws.items()}
        return super().get_call_template(widened, named)

    def add_overload(self, cres: Any) -> None:
        """Without the entry for Python, which needs machine code."""
        self.overloads[tuple(cres.signature.args)] = cres


class _PartLibrary(JITCodeLibrary):
    """Code to be linked into others: neither optimised as a whole nor turned into machine code."""

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._verify_declare_only_symbols()
        self._finalized = True


@register_pass(mutates_CFG=True, analysis_only=False)
class _PartLowering(NativeLowering):
    """Lowers into a `_PartLibrary`; the function's key is an object of its own in place of an entry."""

    _name = "sim_suite_part_lowering"

    def run_pass(self, state: Any) -> bool:
        codegen = state.targetctx.codegen()
        state.library = _PartLibrary(codegen, state.func_id.func_qualname)
        state.flags.no_compile = True
        state.flags.no_cpython_wrapper = True
        state.flags.no_cfunc_wrapper = True
        BaseNativeLowering.run_pass(self, state)
        key = object()
        state.cr = state.cr._replace(cfunc=key)
        state.targetctx.insert_user_function(key, state.cr.fndesc, [state.library])
        return True


class _PartCompiler(CompilerBase):
    def define_pipelines(self) -> list[PassManager]:
        passes = DefaultPassBuilder.define_nopython_pipeline(self.state)
        lowering = [(_PartLowering, what) if one is NativeLowering else (one, what) for one, what in passes.passes]
        pipeline = PassManager("sim_suite_part")
        pipeline.passes.extend(lowering)
        pipeline.finalize()
        return [pipeline]


def _number_anew() -> None:
    """Let the numbers that numba puts into symbols begin at a place of this process's own.

    They begin at 1 otherwise. Two functions of one name that close over different things, compiled in two processes and loaded from disk
    into a third, could then be one symbol there, and one would run in the place of the other.
    """
    FunctionIdentity._unique_ids = count(int.from_bytes(os.urandom(6), "big"))


_number_anew()
if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_number_anew)
