"""Writes what happens in environments, one or many at once, whoever acts in them."""
