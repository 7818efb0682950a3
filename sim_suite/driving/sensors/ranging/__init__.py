"""Lidars and radars."""
