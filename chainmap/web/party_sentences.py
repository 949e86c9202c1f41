"""What the page of a party says in sentences, to the party itself ("you") or about it (by name)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.domain.findings import Bottlenecks, ClientShare, PartyChain, PartyFinding
from chainmap.domain.records import PartyKind
from chainmap.exports import words
from chainmap.exports.report_figures import of_hundred
from chainmap.exports.words import percent
from chainmap.web.party_links import PartyLinks


@dataclass(frozen=True)
class PartySentences:
    """The sentences about one party, made when the template asks for them. Names are cleaned, not escaped."""

    finding: Bottlenecks
    chain: PartyChain
    links: PartyLinks
    own: bool

    @property
    def headline(self) -> str:
        """The finding of the page in one sentence."""
        party = self._party
        if party.kind == PartyKind.END_CUSTOMER:
            return self._end_customer(party)
        if party.id in self.finding.structure.dead_ends:
            return self._said(
                _("What you do reaches no end customer yet."), _("What %(name)s does reaches no end customer yet.")
            )
        if not self.finding.analysed:
            return self._unknown()
        client = self.chain.most_important_client
        if client is None:
            return self._said(
                _("Nothing of what you do arrives at an end customer at the moment."),
                _("Nothing of what %(name)s does arrives at an end customer at the moment."),
            )
        return self._client(client)

    @property
    def certainty(self) -> str:
        """How sure the yield of the main hand-off to the most important client is; empty without such a client."""
        client = self.chain.most_important_client
        if client is None or not self.finding.analysed:
            return ""
        to_client = [
            handoff
            for handoff in self.finding.handoffs
            if handoff.supplier == self.chain.party and handoff.customer == client.party
        ]
        return words.certainty(max(to_client, key=lambda handoff: (handoff.volume, -handoff.key))) + "."

    @property
    def next_step(self) -> str:
        """What to do where something is missing; empty where nothing is."""
        party = self._party
        if party.id in self.finding.structure.dead_ends:
            return self._said(
                _("Who needs your work? Enter whom you hand it to, or talk about what it is for."),
                _("Who needs this work? Enter whom %(name)s hands it to, or talk about what it is for."),
            )
        if party.kind == PartyKind.END_CUSTOMER and not self.chain.suppliers:
            return _("Next step: enter who hands over to this end customer.")
        if not self.finding.analysed:
            return words.next_step(self.finding)
        return ""

    @property
    def reach(self) -> str:
        """How much of the work here arrives at an end customer."""
        party = self._party
        if party.kind == PartyKind.END_CUSTOMER or party.reach is None or party.id in self.finding.structure.dead_ends:
            return ""
        share = of_hundred(party.reach)
        return self._said(
            _("Of every 100 units of work that leave your hands, %(share)s reach an end customer."),
            _("Of every 100 units of work that leave the hands of %(name)s, %(share)s reach an end customer."),
            share=share,
        )

    @property
    def dependence(self) -> str:
        """How much of everything delivered passes through here, and how sure that is."""
        party = self._party
        if party.kind == PartyKind.END_CUSTOMER or not party.dependence:
            return ""
        share = percent(party.dependence)
        if party.dependence_error:
            share = _("%(share)s (± %(error)s)") % {"share": share, "error": percent(party.dependence_error, 1)}
        return self._said(
            _("%(share)s of everything delivered passes through you."),
            _("%(share)s of everything delivered passes through %(name)s."),
            share=share,
        )

    @property
    def main_chain(self) -> str:
        """What is left at the end of the main chain."""
        if not self.chain.main_chain:
            return ""
        last = self.chain.main_chain[-1]
        return self._said(
            _("Of every 100 units you hand on towards %(end)s, %(left)s arrive."),
            _("Of every 100 units %(name)s hands on towards %(end)s, %(left)s arrive."),
            left=of_hundred(last.left),
            end=self.links.name(last.customer),
        )

    @property
    def best_path(self) -> str:
        """The way on which most survives, where it is not the main chain."""
        main = [step.supplier for step in self.chain.main_chain] + [
            step.customer for step in self.chain.main_chain[-1:]
        ]
        best = list(self.chain.best_path)
        if not main or self.chain.best_path_yield is None or best == main:
            return ""
        return _("Most survives on another way, %(way)s: %(left)s of every 100 units.") % {
            "way": " → ".join(self.links.name(id_) for id_ in best),
            "left": of_hundred(self.chain.best_path_yield),
        }

    @property
    def _party(self) -> PartyFinding:
        party = self.links.party(self.chain.party)
        if party is None:
            raise LookupError("the finding and the chain of a party are of different data")
        return party

    def _end_customer(self, party: PartyFinding) -> str:
        if not self.chain.suppliers:
            return self._said(_("Nothing is handed over to you yet."), _("Nothing is handed over to %(name)s yet."))
        if party.inflow is None:
            return self._handed_over(len(self.chain.suppliers))
        return self._said(
            _("%(amount)s person-equivalents of work arrive at you."),
            _("%(amount)s person-equivalents of work arrive at %(name)s."),
            amount=words.units(party.inflow),
        )

    def _handed_over(self, count: int) -> str:
        text = ngettext("%(count)s party hands work to %(name)s.", "%(count)s parties hand work to %(name)s.", count)
        return text % {"count": count, "name": self.links.name(self.chain.party)}

    def _unknown(self) -> str:
        return self._said(
            _("Who your most important client is can be said after the first ratings."),
            _("Who the most important client of %(name)s is can be said after the first ratings."),
        )

    def _client(self, client: ClientShare) -> str:
        found = self.links.party(client.party)
        values = {"client": self.links.name(client.party), "share": percent(client.share or 0.0)}
        if found is not None and found.kind == PartyKind.END_CUSTOMER:
            return self._said(
                _("Your most important client is %(client)s: %(share)s of what you deliver goes there directly."),
                _(
                    "The most important client of %(name)s is %(client)s: "
                    "%(share)s of what %(name)s delivers goes there directly."
                ),
                **values,
            )
        return self._said(
            _(
                "Your most important client is %(client)s: "
                "%(share)s of what you deliver reaches the end customer through %(client)s."
            ),
            _(
                "The most important client of %(name)s is %(client)s: "
                "%(share)s of what %(name)s delivers reaches the end customer through %(client)s."
            ),
            **values,
        )

    def _said(self, to_you: str, about: str, **values: str) -> str:
        return (to_you if self.own else about) % (values | {"name": self.links.name(self.chain.party)})
