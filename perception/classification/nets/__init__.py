"""Networks that name what a picture shows, as their papers describe them."""
