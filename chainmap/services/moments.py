"""Moments of truth: told by the customer of a hand-off, thanked and answered by its supplier, seen by the two alone.

Some are told on the page of the hand-off, others on a card of an open or pair round and copied here when it closes.
Together with the scores they say on which rung of the loyalty ladder a hand-off stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from chainmap.access import NotFound, User
from chainmap.domain.cards import LONGEST_MOMENT_LINE, Card
from chainmap.domain.ladder import LadderPlace, find_ladder
from chainmap.domain.moments import Moment as Encounter
from chainmap.domain.records import PartyKind
from chainmap.domain.texts import read_text
from chainmap.exports.plain_text import clean_text
from chainmap.models import Answer, Ask, HandOff, Moment, Notification, Organization, Party, Round, Story
from chainmap.services.notifications import notify, settle
from chainmap.services.own import EditConflict, OwnHandOff, OwnProblem, own_handoff, own_party
from chainmap.services.scores import ScoreSaid

#: Moments one person may tell in a day: enough for a full one, too few to flood somebody.
MOST_A_DAY = 20
LONGEST_WORDS, LONGEST_REPLY = LONGEST_MOMENT_LINE, 500
#: Moments and stories of one hand-off that its page shows.
SHOWN = 5
#: Rows changed in one statement.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class MomentsSeen:
    """The newest moments of one person, on both sides."""

    told_to_me: tuple[Moment, ...]
    told_by_me: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class MomentRows:
    """A part of a list of moments, newest first, and how many there are in all."""

    moments: tuple[Moment, ...]
    total: int


@dataclass(frozen=True, slots=True)
class OwnMoment:
    """A moment as one of the two sides sees it."""

    moment: Moment
    own: OwnHandOff


@dataclass(frozen=True, slots=True)
class HandOffMoments:
    """What the page of one hand-off shows of moments, ladder and stories."""

    moments: tuple[Moment, ...]  # the newest SHOWN
    total: int  # how many there are
    ladder: LadderPlace
    stories: tuple[Story, ...]  # the newest SHOWN that this hand-off is part of
    can_tell: bool  # the reader is the customer, and somebody is there to read it
    can_answer: bool  # the reader is the supplier, and whoever told is still there
    is_supplier: bool

    @property
    def further(self) -> int:
        """Moments that are not shown."""
        return self.total - len(self.moments)


def moment_tell(*, user: User, organization: Organization, handoff: int, kind: str, words: str = "") -> Moment:
    """Tell a magic moment or a misery of a hand-off one receives; the same told twice in a day is kept once.

    Raises NotFound for everybody else, HandOffRemoved, TextFault, and OwnProblem for the supplier, where nobody is
    there to read it, for another kind, and after MOST_A_DAY in one day.
    """
    own = own_handoff(user=user, organization=organization, pk=handoff)
    problem = telling_problem(own)
    if problem is not None:
        raise problem
    if kind not in Moment.Kind.values:
        raise OwnProblem("kind", _("Choose one of the two: was it magic, or misery?"), "kind")
    line, today = read_text(words, LONGEST_WORDS, one_line=True), timezone.localdate()
    with transaction.atomic():
        # two tabs do not count past each other; without the key, so that news for this person do not wait
        Party.objects.select_for_update(of=("self",), no_key=True).get(pk=own.party.pk)
        told = Moment.objects.filter(teller=own.party, told_on=today, round=None)
        same: Moment | None = told.filter(handoff=own.handoff, kind=kind, words=line).first()
        if same is not None:
            return same
        if told.count() >= MOST_A_DAY:
            problem_said = _("You told %(most)s moments today, which is as many as fit. Tell this one tomorrow.")
            raise OwnProblem("most_a_day", problem_said % {"most": MOST_A_DAY})
        moment: Moment = Moment.objects.create(
            handoff=own.handoff, teller=own.party, kind=kind, words=line, told_on=today
        )
        notify(kind=Notification.Kind.MOMENT, party=own.handoff.supplier, by=own.party, handoff=own.handoff)
    return moment


def telling_problem(own: OwnHandOff) -> OwnProblem | None:
    """Why the reader cannot tell a moment of this hand-off; None where they can."""
    name = {"name": clean_text(own.other.name)}
    if own.is_supplier:
        return OwnProblem(
            "not_customer", _("Moments are told by whoever receives the work, here %(name)s. You can ask them.") % name
        )
    if own.other.kind != PartyKind.EMPLOYEE.value:
        return OwnProblem(
            "outside", _("%(name)s is outside of this organization and reads nothing here. Tell them yourself.") % name
        )
    return _left_problem(own.other) or _left_problem(own.party)


def moment_find(*, user: User, organization: Organization, pk: int) -> OwnMoment:
    """One moment of one's own hand-offs. Raises NotFound for everybody else, and HandOffRemoved."""
    own_party(user=user, organization=organization)
    moment = Moment.objects.visible_to(user).filter(handoff__organization=organization, pk=pk).first()
    if moment is None:
        raise NotFound
    return _own_moment(user, organization, moment)


