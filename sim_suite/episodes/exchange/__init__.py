"""Episodes in the formats of others, and theirs as ours."""
