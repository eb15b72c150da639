"""The fixtures of these tests."""

from tests.support.telemetry import probe

__all__ = ["probe"]
