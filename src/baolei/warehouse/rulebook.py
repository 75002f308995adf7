"""The rule files that come with the package, and those a place adds to them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from baolei.programme.affairs import AffairsRules, affairs_rules
from baolei.programme.asked import FormRules, form_rules
from baolei.programme.ballot.meetings import MeetingRules, meeting_rules
from baolei.programme.ballot.slips import SlipRules, slip_rules
from baolei.programme.centres import CentreRules, centre_rules
from baolei.programme.dues import DuesRules, dues_rules
from baolei.programme.effects import EffectRules, effect_rules
from baolei.programme.life import LifeRules, life_rules
from baolei.programme.located import Document
from baolei.programme.matters import MatterRules, matter_rules
from baolei.programme.notice import NoticeRules, notice_rules
from baolei.programme.organisation import rulebook
from baolei.programme.organisation.rules import SetupRules
from baolei.programme.papers import PaperRules, paper_rules
from baolei.programme.phases import RoundRules
from baolei.programme.phases import round_rules as rules_of_rounds
from baolei.programme.published import Catalogue, catalogue
from baolei.programme.rectification import RectificationRules, rectification_rules
from baolei.programme.refusals import Fault, SetupRulesRefused
from baolei.programme.register import RegisterRules, register_rules
from baolei.programme.review import ReviewRules, review_rules
from baolei.programme.standard.edition import Text
from baolei.programme.titles import TitleRules, title_rules
from baolei.programme.training import TrainingRules, training_rules
from baolei.programme.triage import TriageRules, triage_rules
from baolei.programme.visibility import Visibility
from baolei.programme.visibility import visibility as seen
from baolei.programme.visit import VisitRules, visit_rules
from baolei.programme.wishes import WishRules, wish_rules
from baolei.programme.workdays import Workdays
from baolei.programme.workdays import workdays as calendar

SETUP, FIELDS, STRUCTURE, WORKDAYS = "setup", "fields.yaml", "structure.yaml", "workdays.yaml"
REVIEW, NOTICE, VISIBILITY, TRIAGE = "review.yaml", "notice.yaml", "visibility.yaml", "triage.yaml"
TITLES, ROUNDS, PAPERS, VISITS = "titles.yaml", "rounds.yaml", "papers.yaml", "visits.yaml"
BALLOTS, MEETINGS = "ballots.yaml", "meetings.yaml"
AFFAIRS = "affairs.yaml"
LIFE, DUES, TRAINING, RECTIFICATION = "life.yaml", "dues.yaml", "training.yaml", "rectification.yaml"
REGISTER, EFFECTS, FIGURES = "register.yaml", "effects.yaml", "figures.yaml"
WISHES = "wishes.yaml"
CENTRES = "centres.yaml"
MATTERS = "matters.yaml"
FORMS = "forms.yaml"
SCHEMA = "schema/setup-rules.schema.json"


def text(name: str) -> str:
    """A shipped rule file by its name below `rulebook/`, as text. Raises FileNotFoundError where there is none."""
    return resources.files("baolei").joinpath("rulebook", *name.split("/")).read_text(encoding="utf-8")


def names(folder: str) -> list[str]:
    """The files of a shipped folder (`setup`, `schema`, …), sorted. Raises FileNotFoundError where there is none."""
    home = resources.files("baolei").joinpath("rulebook", *folder.split("/"))
    return sorted(entry.name for entry in home.iterdir() if entry.is_file())


def setup_rules(on: dt.date, also: Iterable[Path] = ()) -> SetupRules:
    """The set-up rules in force on a day: the shipped ones, and the files or folders of YAML of `also`.

    An entry of a later date takes the place of an earlier one; so a place puts its own practice beside ours.
    Raises SetupRulesRefused with every fault of every file, or where nothing is in force on that day.
    """
    return _in_force(tuple(_local(also)), on)


@lru_cache(maxsize=1)
def fields() -> dict[str, Text]:
    """The names of the fields 领域 a branch can belong to, by code, in the order of the rulebook."""
    rows = yaml.safe_load(text(FIELDS))["fields"]
    return {row["code"]: _named(row) for row in rows}


@lru_cache(maxsize=1)
def workdays() -> Workdays:
    """The days that are worked, by the notices of each year."""
    return calendar(yaml.safe_load(text(WORKDAYS)))


@lru_cache(maxsize=1)
def review() -> ReviewRules:
    """The steps of a review by field, its deadlines and conflicts of interest, as shipped."""
    return review_rules(yaml.safe_load(text(REVIEW)))


@lru_cache(maxsize=1)
def notice() -> NoticeRules:
    """The days of a public notice and the clocks of objections, as shipped."""
    return notice_rules(yaml.safe_load(text(NOTICE)))


@lru_cache(maxsize=1)
def visibility() -> Visibility:
    """Who sees what of a result, as shipped."""
    return seen(yaml.safe_load(text(VISIBILITY)))


@lru_cache(maxsize=1)
def triage() -> TriageRules:
    """What puts a branch among the advanced or the lagging, and the situations of weak organisations, as shipped."""
    return triage_rules(yaml.safe_load(text(TRIAGE)))


@lru_cache(maxsize=1)
def visits() -> VisitRules:
    """Who visits, and how many visits are made twice, as shipped."""
    return visit_rules(yaml.safe_load(text(VISITS)))


@lru_cache(maxsize=1)
def ballots() -> SlipRules:
    """How many slips are printed, how many households are asked, what a meeting needs, as shipped."""
    return slip_rules(yaml.safe_load(text(BALLOTS)))


@lru_cache(maxsize=1)
def meetings() -> MeetingRules:
    """What is asked at meetings, of whom and by whom, as shipped."""
    return meeting_rules(yaml.safe_load(text(MEETINGS)))


@lru_cache(maxsize=1)
def titles() -> TitleRules:
    """How long a title holds, and what a demonstration base needs, as shipped."""
    return title_rules(yaml.safe_load(text(TITLES)))


@lru_cache(maxsize=1)
def life() -> LifeRules:
    """What organisation life is asked beside the Branch Rules, as shipped."""
    return life_rules(yaml.safe_load(text(LIFE)))


@lru_cache(maxsize=1)
def register() -> RegisterRules:
    """Which numbers a branch keeps of each quarter, and what they are used for, as shipped."""
    return register_rules(yaml.safe_load(text(REGISTER)))


@lru_cache(maxsize=1)
def affairs() -> AffairsRules:
    """The steps of a major matter and what is made public when, as shipped."""
    return affairs_rules(yaml.safe_load(text(AFFAIRS)))


@lru_cache(maxsize=1)
def dues() -> DuesRules:
    """By which tables a month's dues are agreed, as shipped."""
    return dues_rules(yaml.safe_load(text(DUES)))


