"""Tables, queries and transactions of events."""
