"""Stories of customer success, and the hand-offs that made them possible. Told by one person, for everybody."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from chainmap.access import NotFound, Operator, User, require
from chainmap.domain.records import PartyKind
from chainmap.domain.roles import Action
from chainmap.domain.solver import SolverError
from chainmap.domain.texts import read_text
from chainmap.exports.plain_text import clean_text
from chainmap.models import HandOff, Notification, Organization, Party, Story
from chainmap.services.analysis import party_chain_find
from chainmap.services.notifications import notify
from chainmap.services.own import EditConflict, OwnProblem, own_party

LONGEST_TITLE, LONGEST_STORY = 120, 2000
#: Hand-offs one story may name, and stories one person may tell in a day: everybody named is told of it.
MOST_HANDOFFS, MOST_A_DAY = 20, 20
#: Of one's own hand-offs and of the end customers this many are offered, those of the main chain besides.
MOST_OFFERED = 100


@dataclass(frozen=True, slots=True)
class StoryRows:
    """A part of the stories, newest first, and how many there are in all."""

    stories: tuple[Story, ...]
    total: int

    @property
    def further(self) -> int:
        """Stories that are not in this part."""
        return self.total - len(self.stories)


@dataclass(frozen=True, slots=True)
class StoryOffer:
    """What a person can tie a story to."""

    customers: tuple[Party, ...]  # end customers, that of the main chain first
    customer: Party | None  # the one chosen
    handoffs: tuple[HandOff, ...]  # along the main chain first, then one's own by volume
    ticked: frozenset[int]  # numbers of those that probably made it possible


@dataclass(frozen=True, slots=True)
class StoryWords:
    """What a person tells. ``customer``: number of an end customer, or None; ``handoffs``: numbers."""

    title: str
    text: str
    customer: int | None = None
    handoffs: Collection[int] = ()


def stories_list(
    *, actor: User | Operator, organization: Organization, customer: int | None = None, offset: int = 0, limit: int = 20
) -> StoryRows:
    """Stories of the organization, or of one end customer, newest first. Raises NotFound for a stranger."""
    require(actor, Action.SEE_CHAIN, organization)
    rows = Story.objects.filter(organization=organization)
    if customer is not None:
        rows = rows.filter(customer=customer)
    return StoryRows(tuple(_with_everything(rows)[offset : offset + limit]), rows.count())


def story_find(*, actor: User | Operator, organization: Organization, pk: int) -> Story:
    """One story. Raises NotFound when there is none, or not for this actor."""
    require(actor, Action.SEE_CHAIN, organization)
    story = _with_everything(Story.objects.filter(organization=organization, pk=pk)).first()
    if story is None:
        raise NotFound
    return story


def own_story(*, user: User, organization: Organization, pk: int) -> Story:
    """A story the user told. Raises NotFound when there is none, PermissionDenied for everybody else's."""
    story = story_find(actor=user, organization=organization, pk=pk)
    if story.teller is None or story.teller.user_id != user.pk:
        raise PermissionDenied(_("Only whoever told a story changes it or takes it back. Ask them."))
    return story


def story_offer(
    *, user: User, organization: Organization, customer: int | None = None, story: Story | None = None
) -> StoryOffer:
    """What the user can tie a story to, ticked along the main chain to the chosen customer.

    ``customer``: the end customer chosen, None for the one the main chain leads to. ``story``: the one being changed,
    whose own customer and hand-offs are chosen instead. Raises NotFound for whoever stands for no party and for a
    customer that is none of this organization's.
    """
    party = own_party(user=user, organization=organization)
    along, end = _main_chain(user, organization, party)
    if customer is None:
        customer = end if story is None else story.customer_id
    own = HandOff.objects.filter(organization=organization).filter(Q(supplier=party) | Q(customer=party))
    kept = () if story is None else tuple(story.handoffs.all())
    wanted = {handoff.pk: handoff for handoff in _with_sides(own.order_by("-volume", "pk"))[:MOST_OFFERED]}
    handoffs = {each.pk: each for each in (*along, *kept, *wanted.values())}
    chosen = None if customer is None else _end_customer(organization, customer)
    if customer is not None and chosen is None:
        raise NotFound
    ticked = {each.pk for each in kept}
    if story is None and chosen is not None:
        reaching = [each.pk for each in handoffs.values() if each.customer_id == chosen.pk]
        ticked = set(([each.pk for each in along] if chosen.pk == end else reaching)[:MOST_HANDOFFS])
    customers = _end_customers(organization).order_by("name", "pk")[:MOST_OFFERED]
    offered = {each.pk: each for each in ((chosen,) if chosen else ())} | {each.pk: each for each in customers}
    return StoryOffer(tuple(offered.values()), chosen, tuple(handoffs.values()), frozenset(ticked))


