"""Every tabular method of the textbooks, on any environment with numbered states and actions. README.md is the guide."""