def moment_answer(
    *, user: User, organization: Organization, pk: int, version: int, thanked: bool, reply: str | None = None
) -> Moment:
    """Thank for a moment one was told, answer it in a line, or both; ``reply`` None keeps the line as it is.

    Raises NotFound for everybody but the supplier, HandOffRemoved, TextFault, EditConflict where it was changed
    since ``version``, and OwnProblem where nothing is said or whoever told it has left.
    """
    found = moment_find(user=user, organization=organization, pk=pk)
    if not found.own.is_supplier:
        raise NotFound
    problem = _left_problem(found.moment.teller)
    if problem is not None:
        raise problem
    with transaction.atomic():
        held: Moment | None = Moment.objects.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
        if held is None:
            raise NotFound
        line = held.reply if reply is None else read_text(reply, LONGEST_REPLY)
        if held.version != version:
            raise EditConflict({"thanked": held.is_thanked, "reply": held.reply}, held.version)
        if not (thanked or line or held.is_thanked or held.reply):
            raise OwnProblem("nothing_said", _("Say thank you, or answer in a line: one of the two is needed."))
        news = (thanked and not held.is_thanked) or (line and line != held.reply)
        held.is_thanked, held.reply, held.version = thanked, line, version + 1
        held.save(update_fields=["is_thanked", "reply", "version"])
        if news:
            kind, handoff = Notification.Kind.THANKED, found.own.handoff
            notify(kind=kind, party=found.moment.teller, by=found.own.party, handoff=handoff)
        if not waiting_moments().filter(handoff=held.handoff_id, teller=held.teller_id).exists():
            kinds = [Notification.Kind.MOMENT]
            settle(party=found.own.party, kinds=kinds, by=found.moment.teller, handoff=found.own.handoff)
    return held


def waiting_moments() -> QuerySet[Moment]:
    """Moments nobody has thanked for or answered, of everybody."""
    return Moment.objects.filter(is_thanked=False, reply="")


def moments_recent(*, user: User, party: Party, limit: int = 5) -> MomentsSeen:
    """The newest moments told to the user's own party and by it, of hand-offs that are in the chain: two queries."""
    return MomentsSeen(
        tuple(_told(user, party, to_me=True)[:limit]),
        tuple(_told(user, party, to_me=False)[:limit]),
    )


def moments_list(*, user: User, organization: Organization, to_me: bool, offset: int, limit: int) -> MomentRows:
    """The moments told to the user, or by them. Raises NotFound for whoever stands for no party."""
    rows = _told(user, own_party(user=user, organization=organization), to_me=to_me)
    return MomentRows(tuple(rows[offset : offset + limit]), rows.count())


def handoff_moments(*, user: User, own: OwnHandOff, scores: Sequence[ScoreSaid]) -> HandOffMoments:
    """Moments, ladder and stories of one hand-off, for one of its two sides. ``scores``: those the reader may see."""
    rows = Moment.objects.visible_to(user).filter(handoff=own.handoff).select_related("teller")
    counted = _moments_counted(own.handoff)
    stories = Story.objects.visible_to(user).filter(handoffs=own.handoff).select_related("teller", "customer")
    return HandOffMoments(
        moments=tuple(rows[:SHOWN]),
        total=counted["total"],
        ladder=_ladder(own.handoff, scores, counted),
        stories=tuple(stories[:SHOWN]),
        can_tell=telling_problem(own) is None,
        can_answer=own.is_supplier and own.other.left_on is None,
        is_supplier=own.is_supplier,
    )


