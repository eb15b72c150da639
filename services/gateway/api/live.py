"""How a subscription stays up to date."""

from __future__ import annotations
