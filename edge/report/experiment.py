"""The cue experiment of one leg: what each block of a visit moved, beyond error and chance.

Every later block is compared with the baseline at its belt speed. ``changes`` decides whether a
change is one, with all differences of the table as claims made together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from edge.messages.conclusion import Conclusion
from edge.messages.metric import Metric
from edge.messages.side import Side
from edge.messages.stride import StrideMetrics
from edge.messages.visit import Block, StepKind
from edge.numerics.statistics import Spread, spread
from edge.record.store import Store
from edge.record.stored_session import StoredSession
from edge.record.visits import blocks_of, visit_record
from edge.report.blocks import Column, columns_of
from edge.report.changes import Change, Pair, claims_of, minimal_detectable_change
from edge.report.conclusions import conclusion_of, notes_of

ROWS: Final = (
    Metric.KNEE_TOE,
    Metric.HIP_ANKLE,
    Metric.SHANK,
    Metric.PUSH_OFF,
    Metric.THIGH,
    Metric.STRAIGHTNESS,
    Metric.CADENCE,
    Metric.GROUND_CONTACT,
    Metric.OVERSTRIDE,
    Metric.TRUNK,
)
"""The metrics of the table, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One metric in one block.

    ``spread`` has the mean and its 95 % interval, which allows for neighbouring strides being
    alike. ``change`` is from the baseline; None for a baseline, and where there is none.
    """

    spread: Spread
    change: Change | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One metric over all blocks, a cell for each column."""

    metric: Metric
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Experiment:
    """The table of one leg.

    Attributes
    ----------
    side
        The leg.
    columns
        The blocks: baselines, cues and retention, in order of time.
    rows
        One for each of ``ROWS``.
    by_hand
        Whether the values are by points set by hand; else all are by the model's own points.
    claims
        How many differences are judged together.
    conclusion
        The sentence on top.
    notes
        Side effects of a cue, and what limits the comparison.
    """

    side: Side
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    by_hand: bool
    claims: int
    conclusion: Conclusion
    notes: tuple[Conclusion, ...]

    @property
    def compared(self) -> bool:
        """Whether there is a block beside the baseline."""
        return any(column.kind != StepKind.BASELINE for column in self.columns)

    def row(self, metric: str) -> Row:
        """Return the row of a metric of ``ROWS``."""
        return next(row for row in self.rows if row.metric == metric)


def experiment(columns: Sequence[Column], side: Side, *, by_hand: bool = False) -> Experiment:
    """Return the table of one leg's blocks.

    Parameters
    ----------
    columns
        In order of time.
    side
        The leg.
    by_hand
        Whether all strides were measured by the same points set by hand.
    """
    baselines = {index: _baseline(columns, index) for index in range(len(columns))}
    pairs = {
        (metric, index): _pair(metric, baseline, columns[index], by_hand=by_hand)
        for metric in ROWS
        for index, baseline in baselines.items()
        if baseline is not None
    }
    claims = claims_of(list(pairs.values()))
    changed = {key: pair.change(claims) for key, pair in pairs.items()}
    rows = tuple(
        Row(
            metric=metric,
            cells=tuple(
                Cell(
                    spread=spread(column.values(metric, by_hand=by_hand), neighbours=True),
                    change=changed.get((metric, index)),
                )
                for index, column in enumerate(columns)
            ),
        )
        for metric in ROWS
    )
    found = {str(row.metric): tuple(cell.change for cell in row.cells) for row in rows}
    return Experiment(
        side=side,
        columns=tuple(columns),
        rows=rows,
        by_hand=by_hand,
        claims=claims,
        conclusion=conclusion_of(columns, found),
        notes=notes_of(columns, found),
    )


def experiments_of(store: Store, blocks: Iterable[Block]) -> list[Experiment]:
    """Return the tables of the legs that were near in some block; left before right.

    Parameters
    ----------
    store
        The store with the blocks' sessions.
    blocks
        Of one visit or session, in order of time.
    """
    ordered = list(blocks)
    strides: dict[str, list[StrideMetrics]] = {}
    points = 0
    for name in dict.fromkeys(block.session for block in ordered):
        reader = store.read(store.session(name))
        strides[name] = reader.strides()
        points += sum(change.points is not None for change in reader.points_by_hand())
    tables = ((side, columns_of(ordered, strides, side)) for side in Side)
    return [
        experiment(columns, side, by_hand=points == 1 and _all_by_hand(columns))
        for side, columns in tables
        if columns
    ]


def experiments_in(store: Store, session: StoredSession) -> list[Experiment]:
    """Return the tables of a session's visit, which may span several sessions.

    Without a visit, those of the blocks that a person cut the session into; empty without blocks.
    """
    visit = visit_record(store, session)
    return experiments_of(store, blocks_of(store, session) if visit is None else visit.blocks)


def _all_by_hand(columns: Iterable[Column]) -> bool:
    return all(stride.by_hand for column in columns for stride in column.strides)


def _baseline(columns: Sequence[Column], index: int) -> Column | None:
    """Return the baseline of a later block: the last one at its speed, or else the last one."""
    column = columns[index]
    if column.kind == StepKind.BASELINE:
        return None
    before = [each for each in columns[:index] if each.kind == StepKind.BASELINE]
    alike = [each for each in before if each.at_speed_of(column)]
    return (alike or before)[-1] if before else None


def _pair(metric: str, baseline: Column, column: Column, *, by_hand: bool) -> Pair:
    return Pair(
        metric=metric,
        before=baseline.values(metric, by_hand=by_hand),
        after=column.values(metric, by_hand=by_hand),
        mdc=minimal_detectable_change(metric, same_session=True),
        same_speed=baseline.at_speed_of(column),
    )
