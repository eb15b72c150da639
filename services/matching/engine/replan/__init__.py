"""How a plan under way is changed: the fewest moves in a round that runs, and what each change was for."""
