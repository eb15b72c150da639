"""What people and services do with membership; each use case owns its transaction."""
