"""The pictures and words of a walk: well formed, safe, and numbers that add up."""

from __future__ import annotations

import itertools
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.domain.bottlenecks import find_bottlenecks
from chainmap.domain.walks import Walks
from chainmap.exports.walk_picture import walk_start_svg, walk_step_svg, walk_whole_svg
from chainmap.exports.walk_words import suggestion_words, walk_said
from tests.domain.chains import chain_of
from tests.exports.examples import HOSTILE_NAMES

NAMES = {"a": "Ann", "b": "Ben", "c": "Cat", "C": "Client"}
ACME = ("a>b y=.6 w=3 d=forecast", "a>c y=.4 d=figures", "b>c y=.9 d=plan", "c>C y=.8 w=2", "c>b y=.5 d=questions")


def said_of(*links, names=NAMES, start="a", **more):
    return walk_said(Walks(find_bottlenecks(chain_of(*links), organization="Acme")).walk(start), names, **more)


def test_the_hand_worked_walk_in_words():
    """1, .3 lost and .25 elsewhere, .45; .045 lost, .405; .054 lost and .135 elsewhere, .216 arrive.

    In hundredths: 30 + 25 + 4.5 + 0 + 5.4 + 13.5 + 21.6: 30 + 25 + 4 + 5 + 13 + 21 = 98, so the two
    largest rests are rounded up."""
    said = said_of(*ACME)
    rows = [(step.before, step.lost, step.elsewhere, step.left) for step in said.steps]
    assert rows == [("100", "30", "25", "45"), ("45", "4", "0", "41"), ("41", "5", "14", "22")]
    assert said.headline == "Of every 100 units of work at Ann, 22 reach Client on this way."
    assert said.supporting.startswith("Most is lost between Ann and Ben: 30. 39 go other ways, on which ")
    assert said.steps[0].sentence == "Between Ann and Ben 30 of 100 are lost; 45 are left."
    assert [fork.sentence for fork in said.steps[0].forks] == ["25 of 100 go another way: to Cat."]
    assert [fork.sentence for fork in said.steps[2].forks] == ["14 of 100 go back to Ben: the work goes round."]
    assert (said.lost, said.elsewhere, said.left) == ("39", "39", "22")


def test_other_sentences():
    assert said_of("a>C y=1").steps[0].sentence == "Between Ann and Client nothing is lost; 100 of 100 are left."
    assert said_of("a>C").headline == "From Ann to Client: how much arrives nobody has said yet."
    assert said_of("a>b", "b>C", "a>d").steps[0].forks[0].sentence.startswith("Some goes to d, from where no way")
    assert said_of("a>C y=.001").steps[0].left == "less than 1"
    assert said_of("a>C y=.999").steps[0].lost == "less than 1"
    inside = said_of("a>a y=.8", "a>C y=.5").steps[0].inside
    assert inside == "Of it, 17 are lost inside Ann, where work goes round between its own people."
    astray = walk_said(Walks(find_bottlenecks(chain_of("a>C y=1", "a>d y=1"), organization="")).walk("a", ["d"]), NAMES)
    assert "this way ends at d" in astray.headline


def test_one_unit_is_and_more_are():
    said = said_of("a>C y=.01")
    assert said.steps[0].sentence == "Between Ann and Client 99 of 100 are lost; 1 is left."
    assert said.headline == "Of every 100 units of work at Ann, 1 reaches Client on this way."
    lost = said_of("a>C y=.99").steps[0]
    assert lost.sentence == "Between Ann and Client 1 of 100 is lost; 99 are left."
    assert "is lost" in walk_step_svg(lost)


def test_what_nobody_rated_is_told():
    chain = ("a>b y=.5", "b>C")
    assert said_of(*chain).steps[1].sure == "Nobody has rated this yet: it is taken as average."
    assert "not shown" in said_of(*chain, released=True).steps[1].sure


def test_a_suggestion_is_about_a_link():
    walk = Walks(find_bottlenecks(chain_of(*ACME), organization="Acme")).walk("a")
    place, told = suggestion_words(walk, NAMES)
    assert place == "Between Ann and Ben"
    assert told == "Of every 100 units of work at Ann, 39 are lost on the way to Client, the most of them here."


