"""Longer runs that join several parts."""
