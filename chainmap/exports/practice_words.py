"""The script of a practice workshop: ninety minutes in twelve steps, each with what to do, what to say, what to expect.

For a coach who stands in front of a room for the first time. In the reader's language.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from chainmap.domain.findings import Bottlenecks
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_figures import of_hundred

#: Steps that are no exercise: people come in, the map is looked at, people go.
LOBBY, MAP, END = "lobby", "map", "end"


@dataclass(frozen=True, slots=True)
class GuideStep:
    """One step of the script; the texts still to be translated."""

    code: str  # a kind of exercise, or LOBBY, MAP, END
    title: str
    minutes: int
    do: str  # what the coach does now
    say: str  # what the coach says, word for word if they like
    room: str  # what the room usually says or does
    after: str  # what to do once the answers are shown; "" where nothing is revealed


@dataclass(frozen=True, slots=True)
class GuideWords:
    """One step in the reader's language, with its place on the clock."""

    code: str
    title: str
    begins: int  # minutes from the start
    ends: int
    do: str
    say: str
    room: str
    after: str


AGENDA: tuple[GuideStep, ...] = (
    GuideStep(
        LOBBY,
        gettext_noop("Everybody arrives"),
        5,
        gettext_noop(
            "Open the workshop and put the screen with the code on the projector. Join with your own phone, to see "
            "what the room will see. The sixteen invented people are in the lobby already."
        ),
        gettext_noop(
            "We look at one thing today: what happens to our work between us and the customer. Nobody is graded. "
            "Please type this code into your phone. What you say is seen as the first page of your phone tells you."
        ),
        gettext_noop(
            "Somebody has no battery: give them the paper form. Somebody asks who sees the answers: read the sentence "
            "on the phone aloud, word for word, and wait."
        ),
        "",
    ),
    GuideStep(
        "client",
        gettext_noop("Who is your most important client?"),
        7,
        gettext_noop("Start the exercise, then say nothing for two minutes. Silence is part of it."),
        gettext_noop(
            "Not the loudest, not the boss: who uses what you hand on, so that somebody outside is helped? One name."
        ),
        gettext_noop(
            "“Internal or external?” Answer: “Whoever you think of first.” Some write the boss. Somebody always writes "
            "“the customer” and has never met one."
        ),
        gettext_noop(
            "Reveal, then stay quiet until somebody laughs or sighs. Ask: “Who is surprised to be named?” Do not tell "
            "anybody that their answer is wrong; the chain only sees it differently."
        ),
    ),
    GuideStep(
        "draw",
        gettext_noop("Draw our chain"),
        10,
        gettext_noop(
            "Start, and let people add what they give and what they get. Read new lines aloud as they come in, without "
            "a comment."
        ),
        gettext_noop(
            "Name what you hand over, to whom, and how much of it. If it can be forgotten on a desk, it is a hand-off."
        ),
        gettext_noop(
            "“That is not in my job description.” It is in the chain. Two people name one thing differently: good, let "
            "them find one word."
        ),
        gettext_noop(
            "Reveal the chain. Ask for what only one side named: “Who gets this, and did they know?” In this company "
            "Fatima says she tells Henrik what takes longer than planned. Henrik says nothing."
        ),
    ),
    GuideStep(
        "rate",
        gettext_noop("Rate live"),
        10,
        gettext_noop(
            "Start, and give the room four minutes. Walk about; do not look at phones. Before you reveal, let "
            "everybody bet aloud: which hand-off should we repair first? Write the bets on the flip chart."
        ),
        gettext_noop(
            "You rate what you get, not who gives it. The question is: how much of what you need to serve your "
            "customer did you get? Ten is everything, nought is nothing."
        ),
        gettext_noop(
            "“I cannot give a colleague a 3.” Answer: “You give it to the hand-off. Your colleague may not know what "
            "you need.” Friendly rooms give sevens; ask what would make it a ten. Rooms bet on the lowest score."
        ),
        gettext_noop(
            "The list begins with the largest loss, not with the lowest score. Ask: “Who would have looked there?” Do "
            "not explain it yet, and keep the bets for the map."
        ),
    ),
    GuideStep(
        MAP,
        gettext_noop("The map, a walk, and what if"),
        12,
        gettext_noop(
            "Show the map. Walk the chain from Olena to the daily riders. Then open “what if”: first raise the lowest "
            "score to a ten, then the hand-off with the largest loss."
        ),
        gettext_noop(
            "The width is the work that flows, the colour is how much of it arrives. Where would you put one hour of "
            "repair? Let us try your bet first."
        ),
        gettext_noop(
            "A long silence when the bet brings almost nothing. Then: “But nobody ever complained about that one.” "
            "That is the lesson of today. Leave it in the air."
        ),
        "",
    ),
    GuideStep(
        "moments",
        gettext_noop("Magic and misery"),
        8,
        gettext_noop(
            "Start, and ask for one moment each, magic first. Let two or three be told aloud by whoever wrote."
        ),
        gettext_noop("One moment in which you got more than you needed, and one in which you were left alone with it."),
        gettext_noop(
            "People laugh and then become serious. If somebody defends themselves, say: “We hear it first. Thank you "
            "is a complete answer.”"
        ),
        gettext_noop("Reveal. Ask where one small habit would turn a misery into an ordinary day."),
    ),
    GuideStep(
        "ladder",
        gettext_noop("The ladder"),
        4,
        gettext_noop("Start and keep it short: a minute and a half, one tap each."),
        gettext_noop("From prospect to apostle: where do the people who get your work stand, if you are honest?"),
        gettext_noop("“What is an apostle?” Somebody who sends you others without being asked."),
        gettext_noop("Reveal. Ask what would take one customer one rung up by next month. One rung, not all."),
    ),
    GuideStep(
        "orientation",
        gettext_noop("Customer-focused or operations-focused?"),
        6,
        gettext_noop("Start. Say that nobody is wholly on one side."),
        gettext_noop("Choose where things really are today, not where they should be."),
        gettext_noop("Those who meet customers stand on the right, those who meet plans on the left. Both are needed."),
        gettext_noop(
            "Reveal. A mean in the middle can hide two camps: let people say where they stand, if they like. Here they "
            "differ most about when something is done: has it left the desk, or does it work? That gap is the loss on "
            "the map."
        ),
    ),
    GuideStep(
        "purpose",
        gettext_noop("Purpose"),
        5,
        gettext_noop("Start. Read the answers aloud slowly after the reveal; they are better than you expect."),
        gettext_noop("What do our customers have because we are here? One sentence, no company words."),
        gettext_noop("Somebody quotes the poster in the hall. Ask: “And what happened last week?”"),
        gettext_noop("Reveal. Let the room choose the three words it wants to keep. Do not vote on sentences."),
    ),
    GuideStep(
        "coffee",
        gettext_noop("Coffee pairs"),
        12,
        gettext_noop(
            "Start: the pairs come from the largest losses that can be repaired. Send them out of the room, with ten "
            "minutes on the clock."
        ),
        gettext_noop(
            "Two questions each. What would make it a ten for you? What do you do with it next? Listen first; you may "
            "not explain in the first three minutes."
        ),
        gettext_noop(
            "It becomes loud, and then people do not want to stop. Nadia finds out that Tomasz needs three words on a "
            "tag, and that nobody ever asked for them."
        ),
        gettext_noop("Reveal what they took along. A pair that did not meet says when it will."),
    ),
    GuideStep(
        "agreements",
        gettext_noop("Agreements"),
        8,
        gettext_noop("Look at the open ones first: kept, partly, or not? Then start, and ask for one sentence a pair."),
        gettext_noop("Who does what, by which day, and how will the other one notice?"),
        gettext_noop("“We should communicate better.” Ask: “What will I see on Friday that I do not see today?”"),
        gettext_noop("Reveal, and let each pair read its sentence aloud. Both have to say yes."),
    ),
    GuideStep(
        END,
        gettext_noop("Everybody leaves with something"),
        3,
        gettext_noop("Close the workshop, and make the link under “Results”: the phones then show the way. Print it."),
        gettext_noop(
            "You saw where the work goes, you chose what to repair, and you promised each other something. We look at "
            "it again in four weeks."
        ),
        gettext_noop("People photograph the map. Let them: the names on it are their own."),
        "",
    ),
)


