"""The page of news, "all read", the choice how often they are mailed, and what the head of every page shows."""

import html
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chainmap.models import HandOff, MailChoice, Moment, Notification, Party, Story
from chainmap.services.links import link_issue
from tests.crowd import make_round
from tests.pair import party
from tests.telling import forecast, make_agreement, make_talk, tell

pytestmark = pytest.mark.django_db
Kind = Notification.Kind


@pytest.fixture
def address(organization):
    """Name of an address of this part -> the address for Acme."""
    return lambda name="news": reverse(f"chainmap:{name}", args=[organization.pk])


@pytest.fixture
def read(signed_in, alice, address):
    """Alice's page of news, without its markup."""

    def open_(query=""):
        answer = signed_in(alice).get(address() + query)
        assert answer.status_code == 200, answer.content
        return answer.content.decode()

    return open_


def words(page):
    main = page[page.index("<main") :]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", main)).split())


def head(page):
    return page[page.index("<header") : page.index("</header>")]


# ---- the page


def test_new_ones_stand_first_and_say_so_in_words(organization, read):
    tell(organization)
    tell(organization, Kind.NEED, is_seen=True)
    said = words(read())
    assert "1 new New: Bob Brown confirmed: you hand over “forecast”." in said
    assert said.index("confirmed") < said.index("Read before") < said.index("said what they need")
    assert "New: Bob Brown said" not in said


def test_each_leads_to_what_it_is_about(organization, read):
    made = {
        "handoff": (tell(organization).handoff_id,),
        "agreement": (tell(organization, Kind.PROPOSED, agreement=make_agreement(organization)).agreement_id,),
        "talk": (tell(organization, Kind.INVITED, conversation=make_talk(organization)).conversation_id,),
    }
    tell(organization, Kind.MOMENT)
    page = read()
    for name, args in (made | {"moments": ()}).items():
        assert f'href="{reverse(f"chainmap:{name}", args=[organization.pk, *args])}"' in page
    assert "CANARY" not in page


def test_a_round_leads_to_the_questions(organization, people, read):
    running = make_round(organization, "pair", name="Running")
    assert f'href="{reverse("chainmap:answer", args=[organization.pk, running.pk])}"' in read()


def test_without_news_the_next_step_is_said(people, read):
    page = read()
    assert "Nothing yet." in page
    assert "Next step" in page
    assert "Mark all as read" not in page


def test_what_people_are_called_is_text(organization, read):
    Party.objects.filter(code="bob").update(name="<b>\u202eBob</b>")
    HandOff.objects.filter(pk=forecast(organization).pk).update(deliverable="<script>alert(1)</script>")
    tell(organization)
    page = read()
    assert "&lt;b&gt; Bob&lt;/b&gt; confirmed" in page
    assert "<script>alert" not in page
    assert "\u202e" not in page


def test_it_has_one_heading_its_landmarks_and_nothing_inline(organization, read):
    tell(organization)
    page = read()
    assert page.count("<h1") == 1
    assert page.count("<main ") == page.count("<header ") == 1
    assert re.findall(r'<nav class="ways" aria-label="[^"]+"', page)
    assert " style=" not in page
    assert " onclick=" not in page


def test_many_come_in_pages(organization, read, signed_in, alice, address):
    for number in range(30):
        tell(organization, ago=timedelta(minutes=number))
    first, second = read(), read("?page=2")
    assert (first.count("New:"), second.count("New:")) == (25, 5)
    assert 'href="?page=2"' in first
    assert 'href="?page=1"' in second
    assert "30 new" in first
    assert "30 new" in second
    for junk in ("3", "0", "x", "%00", "1" * 5000):
        assert signed_in(alice).get(f"{address()}?page={junk}").status_code == 400
    assert signed_in(alice).get(f"{address()}?x=1").status_code == 400


def test_queries_do_not_grow_with_the_news(organization, alice, signed_in, address):
    client, costs = signed_in(alice), []
    for number in (10, 190):
        Notification.objects.bulk_create(
            Notification(
                party=party(organization, "alice"),
                kind=Kind.AGREED,
                by=party(organization, "bob"),
                handoff=forecast(organization),
                agreement=make_agreement(organization),
            )
            for _each in range(number)
        )
        client.get(address())
        with CaptureQueriesContext(connection) as captured:
            client.get(address())
        costs.append(len(captured))
    assert costs[0] == costs[1] <= 11


