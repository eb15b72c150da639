"""The gRPC services of membership."""
