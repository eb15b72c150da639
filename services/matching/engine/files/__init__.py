"""Problems and schedules as files: read, written, changed, judged and drawn."""
