"""The rules of events and places. Standard library only."""
