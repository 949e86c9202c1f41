"""The parties of a finding by their id: the name to show, and the link to their page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from chainmap.domain.findings import Bottlenecks, PartyFinding
from chainmap.exports.plain_text import clean_text
from chainmap.models import Organization


class PartyLinks(Mapping[str, SafeString]):
    """Id of a party -> link to its page, made when asked for: a page names a few dozen of perhaps thousands.

    An id the finding does not know gives its plain text.
    """

    def __init__(self, organization: Organization, finding: Bottlenecks) -> None:
        self._organization = organization.pk
        self._parties = {party.id: party for party in finding.parties}

    def __getitem__(self, id_: str) -> SafeString:
        party = self.party(id_)
        if party is None:
            return format_html("<bdi>{}</bdi>", clean_text(id_))
        return format_html('<a href="{}"><bdi>{}</bdi></a>', self.address(party.key), self.name(id_))

    def __iter__(self) -> Iterator[str]:
        return iter(self._parties)

    def __len__(self) -> int:
        return len(self._parties)

    def party(self, id_: str) -> PartyFinding | None:
        """The finding about one party, None when there is none."""
        return self._parties.get(id_)

    def name(self, id_: str) -> str:
        """The name to show, cleaned but not escaped."""
        party = self._parties.get(id_)
        return (clean_text(party.name) if party else "") or clean_text(id_) or "?"

    def address(self, key: int) -> str:
        """Where the page of the party with this number is."""
        return reverse("chainmap:party", args=[self._organization, key])
