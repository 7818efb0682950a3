"""Streets as a car's camera sees them, with their exact labels; and what it saw from above."""
