"""gRPC: decode, call one use case, encode."""
