"""What leaves the process: mail, and the keys that stand in files."""
