"""The driving world behind Gymnasium's interface; see README.md."""
