"""Persons on the leaderboard: which of their recorded episodes count, how those become rows, and what is said of them."""
