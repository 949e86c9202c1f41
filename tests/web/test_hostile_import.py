"""From a file to the page: names made to break charts, tables and spreadsheets come through as the text they are."""

import csv
import io
from xml.etree import ElementTree as ET

import pytest

from chainmap.access import OPERATOR
from chainmap.exports.plain_text import clean_text
from chainmap.models import Membership, Organization, Party
from chainmap.services.importing import SourceFile, chain_import
from tests.cast import make_user
from tests.exports.examples import HOSTILE_NAMES

pytestmark = pytest.mark.django_db

IDS = ["a:b:c", "<>", "node", "graph", '"; x', "=1+1", "@SUM(1)"]


def table(header, rows):
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return SourceFile(name=f"{header[0]}.csv", data=text.getvalue().encode("utf-8", "replace"))


@pytest.fixture
def hostile():
    """A line of people with hostile ids and names, each rated 5, that ends with a client."""
    names = [name for name in map(clean_text, HOSTILE_NAMES) if name]
    ids = [*IDS, *(f"h{number}" for number in range(len(names) - len(IDS)))][: len(names)]
    people = [(code, name[:200], "employee") for code, name in zip(ids, names, strict=True)]
    people.append(("cli", "Client", "end_customer"))
    links = list(zip([p[0] for p in people], [p[0] for p in people[1:]], strict=False))
    chain_import(
        actor=OPERATOR,
        organization_name="<b>Hostile</b>",
        people=table(["id", "name", "kind"], people),
        handoffs=table(["supplier", "customer", "deliverable"], [(*link, "</text><script>") for link in links]),
        ratings=table(["supplier", "customer", "score"], [(*link, 5) for link in links]),
    )
    organization = Organization.objects.get()
    user = make_user("mara")
    Membership.objects.create(organization=organization, user=user, role="manager")
    return organization, user


def test_page_picture_and_files_show_them_as_text(hostile, client):
    organization, user = hostile
    client.force_login(user)
    page = client.get(f"/organizations/{organization.pk}/")
    assert page.status_code == 200
    html = page.content.decode()
    assert "<script>alert" not in html
    assert "<b>Hostile" not in html
    assert 'class="chain-picture"' in html, "the chart is still drawn"
    svg = client.get(f"/organizations/{organization.pk}/bottlenecks.svg").content
    tree = ET.fromstring(svg)
    assert not [e for e in tree.iter() if e.tag.split("}")[-1] in {"script", "a", "image", "foreignObject"}]
    assert not [name for e in tree.iter() for name in e.attrib if name.endswith("href") or name.startswith("on")]
    rows = list(
        csv.reader(
            io.StringIO(client.get(f"/organizations/{organization.pk}/bottlenecks.csv").content.decode("utf-8-sig"))
        )
    )
    assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+@\t\r")]
    for party in Party.objects.filter(organization=organization):
        assert client.get(f"/organizations/{organization.pk}/parties/{party.pk}/").status_code == 200, party.name
