"""Classification: what one small picture shows, such as a traffic sign in a crop of a camera's picture."""
