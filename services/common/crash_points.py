"""Named places at which a test lets a process die, as if the power went out there.

ONTMOET_CRASH_AT names the point, or the point and the how-manieth passage: "after-commit" or "after-commit:20". Other
environments than development ignore it.
"""

import os
import signal
import sys
from collections import Counter

AFTER_COMMIT = "after-commit"
"""The state and its facts are stored; the relay knows nothing of it yet."""
BEFORE_PUBLISH = "before-publish"
"""The relay holds facts that it is about to publish."""
AFTER_PUBLISH = "after-publish"
"""The stream has facts that the outbox still calls unpublished."""
BEFORE_ACK = "before-ack"
"""A consumer's effect is stored; the stream does not know it yet."""

_passages: Counter[str] = Counter()


def crash_point(name: str) -> None:
    """Kills this process with SIGKILL, once it has said so, when ONTMOET_CRASH_AT names this passage."""
    wanted, _, passage = os.environ.get("ONTMOET_CRASH_AT", "").partition(":")
    if wanted != name or os.environ.get("ONTMOET_ENVIRONMENT") != "development":
        return
    _passages[name] += 1
    if _passages[name] >= int(passage or 1):
        print(f"crash point {name}: killing process {os.getpid()}", file=sys.stderr, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