# ---- all read


def upto(page):
    return re.search(r'name="upto" value="(\d+)"', page)[1]


def test_one_button_marks_all_that_was_shown(organization, read, signed_in, alice, address):
    tell(organization, ago=timedelta(minutes=5))
    tell(organization, Kind.NEED, ago=timedelta(minutes=3))
    shown = upto(read())
    tell(organization, Kind.MOMENT)
    answer = signed_in(alice).post(address("news_seen"), {"upto": shown}, follow=True)
    assert answer.redirect_chain == [(address(), 302)]
    said = words(answer.content.decode())
    assert "All news is marked as read." in said
    assert "1 new New: Bob Brown told you of a moment" in said, "it came while reading"


def test_it_marks_those_of_the_next_page_as_well(organization, read, signed_in, alice, address):
    for number in range(30):
        tell(organization, ago=timedelta(minutes=number))
    signed_in(alice).post(address("news_seen"), {"upto": upto(read("?page=2"))})
    assert not Notification.objects.filter(is_seen=False).exists()


@pytest.mark.parametrize(
    "junk", [None, "", "x", "-1", "0", "1.5", "1e3", "٣", "\x00", "1" * 20, "1" * 5000, "9" * 19, "1"]
)
def test_garbage_marks_nothing(organization, signed_in, alice, address, junk):
    tell(organization)
    answer = signed_in(alice).post(address("news_seen"), {} if junk is None else {"upto": junk})
    assert answer.status_code == 400
    assert "press the button there" in answer.content.decode()
    assert not Notification.objects.filter(is_seen=True).exists()


def test_another_person_s_news_are_as_good_as_none(organization, people, signed_in, address):
    theirs = tell(organization, to="bob", by="alice")
    Party.objects.filter(organization=organization, code="bob").update(user=people["bob"])
    answers = [
        signed_in(people["alice"]).post(address("news_seen"), {"upto": str(number)}) for number in (theirs.pk, 12345)
    ]
    assert {answer.status_code for answer in answers} == {400}
    assert len({answer.content for answer in answers}) == 1
    assert "New:" in signed_in(people["bob"]).get(address()).content.decode()


@pytest.mark.parametrize("name", ["news", "news_seen", "news_mail"])
def test_a_wrong_method_changes_nothing(organization, alice, signed_in, address, name):
    tell(organization)
    wrong = ["put", "patch", "delete", *(["get"] if name == "news_seen" else ["post"] if name == "news" else [])]
    for method in wrong:
        assert getattr(signed_in(alice), method)(address(name)).status_code == 405
    assert not Notification.objects.filter(is_seen=True).exists()


@pytest.mark.parametrize("name", ["news_seen", "news_mail"])
def test_a_form_of_another_site_is_refused(organization, alice, address, name):
    row = tell(organization)
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(address(name), {"upto": str(row.pk), "digest": "never"}).status_code == 403
    assert not MailChoice.objects.exists()


# ---- how often by mail


def test_how_often_is_chosen_and_kept(organization, alice, signed_in, address):
    Party.objects.filter(organization=organization, code="alice").update(email="alice@acme.example")
    client = signed_in(alice)
    page = client.get(address("news_mail")).content.decode()
    assert "alice@acme.example" in page
    assert re.search(r'value="daily"[^>]* checked', page)
    answer = client.post(address("news_mail"), {"digest": "weekly"}, follow=True)
    assert answer.redirect_chain == [(address("news_mail"), 302)]
    assert "Saved." in answer.content.decode()
    assert re.search(r'value="weekly"[^>]* checked', answer.content.decode())
    assert MailChoice.objects.get().digest == "weekly"


def test_without_an_address_that_is_said(alice, signed_in, address):
    assert "There is no e-mail address of yours here" in signed_in(alice).get(address("news_mail")).content.decode()