def story_tell(*, user: User, organization: Organization, words: StoryWords) -> Story:
    """Tell a story; whoever gives or receives one of its hand-offs is told. The same one told twice within a day (a
    second tap) is kept once, as it was told first.

    Raises NotFound for whoever stands for no party, TextFault, and OwnProblem for an empty title or text, for a
    customer or hand-off that is not offered, for too many hand-offs, and after MOST_A_DAY in one day.
    """
    party = own_party(user=user, organization=organization)
    offer = story_offer(user=user, organization=organization)
    with transaction.atomic():
        # two tabs do not count past each other; without the key, so that news for this person do not wait
        Party.objects.select_for_update(of=("self",), no_key=True).get(pk=party.pk)
        today = timezone.localdate()
        same = _told_already(organization, party, words, today)
        if same is not None:
            return same
        if Story.objects.filter(teller=party, told_on=today).count() >= MOST_A_DAY:
            said = _("You told %(most)s stories today, which is as many as fit. Tell this one tomorrow.")
            raise OwnProblem("most_a_day", said % {"most": MOST_A_DAY})
        story = Story(organization=organization, teller=party, told_on=today)
        _write(story, words, offer, is_told=False)
    return story


def story_edit(*, user: User, organization: Organization, pk: int, words: StoryWords, version: int) -> Story:
    """Change a story one told. Raises what ``story_tell`` does, PermissionDenied for everybody else's story, and
    EditConflict where it was changed since ``version``."""
    found = own_story(user=user, organization=organization, pk=pk)
    offer = story_offer(user=user, organization=organization, story=found)
    with transaction.atomic():
        held = _held(found, version)
        held.version = version + 1
        _write(held, words, offer, is_told=True)
    return held


def story_remove(*, user: User, organization: Organization, pk: int, version: int) -> None:
    """Take back a story one told. Raises NotFound, PermissionDenied, and EditConflict as ``story_edit`` does."""
    found = own_story(user=user, organization=organization, pk=pk)
    with transaction.atomic():
        _held(found, version).delete()


def handoff_line(handoff: HandOff) -> str:
    """A hand-off in one line of plain text: who, to whom, what."""
    ends = f"{clean_text(handoff.supplier.name)} → {clean_text(handoff.customer.name)}"
    return f"{ends}: {clean_text(handoff.deliverable)}" if handoff.deliverable else ends


def _told_already(organization: Organization, teller: Party, words: StoryWords, today: date) -> Story | None:
    """What the teller told in the same words today, or yesterday: a second tap may come after midnight."""
    title, text = read_text(words.title, LONGEST_TITLE, one_line=True), read_text(words.text, LONGEST_STORY)
    told = Story.objects.filter(organization=organization, teller=teller, told_on__gte=today - timedelta(days=1))
    return told.filter(title=title, text=text).order_by("pk").first()


