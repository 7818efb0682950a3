"""What a car perceives around it, from what it really has: pictures, navigation sensors, a route; see README.md."""
