"""Scripted controllers: no learning, constants with their origin."""