def guide_steps(kinds: Collection[str]) -> tuple[GuideWords, ...]:
    """The script for a workshop with these exercises, in the order of the agenda and with its clock.

    The map comes after live ratings, so it goes where they go.
    """
    words: list[GuideWords] = []
    clock = 0
    for step in AGENDA:
        needed = "rate" if step.code == MAP else step.code
        if needed not in kinds and needed not in (LOBBY, END):
            continue
        words.append(
            GuideWords(
                code=step.code,
                title=_(step.title),
                begins=clock,
                ends=clock + step.minutes,
                do=_(step.do),
                say=_(step.say),
                room=_(step.room),
                after=_(step.after) if step.after else "",
            )
        )
        clock += step.minutes
    return tuple(words)


def lesson_words(finding: Bottlenecks) -> str:
    """The lesson in figures: the lowest score is not the best repair. "" where the chain of today does not tell it."""
    ranked = [handoff for handoff in finding.handoffs if handoff.rank is not None and handoff.ratings]
    if not ranked or finding.chain_yield is None or not finding.created:
        return ""
    best = min(ranked, key=lambda one: one.rank or 0)
    lowest = min(ranked, key=lambda one: (one.yield_ or 0.0, one.rank or 0))
    if best is lowest:
        return ""
    return _(
        "Of every 100 units of work %(arrive)s reach a customer. The lowest score is that of “%(lowest)s”: making it "
        "perfect brings %(little)s more. Making “%(best)s” perfect brings %(much)s more."
    ) % {
        "arrive": of_hundred(finding.chain_yield),
        "lowest": clean_text(lowest.deliverable),
        "little": of_hundred((lowest.recoverable or 0.0) / finding.created),
        "best": clean_text(best.deliverable),
        "much": of_hundred((best.recoverable or 0.0) / finding.created),
    }
