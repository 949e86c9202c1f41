"""What a closed round shows to each reader, and that nothing else is on the page."""

from __future__ import annotations

import re
from functools import cache

import pytest
from django.urls import reverse

from chainmap.access import OPERATOR
from chainmap.domain.cards import Card
from chainmap.domain.icare import Chip, Dimension
from chainmap.domain.moments import Moment
from chainmap.domain.reasons import Reason
from chainmap.domain.roles import Role
from chainmap.models import Answer, Ask, MirrorGuess, Party, Rating, Release, Round
from chainmap.services.round_analysis import round_export
from chainmap.services.rounds import round_reopen
from tests.cast import make_user
from tests.crowd import close, make_crowd, make_round, save
from tests.web.reading import text_of

pytestmark = pytest.mark.django_db

#: What everybody says of each deliverable of the crowd, as it is kept.
SCORES = {"spec": "06", "part": "09", "parcel": "04"}
#: One answer by which its text can be followed through all pages.
TOLD = Card(
    score=2,
    reason=Reason.LATE,
    moment=Moment.MISERY,
    moment_line="MOMENT canary",
    care={Dimension.RESPONSIVENESS: Chip.GOOD, Dimension.EMPOWERMENT: Chip.MISSING},
    comment="COMMENT canary <script>alert(1)</script>",
    wish="WISH canary",
    shared=True,
)


@pytest.fixture
def crowd(db):
    """Without mail addresses: nobody has to be invited 21 times a test."""
    made = make_crowd(size=7)
    made.parties.update(email="")
    return made


@pytest.fixture
def reader(crowd, signed_in):
    """Code of a person or name of a role -> client of a member who is that person, or of somebody with that role."""

    @cache
    def client(who):
        if who in set(Role):
            return signed_in(make_user(who, crowd, Role(who)))
        user = make_user(f"user-{who}", crowd, Role.MEMBER)
        Party.objects.filter(organization=crowd, code=who).update(user=user)
        return signed_in(user)

    return client


def answered(crowd, mode, **plan):
    """A round in which everybody said what SCORES say, and blue0 told of red0 what TOLD says."""
    made = make_round(crowd, mode, **plan)
    if mode != "anonymous":
        for deliverable, score in SCORES.items():
            rows = Answer.objects.filter(ask__round=made, ask__handoff__deliverable=deliverable)
            rows.update(score=score, given_in=1)
    save(made, Ask.objects.get(round=made, rater__code="blue0", handoff__supplier__code="red0"), TOLD)
    return made


def at(round, name="round", *rest):
    return reverse(f"chainmap:{name}", args=[round.organization_id, round.pk, *rest])


CANARIES = ("MOMENT canary", "COMMENT canary", "WISH canary")


@pytest.mark.parametrize("mode", ["open", "pair", "anonymous"])
def test_before_closing_nobody_sees_anything_that_was_said(crowd, reader, mode):
    made = answered(crowd, mode)
    for who in ("red0", *Role):
        page = reader(who).get(at(made))
        assert page.status_code == 200
        assert not [canary for canary in CANARIES if canary in page.content.decode()]
        assert "Your own: what others said" not in text_of(page)
        assert "reach the end customer" not in text_of(page)


class TestOpen:
    @pytest.fixture
    def made(self, crowd):
        return close(answered(crowd, "open"))

    def test_the_finding_comes_first_and_is_of_persons(self, made, reader):
        page = reader("manager").get(at(made))
        assert "reach the end customer." in re.search(r"<h1.*?</h1>", page.content.decode(), re.DOTALL)[0]
        party = Party.objects.get(organization=made.organization, code="red0")
        assert reverse("chainmap:party", args=[made.organization_id, party.pk]) in page.content.decode()
        assert text_of(page).count(" rated or measured hand-off") == 1

    def test_names_and_scores_are_for_coach_and_managers(self, made, reader):
        for who in ("coach", "manager"):
            said = text_of(reader(who).get(at(made)))
            assert "42 hand-offs" in said
            assert "Red 0 → to Blue 0 2 of 10 spec" in said
        for who in ("member", "administrator", "auditor"):
            page = reader(who).get(at(made))
            assert "of 10" not in text_of(page)
            assert not [canary for canary in CANARIES if canary in page.content.decode()]

    def test_profiles_with_the_coaching_rule_labelled(self, made, reader):
        said = text_of(reader("member").get(at(made)))
        assert "NPS " in said
        assert "It may lie anywhere between" in said
        assert "Named most often: “late” (1 of 1 answer with a reason)." in said
        assert "Moments: 0 magic, 0 ordinary, 1 misery. Misery prevails." in said
        assert "A coaching rule, not a finding: 2 magic moments make up for one misery" in said
        assert "Red NPS −100 (14 answers)." in said

    def test_the_two_sides_see_the_whole_answer_and_the_mirror(self, made, crowd, reader):
        handoff = Rating.objects.get(round=made, score=2).handoff
        MirrorGuess.objects.create(round=made, handoff=handoff, guess=9)
        giver = text_of(reader("red0").get(at(made)))
        assert "What Blue 0 got from you 2 of 10 spec What was in the way late" in giver
        assert "Good Responsiveness Missing Empowerment" in giver
        assert "COMMENT canary <script>alert(1)</script>" in giver
        assert "You expected 9 and the answer was 2: 7 points less than you thought." in giver
        page = reader("blue0").get(at(made))
        assert "What you got from Red 0 2 of 10" in text_of(page)
        assert "You expected" not in text_of(page)
        assert "<script>alert" not in page.content.decode()

    def test_further_pages_hold_the_ranking_alone(self, made, reader):
        client = reader("manager")
        page = client.get(f"{at(made)}?page=2")
        assert "Where most can be won back, page 2 of 2" in text_of(page)
        assert "Your own" not in text_of(page)
        for junk in ("0", "3", "x", "", "%00", "1" * 5000):
            assert client.get(f"{at(made)}?page={junk}").status_code == 400

    def test_no_rating_of_a_pair_round_can_be_shared_here(self, made, reader):
        rating = Rating.objects.get(round=made, score=2)
        assert reader("red0").post(at(made, "round_share", rating.pk), {"shared": "yes"}).status_code == 404
        assert not Rating.objects.filter(shared_by_supplier=True).exists()


