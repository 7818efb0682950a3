"""What all perception networks share: the loop that trains them, its data, its files."""
