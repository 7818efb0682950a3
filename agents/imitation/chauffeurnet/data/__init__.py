"""From driving worlds and recorded episodes to what a ChauffeurNet learns from."""
