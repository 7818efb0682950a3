"""Trials: an agent on variations of a scenario, its verdicts, and the page that shows them."""
