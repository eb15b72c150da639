"""Matching: break-outs, who met whom, and what follows."""
