"""The chain page: finding, picture, table, questions, shape, and what is said when one of them is missing."""

from __future__ import annotations

import html
import re

import pytest

from chainmap.domain.cards import Card
from chainmap.domain.roles import Role
from chainmap.exports.picture_error import PictureError, PictureFailure
from chainmap.models import HandOff, Organization, Party, Rating, Round
from chainmap.services import pictures
from chainmap.services.analysis import bottlenecks_find
from tests.cast import make_user
from tests.crowd import answer_all, close, make_crowd, make_round
from tests.web.reading import text_of

HOSTILE_NAMES = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ settings.SECRET_KEY }}{% debug %}",
    "&lt;b&gt;bold&lt;/b&gt;",
    "]]><svg onload=alert(1)>",
    "x" * 200,
]
SEEN = "\u202egnp.exe\u200b"


@pytest.fixture
def page(carla, chain_url, signed_in):
    return lambda query="": signed_in(carla).get(chain_url + query).content.decode()


def test_the_finding_comes_first_with_its_unit_and_its_certainty(page, organization, carla):
    """The sentence, then the four figures, which add up."""
    text = text_of(page())
    finding = bottlenecks_find(actor=carla, organization=organization)
    assert f"creates, {round(finding.delivered / finding.created * 100)} reach the end customer." in text
    assert "person-equivalents" in text
    assert "Most can be won back between" in text
    assert "Too early to tell (1 answer)" in text
    for word in ("Delivered", "Lost at hand-offs", "Stranded", "Created", "What does “value lost” mean?"):
        assert word in text


def test_why_the_report_may_say_another_figure_stands_beside_the_way_to_it(page, organization, carla, signed_in):
    """The page is of everything so far, the report of one round; the page of a round is of that one, as its report."""
    assert "The report, for your next meeting The figures here take in everything said so far." in text_of(page())
    asked = organization.rounds.get(name="Spring")
    of_round = signed_in(carla).get(f"/organizations/{organization.pk}/rounds/{asked.pk}/").content.decode()
    assert "The report, for your next meeting" in of_round
    assert "everything said so far" not in of_round


def test_the_title_is_the_finding(page):
    title = re.search(r"<title>(.*?)</title>", page(), re.DOTALL)[1]
    assert "reach the end customer" in title
    assert "Acme" in title


def test_the_proportion_bar_adds_up_to_the_whole(page):
    bar = re.search(r'<svg class="proportion".*?</svg>', page(), re.DOTALL)[0]
    widths = [int(width) for width in re.findall(r'(?:delivered"|fade\)" x="\d+"|dots\)" x="\d+") width="(\d+)"', bar)]
    assert len(widths) == 3
    assert sum(widths) == 1000
    assert all(width > 0 for width in widths)


def test_the_picture_leads_to_the_parties_and_only_there(page, organization):
    picture = re.search(r'<svg [^>]*class="chain-picture.*?</svg>', page(), re.DOTALL)[0]
    linked = {int(number) for number in re.findall(rf'href="/organizations/{organization.pk}/parties/(\d+)/"', picture)}
    drawn = set(Party.objects.filter(organization=organization).exclude(code="dan").values_list("pk", flat=True))
    assert linked == drawn
    assert picture.count("href=") == picture.count('tabindex="-1"') == len(drawn)


def test_the_table_ranks_what_somebody_rated(page, organization, carla):
    """Four rated hand-offs of Acme, most recoverable first; the two unrated ones are questions, not findings."""
    table = re.search(r"<table.*?</table>", page(), re.DOTALL)[0]
    rows = [text_of(row) for row in re.findall(r'<tr role="row">(.*?)</tr>', table, re.DOTALL)[1:]]
    finding = bottlenecks_find(actor=carla, organization=organization)
    names = {party.id: party.name for party in finding.parties}
    assert len(rows) == 4
    for row, one in zip(rows, finding.ranked, strict=True):
        assert f"{one.rank} {names[one.supplier]} → to {names[one.customer]} {one.deliverable}" in row
        assert "Too early to tell (1 answer)" in row
    assert table.count('scope="col"') == 7
    assert table.count('scope="row"') == 4
    assert "<caption>" in table


def test_unrated_handoffs_are_asked_as_questions(page):
    text = text_of(page())
    assert "Ask next: 2 hand-offs nobody has rated" in text
    assert "Ask Bob Brown : how much of what you need do you get from Carla Conti (questions)?" in text


def test_the_shape_is_said_in_sentences_that_lead_on(page, party_url):
    shown = page()
    text = text_of(shown)
    assert "The work of 1 party reaches no end customer: Dan Duval" in text
    assert "Work can go round in a loop of 2 parties:" in text
    assert f'<a href="{party_url("dan")}"><bdi>Dan Duval</bdi></a>' in shown


