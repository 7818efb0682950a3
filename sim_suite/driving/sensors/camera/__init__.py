"""Cameras: pictures by rays."""
