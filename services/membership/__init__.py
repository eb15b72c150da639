"""Membership: networks, accounts, members and sign-in."""
