"""How bodies move in one tick: vehicles on wheels, with and without tyres that slide, and people on foot."""