def test_a_long_list_of_names_is_cut_and_counted(organization, page):
    """Twelve newcomers and Dan reach nobody: eight are named, five counted."""
    Party.objects.bulk_create(
        Party(organization=organization, code=f"new{n:02}", name=f"New {n}", capacity=1) for n in range(12)
    )
    organization.touch()
    item = re.search(r"<li>(The work of 13 parties.*?)</li>", page(), re.DOTALL)[1]
    assert item.count("<a href=") == 8
    assert "and 5 more." in item


def test_words_of_network_analysis_never_appear(page):
    text = text_of(page()).lower().replace("at the right edge", "at the right side")
    for word in (
        "node",
        "edge",
        "betweenness",
        "centrality",
        "eigen",
        "p-value",
        "detractor",
        "weak performer",
        "vertex",
    ):
        assert not re.search(rf"\b{word}", text), word


def test_only_those_who_may_take_files_are_offered_them(organization, people, chain_url, signed_in):
    for name, offered in {"alice": 0, "bob": 5, "carla": 5, "dora": 5, "erik": 5}.items():
        assert signed_in(people[name]).get(chain_url).content.decode().count("/bottlenecks.") == offered


def test_hostile_names_are_shown_literally_in_page_and_picture(organization, chain_url, carla, signed_in):
    parties = list(Party.objects.filter(organization=organization).order_by("pk"))
    for party, name in zip(parties, HOSTILE_NAMES, strict=True):
        party.name = name
        party.save()
    HandOff.objects.filter(organization=organization).update(deliverable="<i>plan</i>\u202e")
    Organization.objects.filter(pk=organization.pk).update(name="<b>Acme</b>\u2066")
    organization.touch()
    page = signed_in(carla).get(chain_url).content.decode()
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "<i>" not in page
    assert "<b>" not in page
    assert page.count("<svg onload") == 0
    assert not {"\u202e", "\u2066", "\u200b"} & set(page)
    text = html.unescape(page)
    for name in HOSTILE_NAMES[:4]:
        assert name in text
    picture = re.search(r'<svg [^>]*class="chain-picture.*?</svg>', page, re.DOTALL)[0]
    assert "alert(1)" in html.unescape(picture)


def test_direction_marks_in_a_name_turn_nothing_round(organization, party_url, carla, signed_in):
    Party.objects.filter(organization=organization, code="bob").update(name=SEEN)
    organization.touch()
    page = signed_in(carla).get(party_url("bob")).content.decode()
    assert "<bdi>gnp.exe</bdi>" in page
    assert not set(SEEN) & {"\u202e", "\u200b"} & set(page)


def test_without_parties_the_next_step_is_the_import(dora, signed_in):
    empty = Organization.objects.create(name="Empty")
    dora.memberships.create(organization=empty, role="administrator")
    text = text_of(signed_in(dora).get(f"/organizations/{empty.pk}/").content.decode())
    assert "There is no chain yet" in text
    assert "manage.py import_chain" in text
    assert "Where most can be won back" not in text


@pytest.mark.parametrize("role", ["member", "manager", "auditor"])
def test_whoever_cannot_import_reads_whom_to_ask(carla, signed_in, role):
    empty = Organization.objects.create(name="Empty")
    carla.memberships.create(organization=empty, role=role)
    text = text_of(signed_in(carla).get(f"/organizations/{empty.pk}/").content.decode())
    assert "Ask your administrator to bring in the people, and who hands work to whom." in text
    assert "import_chain" not in text
    assert "import them from a file" not in text


def test_without_ratings_the_shape_is_still_said(organization, page):
    Rating.objects.filter(round__organization=organization).delete()
    organization.touch()
    text = text_of(page())
    assert "No ratings yet" in text
    assert "Next step:" in text
    assert "Dan Duval" in text
    assert "Where most can be won back" not in text


@pytest.fixture
def many(db):
    """``people`` spokes hand over to the hub, in turn until there are ``count - 1``; the hub serves the client."""

    def make(count, *, people):
        organization = Organization.objects.create(name=f"Many {count}")
        spokes = Party.objects.bulk_create(
            Party(organization=organization, code=f"s{n}", name=f"S{n}", capacity=1) for n in range(people)
        )
        hub = Party.objects.create(organization=organization, code="hub", name="Hub", capacity=1)
        client = Party.objects.create(organization=organization, code="c", name="C", kind="end_customer", capacity=0)
        handoffs = HandOff.objects.bulk_create(
            [
                HandOff(organization=organization, supplier=spokes[n % people], customer=hub, deliverable=f"{n}")
                for n in range(count - 1)
            ]
            + [HandOff(organization=organization, supplier=hub, customer=client)]
        )
        asked = Round.objects.create(organization=organization, name="R", mode="open")
        Rating.objects.bulk_create(
            Rating(round=asked, handoff=one, rater=one.customer, score=n % 11) for n, one in enumerate(handoffs)
        )
        organization.touch()
        return organization

    return make