@pytest.mark.parametrize("digest", [None, "", "hourly", "never\x00", "x" * 10_000])
def test_a_choice_that_is_none_is_refused_in_words(alice, signed_in, address, digest):
    answer = signed_in(alice).post(address("news_mail"), {} if digest is None else {"digest": digest})
    assert answer.status_code == 400
    assert "Choose one of the three" in answer.content.decode()
    assert not MailChoice.objects.exists()


# ---- opening what news are about


def opened(organization):
    """Name of a page -> the arguments it is opened with, and news that lead there."""
    agreement, talk = make_agreement(organization, state="agreed"), make_talk(organization)
    today, given = timezone.localdate(), forecast(organization)
    story = Story.objects.create(organization=organization, title="A win", text="t", told_on=today)
    moment = Moment.objects.create(handoff=given, teller=given.customer, kind="magic", told_on=today)
    running = make_round(organization, "pair", name="Running")
    Notification.objects.all().delete()
    return {
        "handoff": ([given.pk], {"kind": Kind.CONFIRMED}),
        "talk": ([talk.pk], {"kind": Kind.INVITED, "conversation": talk}),
        "agreement": ([agreement.pk], {"kind": Kind.AGREED, "agreement": agreement}),
        "moments": ([], {"kind": Kind.MOMENT}),
        "moment_answer": ([moment.pk], {"kind": Kind.MOMENT}),
        "story": ([story.pk], {"kind": Kind.STORY, "story": story, "handoff": None}),
        "round": ([running.pk], {"kind": Kind.ASKED, "round": running, "handoff": None, "by": None}),
        "answer": ([running.pk], {"kind": Kind.ASKED, "round": running, "handoff": None, "by": None}),
    }


PAGES = ["handoff", "talk", "agreement", "moments", "moment_answer", "story", "round", "answer"]


@pytest.mark.parametrize("name", PAGES)
def test_opening_the_page_is_reading_the_news(organization, alice, signed_in, name):
    args, about = opened(organization)[name]
    row = tell(organization, **about)
    page = reverse(f"chainmap:{name}", args=[organization.pk, *args])
    client = signed_in(alice)

    def is_seen():
        return Notification.objects.get(pk=row.pk).is_seen

    client.head(page)
    for header in ("Sec-Purpose", "Purpose", "X-Moz"):
        assert client.get(page, headers={header: "prefetch;prerender"}).status_code in (200, 302)
    assert not is_seen(), "nobody looked"
    assert client.get(page).status_code in (200, 302)
    assert is_seen()


def test_the_page_of_something_else_reads_nothing(organization, alice, signed_in):
    row = tell(organization)
    other = HandOff.objects.get(organization=organization, deliverable="figures")
    signed_in(alice).get(reverse("chainmap:handoff", args=[organization.pk, other.pk]))
    assert not Notification.objects.get(pk=row.pk).is_seen


# ---- the head of every page


def test_the_head_leads_to_the_own_page_and_counts_what_is_new(organization, alice, signed_in, chain_url, address):
    client = signed_in(alice)
    assert "(0)" not in head(client.get(chain_url).content.decode())
    for kind in (Kind.CONFIRMED, Kind.NEED):
        tell(organization, kind)
    page = head(client.get(chain_url).content.decode())
    assert f'href="{reverse("chainmap:me", args=[organization.pk])}"' in page
    assert f'href="{address()}"' in page
    assert " ".join(re.sub(r"<[^>]*>", " ", page).split()).count("News (2) new") == 1
    assert 'aria-current="page"' not in page
    assert page.count('aria-current="page"') == 0
    assert head(client.get(address()).content.decode()).count('aria-current="page"') == 1


def test_more_than_a_hundred_are_not_counted_out(organization, alice, signed_in, chain_url):
    Notification.objects.bulk_create(
        Notification(party=party(organization, "alice"), kind=Kind.NEED) for _number in range(101)
    )
    assert "(99+)" in head(signed_in(alice).get(chain_url).content.decode())


def test_whoever_is_no_part_of_the_chain_sees_no_such_links(organization, people, signed_in, chain_url):
    tell(organization)
    for name in ("bob", "carla", "dora", "erik"):
        page = head(signed_in(people[name]).get(chain_url).content.decode())
        assert "My page" not in page
        assert "News" not in page
        assert "Rounds" in page


