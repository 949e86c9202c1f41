"""What the tests of the digest share."""

from datetime import timedelta

from django.core import mail
from django.utils import timezone

from chainmap.models import MailChoice
from tests.pair import party

LONG_AGO = timedelta(minutes=20)


def receivers():
    return [message.to[0].partition("@")[0] for message in mail.outbox]


def chosen(organization, code, digest, days=None):
    last = None if days is None else timezone.localdate() - timedelta(days=days)
    MailChoice.objects.update_or_create(
        party=party(organization, code), defaults={"digest": digest, "last_sent_on": last}
    )
