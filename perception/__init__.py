"""Perception: networks that turn pictures into what a driver needs to know, and how they are trained; see README.md."""
