"""The tables of a small service: halls with a number of seats, tickets for them, and door numbers across networks."""

from sqlalchemy import Column, Integer, MetaData, Text, Uuid

from services.common.storage.tables import foreign_key, global_table, network_table, platform_tables, unique

metadata = MetaData()
platform = platform_tables(metadata)

halls = network_table(
    "halls",
    metadata,
    Column("id", Uuid(), nullable=False),
    Column("code", Text(), nullable=False),
    Column("free", Integer(), nullable=False),
    unique("code"),
)

tickets = network_table(
    "tickets",
    metadata,
    Column("id", Uuid(), nullable=False),
    Column("hall_id", Uuid(), nullable=False),
    Column("holder", Text(), nullable=False),
    foreign_key(("hall_id",), "halls"),
)

doors = global_table(
    "doors",
    metadata,
    Column("host", Text(), nullable=False),
    Column("network", Uuid(), nullable=False),
    key=("host",),
)
