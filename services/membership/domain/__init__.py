"""The rules of membership, in plain Python."""
