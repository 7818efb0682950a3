"""Small worlds whose every transition is written in a table, so that each value learned in them can be checked exactly."""
