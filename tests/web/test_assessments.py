"""The pages of self-assessments, as a browser asks for them and as somebody tries to break them."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import timezone

from chainmap.domain.questionnaires import ORIENTATION, RELIABLE_TEAM
from chainmap.models import Assessment, Membership, Party, Questionnaire
from chainmap.services.assessments import assessment_share
from chainmap.services.questionnaires import questionnaire_set
from tests.assessing import answer, make_users
from tests.crowd import make_crowd
from tests.web.reading import text_of

pytestmark = pytest.mark.django_db

RIGHT_TO_LEFT = "\u202e"


@pytest.fixture
def at(organization):
    """Name of an address -> the address at Acme."""
    return lambda name, *parts: reverse(f"chainmap:{name}", args=[organization.pk, *parts])


@pytest.fixture
def form_at(at):
    return at("assessment", "orientation", "person")


@pytest.fixture
def client(alice, signed_in):
    return signed_in(alice)


@pytest.fixture
def coach(bob, signed_in):
    return signed_in(bob)


def sent(score="7", version=0, edition=ORIENTATION.version, **other):
    return {f"row_{code}": score for code in ORIENTATION.row_codes} | {"version": version, "edition": edition} | other


def fields(page) -> dict[str, str]:
    """What the form for the text of a questionnaire would send as it is."""
    found = dict(re.findall(r'<input type="(?:text|hidden)" name="(\w+)"(?: value="([^"]*)")?', page))
    found |= dict(re.findall(r'<textarea name="(intro)"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL))
    found["about"] = re.search(r'name="about" value="(\w+)"[^>]*checked', page)[1]
    return {name: html.unescape(value) for name, value in found.items() if name != "csrfmiddlewaretoken"}


# ---- one's own


def test_from_the_list_to_the_result(client, at, form_at):
    listed = client.get(at("assessments"))
    assert listed.status_code == 200
    assert form_at in listed.content.decode()
    assert "About my team: Sales" in text_of(listed)
    form = client.get(form_at)
    page = form.content.decode()
    assert page.count('type="radio"') == 5 * 11
    assert "checked" not in page
    for row in ORIENTATION.rows:
        assert {row.label, row.left, row.right} <= set(re.findall(r"<bdi>([^<]+)</bdi>", page))
    assert page.index("Only you see these answers") < page.index('type="radio"')
    answered = client.post(form_at, sent("7"), follow=True)
    assert answered.redirect_chain == [(form_at, 302)]
    assert "You place yourself at 7 of 10 towards customer-focused; your customers’ mean score is 5." in text_of(
        answered
    )
    assert "These are two different questions." in text_of(answered)
    assert "answered on" in text_of(client.get(at("assessments")))


def test_without_customers_it_says_so(client, at, form_at):
    Party.objects.get(code="alice").given.update(is_removed=True)
    client.post(form_at, sent("10"))
    page = text_of(client.get(form_at))
    assert (
        "You place yourself at 10 of 10 towards customer-focused. What customers say: not enough answers yet." in page
    )


def test_a_text_of_the_organization_does_not_say_customer_focused(client, at, form_at, bob, organization):
    text_ = replace(ORIENTATION, title="Ours")
    questionnaire_set(actor=bob, organization=organization, code="orientation", data=text_.to_json(), version=0)
    client.post(form_at, sent("3", edition=text_.version))
    assert "You place yourself at 3 of 10 towards the sentences on the right" in text_of(client.get(form_at))


@pytest.mark.parametrize(
    "score", ["７", "11", "-1", "1.5", "1e1", "x", " ", "07", "+7", "null", "9" * 500, RIGHT_TO_LEFT]
)
def test_a_score_that_is_none_is_refused_beside_its_row_and_the_others_stay(client, form_at, score):
    refused = client.post(form_at, sent("4") | {"row_focus": score})
    page = refused.content.decode()
    assert refused.status_code == 400
    assert "Focus: " in text_of(refused)
    assert page.count("checked") == 4
    assert re.search(r'<fieldset class="slider wrong"[^>]*>\s*<legend>\s*<bdi>Focus', page)
    assert page.count("slider wrong") == 1
    assert not Assessment.objects.exists()


def test_missing_rows_are_each_named(client, form_at):
    refused = client.post(form_at, {"row_focus": "3", "version": 0, "edition": ORIENTATION.version})
    assert refused.status_code == 400
    assert text_of(refused).count("not answered yet") == 4
    assert refused.content.decode().count("checked") == 1


def test_a_field_sent_twice_and_one_nobody_asked_are_refused(client, form_at):
    assert client.post(form_at, sent("4") | {"row_focus": ["3", "4"]}).status_code == 400
    refused = client.post(form_at, sent("4") | {"row_pay": "4"})
    assert refused.status_code == 400
    assert "has no such row" in text_of(refused)
    assert not Assessment.objects.exists()


def test_a_form_that_was_not_sent_whole_can_be_sent_again(client, form_at):
    refused = client.post(form_at, sent("4", edition=""))
    assert refused.status_code == 400
    assert "not sent whole" in text_of(refused)
    assert f'name="edition" value="{ORIENTATION.version}"' in refused.content.decode()
    assert refused.content.decode().count("checked") == 5


def test_two_tabs_show_both_answers(client, form_at):
    client.post(form_at, sent("4"))
    client.post(form_at, sent("5", version=1))
    late = client.post(form_at, sent("5", version=1, row_focus="9"))
    assert late.status_code == 409
    assert "Field Yours Saved meanwhile Focus 9 5" in text_of(late)
    assert 'name="version" value="2"' in late.content.decode()
    assert "You place yourself" not in text_of(late)  # the form comes first
    assert client.post(form_at, sent("5", version=2, row_focus="9")).status_code == 302
    assert json.loads(Assessment.objects.get().answers)["focus"] == 9


def test_the_questions_changed_while_somebody_answered(client, form_at, bob, organization):
    changed = replace(ORIENTATION, rows=(*ORIENTATION.rows[:4], replace(ORIENTATION.rows[4], left="Another end.")))
    questionnaire_set(actor=bob, organization=organization, code="orientation", data=changed.to_json(), version=0)
    late = client.post(form_at, sent("4"))
    assert late.status_code == 409
    assert "The questions were changed while you answered" in text_of(late)
    assert "Another end." in text_of(late)
    assert late.content.decode().count("checked") == 5
    assert not Assessment.objects.exists()
    assert client.post(form_at, sent("4", edition=changed.version)).status_code == 302


def test_answers_to_a_former_text_are_kept_and_said_to_be_old(client, form_at, at, bob, organization):
    client.post(form_at, sent("4"))
    changed = replace(ORIENTATION, title="Ours")
    questionnaire_set(actor=bob, organization=organization, code="orientation", data=changed.to_json(), version=0)
    page = client.get(form_at)
    assert "Your answers are kept and no longer compared: Focus 4 · Direction of attention 4" in text_of(page)
    assert "checked" not in page.content.decode()
    assert "the questions were changed since" in text_of(client.get(at("assessments")))


@pytest.mark.parametrize(
    "parts", [("nothing", "person"), ("orientation", "boss"), ("orientation", "both"), ("Orientation", "person")]
)
def test_an_unknown_questionnaire_or_subject_is_not_found(client, at, parts):
    for address in (at("assessment", *parts), at("assessment_share", *parts)):
        assert client.post(address, sent("4")).status_code == 404
    assert client.get(at("assessment", *parts)).status_code == 404
    assert not Assessment.objects.exists()


def test_without_a_team_or_after_leaving_the_page_says_what_to_do(client, at, form_at):
    team_form = at("assessment", "orientation", "team")
    client.post(form_at, sent("4"))
    Party.objects.filter(code="alice").update(team=None)
    assert "You are in no team" in text_of(client.get(at("assessments")))
    assert "You are in no team" in text_of(client.get(team_form))
    refused = client.post(team_form, sent("4"))
    assert refused.status_code == 400
    assert "You are in no team" in text_of(refused)
    Party.objects.filter(code="alice").update(left_on=timezone.localdate())
    refused = client.post(form_at, sent("9", version=1))
    assert refused.status_code == 400
    assert "You left" in text_of(refused)
    assert "You place yourself at 4 of 10" in text_of(client.get(form_at))


def test_sharing_is_a_button_and_can_be_taken_back(client, coach, at, form_at):
    client.post(form_at, sent("4"))
    share = at("assessment_share", "orientation", "person")
    assert "Alice" not in text_of(coach.get(at("assessment_figures"))).split("What people share")[1]
    shared = client.post(share, {"shared": "yes"}, follow=True)
    assert "Your coaches see these answers now." in text_of(shared)
    seen = text_of(coach.get(at("assessment_figures"))).split("What people share")[1]
    assert "Alice" in seen
    assert seen.count("Answer 4") == 5
    client.post(share, {"shared": "no"})
    assert "Alice" not in text_of(coach.get(at("assessment_figures"))).split("What people share")[1]
    assert client.get(share).status_code == 405
    assert client.post(at("assessment_share", "orientation", "team"), {"shared": "yes"}).status_code == 404


# ---- figures of teams


def test_the_page_of_figures(signed_in):
    crowd = make_crowd()
    red = make_users(crowd, [f"red{number}" for number in range(7)])
    address = reverse("chainmap:assessment_figures", args=[crowd.pk])
    green = make_users(crowd, ["green0"])["green0"]
    assert "Red your team" in text_of(signed_in(red["red0"]).get(address))
    assert text_of(signed_in(red["red0"]).get(address)).count("Not enough answers yet.") == 2
    for number in range(6):
        answer(red[f"red{number}"], crowd, number)
    page = text_of(signed_in(red["red6"]).get(address))
    assert "On average the team places itself at 2.5 of 10. 5–7 people, published on" in page
    assert "What customers say: not enough answers yet." in page
    assert "Red" not in text_of(signed_in(green).get(address)).split("There is none of the whole organization.")[1]
    Party.objects.filter(code="green0").update(team=None)
    assert "There is nothing here for you" in text_of(signed_in(green).get(address))
    result = reverse("chainmap:assessment", args=[crowd.pk, "orientation", "team"])
    page = text_of(signed_in(red["red5"]).get(result))
    assert "You place your team at 5 of 10 towards customer-focused." in page
    assert "The diamond is your team: 5–7 people" in page


def test_a_reader_of_all_teams_is_told_how_many_say_nothing(carla, signed_in, at):
    page = text_of(signed_in(carla).get(at("assessment_figures")))
    assert "Nothing is published of any team yet." in page
    assert "3 teams: not enough answers yet." in page, "none is listed, so these are not more"


def test_of_listed_teams_the_others_are_more(signed_in):
    crowd = make_crowd()
    red = make_users(crowd, [f"red{number}" for number in range(6)])
    for number in range(6):
        answer(red[f"red{number}"], crowd, number)
    coach = make_users(crowd, ["red6"])["red6"]
    Membership.objects.filter(user=coach, organization=crowd).update(role="coach")
    page = text_of(signed_in(coach).get(reverse("chainmap:assessment_figures", args=[crowd.pk])))
    assert re.search(r"\d+ more teams?: not enough answers yet\.", page)


def test_the_result_of_the_steps_names_the_one_to_begin_with(client, at):
    address = at("assessment", "reliable_team", "team")
    codes = RELIABLE_TEAM.row_codes
    data = {f"row_{code}": "6" for code in codes} | {"version": 0, "edition": RELIABLE_TEAM.version}
    client.post(address, data)
    assert "Begin with" not in text_of(client.get(address))
    client.post(address, data | {"version": 1, "row_leverage": "4", "row_results": "0"})
    assert "Begin with Leverage: it is the first step below 5" in text_of(client.get(address))
    assert client.get(at("assessment", "reliable_team", "person")).status_code == 200


def test_one_wording_for_the_page_wherever_it_is_named(client, at):
    page = client.get(at("assessments")).content.decode()
    assert "<h1>How I see my work</h1>" in page
    assert "How I see my work · Chainmap" in text_of(client.get(at("assessments")))
    assert "How I see my work" in text_of(client.get(at("assessment", "orientation", "person")))
    assert "slider" not in text_of(client.get(at("assessments")))


def test_a_coach_is_warned_what_another_text_costs(coach, edit):
    page = text_of(coach.get(edit))
    assert "everybody is asked anew, and the figures of teams start again" in page


# ---- questionnaires


@pytest.fixture
def edit(at):
    return at("questionnaire_edit", "orientation")


def test_a_coach_changes_a_row_and_goes_back(coach, client, edit, at, form_at):
    page = coach.get(edit).content.decode()
    data = fields(page) | {"left_1": "Only us.", "label_6": "Time", "left_6": "Ours", "right_6": "Theirs"}
    saved = coach.post(edit, data, follow=True)
    assert "From now on this text is asked" in text_of(saved)
    stored = json.loads(Questionnaire.objects.get().content)
    assert stored["rows"][0]["code"] == "focus"
    assert stored["rows"][0]["left"] == "Only us."
    assert stored["rows"][5] == {"code": "time", "label": "Time", "left": "Ours", "right": "Theirs"}
    assert "Only us." in text_of(client.get(form_at))
    assert "Built in, changed by your organization" in text_of(coach.get(at("questionnaires")))
    back = coach.post(edit, {"do": "reset", "version": 1}, follow=True)
    assert "The built-in text is asked again." in text_of(back)
    assert "Only us." not in text_of(client.get(form_at))


def test_empty_rows_are_dropped_and_nothing_typed_means_nothing_changed(coach, edit):
    data = fields(coach.get(edit).content.decode())
    assert "Nothing was changed" in text_of(coach.post(edit, data, follow=True))
    emptied = data | {"label_2": " ", "left_2": "", "right_2": "\t"}
    coach.post(edit, emptied)
    assert [row["code"] for row in json.loads(Questionnaire.objects.get().content)["rows"]] == [
        "focus", "sales", "mindset", "downturn"
    ]  # fmt: skip
    assert coach.post(edit, {"version": 1, "title": "T", "intro": "", "about": "both"}).status_code == 400


def test_every_wrong_text_is_named_beside_its_row_and_kept(coach, edit):
    long = "long " * 2_000
    data = fields(coach.get(edit).content.decode()) | {
        "label_1": "", "left_3": long, "right_4": "bell \x07", "title": "", "about": "cat"
    }  # fmt: skip
    refused = coach.post(edit, data)
    page = refused.content.decode()
    assert refused.status_code == 400
    for name in ("label_1", "left_3", "right_4", "title", "about"):
        assert f'id="id_{name}_error"' in page, name
    assert page.count('_error" role="alert"') == 5
    assert long in page
    assert "10,000 characters are too many, 160 fit" in text_of(refused).replace("\xa0", " ")
    assert not Questionnaire.objects.exists()


def test_a_row_after_an_empty_one_has_its_own_error(coach, edit):
    data = fields(coach.get(edit).content.decode()) | {"label_2": "", "left_2": "", "right_2": "", "left_4": ""}
    page = coach.post(edit, data).content.decode()
    assert 'id="id_left_4_error"' in page
    assert page.count('_error" role="alert"') == 1


def test_texts_that_turn_the_reading_direction_are_cleaned_and_isolated(coach, client, edit, form_at):
    data = fields(coach.get(edit).content.decode()) | {"left_1": f"{RIGHT_TO_LEFT}<b>\u05d0us</b>\u2066"}
    coach.post(edit, data)
    page = client.get(form_at).content.decode()
    assert "<bdi>&lt;b&gt;\u05d0us&lt;/b&gt;</bdi>" in page
    assert RIGHT_TO_LEFT not in page
    assert "\u2066" not in page


def test_two_coaches_at_once_see_both(coach, edit, bob, organization):
    data = fields(coach.get(edit).content.decode())
    other = replace(ORIENTATION, title="Theirs", rows=ORIENTATION.rows[:4])
    questionnaire_set(actor=bob, organization=organization, code="orientation", data=other.to_json(), version=0)
    late = coach.post(edit, data | {"left_1": "Mine."})
    assert late.status_code == 409
    page = text_of(late)
    assert "Title Operations-focused or customer-focused? Theirs" in page
    assert "Row 1: Left end, 0 Mine. What counts is that our own work runs smoothly." in page
    assert "Row 5: What it is about Reaction to a downturn" in page
    differing = late.content.decode().split("<tbody>")[1].split("</tbody>")[0]
    assert differing.count("<tr>") == 5  # the title, the left end of row 1, and the three texts of row 5
    assert 'name="version" value="1"' in late.content.decode()
    assert json.loads(Questionnaire.objects.get().content)["title"] == "Theirs"
    assert coach.post(edit, data | {"left_1": "Mine.", "version": 1}).status_code == 302
    assert coach.post(edit, {"do": "reset", "version": 1}).status_code == 409


def test_as_data_and_back(coach, edit, at, organization):
    page = coach.get(edit).content.decode()
    content = html.unescape(re.search(r'<textarea name="content"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)[1])
    assert json.loads(content) == json.loads(ORIENTATION.to_json())
    changed = content.replace("Mindset", "Way of thinking")
    assert coach.post(edit, {"content": changed, "version": 0}).status_code == 302
    late = coach.post(edit, {"content": content.replace("Mindset", "Mine"), "version": 0})
    assert late.status_code == 409
    assert "Way of thinking" in text_of(late)
    assert "Mine" in text_of(late)
    for bad in ("{", "[]", content.replace("focus", "Fo cus"), content.replace("orientation", "other"), ""):
        refused = coach.post(edit, {"content": bad, "version": 1})
        assert refused.status_code == 400, bad
        assert 'id="data_content_error"' in refused.content.decode(), bad
    added = coach.post(at("questionnaires"), {"content": changed.replace('"orientation"', '"our_way"')}, follow=True)
    assert added.redirect_chain == [(at("questionnaire_edit", "our_way"), 302)]
    again = coach.post(at("questionnaires"), {"content": changed})
    assert again.status_code == 400
    assert "There is a questionnaire with the code “orientation” already." in text_of(again)
    gone = coach.post(at("questionnaire_edit", "our_way"), {"do": "reset", "version": 1}, follow=True)
    assert gone.redirect_chain == [(at("questionnaires"), 302)]
    assert coach.get(at("questionnaire_edit", "our_way")).status_code == 404


def test_a_questionnaire_with_one_row_and_one_with_twelve_can_be_answered(coach, client, at, organization):
    for count in (1, 12):
        rows = tuple(
            replace(ORIENTATION.rows[0], code="r" * (number + 1), label=f"Row {number}", right="x" * 160)
            for number in range(count)
        )
        code = "a" * count
        content = replace(ORIENTATION, code=code, rows=rows, intro="").to_json()
        coach.post(at("questionnaires"), {"content": content})
        form = at("assessment", code, "person")
        assert client.get(form).content.decode().count('type="radio"') == 11 * count
        edition = re.search(r'name="edition" value="(\w+)"', client.get(form).content.decode())[1]
        data = {f"row_{row.code}": "10" for row in rows} | {"version": 0, "edition": edition}
        assert client.post(form, data).status_code == 302
        assert coach.get(at("questionnaire_edit", code)).status_code == 200


def test_unknown_parameters_are_refused(client, coach, at, form_at, edit):
    for one, address in ((client, at("assessments")), (client, form_at), (coach, edit), (coach, at("questionnaires"))):
        assert one.get(f"{address}?x=1").status_code == 400
    for query in ("x=1", "page=2", "page=0", "page=x"):
        assert coach.get(f"{at('assessment_figures')}?{query}").status_code == 400


def test_every_page_has_one_heading_and_no_inline_style(client, coach, at, form_at, edit):
    client.post(form_at, sent("4"))
    pages = [(client, at("assessments")), (client, form_at), (client, at("assessment", "reliable_team", "team")),
             (coach, at("assessment_figures")), (coach, at("questionnaires")), (coach, edit)]  # fmt: skip
    for one, address in pages:
        page = one.get(address).content.decode()
        assert page.count("<h1") == 1, address
        assert " style=" not in page
        assert "<style" not in page
        assert not re.search(r"<(label|a)[^>]*>\s*</\1>", page)
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids)), address


def test_whoever_loses_the_role_loses_the_page_at_once(client, alice, at, form_at):
    client.post(form_at, sent("4"))
    share = at("assessment_share", "orientation", "person")
    Membership.objects.filter(user=alice).delete()
    for address in (at("assessments"), form_at, at("assessment_figures")):
        assert client.get(address).status_code == 404
    assert client.post(share, {"shared": "yes"}).status_code == 404


def test_names_of_people_and_teams_are_cleaned(client, coach, alice, at, form_at, organization):
    client.post(form_at, sent("4"))
    party = Party.objects.get(code="alice")
    Party.objects.filter(pk=party.pk).update(name=f"{RIGHT_TO_LEFT}Eve<script>")
    type(party.team).objects.filter(pk=party.team_id).update(name=f"{RIGHT_TO_LEFT}Sales<b>")
    assessment_share(user=alice, organization=organization, code="orientation", about="person", shared=True)
    for page in (client.get(at("assessments")), client.get(form_at), coach.get(at("assessment_figures"))):
        assert RIGHT_TO_LEFT not in page.content.decode()
        assert "<script>" not in page.content.decode()
        assert "<b>" not in page.content.decode()
    assert "Eve&lt;script&gt;" in coach.get(at("assessment_figures")).content.decode()
