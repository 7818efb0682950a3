"""The arena: agents of board games meet each other, and what their games say of their strength."""
