"""Rounds without a repeat by construction, or by a search so small that symmetry does most of it."""

from services.matching.engine.algebra.construct import construct
from services.matching.engine.algebra.design import Design
from services.matching.engine.algebra.hunt import find_bases

__all__ = ["Design", "construct", "find_bases"]
