"""Rows: fields, constraints the database keeps, and querysets that start with what a user may see. No scores here."""

from chainmap.models.answers import Answer, SealedAnswer
from chainmap.models.attempts import Attempt
from chainmap.models.handoffs import HandOff
from chainmap.models.links import Link
from chainmap.models.organizations import Membership, Organization
from chainmap.models.parties import Party, Team
from chainmap.models.ratings import Rating
from chainmap.models.rounds import Ask, MirrorGuess, Release, Round

__all__ = [
    "Answer",
    "Ask",
    "Attempt",
    "HandOff",
    "Link",
    "Membership",
    "MirrorGuess",
    "Organization",
    "Party",
    "Rating",
    "Release",
    "Round",
    "SealedAnswer",
    "Team",
]