class TestPair:
    @pytest.fixture
    def made(self, crowd):
        return close(answered(crowd, "pair"))

    def test_only_the_two_sides_see_the_answer(self, made, reader):
        assert "COMMENT canary" in text_of(reader("red0").get(at(made)))
        assert "COMMENT canary" in text_of(reader("blue0").get(at(made)))
        for who in ("red1", "blue1", *Role):
            page = reader(who).get(at(made)).content.decode()
            assert not [canary for canary in ("MOMENT canary", "WISH canary") if canary in page], who
            # 21 people answered: the comment alone is published, without names, for those who may read comments
            assert ("COMMENT canary" in page) == (who in {"coach", "manager", "administrator", "auditor"}), who

    def test_everybody_else_sees_what_was_released(self, made, reader):
        """Seven people a team: each team cell is shown; the mean of red -> blue is (13 x 6 + 2) / 14 = 5.7, so 5.5."""
        page = reader("auditor").get(at(made))
        rows = re.findall(r'<tr role="row">(.*?)</tr>', page.content.decode().split("From team to team")[1], re.DOTALL)
        cells = {tuple(re.sub(r"<[^>]+>|\s+", " ", row).split()[:4]) for row in rows}
        assert {("Red", "→", "to", "Blue"), ("Blue", "→", "to", "Green"), ("Green", "→", "to", "Red")} <= cells
        assert "Red → to Blue 5.5 5–7 people" in text_of(page)
        assert "Red 5.5 5–7 people" in text_of(page)
        assert "Blue 0" not in page.content.decode()
        assert "Red 0" not in page.content.decode()
        assert "reach the end customer." in text_of(page)
        assert page.content.decode().count('class="chain-picture') == 1

    def test_sharing_takes_both_sides_and_can_be_taken_back(self, made, reader):
        rating = Rating.objects.get(round=made, score=2)
        giver, coach = reader("red0"), reader("coach")
        address = at(made, "round_share", rating.pk)
        assert "The other side would share this answer with the coach." in text_of(giver.get(at(made)))
        assert "WISH canary" not in text_of(coach.get(at(made)))
        assert "You share this answer." in text_of(giver.post(address, {"shared": "yes"}, follow=True))
        assert "Both of you share this answer with the coach." in text_of(giver.get(at(made)))
        shown = text_of(coach.get(at(made)))
        assert "Shared with you as coach by both sides Red 0 → to Blue 0 2 of 10" in shown
        assert "WISH canary" in shown
        assert "You no longer share this answer" in text_of(giver.post(address, {"shared": "no"}, follow=True))
        assert "WISH canary" not in text_of(coach.get(at(made)))

    @pytest.mark.parametrize("sent", [{}, {"shared": "maybe"}, {"shared": ""}, {"shared": ["yes", "no"]}])
    def test_a_tick_that_is_none_is_refused(self, made, reader, sent):
        rating = Rating.objects.get(round=made, score=2)
        answer = reader("red0").post(at(made, "round_share", rating.pk), sent)
        assert (answer.status_code, "must say “yes” or “no”" in text_of(answer)) == (400, True)
        assert not Rating.objects.filter(shared_by_supplier=True).exists()

    def test_the_tick_is_the_supplier_s_alone(self, made, reader):
        rating = Rating.objects.get(round=made, score=2)
        bodies = set()
        for who in ("blue0", "red1", "coach", "administrator"):
            answer = reader(who).post(at(made, "round_share", rating.pk), {"shared": "yes"})
            bodies.add((answer.status_code, answer.content))
        missing = reader("manager").post(at(made, "round_share", 2**40), {"shared": "yes"})
        assert bodies == {(404, missing.content)}
        assert not Rating.objects.filter(shared_by_supplier=True).exists()

    def test_while_results_are_worked_out_the_page_waits_and_looks_again(self, crowd, reader):
        made = make_round(crowd, "pair")
        Round.objects.filter(pk=made.pk).update(state="closed")
        page = reader("manager").get(at(made))
        assert "The answers are being put together" in text_of(page)
        assert page["Refresh"] == "3"
        assert reader("coach").get(at(made, "round_download", "csv")).status_code == 404

    def test_opened_again_the_earlier_results_stay(self, made, reader):
        again = round_reopen(actor=OPERATOR, round=made, closes_at=None)
        said = text_of(reader("red0").get(at(again)))
        assert "This round is open again" in said
        assert "You are asked:" in said
        assert "What Blue 0 got from you 2 of 10" in said
        assert "Red → to Blue 5.5" in said


