"""Membership's database."""
