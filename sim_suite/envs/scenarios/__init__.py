"""Scenarios as driving worlds: many variations at once, and one at a time by Gymnasium's interface."""
