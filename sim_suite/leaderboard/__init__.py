"""The leaderboard: suites, journal, statistics and one page."""
