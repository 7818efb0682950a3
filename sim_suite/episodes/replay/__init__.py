"""Recorded episodes played again: simulated and compared, or drawn from what was stored."""
