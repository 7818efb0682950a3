"""Pictures to learn from that were never taken: other light, other weather, a network's own; labels stay what they are."""
