"""What the answers of many people to one self-assessment say together, exactly and as it may be published.

Nobody's single answer is shown to others: what is published is a mean over enough people, rounded as in a release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chainmap.domain.confidentiality import MINIMUM_RATERS, raters_needed
from chainmap.domain.questionnaires import Questionnaire
from chainmap.domain.release import Clip, band_of, round_mean


@dataclass(frozen=True, slots=True)
class Profile:
    """The answers of ``people`` taken together, exactly. Not for publication: :func:`publish_profile` rounds."""

    people: int
    totals: Mapping[str, int]  # row code -> sum of the answers, in the order of the rows

    @property
    def means(self) -> dict[str, float | None]:
        """Row code -> mean 0..10; None where nobody answered."""
        return {code: total / self.people if self.people else None for code, total in self.totals.items()}

    @property
    def overall(self) -> float | None:
        """Mean over all rows, 0..10; None where nobody answered."""
        return sum(self.totals.values()) / (self.people * len(self.totals)) if self.people else None


@dataclass(frozen=True, slots=True)
class PublishedMean:
    """A mean as everybody may see it."""

    mean: float  # 2.0 .. 9.0 in steps of 0.5
    clip: Clip = Clip.NONE  # whether it stands for itself or for everything from there on


@dataclass(frozen=True, slots=True)
class PublishedProfile:
    """A profile as everybody may see it."""

    people: str  # a band, as in a release: "5-7", "8-12", "13-20", ">20"
    means: Mapping[str, PublishedMean]  # by row code
    overall: PublishedMean

    def as_dict(self) -> dict[str, object]:
        """The profile as JSON types."""
        return {
            "people": self.people,
            "means": {code: [mean.mean, mean.clip.value] for code, mean in self.means.items()},
            "overall": [self.overall.mean, self.overall.clip.value],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> PublishedProfile:
        """Read back what :meth:`as_dict` wrote. Raises KeyError, TypeError or ValueError for anything else."""
        means = {code: PublishedMean(mean, Clip(clip)) for code, (mean, clip) in data["means"].items()}
        mean, clip = data["overall"]
        return cls(data["people"], means, PublishedMean(mean, Clip(clip)))


def find_profile(answers: Sequence[Mapping[str, int]], questionnaire: Questionnaire) -> Profile:
    """Add up the answers of several people. Raises ValueError where one does not belong to this questionnaire.

    >>> from chainmap.domain.questionnaires import ORIENTATION
    >>> found = find_profile([dict.fromkeys(ORIENTATION.row_codes, score) for score in (4, 7)], ORIENTATION)
    >>> found.people, found.means["focus"], found.overall
    (2, 5.5, 5.5)
    """
    expected = set(questionnaire.row_codes)
    if any(answer.keys() != expected for answer in answers):
        raise ValueError("an answer has other rows: it belongs to another version of the questionnaire")
    return Profile(len(answers), {code: sum(answer[code] for answer in answers) for code in questionnaire.row_codes})


def publish_profile(profile: Profile, *, k: int = MINIMUM_RATERS) -> PublishedProfile | None:
    """Round a profile as a release does: means in steps of 0.5, "2 or less", "9 or more", people in a band.

    None where fewer than ``raters_needed(k)`` people answered. Whether enough has changed since it was published
    last is for ``clarity.may_publish``. Raises ValueError for k below 5.

    >>> publish_profile(Profile(6, {"focus": 40, "mindset": 60})).means["focus"]
    PublishedMean(mean=6.5, clip=<Clip.NONE: ''>)
    >>> publish_profile(Profile(5, {"focus": 40})) is None
    True
    """
    if profile.people < raters_needed(k):
        return None
    return PublishedProfile(
        people=band_of(profile.people),
        means={code: PublishedMean(*round_mean(total, profile.people)) for code, total in profile.totals.items()},
        overall=PublishedMean(*round_mean(sum(profile.totals.values()), profile.people * len(profile.totals))),
    )
