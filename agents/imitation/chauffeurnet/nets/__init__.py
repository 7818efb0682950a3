"""The networks of ChauffeurNet and what they are held to."""
