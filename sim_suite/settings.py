"""Builds a method's configuration from plain data (a recipe, `--set`, a run folder) and refuses what does not belong."""

from __future__ import annotations

import tomllib
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from typing import Any, Union

from sim_suite.errors import SuiteError, UnknownNameError


def build_config(cls: type, values: Mapping[str, Any], where: str) -> Any:
    """An instance of the frozen dataclass `cls`, whose fields may be dataclasses themselves (tables of a recipe).

    Raises `SuiteError` on an unknown key, a wrong type or a refused value.
    """
    known = typing.get_type_hints(cls)
    names = {item.name for item in fields(cls)}
    for key in values:
        if key not in names:
            raise UnknownNameError(f"setting in {where}", key, names)
    return cls(**{key: _fit(value, known[key], f"{where}: {key}") for key, value in values.items()})


def plain_config(config: Any) -> dict[str, Any]:
    """The inverse: a dictionary that TOML and JSON can hold. None is left out, as TOML has none."""
    return {key: _plain(value) for key, value in asdict(config).items() if value is not None}


def with_settings(config: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """A recipe's configuration with settings changed; `losses.speed` names `speed` in the table `losses`."""
    changed = dict(config)
    for key, value in settings.items():
        table, dot, rest = key.partition(".")
        if not dot:
            changed[key] = value
            continue
        inner = changed.get(table, {})
        if not isinstance(inner, Mapping):
            raise SuiteError(f"{key}: {table} is no table but {inner!r}.")
        changed[table] = with_settings(inner, {rest: value})
    return changed


def parse_settings(texts: Sequence[str]) -> dict[str, Any]:
    """`["alpha=0.5", "name=fast"]` as `{"alpha": 0.5, "name": "fast"}`: values are TOML, bare words are strings."""
    values = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise SuiteError(f"{text!r} is not KEY=VALUE.")
        try:
            values[key] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            values[key] = value
    return values


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items() if item is not None}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _fit(value: Any, hint: Any, where: str) -> Any:
    """`value` as the annotated type, or an error that says what was expected."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return value
    if origin in (Union, types.UnionType):
        for option in arguments:
            try:
                return _fit(value, option, where)
            except SuiteError:
                continue
    elif origin is typing.Literal:
        if value in arguments:
            return value
    elif origin is tuple and isinstance(value, list | tuple):
        inner = arguments[:1] * len(value) if arguments[-1:] == (Ellipsis,) else arguments
        if len(inner) == len(value):
            return tuple(_fit(item, kind, where) for item, kind in zip(value, inner, strict=True))
    elif origin in (dict, Mapping) or hint is dict:
        if isinstance(value, Mapping):
            return dict(value)
    elif hint is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    elif isinstance(hint, type) and isinstance(value, hint) and (hint is bool or not isinstance(value, bool)):
        return value
    elif isinstance(hint, type) and hasattr(hint, "from_dict") and isinstance(value, Mapping):
        return hint.from_dict(dict(value))
    elif isinstance(hint, type) and is_dataclass(hint) and isinstance(value, Mapping):
        return build_config(hint, value, where)
    raise SuiteError(f"{where} must be {_describe(hint)}, not {value!r}.")


def _describe(hint: Any) -> str:
    if typing.get_origin(hint) is typing.Literal:
        return " or ".join(map(repr, typing.get_args(hint)))
    return hint.__name__ if isinstance(hint, type) else str(hint).replace("typing.", "")
