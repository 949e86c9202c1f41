"""The first question, and my page in its four blocks."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chainmap.access import OPERATOR
from chainmap.models import (
    Agreement,
    ClientAnswer,
    Conversation,
    GroupFigure,
    HandOff,
    Moment,
    Party,
    Purpose,
    Rating,
)
from chainmap.services.rounds import RoundPlan, round_create, round_open


def _text(page):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page))).replace("\u00a0", " ")


def _main(page):
    """What the page itself says, without its head."""
    return page[page.index("<main") :]


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


def handoff(deliverable):
    return HandOff.objects.get(deliverable=deliverable)


# the first question


def test_before_anything_is_shown_one_line_is_asked(client, me_url):
    assert client.get(me_url)["Location"] == f"{me_url}client/"
    shown = _text(_main(client.get(f"{me_url}client/").content.decode()))
    assert "Who is your most important client?" in shown
    assert "I do not know" in shown


def test_nothing_of_the_chain_is_on_that_page(client, me_url, organization):
    """No name of a party but one's own in the head, no share, no hand-off, no way around the question."""
    page = client.get(f"{me_url}client/").content.decode()
    for name in Party.objects.filter(organization=organization).values_list("name", flat=True):
        assert name not in page
    for deliverable in HandOff.objects.values_list("deliverable", flat=True):
        assert deliverable not in page
    assert "%" not in _text(_main(page))


def test_an_answer_leads_to_my_page_and_is_kept(client, me_url, say):
    answered = say("Bob Brown")
    assert answered["Location"] == me_url
    assert ClientAnswer.objects.get().client.code == "bob"
    shown = _text(client.get(me_url).content.decode())
    assert "Your answer is kept. Nobody but you can see it." in shown
    assert "Your most important client is Bob Brown" in shown


def test_i_do_not_know_is_one_tap(client, me_url):
    """Whatever stands in the field."""
    assert client.post(f"{me_url}client/", {"words": "Bo", "unknown": "yes"})["Location"] == me_url
    assert ClientAnswer.objects.get().words == ""
    shown = _text(client.get(me_url).content.decode())
    assert "You said that you do not know. This is what the chain shows." in shown


def test_an_empty_line_is_asked_for_a_name(say):
    for words in ("", "   ", "\u200b"):
        refused = say(words)
        assert refused.status_code == 400
        assert "Write a name, or say that you do not know." in refused.content.decode()
    assert not ClientAnswer.objects.exists()


def test_what_cannot_be_an_answer_stays_in_the_field(say, organization):
    """10,000 characters, several of one name, oneself, somebody who left: 400, said why, nothing lost."""
    Party.objects.create(organization=organization, code="bob2", name="Bob Brown", capacity=1)
    Party.objects.filter(organization=organization, code="carla").update(left_on=date(2026, 5, 4))
    for words, why in (
        ("x" * 10_000, "This text has 10000 characters, and 200 fit."),
        ("Bob\x07", "a character that cannot be shown"),
        (
            "Bob Brown",
            "Several are called “Bob Brown”. Write one of these: “Bob Brown · Planning”, “Bob Brown · bob2”.",
        ),
        ("Alice Adams", "That is you."),
        ("Carla Conti", "Carla Conti left on May 4, 2026"),
    ):
        refused = say(words)
        assert refused.status_code == 400
        assert why in html.unescape(refused.content.decode())
        assert f'value="{words}"' in html.unescape(refused.content.decode())
    assert not ClientAnswer.objects.exists()


def test_markup_and_direction_marks_in_an_answer_do_nothing(my_page):
    page = my_page("<script>alert(1)</script>\u202egnp")
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert "You named “ <script>alert(1)</script>gnp ”. Nobody in the chain is called that." in _text(page)


def test_a_name_of_another_organization_means_nobody(my_page, other_organization):
    Party.objects.filter(organization=other_organization, code="bob").update(name="Only There")
    page = my_page("Only There")
    assert "Nobody in the chain is called that." in _text(page)


def test_the_answer_can_be_changed_and_only_its_owner_reads_it(client, me_url, my_page, say, dora, carla, signed_in):
    my_page("Carla Conti")
    form = client.get(f"{me_url}client/").content.decode()
    assert 'value="Carla Conti"' in form
    assert "Back to my page" in form
    say("The people upstairs")
    assert "The people upstairs" in client.get(me_url).content.decode()
    for user in (dora, carla):
        assert signed_in(user).get(me_url).status_code == 404
        assert "upstairs" not in signed_in(user).get(reverse("chainmap:home"), follow=True).content.decode()


