"""What collides when no plan keeps every rule, and the least that has to give."""
