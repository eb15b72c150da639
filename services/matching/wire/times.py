"""Times as protobuf messages."""

from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp


def optional_timestamp(at: datetime | None) -> Timestamp | None:
    if at is None:
        return None
    timestamp = Timestamp()
    timestamp.FromDatetime(at)
    return timestamp
