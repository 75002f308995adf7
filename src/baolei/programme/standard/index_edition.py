"""What an edition of `kind: index` *is*: a tree of indicators and the rules by which each step treats them.

Every section is optional; a step that finds no section of its own lets its input through unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from baolei.programme.standard.edition import Text


@dataclass(frozen=True, slots=True)
class Indicator:
    """A leaf of the tree. `direction` 1: more is better, -1: less is better. `scale`: linear, ln, log10 or sqrt.

    `low` and `high` are goalposts in the units of the data; `denominator` is a column to divide by ('' : none).
    """

    code: str
    name: str = ""
    parent: str = ""
    weight: float = 1.0
    direction: int = 1
    denominator: str = ""
    low: float | None = None
    high: float | None = None
    scale: str = "linear"


@dataclass(frozen=True, slots=True)
class Node:
    """A branching of the tree; the root is the one without a parent. `key`: counts as key evidence."""

    code: str
    name: str = ""
    parent: str = ""
    weight: float = 1.0
    key: bool = False


@dataclass(frozen=True, slots=True)
class Screen:
    """Indicators seen at fewer than `item_at_least` units drop out, then units with less than `unit_share` of them."""

    item_at_least: int = 0
    item_share: float = 0.0
    unit_share: float = 0.0


@dataclass(frozen=True, slots=True)
class Impute:
    """How gaps are filled: mean, median, group_mean, group_median (group: label column `by`) or constant `value`."""

    method: str
    by: str = ""
    value: float = 0.0


@dataclass(frozen=True, slots=True)
class Treat:
    """Outliers: while |skewness| and kurtosis both exceed these, the outermost point moves in, `at_most` times."""

    skewness: float = 2.0
    kurtosis: float = 3.5
    at_most: int = 5
    otherwise: str = "log"


@dataclass(frozen=True, slots=True)
class Normalise:
    """goalposts, min_max (both onto `low`..`high`), z_score, rank (0..1) or none. `cap`: both, above, below, none."""

    method: str
    low: float = 0.0
    high: float = 1.0
    cap: str = "both"
    deviation: str = "sample"


@dataclass(frozen=True, slots=True)
class Mean:
    """How a node is made of its children: `mean` arithmetic, geometric, harmonic or least.

    `missing`: reshare (the weights of absent children go to those present) or blank; `at_least` children present.
    `standardise`: the node's values are brought to mean 0, sample SD 1 before they go up. `decimals`: rounded half up.
    """

    mean: str = "arithmetic"
    missing: str = "reshare"
    at_least: int = 1
    standardise: bool = False
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A unit is judged when `nodes` groups have `items` indicators each, `key_nodes` of them key groups."""

    items: int = 1
    nodes: int = 1
    key_nodes: int = 0


@dataclass(frozen=True, slots=True)
class Score:
    """What is ranked: the root node, a unit's effect or a shrunken value; rounded half up to `decimals` first."""

    of: str = "root"
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class Rank:
    """`ties`: min (1, 2, 2, 4), max, average, dense. `order`: high (most is first) or low. `within`: all or peers."""

    ties: str = "min"
    order: str = "high"
    within: str = "all"


@dataclass(frozen=True, slots=True)
class Pass:
    """One run of k-means; points farther than `reach` from their centre do not move it (None: all points do)."""

    iterations: int = 1000
    reach: float | None = None


@dataclass(frozen=True, slots=True)
class KMeans:
    """k classes of the score inside each peer group (or all), started from the medians of k quantile groups."""

    k: int
    within: str = "all"
    passes: tuple[Pass, ...] = (Pass(),)


@dataclass(frozen=True, slots=True)
class Line:
    """A class and the least score that earns it; the last line may have none."""

    code: str
    at_least: float | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """Weights of `nodes` under which their correlations with the index stand in the ratio `importance`.

    `stop`: relative tolerance of the search. A rough stop (0.1) is what COINr uses; 1e-12 gives the exact balance.
    """

    nodes: tuple[str, ...]
    importance: tuple[float, ...] = ()
    stop: float = 1e-12


