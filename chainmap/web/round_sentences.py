"""What a page says about a round as such: its state and its times, in words."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.models import Round
from chainmap.services.links import MailCount


def when(round: Round) -> str:
    """The state with the dates that matter in it: "Open until 31 March 2027, 6 p.m."."""
    match round.state:
        case Round.State.DRAFT:
            return _("Draft, opens %(time)s") % {"time": moment(round.opens_at)} if round.opens_at else _("Draft")
        case Round.State.OPEN:
            return _("Open until %(time)s") % {"time": moment(round.closes_at)} if round.closes_at else _("Open")
        case _other:
            return _("Closed on %(day)s") % {"day": day(round.closed_on)} if round.closed_on else _("Closed")


def end_sentence(round: Round) -> str:
    """When a draft would close."""
    if round.closes_at is None:
        return _("No planned end: it is closed by hand")
    return _("Planned end: %(time)s") % {"time": moment(round.closes_at)}


def trouble_sentence(round: Round, now: datetime) -> str:
    """Why a draft did not open at its time, or could not now; "" where nothing stands in the way."""
    if round.closes_at is not None and round.closes_at <= now:
        return _("Its planned end is over already. Change it before you open the round.")
    if round.opens_at is not None and round.opens_at <= now:
        return _("The time to open is over and it did not open by itself. Open it now, or choose another time.")
    return ""


def moment(time: datetime) -> str:
    """Day and time of day in the site's time zone."""
    return date_format(timezone.localtime(time), "DATETIME_FORMAT")


def day(date_: date) -> str:
    """A day."""
    return date_format(date_, "DATE_FORMAT")


def mail_count_sentence(count: MailCount) -> str:
    """What became of the invitations."""
    said = ngettext("%(sent)d invitation was sent.", "%(sent)d invitations were sent.", count.sent) % {
        "sent": count.sent
    }
    if not (count.sent or count.failed or count.without_address):
        return _("Everybody who is asked holds a link that works; nothing was sent.")
    if count.failed:
        said += " " + ngettext(
            "%(failed)d could not be sent: look at the mail server, then send again.",
            "%(failed)d could not be sent: look at the mail server, then send again.",
            count.failed,
        ) % {"failed": count.failed}
    if count.without_address:
        said += " " + ngettext(
            "%(none)d person has no e-mail address.", "%(none)d people have no e-mail address.", count.without_address
        ) % {"none": count.without_address}
    return said


def would_ask_sentence(people: int, handoffs: int) -> str:
    """What opening a draft would do: "Opening asks 36 people about 72 hand-offs"."""
    return _("Opening asks %(people)s about %(handoffs)s") % _counted(people, handoffs)


def asked_sentence(people: int, handoffs: int) -> str:
    """How many an open round asks."""
    return _("Asked are %(people)s about %(handoffs)s.") % _counted(people, handoffs)


def _counted(people: int, handoffs: int) -> dict[str, str]:
    said = ngettext("%(count)s person", "%(count)s people", people) % {"count": number_format(people, 0)}
    about = ngettext("%(count)s hand-off", "%(count)s hand-offs", handoffs) % {"count": number_format(handoffs, 0)}
    return {"people": said, "handoffs": about}
