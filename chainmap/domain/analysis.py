"""One solved chain: what every finding about it is read from, so that nothing is solved twice."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from chainmap.domain.clients import Clients
from chainmap.domain.gains import Gains, find_gains
from chainmap.domain.network import Network
from chainmap.domain.records import Chain
from chainmap.domain.value_flow import ValueFlow, find_value_flow
from chainmap.domain.yields import DEFAULT_KAPPA, LINEAR, Curve, Yields


@dataclass(frozen=True, eq=False)
class Analysis:
    """A chain with its yields; flow, gains and client shares are solved when first asked for, then kept.

    Make it with :func:`analyse`. It is immutable and safe to cache for as long as the chain's data do not change:
    ``find_bottlenecks`` and ``find_party_chain`` read from the same one.
    """

    network: Network
    yields: Yields

    @property
    def chain(self) -> Chain:
        return self.network.chain

    @cached_property
    def flow(self) -> ValueFlow | None:
        """The value flow; None when no yield is known (no ratings, no passes, none given)."""
        return find_value_flow(self.network, self.yields) if self.yields.known else None

    @cached_property
    def gains(self) -> Gains | None:
        """What each hand-off could recover and what depends on each party; None when no yield is known."""
        return None if self.flow is None else find_gains(self.network, self.yields, self.flow)

    @cached_property
    def clients(self) -> Clients:
        """Every pair of supplier and direct customer with its shares."""
        return Clients.of(self.network, self.yields, self.flow)


def analyse(chain: Chain, *, kappa: float = DEFAULT_KAPPA, curve: Curve = LINEAR) -> Analysis:
    """Prepare a chain for every finding: its network and its yields; the solving happens when it is first needed.

    ``kappa`` >= 0 says how many ratings the organization's mean is worth; ``curve`` turns scores into retention.
    Raises ChainError for a curve or a kappa that makes no sense.
    """
    return Analysis(network=Network.of(chain), yields=Yields.of(chain, kappa=kappa, curve=curve))
