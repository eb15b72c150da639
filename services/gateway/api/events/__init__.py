"""Events, series and registrations in GraphQL."""