class TestAnonymous:
    def test_nobody_can_put_names_to_answers(self, crowd, reader):
        made = close(answered(crowd, "anonymous"))
        for who in ("red0", "blue0", *Role):
            page = reader(who).get(at(made)).content.decode()
            assert not [canary for canary in CANARIES if canary in page], who
            assert not re.search(r"(Red|Blue|Green) \d", page), who

    def test_what_is_hidden_is_explained_and_differs_from_no_data(self, crowd, reader):
        """One answer, red -> blue: its cells are not shown; blue -> green was asked and nobody answered."""
        made = close(answered(crowd, "anonymous"))
        said = text_of(reader("manager").get(at(made)))
        assert "Too few people answered to show where value is lost." in said
        assert "Red → to Blue Not shown: too few answers" in said
        assert "Blue → to Green No data" in said
        assert "make a round between the two, or invite each other to a coffee" in said
        own = text_of(reader("red0").get(at(made)))
        assert "Not shown: too few answers. A number needs more people behind it" in own
        assert "No data." in text_of(reader("green0").get(at(made)))

    def test_comments_are_for_those_who_may_read_them(self, crowd, reader):
        made = close(answered(crowd, "anonymous"))
        release = Release.objects.get(round=made)
        Release.objects.filter(pk=release.pk).delete()
        cells = [
            ["organization", [], ["of all"]],
            ["supplier_team", [f"t{crowd.teams.get(name='Red').pk}"], ["of Red"]],
        ]
        red0 = Party.objects.get(organization=crowd, code="red0").pk
        cells.append(["supplier", [red0], ["of red0"]])
        release.pk, release.extras = None, f'{{"comments": {cells!r}, "shares": []}}'.replace("'", '"')
        release.save(force_insert=True)
        seen = {
            who: {word for word in ("of all", "of Red", "of red0") if word in text_of(reader(who).get(at(made)))}
            for who in ("red0", "red1", "coach", "manager", "administrator", "auditor")
        }
        assert seen == {
            "red0": {"of red0"},
            "red1": set(),
            "coach": {"of all", "of Red"},
            "manager": {"of all", "of Red"},
            "administrator": {"of all"},
            "auditor": {"of all"},
        }


class TestDownloads:
    @pytest.mark.parametrize("format", ["csv", "json", "svg", "png", "dot"])
    def test_the_file_is_the_one_of_the_service(self, organization, carla, signed_in, format):
        spring = organization.rounds.get(name="Spring")
        answer = signed_in(carla).get(at(spring, "round_download", format))
        file = round_export(actor=carla, round=spring, format=format)
        assert (answer.status_code, answer["Content-Type"]) == (200, file.content_type)
        assert answer["Content-Disposition"] == f'attachment; filename="{file.filename}"'
        assert format == "png" or answer.content == file.content
        assert (answer["Content-Security-Policy"] == "sandbox") == (format == "svg")

    def test_a_member_takes_no_file_and_sees_no_link_to_one(self, organization, alice, carla, signed_in):
        spring = organization.rounds.get(name="Spring")
        assert signed_in(alice).get(at(spring, "round_download", "csv")).status_code == 403
        assert "Take it with you" not in text_of(signed_in(alice).get(at(spring)))
        assert "Take it with you" in text_of(signed_in(carla).get(at(spring)))

    def test_before_closing_there_is_none(self, organization, carla, signed_in):
        made = make_round(organization, "open")
        assert signed_in(carla).get(at(made, "round_download", "csv")).status_code == 404


def test_a_closed_round_without_answers_says_so(organization, carla, signed_in):
    made = close(make_round(organization, "open"))
    assert "Nobody gave a score in this round" in text_of(signed_in(carla).get(at(made)))
