"""Entries -> results: open rooms exactly, anonymous rooms coarsely, and never by the order in which people answered."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.domain.agreement_tallies import agreement_mark, tally_agreements
from chainmap.domain.bottlenecks import find_bottlenecks
from chainmap.domain.coffee_pairs import CoffeePair, CoffeePlan
from chainmap.domain.exercise_entries import (
    AgreementEntry,
    ClientEntry,
    CoffeeEntry,
    DrawEntry,
    LadderEntry,
    MomentEntry,
    OrientationEntry,
    PurposeEntry,
    RateEntry,
)
from chainmap.domain.exercise_rates import live_ratings, tally_rates
from chainmap.domain.exercise_results import NamedBy, Shown, Side, result_from_json, result_to_json
from chainmap.domain.exercise_tallies import (
    Room,
    Said,
    tally_client,
    tally_coffee,
    tally_draw,
    tally_ladder,
    tally_moments,
    tally_orientation,
    tally_purpose,
)
from chainmap.domain.exercises import Exercise, WorkshopMode
from chainmap.domain.ladder import Rung
from chainmap.domain.moments import CoachingRules, Moment
from chainmap.domain.questionnaires import ORIENTATION
from chainmap.domain.reasons import Reason
from chainmap.domain.records import Rating
from chainmap.domain.release import Clip
from tests.domain.chains import chain_of

OPEN, HIDDEN = Room(WorkshopMode.OPEN), Room(WorkshopMode.ANONYMOUS)
RULES = CoachingRules()


def said(entries, first=0):
    return [Said(f"t{number}", entry, number + 1) for number, entry in enumerate(entries, start=first)]


def nameless(entries):
    return [Said(f"t{number}", entry) for number, entry in enumerate(entries)]


# ---- client


def test_who_is_named_and_how_many_match_the_chain():
    entries = [ClientEntry(9, ""), ClientEntry(9, ""), ClientEntry(8, ""), ClientEntry(None, "The  Bakery"),
               ClientEntry(None, "the bakery")]  # fmt: skip
    found = tally_client(said(entries), OPEN, clients={1: 9, 2: 8, 3: 8})
    assert [(client.who, client.people) for client in found.named] == [
        (Side(None, "The  Bakery"), 2), (Side(9), 2), (Side(8), 1),
    ]  # fmt: skip
    assert (found.matching, found.judged, found.clarity, found.half_name) == (2, 3, 2 / 3, None)
    assert tally_client([], OPEN, clients={}).answered.shown == Shown.NOTHING


def test_an_anonymous_room_names_whom_half_of_it_names_and_no_counts():
    six = nameless([ClientEntry(9, "")] * 3 + [ClientEntry(8, "")] * 3)
    found = tally_client(six, HIDDEN, clients={})
    assert (found.half_name, found.named, found.judged, found.answered.band) == (Side(8), (), None, "5-7")
    five = tally_client(six[:5], HIDDEN, clients={})
    assert (five.answered.shown, five.half_name, five.named) == (Shown.TOO_FEW, None, ())
    words = tally_client(nameless([ClientEntry(None, "Ann")] * 9), HIDDEN, clients={})
    assert words.half_name is None
    words = tally_client(nameless([ClientEntry(None, "Ann")] * 10), HIDDEN, clients={})
    assert words.half_name == Side(None, "Ann")


def test_from_21_people_on_shares_of_those_enough_named():
    many = nameless([ClientEntry(9, "")] * 10 + [ClientEntry(8, "")] * 6 + [ClientEntry(7, "")] * 5)
    found = tally_client(many, HIDDEN, clients={})
    assert [(client.who.party, client.share, client.people) for client in found.named] == [
        (9, 50, None), (8, 30, None),
    ]  # fmt: skip


# ---- draw


def test_hand_offs_named_by_both_sides_by_one_and_by_others():
    entries = [
        Said("a", DrawEntry(1, "", 2, "", "plan", 2), 1),
        Said("b", DrawEntry(1, "", 2, "", "Plan", 4), 2),
        Said("c", DrawEntry(2, "", 3, "", "cake"), 3),
        Said("d", DrawEntry(2, "", 3, "", "oven"), 2),
        Said("e", DrawEntry(1, "", None, "Post", "mail"), None),
        Said("f", DrawEntry(9, "", None, "Post", "x"), 4),
    ]
    found = tally_draw(entries, OPEN, keys=[5, 5, 6, -1, -2, 0])
    assert [(link.key, link.named_by, link.volume) for link in found.links[:3]] == [
        (5, NamedBy.BOTH, 3), (-1, NamedBy.SUPPLIER, 1), (6, NamedBy.CUSTOMER, 1),
    ]  # fmt: skip
    assert {(link.key, link.named_by) for link in found.links[3:]} == {(-2, NamedBy.OTHERS), (0, NamedBy.OTHERS)}
    assert (found.both, found.one, found.new) == (1, 2, 3)


def test_an_anonymous_chain_is_shown_from_ten_people_on_and_says_nothing_of_sides():
    entries = nameless([DrawEntry(1, "", 2, "", "plan")] * 10)
    assert tally_draw(entries[:9], HIDDEN, keys=[5] * 9).links == ()
    (link,) = tally_draw(entries, HIDDEN, keys=[5] * 10).links
    assert link.named_by is None


# ---- rate


def test_before_and_after_are_what_a_full_analysis_of_both_chains_says():
    """a > b > Cust: rated 4 and 6; in the room b says 9 of a. Worked by hand with kappa 2:

    before  m = .5  y = (1 + .4)/3, (1 + .6)/3;  delivered = y2 (1 + y1)
    after   m = .75 y = (1.5 + .9)/3, (1.5 + .6)/3
    """
    chain = chain_of("a>b", "b>Cust", ratings=(Rating("a", "b", 4), Rating("b", "Cust", 6)))
    entries = [Said("x", RateEntry(0, 9, Reason.LATE, "often"), 1), Said("y", RateEntry(1, None, None, ""), 2)]
    found = tally_rates(entries, OPEN, chain=chain, day=739_000)
    assert found.before == pytest.approx(1.6 / 3 * (1 + 1.4 / 3))
    assert found.after == pytest.approx(2.1 / 3 * (1 + 2.4 / 3))
    again = chain_of("a>b", "b>Cust", ratings=(Rating("a", "b", 9), Rating("b", "Cust", 6)))
    assert found.after == pytest.approx(find_bottlenecks(again, organization="").delivered)
    (link,) = found.links
    assert (link.handoff, link.score, link.answers) == (0, 9, 1)
    assert (link.before, link.after) == (pytest.approx(1.4 / 3), pytest.approx(2.4 / 3))
    assert [(reason.reason, reason.people) for reason in found.reasons] == [(Reason.LATE, 1)]
    assert found.texts[0].words == "often"
    assert found.answered.people == 1


def test_biggest_loss_comes_first():
    chain = chain_of("a>b w=1", "a>c w=3", "b>Cust", "c>Cust")
    entries = [Said(str(n), RateEntry(n, score, None, ""), person) for n, score, person in ((0, 2, 1), (1, 5, 2))]
    found = tally_rates(entries, OPEN, chain=chain, day=1)
    assert [link.handoff for link in found.links] == [1, 0]
    assert found.links[0].lost > found.links[1].lost
    assert len(live_ratings(entries, chain)) == 2


def test_below_ten_people_a_mean_is_a_whole_number():
    scores = [3, 4, 5, 6, 7, 8, 4, 7, 5, 6]
    means = []
    for people in (9, 10):
        entries = nameless([RateEntry(None, score, None, "") for score in scores[:people]])
        means.append(tally_rates(entries, HIDDEN, chain=chain_of("a>b"), day=1).mean)
    assert means == [5.0, 5.5], "49 of 9 are 5.4, 55 of 10 are 5.5"


def test_who_comes_several_times_counts_no_more_than_the_room_holds():
    entries = nameless([LadderEntry(Rung.CLIENT)] * 30)
    for most, shown in ((5, Shown.TOO_FEW), (6, Shown.SHOWN)):
        found = tally_ladder(entries, replace(HIDDEN, most=most))
        assert (found.answered.shown, found.rungs) == (shown, ())
    texts = nameless([PurposeEntry(f"words {number}") for number in range(30)])
    assert tally_purpose(texts, replace(HIDDEN, most=9)).texts == ()
    assert len(tally_purpose(texts, replace(HIDDEN, most=10)).texts) == 30
    assert tally_ladder(entries, replace(OPEN, most=1)).answered.people == 30


def test_what_is_held_back_says_nothing_at_all():
    held = replace(HIDDEN, is_held_back=True)
    for count in (0, 30):
        found = tally_ladder(nameless([LadderEntry(Rung.CLIENT)] * count), held)
        assert (found.answered.shown, found.rungs, found.half_reach) == (Shown.FEW_MORE, (), None)
        rates = tally_rates(
            nameless([RateEntry(None, 5, Reason.HABIT, "words")] * count), held, chain=chain_of("a>b"), day=1
        )
        assert (rates.mean, rates.reasons, rates.texts) == (None, (), ())
        answers = [OrientationEntry(ORIENTATION.version, dict.fromkeys(ORIENTATION.row_codes, 5))] * count
        assert tally_orientation(nameless(answers), held, questionnaire=ORIENTATION).overall is None


def test_an_anonymous_room_has_one_mean_in_steps():
    entries = nameless([RateEntry(None, score, Reason.HABIT, "words") for score in (3, 4, 5, 6, 7, 8)])
    chain = chain_of("a>b")
    found = tally_rates(entries, HIDDEN, chain=chain, day=1)
    assert (found.mean, found.clip, found.reasons, found.texts, found.links) == (6.0, Clip.NONE, (), (), ())
    with_na = tally_rates([*entries[:5], *nameless([RateEntry(None, None, None, "")] * 9)[5:]], HIDDEN, chain=chain,
                          day=1)  # fmt: skip
    assert (with_na.mean, with_na.answered.shown) == (None, Shown.TOO_FEW)
    many = tally_rates(nameless([RateEntry(None, 5, Reason.HABIT, f"{n}") for n in range(21)]), HIDDEN, chain=chain,
                       day=1)  # fmt: skip
    assert (many.reasons[0].reason, many.reasons[0].share, many.reasons[1].share) == (Reason.HABIT, 90, 10)
    assert len(many.texts) == 21


# ---- moments, ladder, orientation


def test_moments_by_the_organizations_rule():
    entries = [MomentEntry(kind, str(place), place + 1) for place, kind in enumerate([Moment.MAGIC] * 3)]
    entries += [MomentEntry(Moment.MISERY, "late", None)] * 2
    found = tally_moments(said(entries), OPEN, rules=RULES)
    assert (found.magic, found.misery, found.still_wanted, found.made_up_for) == (3, 2, 1, False)
    assert {text.kind for text in found.texts} == {Moment.MAGIC, Moment.MISERY}
    three = tally_moments(said(entries), OPEN, rules=CoachingRules(magic_for_one_misery=1.5))
    assert (three.still_wanted, three.magic_for_one_misery) == (0, 1.5)


def test_an_anonymous_room_says_only_whether_misery_is_made_up_for():
    entries = nameless([MomentEntry(Moment.MAGIC, str(place), None) for place in range(9)])
    found = tally_moments(entries, HIDDEN, rules=RULES)
    assert (found.magic, found.misery, found.still_wanted, found.magic_share) == (None,) * 4
    assert (found.made_up_for, found.texts) == (True, ())
    ten = tally_moments([*entries, *nameless([MomentEntry(Moment.MISERY, "x", None)] * 10)[9:]], HIDDEN, rules=RULES)
    assert len(ten.texts) == 10
    assert {text.kind for text in ten.texts} == {None}
    assert tally_moments(entries[:5], HIDDEN, rules=RULES).made_up_for is None


def test_one_person_with_many_texts_is_one_person():
    entries = [Said("one", MomentEntry(Moment.MISERY, str(place), None)) for place in range(30)]
    found = tally_moments(entries, HIDDEN, rules=RULES)
    assert (found.answered.shown, found.made_up_for, found.texts, found.magic_share) == (
        Shown.TOO_FEW, None, (), None,
    )  # fmt: skip


def test_the_ladder_and_the_rung_half_of_the_room_see_reached():
    rungs = [Rung.PROSPECT, Rung.CLIENT, Rung.CLIENT, Rung.ADVOCATE, Rung.APOSTLE]
    found = tally_ladder(said([LadderEntry(rung) for rung in rungs]), OPEN)
    assert [rung.people for rung in found.rungs] == [1, 0, 2, 0, 1, 1]
    assert found.half_reach == Rung.CLIENT
    six = tally_ladder(nameless([LadderEntry(rung) for rung in [*rungs, Rung.APOSTLE]]), HIDDEN)
    assert (six.half_reach, six.rungs) == (Rung.ADVOCATE, ())
    many = tally_ladder(nameless([LadderEntry(Rung.CLIENT)] * 21), HIDDEN)
    assert [rung.share for rung in many.rungs] == [10, 10, 90, 10, 10, 10]
    assert tally_ladder([], OPEN).half_reach is None


@pytest.mark.parametrize("room", [OPEN, HIDDEN])
def test_the_profile_is_a_group_figure_in_every_room(room):
    answers = dict.fromkeys(ORIENTATION.row_codes, 7)
    entries = said([OrientationEntry(ORIENTATION.version, answers)] * 6 + [OrientationEntry("former", {"x": 1})])
    found = tally_orientation(entries, room, questionnaire=ORIENTATION)
    assert (found.overall.mean, found.answered.people, found.answered.band) == (7.0, None, "5-7")
    assert tally_orientation(entries[:5], room, questionnaire=ORIENTATION).overall is None


# ---- texts, pairs, agreements


def test_nine_texts_are_not_shown_and_ten_are_without_order():
    texts = [PurposeEntry(f"text {number}") for number in range(10)]
    assert tally_purpose(nameless(texts[:9]), HIDDEN).texts == ()
    assert tally_purpose(nameless(texts[:9]), HIDDEN).answered.shown == Shown.TOO_FEW
    found = [text.words for text in tally_purpose(nameless(texts), HIDDEN).texts]
    assert sorted(found) == [entry.words for entry in texts]
    assert found != [entry.words for entry in texts]
    assert len(tally_purpose(said(texts[:2]), OPEN).texts) == 2


def test_a_higher_minimum_group_holds_for_texts_too():
    room = Room(WorkshopMode.ANONYMOUS, k=14)
    assert tally_purpose(nameless([PurposeEntry(f"{n}") for n in range(14)]), room).texts == ()
    assert len(tally_purpose(nameless([PurposeEntry(f"{n}") for n in range(15)]), room).texts) == 15


def test_pairs_and_how_many_met():
    plan = CoffeePlan((CoffeePair(1, 2, 5, 0.25, (3,)),))
    found = tally_coffee(said([CoffeeEntry(True, "good"), CoffeeEntry(False, "")]), OPEN, plan=plan)
    assert (found.met, found.half_met, found.pairs[0].listeners, len(found.texts)) == (1, True, (3,), 1)
    hidden = tally_coffee(nameless([CoffeeEntry(True, "x")] * 2 + [CoffeeEntry(False, "y")] * 4), HIDDEN, plan=plan)
    assert (hidden.met, hidden.half_met, hidden.texts) == (None, False, ())


def test_agreements_once_and_open_ones_first():
    early, late = date(2026, 12, 1), date(2026, 12, 9)
    entries = [
        AgreementEntry(1, "", 2, "", "By noon", early),
        AgreementEntry(1, "", 2, "", "by  noon", late),
        AgreementEntry(3, "", None, "Post", "Twice a day", late),
    ]
    asked = {agreement_mark(entries[0]): {2}}
    found = tally_agreements([Said("a", entries[0], 1), *said(entries[1:])], OPEN, yes=asked, here={1, 2})
    assert [(one.sentence, one.yes, one.due_on) for one in found.agreements] == [
        ("Twice a day", False, late), ("By noon", True, early),
    ]  # fmt: skip
    assert found.open == 1
    assert len(tally_agreements(nameless(entries * 2), HIDDEN).agreements) == 2  # promises: 6 people, as a figure
    assert tally_agreements(nameless((entries * 2)[:5]), HIDDEN).agreements == ()


DAY = date(2026, 12, 1)
NOON = AgreementEntry(1, "", 2, "", "By noon", DAY)


@pytest.mark.parametrize(
    ("written", "yes", "here", "how", "by"),
    [
        ([(1, NOON)], set(), {1, 2}, "open", "supplier"),  # one phone alone is not both
        ([(1, NOON)], {2}, {1, 2}, "both", "supplier"),
        ([(1, NOON)], {1, 3}, {1, 2, 3}, "open", "supplier"),  # nobody else's yes is theirs
        ([(1, NOON)], set(), {1}, "not_asked", "supplier"),
        ([(2, NOON)], {1}, set(), "both", "customer"),  # said, and left the room
        ([(3, NOON)], {1}, {1, 2, 3}, "open", "others"),
        ([(3, NOON)], {1, 2}, {1, 2, 3}, "both", "others"),
        ([(1, NOON), (2, NOON)], set(), set(), "both", "both"),  # written down alike by the two
        ([(1, NOON), (2, replace(NOON, due_on=date(2026, 12, 9)))], set(), {1, 2}, "open", "both"),  # not the same day
    ],
)
def test_an_agreement_is_agreed_by_the_two_it_binds_and_by_nobody_else(written, yes, here, how, by):
    entries = [Said(str(party), entry, party) for party, entry in written]
    (one,) = tally_agreements(entries, OPEN, yes={agreement_mark(NOON): yes}, here=here).agreements
    assert (str(one.said), str(one.named_by), one.due_on) == (how, by, DAY)


def test_a_guest_without_a_place_is_the_side_of_their_own_name():
    entry = AgreementEntry(None, "Ines", 2, "", "By noon", DAY)
    asked = {agreement_mark(entry): {2}}
    for name, how, by in (("ines", "both", "supplier"), ("Otto", "not_asked", "others")):
        (one,) = tally_agreements([Said("a", entry, None, name)], OPEN, yes=asked, here={2}).agreements
        assert (str(one.said), str(one.named_by)) == (how, by)
    drawn = DrawEntry(None, "Ines", 2, "", "plan")
    for name, by in (("Ines", "supplier"), ("Otto", "others")):
        assert str(tally_draw([Said("a", drawn, None, name)], OPEN, keys=[-1]).links[0].named_by) == by


def test_agreements_kept_before_each_side_was_asked_are_read():
    old = {"supplier": {"party": 1, "words": ""}, "customer": {"party": 2, "words": ""}, "sentence": "x"}
    rows = [old | {"due_on": "2026-12-01", "yes": yes} for yes in (True, False)]
    answered = {"shown": "shown", "people": 2, "band": None}
    found = result_from_json(Exercise.AGREEMENTS, json.dumps({"answered": answered, "agreements": rows}))
    assert [str(one.said) for one in found.agreements] == ["room", "open"]
    assert result_from_json(Exercise.AGREEMENTS, result_to_json(found)) == found


# ---- all of them

ENTRIES = {
    Exercise.CLIENT: [ClientEntry(9, ""), ClientEntry(8, ""), ClientEntry(None, "Ann"), ClientEntry(None, "ann")],
    Exercise.DRAW: [DrawEntry(1, "", 2, "", "plan"), DrawEntry(2, "", 1, "", "cake"), DrawEntry(1, "", 2, "", "Plan")],
    Exercise.RATE: [RateEntry(None, 3, Reason.LATE, "a"), RateEntry(None, 9, None, "b"), RateEntry(None, 5, None, "")],
    Exercise.MOMENTS: [MomentEntry(Moment.MAGIC, "a", None), MomentEntry(Moment.MISERY, "b", None)],
    Exercise.LADDER: [LadderEntry(Rung.CLIENT), LadderEntry(Rung.APOSTLE)],
    Exercise.ORIENTATION: [
        OrientationEntry(ORIENTATION.version, dict.fromkeys(ORIENTATION.row_codes, score)) for score in (2, 9)
    ],
    Exercise.PURPOSE: [PurposeEntry("a"), PurposeEntry("b"), PurposeEntry("c")],
    Exercise.COFFEE: [CoffeeEntry(True, "a"), CoffeeEntry(False, "b")],
    Exercise.AGREEMENTS: [
        AgreementEntry(None, "A", None, "B", "x", date(2026, 1, 1)),
        AgreementEntry(None, "a", None, "b", "X", date(2026, 1, 2)),
    ],
}
CHAIN = chain_of("a>b d=plan", "b>Cust", ratings=(Rating("a", "b", 4, "plan"),))
TALLIES = {
    Exercise.CLIENT: lambda entries, room: tally_client(entries, room, clients={1: 9}),
    Exercise.DRAW: lambda entries, room: tally_draw(
        entries, room, keys=[5 if one.entry.supplier == 1 else -1 for one in entries]
    ),
    Exercise.RATE: lambda entries, room: tally_rates(entries, room, chain=CHAIN, day=1),
    Exercise.MOMENTS: lambda entries, room: tally_moments(entries, room, rules=RULES),
    Exercise.LADDER: tally_ladder,
    Exercise.ORIENTATION: lambda entries, room: tally_orientation(entries, room, questionnaire=ORIENTATION),
    Exercise.PURPOSE: tally_purpose,
    Exercise.COFFEE: lambda entries, room: tally_coffee(entries, room, plan=CoffeePlan(())),
    Exercise.AGREEMENTS: tally_agreements,
}


@pytest.mark.parametrize("kind", list(Exercise))
@settings(max_examples=25, deadline=None)
@given(st.data(), st.sampled_from([OPEN, HIDDEN]))
def test_order_says_nothing_and_what_is_kept_is_read_back(kind, data, room):
    count = data.draw(st.integers(0, 24))
    entries = nameless([data.draw(st.sampled_from(ENTRIES[kind])) for _number in range(count)])
    found = TALLIES[kind](entries, room)
    kept = result_to_json(found)
    assert result_to_json(TALLIES[kind](data.draw(st.permutations(entries)), room)) == kept
    assert result_from_json(kind, kept) == found
    if room is HIDDEN:
        assert found.answered.people is None
        assert '"people":' not in kept.replace('"people":null', "")


@pytest.mark.parametrize("kind", list(Exercise))
def test_of_five_people_nothing_depends_on_what_they_said(kind):
    """The same bytes whatever five said, also when they said nothing."""
    empty = result_to_json(TALLIES[kind]([], HIDDEN))
    for entry in ENTRIES[kind]:
        assert result_to_json(TALLIES[kind](nameless([entry] * 5), HIDDEN)) == empty
