"""The board games, a file each: `sim_suite.boards.registry` finds them by name."""
