"""Facts on their way: from the outbox over JetStream to those who act on them."""
