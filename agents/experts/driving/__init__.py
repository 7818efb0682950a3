"""Drivers of the embedded driving world that were written, not trained. They read its privileged state."""
