"""Rows: fields, constraints the database keeps, and querysets that start with what a user may see. No scores here."""

from chainmap.models.attempts import Attempt
from chainmap.models.handoffs import HandOff
from chainmap.models.organizations import Membership, Organization
from chainmap.models.parties import Party, Team
from chainmap.models.ratings import Rating, Round

__all__ = ["Attempt", "HandOff", "Membership", "Organization", "Party", "Rating", "Round", "Team"]