@pytest.mark.parametrize(
    ("released", "of_it", "rest"),
    [(False, "Of what people rated", "nobody has rated yet"), (True, "Of what is shown", "is not shown")],
)
def test_what_is_assumed_is_no_loss_that_was_found(released, of_it, rest):
    """A mean yield of .9 stands in: .1 lost between a and b, of .9 another .09 assumed to be lost."""
    walk = Walks(find_bottlenecks(chain_of("a>b y=.9", "b>C"), organization="Acme")).walk("a")
    place, told = suggestion_words(walk, NAMES, released=released)
    assert place == "Between Ann and Ben"
    assert told.startswith("Of every 100 units of work at Ann, 10 are lost here, on the way to Client. What ")
    assert rest in told
    said = walk_said(walk, NAMES, released=released).supporting
    assert said.startswith(f"{of_it}, most is lost between Ann and Ben: 10.")
    alone = Walks(find_bottlenecks(chain_of("a>b y=.9", "b>C"), organization="Acme")).walk("b")
    assert "taken as average" in walk_said(alone, NAMES, released=released).supporting


def test_a_cut_name_keeps_its_number():
    names = {"a": "a person of Planning and parts (12)", "C": "a person of Planning and parts (13)"}
    for tight in (False, True):
        whole = walk_whole_svg(said_of("a>C y=.5", names=names), tight=tight)
        assert "(12)</text>" in whole
        assert "(13)</text>" in whole


def widths(svg, name):
    found = [one for one in ET.fromstring(svg).iter() if name in one.get("class", "").split()]
    return [float(one.get("width")) for one in found if one.get("width")]


def test_the_widths_of_a_step_are_its_amounts():
    said = said_of(*ACME)
    step = walk_step_svg(said.steps[0])
    (here,), (left,) = widths(step, "walk-here"), widths(step, "walk-left")
    assert left / here == pytest.approx(0.45, abs=1e-3)
    bar = next(one for one in ET.fromstring(step).iter() if one.get("class") == "walk-left")
    assert float(bar.get("data-from")) == pytest.approx(1 / 0.45, abs=1e-2)
    assert "30" in step
    assert "go elsewhere" in step
    assert "go elsewhere" not in walk_step_svg(said.steps[1])


def test_the_whole_walk_has_a_bar_of_100_for_every_party():
    svg = walk_whole_svg(said_of(*ACME))
    assert widths(svg, "walk-left") == pytest.approx([360, 162, 145.8, 77.8], abs=0.1)
    assert widths(svg, "walk-leak") == pytest.approx([108, 16.2, 19.4], abs=0.1)
    assert widths(svg, "walk-away") == pytest.approx([90, 90, 138.6], abs=0.1)


def test_a_small_rest_is_drawn_larger_and_says_so():
    said = said_of("a>b y=.2", "b>C y=.5")
    assert "drawn larger" not in walk_step_svg(said.steps[0])
    small = walk_step_svg(said.steps[1])
    assert "drawn larger" in small
    assert widths(small, "walk-left")[0] / widths(small, "walk-here")[0] == pytest.approx(0.5, abs=1e-2)


def test_the_middle_of_a_long_walk_is_left_out_on_a_projector():
    names = [*"abcdefghijklm", "C"]
    links = [f"{one}>{other} y=.95" for one, other in itertools.pairwise(names)]
    said = said_of(*links)
    whole, tight = walk_whole_svg(said), walk_whole_svg(said, tight=True)
    assert whole.count("walk-name") == 14
    assert tight.count("walk-name") == 6
    assert "… over 9 hand-offs" in tight
    assert "Client" in tight


def test_without_figures_there_is_no_picture():
    said = said_of("a>C")
    assert walk_start_svg(said) == walk_step_svg(said.steps[0]) == walk_whole_svg(said) == ""


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_names_are_text(name):
    said = said_of("a>b y=.5", "b>C y=.9", names={"a": name, "b": name, "C": name})
    for svg in (walk_start_svg(said), walk_step_svg(said.steps[0]), walk_whole_svg(said)):
        root = ET.fromstring(svg)
        assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {
            "svg", "title", "desc", "rect", "path", "text", "linearGradient", "stop"
        }  # fmt: skip
        assert not [one for one in root.iter() for key in one.attrib if key.startswith("on") or key == "style"]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.lists(st.sampled_from([0, 1, 3]), min_size=8, max_size=8))
def test_the_numbers_of_every_walk_add_up(yields, others):
    names = [*"abcdefghi"[: len(yields)], "C"]
    links = [f"{one}>{other} y={y:.6f}" for one, other, y in zip(names, names[1:], yields, strict=False)]
    links += [f"{one}>D y=.5 w={w}" for one, w in zip(names[:-1], others, strict=False) if w]
    said = said_of(*links)

    def count(text):
        return {"less than 1": 0, "more than 99": 100}.get(text) if "than" in text else int(text)

    before = 100
    for step in said.steps:
        assert count(step.before) == before
        before -= count(step.lost) + count(step.elsewhere)
        assert count(step.left) == before
    assert count(said.left) == before
