"""What was stored, as it was seen: states built again, and what an agent would observe in them."""
