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
    Need,
    Party,
    Purpose,
    Rating,
)
from chainmap.services.rounds import RoundPlan, round_create, round_open
from tests.web.reading import text_of


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
    shown = text_of(_main(client.get(f"{me_url}client/").content.decode()))
    assert "Who is your most important client?" in shown
    assert "I do not know" in shown


def test_nothing_of_the_chain_is_on_that_page(client, me_url, organization):
    """No name of a party but one's own in the head, no share, no hand-off, no way around the question."""
    page = client.get(f"{me_url}client/").content.decode()
    for name in Party.objects.filter(organization=organization).values_list("name", flat=True):
        assert name not in page
    for deliverable in HandOff.objects.values_list("deliverable", flat=True):
        assert deliverable not in page
    assert "%" not in text_of(_main(page))


def test_an_answer_leads_to_my_page_and_is_kept(client, me_url, say):
    answered = say("Bob Brown")
    assert answered["Location"] == me_url
    assert ClientAnswer.objects.get().client.code == "bob"
    shown = text_of(client.get(me_url).content.decode())
    assert "Your answer is kept: Bob Brown. Nobody but you can see it." in shown
    assert "Your most important client is Bob Brown" in shown


def test_a_first_name_that_two_have_is_asked_about_with_buttons(client, me_url, say, organization):
    """Each button says the whole label; another keeps the words; the field keeps what was typed."""
    Party.objects.create(organization=organization, code="bob2", name="Bobby Tables", capacity=1)
    refused = say("bo")
    page = html.unescape(refused.content.decode())
    assert (refused.status_code, "Did you mean" in page) == (400, True)
    assert re.findall(r'name="meant" value="([^"]*)"', page) == ["Bob Brown", "Bobby Tables"]
    assert page.count('value="bo"') == 2
    assert client.post(f"{me_url}client/", {"words": "bo", "meant": "Bobby Tables"})["Location"] == me_url
    assert ClientAnswer.objects.get().client.code == "bob2"
    assert client.post(f"{me_url}client/", {"words": "bo", "as_written": "yes"})["Location"] == me_url
    assert (ClientAnswer.objects.get().words, ClientAnswer.objects.get().client) == ("bo", None)


def test_a_letter_beside_the_right_one_is_asked_about(client, me_url, say):
    page = html.unescape(say("Bib Brown").content.decode())
    assert "Nobody in the chain is called “Bib Brown”." in page
    assert re.findall(r'name="meant" value="([^"]*)"', page) == ["Bob Brown"]
    assert "Did you mean" not in say("Alice Adams").content.decode()


def test_i_do_not_know_is_one_tap(client, me_url):
    """Whatever stands in the field."""
    assert client.post(f"{me_url}client/", {"words": "Bo", "unknown": "yes"})["Location"] == me_url
    assert ClientAnswer.objects.get().words == ""
    shown = text_of(client.get(me_url).content.decode())
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
        ("Carla Conti", "Carla Conti left on 4 May 2026"),
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
    assert "You named “<script>alert(1)</script>gnp”. Nobody in the chain is called that." in text_of(page)


def test_a_name_of_another_organization_means_nobody(my_page, other_organization):
    Party.objects.filter(organization=other_organization, code="bob").update(name="Only There")
    page = my_page("Only There")
    assert "Nobody in the chain is called that." in text_of(page)


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
    text = text_of(my_page())
    assert re.search(
        r"\d+ % of what you deliver reaches the end customer through them. Too early to tell \(1 rating\).", text
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
    text = text_of(page)
    assert "Bob Brown proposes an agreement: yes? Send it on Monday" in text
    assert "Bob Brown invites you for a coffee a low score · Ten minutes?" in text
    assert "Rate 1 hand-off Now" in text


def test_an_agreement_that_is_due_asks_what_came_of_it(my_page):
    forecast = handoff("forecast")
    Agreement.objects.create(
        handoff=forecast, sentence="Send it on Monday", made_by=forecast.customer, owner=forecast.supplier,
        due_on=timezone.localdate(), state="agreed",
    )  # fmt: skip
    assert ": was it kept? Send it on Monday" in text_of(my_page())


def test_a_customer_who_said_what_came_of_it_is_asked_for_a_score(my_page):
    paper = handoff("paper")
    Agreement.objects.create(
        handoff=paper, sentence="Dry paper", made_by=paper.customer, owner=paper.customer,
        due_on=timezone.localdate(), state="agreed", customer_outcome="kept",
    )  # fmt: skip
    assert ": how is it now? Dry paper" in text_of(my_page())


def test_a_claim_is_confirmed_with_one_tap(my_page, client, organization):
    row = handoff("forecast")
    HandOff.objects.filter(pk=row.pk).update(customer_says="yes")
    page = my_page()
    assert "Bob Brown says: this comes from you forecast" in text_of(page)
    form = re.search(r'<form method="post"\s+action="([^"]*/say/)">(.*?)</form>', page, re.DOTALL)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[2]))
    fields.pop("csrfmiddlewaretoken", None)
    assert client.post(form[1], fields).status_code == 302
    row.refresh_from_db()
    assert (row.supplier_says, row.customer_says) == ("yes", "yes")
    assert "Nothing waits for you." in text_of(my_page())


