"""Agents: whatever answers `predict`. `agents.interface` says what is asked of one, `agents.naming` finds it by name."""
