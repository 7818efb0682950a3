"""Breakout by the rules of the vanished BreakoutDeterministic-v4, single and on ale-py's C++ vector environment."""
