"""gRPC as every service speaks it: who may call, by when, what a refusal looks like, and what is tried again."""