def _write(story: Story, words: StoryWords, offer: StoryOffer, *, is_told: bool) -> None:
    """Check and keep what is told, and tell those who are newly part of it. ``is_told``: the story was there before."""
    title = read_text(words.title, LONGEST_TITLE, one_line=True)
    text = read_text(words.text, LONGEST_STORY)
    if not title:
        raise OwnProblem("no_title", _("Give the story a title: one line that makes others want to read it."), "title")
    if not text:
        raise OwnProblem("no_text", _("Tell what happened for the customer; two sentences are enough."), "text")
    customer = None
    if words.customer is not None:
        customer = _end_customer(story.organization, words.customer)
        if customer is None:
            raise OwnProblem(
                "customer", _("This end customer is not in the chain (any more). Choose again."), "customer"
            )
    chosen = _chosen(words.handoffs, offer)
    before = set(story.handoffs.values_list("pk", flat=True)) if is_told else set()
    story.title, story.text, story.customer = title, text, customer
    story.save()
    story.handoffs.set(chosen)
    for person in _involved(each for each in chosen if each.pk not in before):
        notify(kind=Notification.Kind.STORY, party=person, by=story.teller, story=story)


def _chosen(numbers: Collection[int], offer: StoryOffer) -> list[HandOff]:
    offered = {each.pk: each for each in offer.handoffs}
    if not set(numbers) <= offered.keys():
        said = _("One of the hand-offs is not in your chain (any more). Look at the ticks and send it again.")
        raise OwnProblem("handoffs", said, "handoffs")
    if len(set(numbers)) > MOST_HANDOFFS:
        said = _("A story names up to %(most)s hand-offs. Keep those that mattered most.")
        raise OwnProblem("most_handoffs", said % {"most": MOST_HANDOFFS}, "handoffs")
    return [offered[number] for number in sorted(set(numbers))]


def _held(story: Story, version: int) -> Story:
    """The story, held until the transaction ends. Raises NotFound where it is gone, EditConflict where it changed."""
    held = Story.objects.select_for_update(of=("self",), no_key=True).filter(pk=story.pk).first()
    if held is None:
        raise NotFound
    if held.version != version:
        held = _with_everything(Story.objects.filter(pk=story.pk)).get()
        stored = {
            "title": held.title,
            "text": held.text,
            "customer": clean_text(held.customer.name) if held.customer else "",
            "handoffs": "\n".join(handoff_line(each) for each in held.handoffs.all()),
        }
        raise EditConflict(stored, held.version)
    return held


def _involved(handoffs: Iterable[HandOff]) -> list[Party]:
    """Everybody who gives or receives one of them, once each."""
    people = {party.pk: party for handoff in handoffs for party in (handoff.supplier, handoff.customer)}
    return [people[number] for number in sorted(people)]


def _main_chain(user: User, organization: Organization, party: Party) -> tuple[tuple[HandOff, ...], int | None]:
    """The hand-offs from the party along its main chain, in their order, and the end customer it leads to."""
    try:
        steps = party_chain_find(actor=user, organization=organization, party=party).main_chain
    except (SolverError, ValueError):  # a loop that cannot be solved, a party newer than the finding: told all the same
        steps = ()
    if not steps:
        return (), None
    ends = [(step.supplier, step.customer) for step in steps]
    rows = HandOff.objects.filter(
        organization=organization,
        supplier__code__in=[supplier for supplier, _customer in ends],
        customer__code__in=[customer for _supplier, customer in ends],
    )
    found = [each for each in _with_sides(rows) if (each.supplier.code, each.customer.code) in set(ends)]
    found.sort(key=lambda each: (ends.index((each.supplier.code, each.customer.code)), each.pk))
    return tuple(found), found[-1].customer_id if found else None


def _end_customers(organization: Organization) -> QuerySet[Party]:
    return Party.objects.filter(organization=organization, kind=PartyKind.END_CUSTOMER.value)


def _end_customer(organization: Organization, pk: int) -> Party | None:
    return _end_customers(organization).filter(pk=pk).first()


def _with_sides(rows: QuerySet[HandOff]) -> QuerySet[HandOff]:
    return rows.select_related("supplier", "customer")


def _with_everything(rows: QuerySet[Story]) -> QuerySet[Story]:
    """With teller, customer and the hand-offs that are still in the chain: three queries for any number."""
    handoffs = Prefetch("handoffs", queryset=_with_sides(HandOff.objects.all()))
    return rows.select_related("teller", "customer").prefetch_related(handoffs)
