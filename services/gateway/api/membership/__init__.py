"""Networks, people and sign-in in GraphQL."""