@lru_cache(maxsize=1)
def effects() -> EffectRules:
    """The kinds of effects that branches tell and of support they are given, as shipped."""
    return effect_rules(yaml.safe_load(text(EFFECTS)), fields())


@lru_cache(maxsize=1)
def figures() -> Catalogue:
    """The figures that are published, as shipped."""
    return catalogue(yaml.safe_load(text(FIGURES)), fields())


@lru_cache(maxsize=1)
def training() -> TrainingRules:
    """Class hours by role, and rotation of secretaries, as shipped."""
    return training_rules(yaml.safe_load(text(TRAINING)))


@lru_cache(maxsize=1)
def wishes() -> WishRules:
    """What people agree to, the skills, the terms and limits of wishes and deeds, as shipped."""
    return wish_rules(yaml.safe_load(text(WISHES)))


@lru_cache(maxsize=1)
def centres() -> CentreRules:
    """What service centres offer, and what the 15-minute circle asks, as shipped."""
    return centre_rules(yaml.safe_load(text(CENTRES)))


@lru_cache(maxsize=1)
def rectification() -> RectificationRules:
    """The campaigns and the clocks of a case, as shipped."""
    return rectification_rules(yaml.safe_load(text(RECTIFICATION)), triage().situations, fields())


@lru_cache(maxsize=1)
def matters() -> MatterRules:
    """Kinds and clocks of matters, as shipped."""
    return matter_rules(yaml.safe_load(text(MATTERS)))


@lru_cache(maxsize=1)
def forms() -> FormRules:
    """The house's own forms, what it keeps, what a new form is held against, as shipped."""
    return form_rules(yaml.safe_load(text(FORMS)))


@lru_cache(maxsize=1)
def papers() -> PaperRules:
    """What naming documents and public notices say until somebody words them anew, as shipped."""
    return paper_rules(yaml.safe_load(text(PAPERS)))


@lru_cache(maxsize=1)
def round_rules() -> RoundRules:
    """The phases of a round, who takes part, who may open one."""
    return rules_of_rounds(yaml.safe_load(text(ROUNDS)))


@dataclass(frozen=True, slots=True)
class Structure:
    """How office holders are counted: age bands (code, name, oldest age in years), levels of education by code, and the
    fields of the branches that lead a village or community.
    """

    ages: tuple[tuple[str, Text, int], ...]
    education: dict[str, Text]
    villages: tuple[str, ...]


@lru_cache(maxsize=1)
def structure() -> Structure:
    """The bands in which the structure of office holders is shown, youngest and lowest first."""
    rows = yaml.safe_load(text(STRUCTURE))
    return Structure(
        tuple((row["code"], _named(row), row["to"]) for row in rows["ages"]),
        {row["code"]: _named(row) for row in rows["education"]},
        tuple(rows["villages"]),
    )


def _named(row: dict[str, Any]) -> Text:
    return Text(row["name"]["zh"], row["name"]["en"])


def _local(also: Iterable[Path]) -> Iterable[tuple[str, str]]:
    for path in also:
        if not path.exists():
            raise SetupRulesRefused([Fault(str(path), 0, "no such file or folder", "a *.yaml, or a folder of them")])
        for file in sorted(path.rglob("*.yaml")) if path.is_dir() else [path]:
            try:
                yield str(file), file.read_text(encoding="utf-8")
            except UnicodeDecodeError as error:
                fault = Fault(str(file), 0, f"not UTF-8 at byte {error.start}", "save it as UTF-8")
                raise SetupRulesRefused([fault]) from error


@lru_cache(maxsize=512)
def _in_force(local: tuple[tuple[str, str], ...], day: dt.date) -> SetupRules:
    """Of a rulebook what is in force on a day: a page asks for it again and again, and nobody may change it."""
    return _rulebook(local).on(day)


@lru_cache(maxsize=8)
def _rulebook(local: tuple[tuple[str, str], ...]) -> rulebook.Rulebook:
    shipped = [(f"{SETUP}/{name}", text(f"{SETUP}/{name}")) for name in names(SETUP) if name.endswith(".yaml")]
    documents = [Document(place, words) for place, words in (*shipped, *local)]
    return rulebook.read(documents, json.loads(text(SCHEMA)))
