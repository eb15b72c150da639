"""Networks, accounts, members, codes and sessions."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.common.storage.ddl import create_global_table, create_network_table, create_platform, open_path
from services.common.storage.tables import foreign_key
from services.membership.storage.system_paths import SYSTEM_PATHS

revision = "0001"
down_revision = None

_TIME = DateTime(timezone=True)
_SERVICE_PRIVILEGES = ("SELECT", "INSERT", "UPDATE")


def upgrade() -> None:
    create_platform(op, "membership")
    _create_what_spans_networks()
    _create_networks_and_members()
    _create_code_requests()
    _create_sessions()
    for path in SYSTEM_PATHS:
        open_path(op, path)


def _create_what_spans_networks() -> None:
    create_global_table(op, "accounts", Column("id", Uuid(), nullable=False), Column("name", Text(), nullable=False))
    create_global_table(
        op,
        "account_emails",
        Column("email", Text(), nullable=False),
        Column("account_id", Uuid(), nullable=False),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        key=("email", "account_id"),
    )
    op.create_index("account_emails_by_account", "account_emails", ["account_id"])
    create_global_table(
        op,
        "directory",
        Column("name", Text(), nullable=False),
        Column("network", Uuid(), nullable=False),
        key=("name",),
    )


def _create_networks_and_members() -> None:
    create_network_table(
        op,
        "networks",
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
        privileges=_SERVICE_PRIVILEGES,
    )
    create_network_table(
        op,
        "members",
        Column("account_id", Uuid(), nullable=False),
        Column("email", Text(), nullable=False),
        Column("name", Text(), nullable=False),
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
        foreign_key((), "networks", ()),
        CheckConstraint("cardinality(roles) > 0", name="members_have_a_role"),
        key=("account_id",),
        privileges=_SERVICE_PRIVILEGES,
    )
    op.create_index("members_by_name", "members", ["network_id", "sort_name", "account_id"])


def _create_code_requests() -> None:
    create_network_table(
        op,
        "code_requests",
        Column("id", Uuid(), nullable=False),
        Column("email", Text(), nullable=False),
        Column("language", Text(), nullable=False),
        Column("client", Text(), nullable=False),
        Column("requested_at", _TIME, nullable=False),
        Column("expires_at", _TIME, nullable=False),
        Column("salt", LargeBinary(), nullable=False),
        Column("digest", LargeBinary()),
        Column("tries", Integer(), nullable=False, server_default="0"),
        Column("tried_by", Text()),
        Column("spent_at", _TIME),
        Column("redeemed", Boolean(), nullable=False, server_default="false"),
        Column("mail", Text(), nullable=False, server_default="pending"),
        Column("mail_due_at", _TIME, nullable=False),
        Column("mail_attempts", Integer(), nullable=False, server_default="0"),
        privileges=_SERVICE_PRIVILEGES,
    )
    for name, column in (("mailbox", "email"), ("client", "client"), ("trier", "tried_by")):
        op.create_index(f"code_requests_by_{name}", "code_requests", ["network_id", column, "requested_at"])
    pending = text("mail = 'pending'")
    op.create_index("code_requests_to_mail", "code_requests", ["mail_due_at"], postgresql_where=pending)
    op.create_index("code_requests_by_age", "code_requests", ["expires_at"])


def _create_sessions() -> None:
    create_network_table(
        op,
        "sessions",
        Column("id", Uuid(), nullable=False),
        Column("account_id", Uuid(), nullable=False),
        Column("started_at", _TIME, nullable=False),
        Column("expires_at", _TIME, nullable=False),
        Column("ended_at", _TIME),
        foreign_key(("account_id",), "members", ("account_id",)),
        privileges=_SERVICE_PRIVILEGES,
    )
    op.create_index("sessions_by_account", "sessions", ["network_id", "account_id"])
    op.create_index("sessions_by_age", "sessions", ["expires_at"])
    create_network_table(
        op,
        "refresh_tokens",
        Column("digest", LargeBinary(), nullable=False),
        Column("session_id", Uuid(), nullable=False),
        Column("expires_at", _TIME, nullable=False),
        Column("spent_at", _TIME),
        foreign_key(("session_id",), "sessions"),
        key=("digest",),
        privileges=_SERVICE_PRIVILEGES,
    )
    op.create_index("refresh_tokens_by_session", "refresh_tokens", ["network_id", "session_id"])
    op.create_index("refresh_tokens_by_age", "refresh_tokens", ["expires_at"])
