"""The tables of membership."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.common.storage.tables import foreign_key, global_table, network_table, platform_tables

metadata = MetaData()
platform = platform_tables(metadata)

_TIME = DateTime(timezone=True)

# A human being across networks, and the mailboxes they read. A mailbox (info@...) may be shared by several.
accounts = global_table(
    "accounts",
    metadata,
    Column("id", Uuid(), nullable=False),
    Column("name", Text(), nullable=False),
)
account_emails = global_table(
    "account_emails",
    metadata,
    Column("email", Text(), nullable=False),
    Column("account_id", Uuid(), nullable=False),
    ForeignKeyConstraint(["account_id"], ["accounts.id"]),
    Index("account_emails_by_account", "account_id"),
    key=("email", "account_id"),
)
# Names that lead to a network: its slug and its host names.
directory = global_table(
    "directory",
    metadata,
    Column("name", Text(), nullable=False),
    Column("network", Uuid(), nullable=False),
    key=("name",),
)

networks = network_table(
    "networks",
    metadata,
    Column("slug", Text(), nullable=False),
    Column("name", Text(), nullable=False),
    Column("hosts", ARRAY(Text()), nullable=False),
    Column("time_zone", Text(), nullable=False),
    Column("languages", ARRAY(Text()), nullable=False),
    Column("logo_url", Text(), nullable=False),
    Column("primary_colour", Text(), nullable=False),
    Column("accent_colour", Text(), nullable=False),
    Column("words", JSONB(), nullable=False),
    Column("guests_welcome", Boolean(), nullable=False),
    Column("version", BigInteger(), nullable=False),
    key=(),
)

members = network_table(
    "members",
    metadata,
    Column("account_id", Uuid(), nullable=False),
    Column("email", Text(), nullable=False),
    Column("name", Text(), nullable=False),
    # In code point order, whatever the database's collation, so that pages are the same everywhere.
    Column("sort_name", Text(collation="C"), nullable=False),
    Column("standing", Text(), nullable=False),
    Column("roles", ARRAY(Text()), nullable=False),
    Column("staff", Boolean(), nullable=False),
    Column("company", Text(), nullable=False),
    Column("profession", Text(), nullable=False),
    Column("asks", ARRAY(Text()), nullable=False),
    Column("offers", ARRAY(Text()), nullable=False),
    Column("language", Text(), nullable=False),
    Column("joined_at", _TIME, nullable=False),
    Column("version", BigInteger(), nullable=False),
    Column("shared_fields", ARRAY(Text()), nullable=False, server_default="{}"),
    foreign_key((), "networks", ()),
    CheckConstraint("cardinality(roles) > 0", name="members_have_a_role"),
    Index("members_by_name", "network_id", "sort_name", "account_id"),
    key=("account_id",),
)

# One row per code asked for, whether or not the mailbox belongs to anybody; it is also the queue of mails to send.
code_requests = network_table(
    "code_requests",
    metadata,
    Column("id", Uuid(), nullable=False),
    Column("email", Text(), nullable=False),
    Column("language", Text(), nullable=False),
    Column("client", Text(), nullable=False),
    Column("requested_at", _TIME, nullable=False),
    Column("expires_at", _TIME, nullable=False),
    Column("salt", LargeBinary(), nullable=False),
    # Set just before the code is mailed; the code itself is stored nowhere.
    Column("digest", LargeBinary()),
    Column("tries", Integer(), nullable=False, server_default="0"),
    Column("tried_by", Text()),
    # When it was redeemed, or became void because another code of the mailbox was.
    Column("spent_at", _TIME),
    Column("redeemed", Boolean(), nullable=False, server_default="false"),
    # pending, sent, unwanted (nobody to mail it to) or failed
    Column("mail", Text(), nullable=False, server_default="pending"),
    Column("mail_due_at", _TIME, nullable=False),
    Column("mail_attempts", Integer(), nullable=False, server_default="0"),
    Index("code_requests_by_mailbox", "network_id", "email", "requested_at"),
    Index("code_requests_by_client", "network_id", "client", "requested_at"),
    Index("code_requests_by_trier", "network_id", "tried_by", "requested_at"),
    Index("code_requests_to_mail", "mail_due_at", postgresql_where=text("mail = 'pending'")),
    Index("code_requests_by_age", "expires_at"),
)

sessions = network_table(
    "sessions",
    metadata,
    Column("id", Uuid(), nullable=False),
    Column("account_id", Uuid(), nullable=False),
    Column("started_at", _TIME, nullable=False),
    Column("expires_at", _TIME, nullable=False),
    Column("ended_at", _TIME),
    foreign_key(("account_id",), "members", ("account_id",)),
    Index("sessions_by_account", "network_id", "account_id"),
    Index("sessions_by_age", "expires_at"),
)

refresh_tokens = network_table(
    "refresh_tokens",
    metadata,
    Column("digest", LargeBinary(), nullable=False),
    Column("session_id", Uuid(), nullable=False),
    Column("expires_at", _TIME, nullable=False),
    Column("spent_at", _TIME),
    foreign_key(("session_id",), "sessions"),
    Index("refresh_tokens_by_session", "network_id", "session_id"),
    Index("refresh_tokens_by_age", "expires_at"),
    key=("digest",),
)
