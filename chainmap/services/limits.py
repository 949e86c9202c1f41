"""Limits on how often something may be tried, counted in the database so that all workers share them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from chainmap.models import Attempt

#: Rows whose window ended this long ago are removed when a new one is made.
_KEPT = timedelta(days=1)
_MOST_REMOVED = 500


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` tries of one kind by one party within ``window`` of the first."""

    what: str
    most: int
    window: timedelta


#: By name and address together: guessing from elsewhere must not lock an account for its owner.
SIGN_IN_NAME = Limit("sign_in_name", 10, timedelta(minutes=15))
SIGN_IN_ADDRESS = Limit("sign_in_address", 30, timedelta(minutes=15))
#: Mails with a link: to one mail address, and asked for from one address of the network.
LINK_MAIL = Limit("link_mail", 5, timedelta(hours=1))
LINK_REQUEST = Limit("link_request", 30, timedelta(hours=1))
#: Wrong short codes from one address; right ones are taken back, so that a whole workshop fits behind one address.
LINK_CODE = Limit("link_code", 10, timedelta(minutes=1))
#: Wrong codes of workshops from one address. A right one always passes: a room shares its address with whoever guesses.
ROOM_CODE = Limit("room_code", 10, timedelta(minutes=1))
#: New phones in one workshop from one address.
ROOM_PHONES = Limit("room_phones", 120, timedelta(minutes=1))

#: Reports taken away by one person, each with all its files: a stolen session must not empty the house.
EXPORT = Limit("export", 10, timedelta(hours=1))

#: Hand-offs named or changed by one person: each is told to somebody, and the chain is worked out anew.
CHANGES = Limit("changes", 200, timedelta(days=1))

#: What one person asks of others in a day: coffees, agreements proposed or put in other words, needs told or changed.
INVITATIONS = Limit("invitations", 20, timedelta(days=1))
AGREEMENTS = Limit("agreements", 20, timedelta(days=1))
NEEDS = Limit("needs", 60, timedelta(days=1))
#: How often one side of a hand-off is told that the other invites them, be it taken back each time.
INVITATION_NEWS = Limit("invitation_news", 3, timedelta(days=1))


class TooMany(Exception):  # noqa: N818 - what happened, not a mistake
    """Tried too often; ``wait`` is how long until the next try counts, ``limit`` what was tried, where that is told."""

    def __init__(self, wait: timedelta, limit: Limit | None = None) -> None:
        super().__init__("tried too often")
        self.wait, self.limit = wait, limit


def attempt_count(*, limit: Limit, who: str) -> timedelta | None:
    """Count one try before it is made; None when it may be made, else how long to wait.

    Counting first makes the limit exact when many try at the same moment. Take a try back with ``attempt_forgive``
    when it turns out to be an honest one.
    """
    now = timezone.now()
    with transaction.atomic():
        row = _held(limit.what, who, now)
        if row.since + limit.window <= now:
            row.since, row.count = now, 0
        if row.count >= limit.most:
            return row.since + limit.window - now
        row.count += 1
        row.save(update_fields=["since", "count"])
    return None


def attempt_require(*, limit: Limit, who: str) -> None:
    """As ``attempt_count``, and raises TooMany when it may not be made."""
    wait = attempt_count(limit=limit, who=who)
    if wait is not None:
        raise TooMany(wait, limit)


def parts_require(*, limit: Limit, who: str, whole: str, part: str) -> None:
    """Count one part of something that has several: the whole counts, not each of its parts.

    ``whole`` counts as one try of ``who``; for ``limit.window`` from then each other part of it is free, once. A part
    that was had since counts as another try, from which on every part is free once more. So within a window there are
    at most ``limit.most`` times as many parts as one whole has. Raises TooMany.

    One party at a time: whoever asks for two parts at once waits here for the first.
    """
    now = timezone.now()
    with transaction.atomic():
        _held(limit.what, who, now)  # before the others: all of one party in one order
        counted = _held(f"{limit.what}_whole", f"{who} {whole}", now, clean=False)
        had = _held(f"{limit.what}_part", f"{who} {whole} {part}", now, clean=False)
        runs = counted.count > 0 and counted.since + limit.window > now
        if not runs or (had.count == counted.count and had.since >= counted.since):
            attempt_require(limit=limit, who=who)
            # the number of the try, so that a part knows since which one it was had, however quick the clock
            counted.since, counted.count = now, counted.count + 1
            counted.save(update_fields=["since", "count"])
        had.since, had.count = now, counted.count
        had.save(update_fields=["since", "count"])


def network_of(address: str) -> str:
    """From where somebody tries: the address, of the newer kind (IPv6) its first 64 bits, which one line has alone.

    >>> network_of("203.0.113.9"), network_of("2001:db8:1:2:3:4:5:6"), network_of("::ffff:203.0.113.9"), network_of("?")
    ('203.0.113.9', '2001:db8:1:2::/64', '203.0.113.9', '?')
    """
    try:
        read = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(read, IPv6Address):
        if read.ipv4_mapped is not None:
            return str(read.ipv4_mapped)
        return str(ip_network((read, 64), strict=False))
    return str(read)


def attempt_forgive(*, limit: Limit, who: str, all_of_them: bool = False) -> None:
    """Take back one try, or all of them."""
    rows = Attempt.objects.filter(what=limit.what, who=_hashed(who), count__gt=0)
    rows.update(count=0 if all_of_them else F("count") - 1)


def _held(what: str, who: str, now: datetime, *, clean: bool = True) -> Attempt:
    """The row that counts this, nobody else's until the transaction ends; rows long over go when a new one comes."""
    row, new = Attempt.objects.select_for_update().get_or_create(what=what, who=_hashed(who), defaults={"since": now})
    if new and clean:  # those somebody holds are left: two who wait for each other's would wait for ever
        old = Attempt.objects.select_for_update(skip_locked=True).filter(since__lt=now - _KEPT)
        Attempt.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:_MOST_REMOVED])).delete()
    return row


def _hashed(who: str) -> str:
    return salted_hmac("chainmap.attempts", who, algorithm="sha256").hexdigest()
