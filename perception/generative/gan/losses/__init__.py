"""What generator and critic play for, and what keeps a critic smooth."""
