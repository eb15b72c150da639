"""Events, their places and the people at them."""
