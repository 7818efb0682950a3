"""Pictures with exact boxes: where they come from, how they are varied, and the plain way of finding things that a network must beat."""
