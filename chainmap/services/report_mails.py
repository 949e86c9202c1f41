"""The mail that brings a report: plain words, the PDF, and a link that ends these mails."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from chainmap.exports.files import ExportFile
from chainmap.exports.plain_text import clean_text
from chainmap.services.mails import PROGRAM_HEADERS


def report_mail(
    *,
    file: ExportFile,
    to: str,
    reader: str,
    organization: str,
    title: str,
    is_monthly: bool,
    organization_pk: int,
    token: str,
) -> EmailMessage:
    """The mail, in the language that is on. It says nothing that is not in the report."""
    end = settings.CHAINMAP_URL + reverse("chainmap:report_mail_end", args=[token])
    name = clean_text(organization)
    if not title.startswith(name):  # of a team; that of the whole organization begins with its name
        title = _("%(title)s (%(organization)s)") % {"title": title, "organization": name}
    words = {
        "reader": reader,
        "title": title,
        "is_monthly": is_monthly,
        "all": settings.CHAINMAP_URL + reverse("chainmap:report_mails", args=[organization_pk]),
        "end": end,
    }
    one_click = {"List-Unsubscribe": f"<{end}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    message = EmailMessage(
        subject=clean_text(_("Bottleneck report: %(title)s") % words, limit=200),
        body=render_to_string("chainmap/mail/report.txt", words).strip() + "\n",
        to=[to],
        headers=PROGRAM_HEADERS | one_click,
    )
    message.attach(file.filename, file.content, file.content_type)
    return message