@dataclass(frozen=True, slots=True)
class Influence:
    """What moves the index: removal of nodes, balanced weights, best and worst case with weights ± `within`."""

    remove: tuple[str, ...] = ()
    box: tuple[str, ...] = ()
    within: float = 0.2
    balance: Balance | None = None


@dataclass(frozen=True, slots=True)
class Effects:
    """Random intercepts of `units` and of other, crossed factors (`raters`), with numeric covariates `fixed`.

    `method`: ml or reml (variances estimated by profiled likelihood), moments (one-way analysis of variance), given.
    """

    table: str
    response: str
    units: str
    raters: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    method: str = "ml"
    variances: Mapping[str, float] = field(default_factory=dict)
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class Shrink:
    """Shares (`successes` of `trials`), or `value` with `variance`, drawn towards their mean; `truth`: to measure by.

    `method`: james_stein, beta_binomial, normal, phantom (`phantom` ballots at `mean`).
    """

    method: str
    successes: str = ""
    trials: str = ""
    value: str = ""
    variance: str = ""
    truth: str = ""
    phantom: float | None = None
    mean: float | None = None


@dataclass(frozen=True, slots=True)
class Pool:
    """Studies pooled: `measure` log_risk_ratio, log_odds_ratio, risk_difference (of `cells`) or value.

    `cells`: events and non-events of the treated, then of the controls. `between`: dersimonian_laird or none.
    """

    measure: str
    cells: tuple[str, ...] = ()
    value: str = ""
    variance: str = ""
    between: str = "dersimonian_laird"


@dataclass(frozen=True, slots=True)
class Agreement:
    """Several raters on the same units. Long tables name `unit`, `rater`, `value`; wide ones list `raters`' columns."""

    methods: tuple[str, ...]
    table: str = "units"
    unit: str = ""
    rater: str = ""
    value: str = ""
    raters: tuple[str, ...] = ()
    levels: tuple[str, ...] = ("nominal", "ordinal", "interval", "ratio")
    stop: float = 1e-10


@dataclass(frozen=True, slots=True)
class RankSets:
    """Which ranks a unit could truly hold: columns `value` and `error` (standard error), `draws` seeded simulations."""

    value: str
    error: str
    best: int = 0
    levels: tuple[float, ...] = (0.95,)
    draws: int = 10_000
    seed: int = 1


@dataclass(frozen=True)
class IndexEdition:
    """One published index standard. `nodes` stand children before parents, the root last."""

    code: str
    name: Text
    source: Text
    digest: str
    items: tuple[Indicator, ...] = ()
    nodes: tuple[Node, ...] = ()
    absent_items: str = "refuse"
    screen: Screen | None = None
    impute: Impute | None = None
    treat: Treat | None = None
    normalise: Normalise | None = None
    mean: Mean = Mean()
    means: Mapping[str, Mean] = field(default_factory=dict)
    evidence: Evidence | None = None
    peers: str = ""
    score: Score = Score()
    rank: Rank | None = None
    lines: tuple[Line, ...] = ()
    k_means: KMeans | None = None
    influence: Influence | None = None
    effects: Effects | None = None
    shrink: Shrink | None = None
    pool: Pool | None = None
    agreement: Agreement | None = None
    rank_sets: RankSets | None = None

    @cached_property
    def root(self) -> str:
        """Code of the root node, '' in an edition without a tree."""
        return self.nodes[-1].code if self.nodes else ""

    @cached_property
    def children(self) -> dict[str, tuple[Indicator | Node, ...]]:
        """What hangs under each node, in the order of the edition."""
        members: tuple[Indicator | Node, ...] = (*self.items, *self.nodes)
        return {node.code: tuple(child for child in members if child.parent == node.code) for node in self.nodes}

    def mean_of(self, code: str) -> Mean:
        """How the node `code` is made of its children."""
        return self.means.get(code, self.mean)
