"""Looks of a labelled picture: colours, textures, light and a camera's faults, painted by label."""
