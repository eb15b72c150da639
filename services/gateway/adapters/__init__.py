"""What leaves the gateway: calls of the services."""
