"""The fewest repeats that rounds of a few people have, by a look at all of them."""
