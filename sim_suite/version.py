"""The version, alone in a file so that reading it costs no import."""

__version__ = "0.1.0"
