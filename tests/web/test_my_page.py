"""My page: the client, the way to the end customer, the lists and the moments."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chainmap.models import (
    GroupFigure,
    HandOff,
    Moment,
    Party,
    Purpose,
    Rating,
)
from tests.web.my_page import handoff
from tests.web.reading import text_of


@pytest.fixture
def me_url(organization):
    return reverse("chainmap:me", args=[organization.pk])


@pytest.fixture
def client(alice, signed_in):
    return signed_in(alice)


@pytest.fixture
def say(client, me_url):
    return lambda words: client.post(f"{me_url}client/", {"words": words})


@pytest.fixture
def my_page(client, me_url, say):
    """The page after an answer."""

    def page(words="Bob Brown"):
        assert say(words).status_code == 302
        return client.get(me_url).content.decode()

    return page


# block 2


def test_the_client_the_share_and_whether_both_agree(my_page):
    text = text_of(my_page())
    assert re.search(
        r"\d+ % of what you deliver reaches the end customer through them. Too early to tell \(1 answer\).", text
    )
    assert "You named them too: you and the chain agree." in text
    assert "Neither of you has confirmed this hand-off yet." in text


def test_another_answer_stands_beside_with_its_share(my_page):
    text = text_of(my_page("Carla Conti"))
    assert re.search(r"You named Carla Conti. \d+ % goes through them. Both can be right", text)
    assert "The chain shows another one." in text_of(my_page("The client"))


def test_whom_one_named_and_who_left_since_is_said(my_page, client, me_url):
    my_page("Carla Conti")
    Party.objects.filter(code="carla").update(left_on=date(2026, 5, 4))
    assert "They left on 4 May 2026." in text_of(client.get(me_url).content.decode())


@pytest.mark.parametrize(
    ("mine", "theirs", "said"),
    [
        ("yes", "yes", "You both say that this hand-off is so."),
        ("yes", "", "You named this hand-off; Bob Brown has not confirmed it yet."),
        ("", "yes", "Bob Brown named this hand-off; it waits for your word."),
        ("no", "yes", "Disputed: you say it is not so. Talk about it."),
        ("no", "no", "Disputed: you both say it is not so. Talk about it."),
        ("yes", "no", "Disputed: Bob Brown says it is not so. Talk about it."),
    ],
)
def test_what_both_sides_say_of_the_hand_off(my_page, mine, theirs, said):
    HandOff.objects.filter(deliverable="forecast").update(supplier_says=mine, customer_says=theirs)
    assert said in text_of(my_page()).replace(" ;", ";")


def test_a_client_who_left_is_said_with_a_next_step(my_page, organization):
    Party.objects.filter(organization=organization, code="bob").update(left_on=date(2026, 5, 4))
    text = text_of(my_page("Carla Conti"))
    assert "Your most important client is Bob Brown" in text
    assert "Bob Brown left on 4 May 2026. Who needs your work now? Name what you give" in text
    assert "Neither of you" not in text


def test_several_hand_offs_to_the_client_are_listed(my_page, organization):
    row = handoff("forecast")
    HandOff.objects.create(
        organization=organization, supplier=row.supplier, customer=row.customer, deliverable="plan of plans",
        supplier_says="yes", customer_says="yes",
    )  # fmt: skip
    text = text_of(my_page())
    assert "You both say it is so of 1 of 2 hand-offs to them." in text
    assert "plan of plans you both say it is so" in text


def test_of_many_hand_offs_to_the_client_all_are_counted_and_the_largest_listed(my_page, organization):
    row = handoff("forecast")
    HandOff.objects.bulk_create(
        HandOff(organization=organization, supplier=row.supplier, customer=row.customer, deliverable=f"d{number}",
                supplier_says="yes", customer_says="yes" if number % 2 else "")
        for number in range(8)
    )  # fmt: skip
    page = my_page()
    assert "You both say it is so of 4 of 9 hand-offs to them." in text_of(page)
    listed = re.search(r'<ul class="to-client">(.*?)</ul>', page, re.DOTALL)[1]
    assert listed.count("<li>") == 6
    assert "All that you give" in listed


def test_the_way_to_the_end_customer_is_drawn_and_said_with_the_purpose_at_its_end(my_page, organization):
    Purpose.objects.create(organization=organization, text="Everybody at home on time")
    page = my_page()
    assert page.count('class="path-name"') == 4
    assert page.index("path-picture") < page.index("Everybody at home on time")
    text = text_of(page)
    assert re.search(r"Between you and Bob Brown \d+ % arrives; \d+ of 100 are left.", text)
    assert re.search(r"Between Carla Conti and The client \d+ % arrives; \d+ of 100 are left.", text)
    assert "What it is for Everybody at home on time" in text


def test_a_client_who_is_the_end_customer_is_served_directly(organization, alice, my_page):
    Party.objects.filter(code="alice").update(user=None)
    Party.objects.filter(code="carla").update(user=alice)
    text = text_of(my_page("The client"))
    assert re.search(r"\d+ % of what you deliver goes there directly.", text)
    assert "confirmed" not in text[text.index("goes there directly") : text.index("See what you hand over")], (
        "an end customer is not asked"
    )


def test_before_the_first_rating_it_says_that_it_is_by_volume(my_page, organization):
    Rating.objects.all().delete()
    organization.touch()
    page = my_page()
    assert "You hand most to them, by volume: nobody has rated yet" in text_of(page)
    assert "path-picture" not in page


def test_what_reaches_nobody_is_said(my_page, organization):
    HandOff.objects.filter(customer__code="client").delete()
    organization.touch()
    assert "by volume: nothing of what you hand on reaches an end customer at the moment." in text_of(my_page())


def test_an_empty_place_is_offered_the_next_step_everywhere(organization, alice, my_page):
    """dan: nobody hands him anything and he hands on nothing."""
    Party.objects.filter(code="alice").update(user=None)
    Party.objects.filter(code="dan").update(user=alice)
    page = my_page()
    text = text_of(page)
    for said in (
        "Nothing waits for you.",
        "The chain shows no client of yours yet",
        "You named Bob Brown.",
        "Nobody has written yet what all of it is for.",
        "Nothing that you get has been entered yet.",
        "Nothing that you give has been entered yet.",
        "No moments have been told yet.",
    ):
        assert said in text
    new = reverse("chainmap:handoff_new", args=[organization.pk])
    assert page.count(f'href="{new}?side=given"') == 1, "not the same button twice"
    assert page.count(f'href="{new}?side=received"') == 1


def test_both_lists_have_the_last_score_and_what_is_said(my_page, organization):
    HandOff.objects.filter(deliverable="figures").update(supplier_says="yes")
    text = text_of(my_page())
    received = text[text.index("From whom you get what") : text.index("To whom you give what")]
    given = text[text.index("To whom you give what") :]
    assert "Paper mill · paper no score yet" in received
    assert "Bob Brown · forecast last score 6 · confirmed by nobody yet" in given
    assert "Carla Conti · figures last score 4 · named by you alone so far" in given


def test_all_are_one_tap_away_where_there_are_more(my_page, organization):
    row = handoff("forecast")
    HandOff.objects.bulk_create(
        HandOff(organization=organization, supplier=row.supplier, customer=row.customer, deliverable=f"more {number}")
        for number in range(5)
    )
    page = my_page()
    assert f'href="{reverse("chainmap:my_chain", args=[organization.pk])}?side=given"' in page
    assert "All 7" in text_of(page)


def test_moments_stand_at_the_end_with_what_waits(my_page):
    forecast, paper = handoff("forecast"), handoff("paper")
    Moment.objects.create(
        handoff=forecast, teller=forecast.customer, kind="magic", words="Saved my day", told_on=date(2026, 5, 4)
    )
    Moment.objects.create(
        handoff=paper, teller=paper.customer, kind="misery", words="All wet", told_on=date(2026, 5, 4)
    )
    text = text_of(my_page())
    assert "A magic moment for Bob Brown Saved my day say thank you" in text
    assert "You told Paper mill All wet no answer yet" in text


# the page as a whole


def test_as_many_queries_for_10_as_for_200_hand_offs(my_page, client, me_url, organization):
    row = handoff("forecast")
    my_page()
    counts = []
    for numbers in (range(10), range(10, 200)):
        HandOff.objects.bulk_create(
            HandOff(organization=organization, supplier=row.supplier, customer=row.customer, deliverable=f"{number}",
                    customer_says="yes")
            for number in numbers
        )  # fmt: skip
        organization.touch()
        with CaptureQueriesContext(connection) as captured:
            client.get(me_url)
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert counts[0] <= 45


def test_an_unknown_parameter_is_refused(client, me_url, say):
    say("Bob Brown")
    for address in (me_url, f"{me_url}client/"):
        assert client.get(f"{address}?chain=1").status_code == 400


# clarity on the page of the chain


def test_the_chain_page_says_how_clear_it_is(organization, carla, chain_url, signed_in):
    def shown():
        page = signed_in(carla).get(chain_url).content.decode()
        return text_of(page[page.index('id="clarity-title"') :])

    assert "Who is your most important client? Not enough answers yet." in shown()
    figure = GroupFigure.objects.create(
        organization=organization, kind="clarity", group="organization", made_on=date(2026, 5, 4), content="{}"
    )
    for people, share, half, said in (
        (">20", 60, True, "Of >20 people who answered, about 60 % name the client the chain shows."),
        (">20", 90, True, "Of >20 people who answered, 90 % or more name"),
        (">20", 10, False, "Of >20 people who answered, 10 % or fewer name"),
        ("8-12", None, True, "Of 8-12 people who answered, half or more name"),
        ("8-12", None, False, "Of 8-12 people who answered, fewer than half name"),
    ):
        share_json, half_json = "null" if share is None else share, "true" if half else "false"
        figure.content = (
            f'{{"k": 5, "figure": {{"people": "{people}", "share": {share_json}, "half_or_more": {half_json}}}}}'
        )
        figure.save()
        assert said in shown()


def test_the_chain_page_says_how_many_hand_offs_both_sides_name(organization, carla, chain_url, signed_in):
    row = handoff("forecast")
    HandOff.objects.bulk_create(
        HandOff(organization=organization, supplier=row.supplier, customer=row.customer, deliverable=f"{number}",
                supplier_says="yes", customer_says=says)
        for number, says in enumerate(["yes"] * 4 + ["no"] + [""] * 1)
    )  # fmt: skip
    text = text_of(signed_in(carla).get(chain_url).content.decode())
    assert "40 % of the hand-offs are named by both sides. 1 is named by one side only. 1 is disputed." in text
