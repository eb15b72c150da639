"""The gateway: GraphQL over the three services, for the frontends of the networks."""
