"""The page of a run of scenarios: one HTML file with verdicts, films and heat maps. Begin with `page.py`."""
