"""What falls due in membership."""

from datetime import timedelta

from services.common.jobs import Periodic
from services.common.storage.retention import forget_old
from services.membership.adapters.letters import Letters
from services.membership.adapters.mail import Mailer
from services.membership.adapters.signing import SigningKeys
from services.membership.storage.uow import Uow
from services.membership.usecases.forget import forget_sign_ins
from services.membership.usecases.mail_codes import mail_codes


def mail_job(uow: Uow, keys: SigningKeys, letters: Letters, mailer: Mailer) -> Periodic:
    """Mails codes soon after they were asked for."""
    return Periodic("mail codes", timedelta(milliseconds=250), lambda: mail_codes(uow, keys, letters, mailer))


def retention_jobs(uow: Uow) -> list[Periodic]:
    """Forget codes and sessions that are over, published facts and answered keys."""
    return [
        Periodic("forget sign-ins", timedelta(hours=1), lambda: forget_sign_ins(uow)),
        Periodic("forget", timedelta(hours=1), lambda: forget_old(uow, "membership")),
    ]