def test_the_table_is_cut_into_pages_of_25(many, carla, signed_in):
    organization = many(60, people=20)
    carla.memberships.create(organization=organization, role="manager")
    client, address = signed_in(carla), f"/organizations/{organization.pk}/"
    rows = [client.get(f"{address}?page={number}").content.decode().count('scope="row"') for number in (1, 2, 3)]
    assert rows == [25, 25, 10]
    second = client.get(f"{address}?page=2").content.decode()
    assert re.search(r'rel="prev"\s+href="\?page=1"', second)
    assert re.search(r'rel="next"\s+href="\?page=3"', second)
    assert "page 2 of 3" in second
    assert client.get(f"{address}?page=4").status_code == 400


def test_too_many_people_are_drawn_as_teams_which_lead_nowhere(many, carla, signed_in):
    organization = many(160, people=pictures.MOST_PARTIES_DRAWN)
    carla.memberships.create(organization=organization, role="manager")
    page = signed_in(carla).get(f"/organizations/{organization.pk}/").content.decode()
    picture = re.search(r'<svg [^>]*class="chain-picture.*?</svg>', page, re.DOTALL)[0]
    assert "href=" not in picture
    assert "the picture shows teams" in page


def test_a_picture_that_cannot_be_drawn_leaves_the_table(page, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise PictureError(PictureFailure.TIME)

    monkeypatch.setattr(pictures, "draw", refuse)
    shown = page()
    assert "chain-picture" not in shown
    assert "The picture took too long to draw. The table below says the same." in shown
    assert shown.count('scope="row"') == 4


#: Queries of the chain page and of a party's page: session, user, organization, roles, parties, hand-offs, ratings; and
#: of the head of every page whether the reader stands for a party; of the chain also roles, decision rights,
#: purposes, and figure and claims of clarity.
QUERIES = {"chain": 23, "party": 15}


@pytest.mark.parametrize("count", [10, 200])
def test_queries_do_not_grow_with_the_chain(many, carla, signed_in, django_assert_num_queries, count):
    organization = many(count, people=9)
    carla.memberships.create(organization=organization, role="manager")
    hub = Party.objects.get(organization=organization, code="hub")
    client = signed_in(carla)
    with django_assert_num_queries(QUERIES["chain"]):
        client.get(f"/organizations/{organization.pk}/")
    organization.touch()
    with django_assert_num_queries(QUERIES["party"]):
        client.get(f"/organizations/{organization.pk}/parties/{hub.pk}/")


def test_a_member_finds_their_own_place(signed_in, chain_url, organization, alice, carla):
    """Alice stands for the party alice; Carla manages and stands for nobody. My page asks first, and then says it."""
    link = f'href="/organizations/{organization.pk}/me/">Who is my most important client?'
    assert link in signed_in(alice).get(chain_url).content.decode()
    assert "Who is my most important client?" not in signed_in(carla).get(chain_url).content.decode()


def test_delivered_value_says_how_sure_it_is(signed_in, chain_url, organization, carla):
    """The range holds the figure; where nothing is rated there is neither."""
    finding = bottlenecks_find(actor=carla, organization=organization)
    text = text_of(signed_in(carla).get(chain_url).content.decode()).replace("\u00a0", " ")
    low, high = map(float, re.search(r"90 % sure: ([\d.]+) to ([\d.]+)", text).groups())
    assert 0 < low < finding.delivered < high < finding.created
    Rating.objects.all().delete()
    organization.touch()
    assert "90 % sure" not in signed_in(carla).get(chain_url).content.decode()


def test_an_organization_with_protected_rounds_alone_is_led_to_what_they_say(db, signed_in):
    crowd = make_crowd()
    manager = make_user("crowd-manager", crowd, Role.MANAGER)
    address = f"/organizations/{crowd.pk}/"
    assert "by team" not in signed_in(manager).get(address).content.decode()
    made = make_round(crowd, "anonymous", name="Spring")
    answer_all(made, lambda ask: Card(score=7))
    assert "by team" not in signed_in(manager).get(address).content.decode()
    close(made)
    page = signed_in(manager).get(address).content.decode()
    assert f'href="{address}rounds/{made.pk}/"' in page
    assert "What “Spring” says, by team" in page
