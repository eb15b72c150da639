"""What may cross networks in membership, and why."""

from services.common.storage.system_paths import Grant, SystemPath, common_paths

DIRECTORY = SystemPath(
    name="directory",
    role="membership_directory",
    reason="Before anybody has signed in, a host name or a slug must lead to its network.",
    grants=(Grant("directory", ("SELECT",)),),
)

FOUNDING = SystemPath(
    name="founding",
    role="membership_founding",
    reason="A new network claims its slug and host names, which no two networks may share.",
    grants=(Grant("directory", ("SELECT", "INSERT")),),
)

ACCOUNTS = SystemPath(
    name="accounts",
    role="membership_accounts",
    reason="One human being is one account in all networks: a mailbox leads to the accounts that read it.",
    grants=(
        Grant("accounts", ("SELECT", "INSERT")),
        Grant("account_emails", ("SELECT", "INSERT")),
    ),
)

MAIL_DUE = SystemPath(
    name="mail_due",
    role="membership_mail_due",
    reason="The mail job asks which networks have a code to mail; it reads no address.",
    grants=(Grant("code_requests", ("SELECT",), ("network_id", "mail", "mail_due_at")),),
)

SIGN_IN_RETENTION = SystemPath(
    name="sign_in_retention",
    role="membership_sign_in_retention",
    reason="Codes and sessions that are over are forgotten after some days, in all networks.",
    grants=(
        Grant("code_requests", ("DELETE",)),
        Grant("code_requests", ("SELECT",), ("network_id", "id", "expires_at")),
        Grant("refresh_tokens", ("DELETE",)),
        Grant("refresh_tokens", ("SELECT",), ("network_id", "digest", "expires_at")),
        Grant("sessions", ("DELETE",)),
        Grant("sessions", ("SELECT",), ("network_id", "id", "expires_at")),
    ),
)

SYSTEM_PATHS = (*common_paths("membership"), DIRECTORY, FOUNDING, ACCOUNTS, MAIL_DUE, SIGN_IN_RETENTION)
