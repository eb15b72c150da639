"""Notes that are written, and what consumers did about the facts that tell of them."""

from sqlalchemy import BigInteger, Column, Identity, MetaData, Text, Uuid

from services.common.storage.tables import network_table, platform_tables

metadata = MetaData()
platform = platform_tables(metadata)

notes = network_table("notes", metadata, Column("id", Uuid(), nullable=False))

effects = network_table(
    "effects",
    metadata,
    Column("position", BigInteger(), Identity(always=True), nullable=False),
    Column("consumer", Text(), nullable=False),
    Column("fact_id", Uuid(), nullable=False),
    Column("aggregate", Uuid(), nullable=False),
    Column("version", BigInteger(), nullable=False),
    key=("position",),
)
