"""Break-outs, encounters and introductions in GraphQL."""
