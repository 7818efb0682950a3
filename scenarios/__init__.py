"""Driving scenarios and maps that we ship. Holds no scenario yet; see README.md."""
