"""What people do with events: one function per intention, which owns its transaction."""