def test_what_was_confirmed_can_be_taken_back_or_disputed_where_the_button_stood(my_page, client, organization, me_url):
    row = handoff("forecast")
    HandOff.objects.filter(pk=row.pk).update(customer_says="yes")
    my_page()
    say_url = reverse("chainmap:handoff_say", args=[organization.pk, row.pk])
    told = client.post(say_url, {"says": "yes", "version": row.version, "back": "me"})
    assert told["Location"] == f"{me_url}?said={row.pk}#due"
    page = client.get(told["Location"]).content.decode()
    assert 'id="due"' in page
    assert "You say it is so. Bob Brown is told." in text_of(page)
    place = reverse("chainmap:handoff", args=[organization.pk, row.pk])
    assert f'href="{place}#claim-title">Dispute it instead</a>' in page
    form = re.search(rf'action="({place}undo/)">(.*?)</form>', page, re.DOTALL)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[2]))
    undone = client.post(form[1], {name: fields[name] for name in ("change", "back")})
    assert undone["Location"] == told["Location"]
    row.refresh_from_db()
    assert (row.supplier_says, row.customer_says) == ("", "yes")
    page = client.get(undone["Location"]).content.decode()
    assert "Undo" not in text_of(page)
    assert "Bob Brown says: this comes from you forecast" in text_of(page)


def test_only_what_the_reader_said_last_can_be_taken_back_here(
    my_page, client, organization, me_url, other_organization
):
    my_page()
    alien = HandOff.objects.get(organization=other_organization, deliverable="CANARY forecast")
    for number in (handoff("forecast").pk, handoff("plan").pk, alien.pk, 10**18):
        page = client.get(f"{me_url}?said={number}")
        assert page.status_code == 200
        assert "Undo" not in page.content.decode()
    for junk in ("x", "0", "", "1" * 5000, "%00"):
        assert client.get(f"{me_url}?said={junk}").status_code == 400


def test_what_the_other_side_said_leads_to_its_answer(my_page, organization):
    forecast, figures = handoff("forecast"), handoff("figures")
    HandOff.objects.filter(pk=forecast.pk).update(customer_says="no", supplier_says="yes")
    misery = Moment.objects.create(
        handoff=figures, teller=figures.customer, kind="misery", words="Too late", told_on=date(2026, 5, 4)
    )
    for text in ("By noon", "In hours"):
        Need.objects.create(handoff=figures, text=text)
    talk = Conversation.objects.create(
        handoff=figures, inviter=figures.supplier, invitee=figures.customer, reason="other", state="declined"
    )
    page = my_page()
    text = text_of(page)
    assert "Bob Brown says it is not so: that this comes from you forecast" in text
    assert "A moment of misery to answer, told by Carla Conti Too late" in text
    assert "Carla Conti said what they need: 2 to answer figures" in text
    assert "Carla Conti declined your coffee: invite again, or let it be figures" in text
    assert re.search(r"<summary>\s*1 more\s*</summary>", page)
    for name, args, place in (
        ("handoff", [forecast.pk], "#claim-title"),
        ("moment_answer", [misery.pk], ""),
        ("handoff", [figures.pk], "#needs"),
        ("coffee_new", [figures.pk], ""),
    ):
        assert f'href="{reverse(f"chainmap:{name}", args=[organization.pk, *args])}{place}"' in page
    assert f'action="{reverse("chainmap:talk_answer", args=[organization.pk, talk.pk])}"' in page


def test_a_declined_coffee_is_let_be_with_one_tap(my_page, client, organization, me_url):
    figures = handoff("figures")
    talk = Conversation.objects.create(
        handoff=figures, inviter=figures.supplier, invitee=figures.customer, reason="other", state="declined"
    )
    form = re.search(r'action="([^"]*/answer/)">(.*?)</form>', my_page(), re.DOTALL)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[2]))
    assert client.post(form[1], fields)["Location"] == f"{me_url}#due"
    talk.refresh_from_db()
    assert talk.state == "withdrawn"
    assert "Nothing waits for you." in text_of(my_page())


def test_what_is_not_listed_is_a_link(my_page, organization):
    row = handoff("forecast")
    HandOff.objects.bulk_create(
        HandOff(organization=organization, supplier=row.supplier, customer=row.customer, deliverable=f"d{number}",
                customer_says="yes")
        for number in range(119)
    )  # fmt: skip
    page = my_page()
    assert len(re.findall(r'<div class="due-row">', page)) == 15
    assert re.search(r"<summary>\s*116 more\s*</summary>", page)
    link = re.search(r'<a class="plain-button" href="([^"]*)">\s*104 more hand-offs that wait for you', page)
    assert link[1] == reverse("chainmap:my_chain", args=[organization.pk])


def test_a_moment_is_suggested_only_where_somebody_reads_it_and_it_is_so(my_page, organization):
    """Alice gets paper from outside, a disputed review from Carla, and questions from Bob who is there."""
    alice = Party.objects.get(organization=organization, code="alice")
    made = {
        code: HandOff.objects.create(
            organization=organization, supplier=Party.objects.get(organization=organization, code=code),
            customer=alice, deliverable="review", volume=volume, supplier_says=says, customer_says="yes",
        )
        for code, volume, says in (("carla", 9, "no"), ("bob", 1, "yes"))
    }  # fmt: skip
    page = my_page()
    assert f'href="{reverse("chainmap:moment_tell", args=[organization.pk, made["bob"].pk])}"' in page
    assert "<span>Tell <bdi>Bob Brown</bdi> of one</span>" in page, "in one piece, so that its spaces stay"
    assert "Carla Conti · review no score yet · Carla Conti says it is not so" in text_of(page)
    HandOff.objects.filter(pk=made["bob"].pk).delete()
    assert "of one" not in text_of(my_page())


def test_a_moment_on_the_page_leads_to_what_is_said_to_it(my_page):
    row = handoff("forecast")
    for kind in ("magic", "misery"):
        Moment.objects.create(handoff=row, teller=row.customer, kind=kind, told_on=date(2026, 5, 4))
    page = my_page()
    text = text_of(page)
    assert "A moment of misery for Bob Brown answer" in text
    assert "A magic moment for Bob Brown say thank you" in text
    Moment.objects.update(reply="Gladly")
    assert text_of(my_page()).count("you answered") == 2


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
