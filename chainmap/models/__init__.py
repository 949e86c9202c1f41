"""Rows: fields, constraints the database keeps, and querysets that start with what a user may see. No scores here."""

from chainmap.models.answers import Answer, SealedAnswer
from chainmap.models.assessments import Assessment, GroupFigure, Questionnaire
from chainmap.models.attempts import Attempt
from chainmap.models.audit import AuditAnchor, AuditEntry
from chainmap.models.chain_map import MapPlace
from chainmap.models.clients import ClientAnswer
from chainmap.models.handoffs import HandOff, HandOffChange, Need
from chainmap.models.links import Link
from chainmap.models.notifications import MailChoice, Notification
from chainmap.models.organizations import Membership, Organization
from chainmap.models.parties import Party, Team
from chainmap.models.purposes import Purpose, Story
from chainmap.models.ratings import Rating
from chainmap.models.reports import KeptFile, KeptFilePart, ReportLink, ReportSchedule, TeamLead
from chainmap.models.rounds import Ask, MirrorGuess, Release, Round
from chainmap.models.scenarios import Scenario
from chainmap.models.talks import Agreement, Conversation, Moment, Preparation
from chainmap.models.workshops import Entry, Exercise, Participant, Phone, Scene, Workshop

__all__ = [
    "Agreement",
    "Answer",
    "Ask",
    "Assessment",
    "Attempt",
    "AuditAnchor",
    "AuditEntry",
    "ClientAnswer",
    "Conversation",
    "Entry",
    "Exercise",
    "GroupFigure",
    "HandOff",
    "HandOffChange",
    "KeptFile",
    "KeptFilePart",
    "Link",
    "MailChoice",
    "MapPlace",
    "Membership",
    "MirrorGuess",
    "Moment",
    "Need",
    "Notification",
    "Organization",
    "Participant",
    "Party",
    "Phone",
    "Preparation",
    "Purpose",
    "Questionnaire",
    "Rating",
    "Release",
    "ReportLink",
    "ReportSchedule",
    "Round",
    "Scenario",
    "Scene",
    "SealedAnswer",
    "Story",
    "Team",
    "TeamLead",
    "Workshop",
]
