"""Road users to be told apart, cut out of what a vehicle's camera sees."""