def test_of_two_answers_at_once_the_later_stays(client, me_url, say, signed_in, alice):
    other_phone = signed_in(alice)
    say("Bob Brown")
    other_phone.post(f"{me_url}client/", {"words": "Carla Conti"})
    assert ClientAnswer.objects.get().client.code == "carla"


# block 2


def test_the_client_the_share_and_whether_both_agree(my_page):
    text = _text(my_page())
    assert re.search(
        r"\d+ % of what you deliver reaches the end customer through them. Too early to tell \(1 rating\).", text
    )
    assert "You named them too: you and the chain agree." in text
    assert "Neither of you has confirmed this hand-off yet." in text


def test_another_answer_stands_beside_with_its_share(my_page):
    text = _text(my_page("Carla Conti"))
    assert re.search(r"You named Carla Conti . \d+ % goes through them. Both can be right", text)
    assert "The chain shows another one." in _text(my_page("The client"))


def test_whom_one_named_and_who_left_since_is_said(my_page, client, me_url):
    my_page("Carla Conti")
    Party.objects.filter(code="carla").update(left_on=date(2026, 5, 4))
    assert "They left on May 4, 2026." in _text(client.get(me_url).content.decode())


@pytest.mark.parametrize(
    ("mine", "theirs", "said"),
    [
        ("yes", "yes", "Both of you say that this hand-off is so."),
        ("yes", "", "You named this hand-off; Bob Brown has not confirmed it yet."),
        ("", "yes", "Bob Brown named this hand-off; it waits for your word."),
        ("yes", "no", "One of you says that this hand-off is not so. Talk about it."),
    ],
)
def test_what_both_sides_say_of_the_hand_off(my_page, mine, theirs, said):
    HandOff.objects.filter(deliverable="forecast").update(supplier_says=mine, customer_says=theirs)
    assert said in _text(my_page()).replace(" ;", ";")


def test_a_client_who_left_is_said_with_a_next_step(my_page, organization):
    Party.objects.filter(organization=organization, code="bob").update(left_on=date(2026, 5, 4))
    text = _text(my_page("Carla Conti"))
    assert "Your most important client is Bob Brown" in text
    assert "Bob Brown left on May 4, 2026. Who needs your work now? Add what you give" in text
    assert "Neither of you" not in text


def test_several_hand_offs_to_the_client_are_listed(my_page, organization):
    row = handoff("forecast")
    HandOff.objects.create(
        organization=organization, supplier=row.supplier, customer=row.customer, deliverable="plan of plans",
        supplier_says="yes", customer_says="yes",
    )  # fmt: skip
    text = _text(my_page())
    assert "1 of 2 hand-offs to them are named by both of you." in text
    assert "plan of plans named by both" in text


def test_of_many_hand_offs_to_the_client_all_are_counted_and_the_largest_listed(my_page, organization):
    row = handoff("forecast")
    HandOff.objects.bulk_create(
        HandOff(organization=organization, supplier=row.supplier, customer=row.customer, deliverable=f"d{number}",
                supplier_says="yes", customer_says="yes" if number % 2 else "")
        for number in range(8)
    )  # fmt: skip
    page = my_page()
    assert "4 of 9 hand-offs to them are named by both of you." in _text(page)
    listed = re.search(r'<ul class="to-client">(.*?)</ul>', page, re.DOTALL)[1]
    assert listed.count("<li>") == 6
    assert "All that you give" in listed


def test_the_way_to_the_end_customer_is_drawn_and_said_with_the_purpose_at_its_end(my_page, organization):
    Purpose.objects.create(organization=organization, text="Everybody at home on time")
    page = my_page()
    assert page.count('class="path-name"') == 4
    assert page.index("path-picture") < page.index("Everybody at home on time")
    text = _text(page)
    assert re.search(r"Between you and Bob Brown \d+ % arrives; \d+ of 100 are left.", text)
    assert re.search(r"Between Carla Conti and The client \d+ % arrives; \d+ of 100 are left.", text)
    assert "What it is for Everybody at home on time" in text


def test_a_client_who_is_the_end_customer_is_served_directly(organization, alice, my_page):
    Party.objects.filter(code="alice").update(user=None)
    Party.objects.filter(code="carla").update(user=alice)
    text = _text(my_page("The client"))
    assert re.search(r"\d+ % of what you deliver goes there directly.", text)
    assert "confirmed" not in text[text.index("goes there directly") : text.index("See what you hand over")], (
        "an end customer is not asked"
    )


def test_before_the_first_rating_it_says_that_it_is_by_volume(my_page, organization):
    Rating.objects.all().delete()
    organization.touch()
    page = my_page()
    assert "You hand most to them, by volume: nobody has rated yet" in _text(page)
    assert "path-picture" not in page


