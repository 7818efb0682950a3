"""What training methods of several families share."""