def test_a_page_of_no_organization_and_one_for_nobody_ask_nothing(
    organization, alice, django_assert_num_queries, address
):
    client = Client()
    with django_assert_num_queries(0):
        assert "My page" not in client.get(reverse("chainmap:sign_in")).content.decode()


def test_answering_keeps_them_for_members_and_a_personal_link_has_none(organization, alice, signed_in):
    running = make_round(organization, "pair", name="Running")
    tell(organization)
    page = signed_in(alice).get(reverse("chainmap:answer", args=[organization.pk, running.pk]), follow=True)
    assert page.status_code == 200
    assert "My page" in head(page.content.decode())
    link = link_issue(round=running, rater=Party.objects.get(organization=organization, user=alice))
    page = Client().get(reverse("chainmap:link", args=[link.token]), follow=True)
    assert page.status_code == 200
    assert "My page" not in head(page.content.decode())
    assert "News" not in head(page.content.decode())


@pytest.mark.parametrize(
    ("name", "pages"),
    [
        ("alice", ["My page", "News (1) new", "Map", "Rounds"]),
        ("bob", ["Map", "Report", "Workshops", "Agreements", "Teams", "Purpose", "Rounds"]),  # coach
        ("carla", ["Map", "Report", "Workshops", "Agreements", "Teams", "Purpose", "Rounds"]),  # manager
        ("dora", ["Map", "Report", "Agreements", "Questionnaires", "Audit log", "Purpose", "Rounds"]),  # administrator
        ("erik", ["Map", "Report", "Agreements", "Audit log", "Purpose", "Rounds"]),  # auditor
    ],
)
def test_everybody_finds_the_pages_of_their_role_in_the_head(organization, people, signed_in, chain_url, name, pages):
    """A way to each that may be opened, none to what would be refused or empty; the page one is on is marked."""
    tell(organization)
    client = signed_in(people[name])
    shown = head(client.get(chain_url).content.decode())
    ways = re.findall(r'<a class="way[^"]*"\s+href="([^"]*)"[^>]*>(.*?)</a>', shown, re.DOTALL)
    assert [" ".join(re.sub(r"<[^>]*>", " ", words).split()) for _url, words in ways] == pages
    for url, _words in ways:
        opened = client.get(url, follow=True)
        assert opened.status_code == 200
        assert "There is nothing here for you" not in opened.content.decode()
    if name == "bob":
        there = head(client.get(ways[0][0]).content.decode())
        assert there.count("aria-current") == 1


def test_a_coach_who_is_part_of_the_chain_has_both(organization, people, signed_in, chain_url):
    Party.objects.filter(organization=organization, code="bob").update(user=people["bob"])
    shown = head(signed_in(people["bob"]).get(chain_url).content.decode())
    assert [word for word in ("My page", "News", "Agreements", "Teams", "Rounds") if word not in shown] == []
    assert "Purpose" not in shown, "it stands on the own page"


def test_a_member_without_a_party_finds_the_purpose(organization, people, alice, signed_in, chain_url):
    Party.objects.filter(user=alice).update(user=None)
    shown = head(signed_in(alice).get(chain_url).content.decode())
    assert "Purpose" in shown
    assert "Agreements" not in shown


def test_the_head_costs_three_queries_for_a_party_and_two_for_others(organization, people, signed_in):
    rounds, costs = reverse("chainmap:rounds", args=[organization.pk]), {}
    for name in ("alice", "erik"):
        client = signed_in(people[name])
        client.get(rounds)
        with CaptureQueriesContext(connection) as captured:
            client.get(rounds)
        costs[name] = len(captured)
    assert costs["alice"] == costs["erik"] + 1


def test_the_time_of_news_is_shown_for_people_and_machines(organization, read):
    row = tell(organization)
    made = timezone.localtime(Notification.objects.get(pk=row.pk).made_at)
    page = read()
    assert f'datetime="{made.isoformat()[:16]}' in page
    assert f">{made.day} {made:%B %Y, %H:%M}</time>" in page, "day first, 24 hours"