def test_what_reaches_nobody_is_said(my_page, organization):
    HandOff.objects.filter(customer__code="client").delete()
    organization.touch()
    assert "by volume: nothing of what you hand on reaches an end customer at the moment." in _text(my_page())


def test_an_empty_place_is_offered_the_next_step_everywhere(organization, alice, my_page):
    """dan: nobody hands him anything and he hands on nothing."""
    Party.objects.filter(code="alice").update(user=None)
    Party.objects.filter(code="dan").update(user=alice)
    page = my_page()
    text = _text(page)
    for said in (
        "Nothing waits for you.",
        "The chain shows no client of yours yet",
        "You named Bob Brown .",
        "Nobody has written yet what all of it is for.",
        "Nothing that you get has been entered yet.",
        "Nothing that you give has been entered yet.",
        "No moments have been told yet.",
    ):
        assert said in text
    new = reverse("chainmap:handoff_new", args=[organization.pk])
    assert f'href="{new}?side=given"' in page
    assert f'href="{new}?side=received"' in page


# blocks 1, 3 and 4


def test_due_things_lead_to_where_they_are_done(my_page, organization):
    forecast = handoff("forecast")
    agreement = Agreement.objects.create(
        handoff=forecast, sentence="Send it on Monday", made_by=forecast.customer, owner=forecast.supplier,
        due_on=timezone.localdate(),
    )  # fmt: skip
    talk = Conversation.objects.create(
        handoff=forecast, inviter=forecast.customer, invitee=forecast.supplier, reason="low_score", words="Ten minutes?"
    )
    asked = round_open(
        actor=OPERATOR, round=round_create(actor=OPERATOR, organization=organization, plan=RoundPlan(name="Now"))
    )
    page = my_page()
    places = [
        page.index(f'href="{reverse(name, args=[organization.pk, pk])}"')
        for name, pk in (
            ("chainmap:agreement", agreement.pk),
            ("chainmap:talk", talk.pk),
            ("chainmap:answer", asked.pk),
        )
    ]
    assert places == sorted(places)
    text = _text(page)
    assert "Bob Brown proposes an agreement: yes? Send it on Monday" in text
    assert "Bob Brown invites you to a coffee a low score · Ten minutes?" in text
    assert "Rate 1 hand-off Now" in text


def test_an_agreement_that_is_due_asks_what_came_of_it(my_page):
    forecast = handoff("forecast")
    Agreement.objects.create(
        handoff=forecast, sentence="Send it on Monday", made_by=forecast.customer, owner=forecast.supplier,
        due_on=timezone.localdate(), state="agreed",
    )  # fmt: skip
    assert ": was it kept? Send it on Monday" in _text(my_page())


def test_a_customer_who_said_what_came_of_it_is_asked_for_a_score(my_page):
    paper = handoff("paper")
    Agreement.objects.create(
        handoff=paper, sentence="Dry paper", made_by=paper.customer, owner=paper.customer,
        due_on=timezone.localdate(), state="agreed", customer_outcome="kept",
    )  # fmt: skip
    assert ": how is it now? Dry paper" in _text(my_page())


def test_a_claim_is_confirmed_with_one_tap(my_page, client, organization):
    row = handoff("forecast")
    HandOff.objects.filter(pk=row.pk).update(customer_says="yes")
    page = my_page()
    assert "Bob Brown says: this comes from you forecast" in _text(page)
    form = re.search(r'<form method="post"\s+action="([^"]*/say/)">(.*?)</form>', page, re.DOTALL)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[2]))
    fields.pop("csrfmiddlewaretoken", None)
    assert client.post(form[1], fields).status_code == 302
    row.refresh_from_db()
    assert (row.supplier_says, row.customer_says) == ("yes", "yes")
    assert "Nothing waits for you." in _text(my_page())


def test_both_lists_have_the_last_score_and_what_is_said(my_page, organization):
    HandOff.objects.filter(deliverable="figures").update(supplier_says="yes")
    text = _text(my_page())
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
    assert "All 7" in _text(page)


def test_moments_stand_at_the_end_with_what_waits(my_page):
    forecast, paper = handoff("forecast"), handoff("paper")
    Moment.objects.create(
        handoff=forecast, teller=forecast.customer, kind="magic", words="Saved my day", told_on=date(2026, 5, 4)
    )
    Moment.objects.create(
        handoff=paper, teller=paper.customer, kind="misery", words="All wet", told_on=date(2026, 5, 4)
    )
    text = _text(my_page())
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
        return _text(page[page.index('id="clarity-title"') :])

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
    text = _text(signed_in(carla).get(chain_url).content.decode())
    assert "40 % of the hand-offs are named by both sides. 1 is claimed by one side only, 1 is disputed." in text