def moments_of_round(*, round: Round) -> int:
    """Copy the moments told on the cards of a round that has just closed; how many the round has now.

    Of an anonymous round there are none. Done again after a later closing: what is said otherwise now loses the thanks
    and the answer, which were for other words; what was taken back goes. Raises ValueError while the round is not
    closed: nobody is told of an answer before.
    """
    if round.mode == Round.Mode.ANONYMOUS:
        return 0
    if round.state != Round.State.CLOSED:
        raise ValueError("moments of a round are copied when it is closed")
    told, day = _told_on_cards(round), round.closed_on or timezone.localdate()
    with transaction.atomic():
        kept = {(row.handoff_id, row.teller_id): row for row in Moment.objects.filter(round=round)}
        changed, new = [], []
        for ends, (kind, words) in told.items():
            row = kept.pop(ends, None)
            if row is None:
                handoff, teller = ends
                new.append(
                    Moment(handoff_id=handoff, teller_id=teller, kind=kind, words=words, told_on=day, round=round)
                )
            elif (row.kind, row.words) != (kind, words):
                row.kind, row.words, row.told_on = kind, words, day
                row.is_thanked, row.reply, row.version = False, "", row.version + 1
                changed.append(row)
        _delete([row.pk for row in kept.values()])
        fields = ["kind", "words", "told_on", "is_thanked", "reply", "version"]
        Moment.objects.bulk_update(changed, fields, batch_size=_AT_ONCE)
        Moment.objects.bulk_create(new, batch_size=_AT_ONCE)
        _announce(round, [*new, *changed])
    return len(told)


def _own_moment(user: User, organization: Organization, moment: Moment) -> OwnMoment:
    own = own_handoff(user=user, organization=organization, pk=moment.handoff_id)
    moment.handoff = own.handoff
    moment.teller = own.other if moment.teller_id == own.other.pk else moment.teller
    return OwnMoment(moment, own)


def _left_problem(party: Party) -> OwnProblem | None:
    if party.left_on is None:
        return None
    values = {"name": clean_text(party.name), "day": date_format(party.left_on)}
    said = _("%(name)s left on %(day)s, so nothing new is told. What was said before is kept.")
    return OwnProblem("left", said % values)


def _told(user: User, party: Party, *, to_me: bool) -> QuerySet[Moment]:
    rows: QuerySet[Moment] = Moment.objects.visible_to(user).filter(handoff__is_removed=False)
    rows = rows.filter(handoff__supplier=party) if to_me else rows.filter(teller=party)
    return rows.select_related("teller", "handoff__supplier", "handoff__customer")


def _moments_counted(handoff: HandOff) -> dict[str, int]:
    """How many moments, of them magic ones, and miseries without a line from the supplier."""
    counted: dict[str, int] = Moment.objects.filter(handoff=handoff).aggregate(
        total=Count("pk"),
        magic=Count("pk", filter=Q(kind=Moment.Kind.MAGIC)),
        misery_unanswered=Count("pk", filter=Q(kind=Moment.Kind.MISERY, reply="")),
    )
    return counted


def _ladder(handoff: HandOff, scores: Sequence[ScoreSaid], counted: dict[str, int]) -> LadderPlace:
    stories = Story.objects.filter(handoffs=handoff, teller=handoff.customer_id).count()
    return find_ladder(
        [seen.score for seen in scores if seen.rater == handoff.customer_id],
        magic=counted["magic"],
        misery_unanswered=counted["misery_unanswered"],
        stories=stories,
    )


def _told_on_cards(round: Round) -> dict[tuple[int, int], tuple[str, str]]:
    """(hand-off, teller) -> (kind, words) of the answers with a score: those the supplier sees after closing."""
    answers = Answer.objects.filter(ask__round=round, given_in__gt=0).order_by("ask_id")
    told = {}
    for row in answers.values_list("ask__handoff_id", "ask__rater_id", "score", "marks", "texts"):
        card = Card.from_row(*row[2:])
        if card.score is not None and card.moment in {Encounter.MAGIC, Encounter.MISERY}:
            told[row[0], row[1]] = (card.moment.value, card.moment_line)
    return told


def _delete(numbers: Sequence[int]) -> None:
    for start in range(0, len(numbers), _AT_ONCE):
        Moment.objects.filter(pk__in=numbers[start : start + _AT_ONCE]).delete()


def _announce(round: Round, moments: Iterable[Moment]) -> None:
    """Tell the suppliers, as ``notify`` would, in three queries for a whole round."""
    told = {(moment.handoff_id, moment.teller_id) for moment in moments}
    if not told:
        return
    asked = Ask.objects.filter(round=round).values("handoff_id")
    suppliers = {
        handoff.pk: handoff.supplier_id
        for handoff in HandOff.objects.filter(
            pk__in=asked, supplier__kind=PartyKind.EMPLOYEE.value, supplier__left_on=None
        )
    }
    kind = Notification.Kind.MOMENT
    waiting = set(
        Notification.objects.filter(kind=kind, is_seen=False, handoff__in=asked).values_list("handoff_id", "by_id")
    )
    Notification.objects.bulk_create(
        (
            Notification(party_id=suppliers[handoff], kind=kind, by_id=teller, handoff_id=handoff)
            for handoff, teller in sorted(told - waiting)
            if handoff in suppliers
        ),
        batch_size=_AT_ONCE,
    )
