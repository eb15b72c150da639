"""The console script `ontmoet`."""
