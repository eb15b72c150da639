"""Who somebody is: tokens, the keys that they are signed with, and the identity of a service."""
