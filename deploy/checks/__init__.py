"""What a change must pass before it is accepted, besides the tests."""
