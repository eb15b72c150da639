"""The free rounds: seats as arrays, what they cost, and the search for cheaper ones."""
