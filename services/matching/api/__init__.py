"""The contracts that matching serves: decode, call one use case, encode."""
