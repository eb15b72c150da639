"""The mails of a local run."""

from email.message import EmailMessage
from pathlib import Path

from services.gateway.api.dev_mail import MailFolder, as_page


def a_mail(folder: Path, number: int, to: str, text: str = "Your code:\n\n123456\n") -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "noreply@ontmoet.example", to, f"Mail {number} à é"
    message.set_content(text)
    message.add_alternative(f"<p>{text}</p>", subtype="html")
    (folder / f"{number:020d}.eml").write_bytes(message.as_bytes())


def test_the_newest_mail_stands_first_with_its_plain_text(tmp_path: Path) -> None:
    for number in (1, 2):
        a_mail(tmp_path, number, "Ann <Ann@voka.example>")
    latest, earlier = MailFolder(tmp_path).mails(None)
    assert (latest.subject, earlier.subject) == ("Mail 2 à é", "Mail 1 à é")
    assert latest.to == ["ann@voka.example"]
    assert latest.text == "Your code:\n\n123456\n"


def test_mails_to_one_address_are_found_whatever_its_case(tmp_path: Path) -> None:
    a_mail(tmp_path, 1, "ann@voka.example")
    a_mail(tmp_path, 2, "bo@voka.example")
    assert [mail.subject for mail in MailFolder(tmp_path).mails("ANN@voka.example")] == ["Mail 1 à é"]


def test_a_mail_that_is_being_written_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / ".1.eml").write_bytes(b"To: ann")
    assert MailFolder(tmp_path).mails(None) == []


def test_a_mail_cannot_put_markup_on_the_page(tmp_path: Path) -> None:
    a_mail(tmp_path, 1, "ann@voka.example", text="<script>alert(1)</script>")
    assert "<script>" not in as_page(MailFolder(tmp_path).mails(None))
