"""Making a whole synthetic data set: batch by batch, then table by table."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, count

import numpy as np
import pyarrow as pa

from openoutcomes.contracts.terms import Terms
from openoutcomes.standard.dataset import Dataset
from openoutcomes.standard.tables import TABLES
from openoutcomes.standard.writing import Format, write_dataset
from openoutcomes.synth.answers import answers, readings
from openoutcomes.synth.brief import Brief
from openoutcomes.synth.cast import make_cast
from openoutcomes.synth.claims import Claimer
from openoutcomes.synth.defaults import derive
from openoutcomes.synth.draws import Draws
from openoutcomes.synth.figures import area_figures
from openoutcomes.synth.paths import Walker
from openoutcomes.synth.places import surroundings
from openoutcomes.synth.profile import Profile
from openoutcomes.synth.tables import RENDERERS, Batch, Maker

Progress = Callable[[int, int | None, str], None]

#: People made at a time. A part of what the seed means: another size gives other people.
BATCH = 50_000


def _silent(_done: int, _total: int | None, _label: str) -> None:
    return


@dataclass
class Synthetic:
    """A made-up data set, held compactly; rows are written out only as they are asked for."""

    brief: Brief
    profile: Profile
    seed: int
    people: int
    batches: list[Batch] = field(default_factory=list)
    figures: dict[str, dict[str, int]] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """Return how many people achieved each outcome at least once, in the terms' order."""
        found: Counter[str] = Counter()
        for batch in self.batches:
            for step in self.brief.steps:
                who = batch.claims.person[batch.claims.step == step.place]
                found[step.outcome.code] += len(np.unique(who))
        order = sorted(self.brief.steps, key=lambda step: step.outcome.order)
        return {step.outcome.code: found[step.outcome.code] for step in order if not step.is_payment}

    def tables(self, progress: Progress = _silent) -> Iterator[tuple[str, Iterator[pa.Table]]]:
        """Yield each table that has rows, in published order, as batches of typed rows."""
        maker = Maker(self.brief, self.profile, self.seed, Claimer(self.brief, self.profile).kinds)
        around = surroundings(self.brief, self.profile, self._cohort_sizes(), self.figures)
        made = [name for name in RENDERERS if name != "contributions" or self._shares_credit()]
        written, parts = count(1), len(made) * len(self.batches)

        def tell() -> None:
            progress(next(written), parts, "writing parts of tables")

        for name in TABLES:
            if name in around:
                yield name, iter([around[name]])
            elif name in made:
                rows = self._rendered(maker, name, tell)
                first = next(rows, None)
                if first is not None:
                    yield name, chain([first], rows)

    def dataset(self) -> Dataset:
        """Return the whole data set in memory."""
        return Dataset.from_arrow({name: pa.concat_tables(list(parts)) for name, parts in self.tables()})

    def write(
        self,
        path: str | os.PathLike[str],
        format: Format = "csv",  # noqa: A002 - the word that users know
        progress: Progress = _silent,
    ) -> None:
        """Write the data set to a folder (csv, parquet) or a workbook (xlsx).

        Raises InputError when something is at ``path`` already, or a sheet would be too long.
        """
        write_dataset(dict(self.tables(progress)), path, format)

    def _rendered(self, maker: Maker, name: str, tell: Callable[[], None]) -> Iterator[pa.Table]:
        """Yield the batches of a table that have rows."""
        offset = 0
        for batch in self.batches:
            table = RENDERERS[name](maker, batch, offset)
            offset += table.num_rows
            if table.num_rows:
                yield table
            tell()

    def _shares_credit(self) -> bool:
        return any(step.outcome.shared_with for step in self.brief.steps)

    def _cohort_sizes(self) -> dict[str, int]:
        sizes: Counter[str] = Counter()
        for batch in self.batches:
            if "cohort" in batch.cast.attributes:
                coded = batch.cast.attributes["cohort"]
                for place, word in enumerate(coded.words):
                    sizes[word] += int((coded.at == place).sum())
        return dict(sizes)


def make(
    terms: Terms,
    people: int,
    seed: int,
    profile: Profile | None = None,
    progress: Progress = _silent,
) -> Synthetic:
    """Make ``people`` made-up people under the terms.

    The same terms, profile, number, seed and versions of the package and of NumPy give the same
    data set to the byte. Without a profile, one is derived from the terms.
    """
    brief = Brief(terms)
    profile = profile or derive(brief)
    figures = area_figures(brief, tuple(profile.attributes["area"]))
    made = Synthetic(brief, profile, seed, people, figures=figures)
    walker, claimer = Walker(brief, profile, figures), Claimer(brief, profile)
    claims_before = 0
    for number, first in enumerate(range(0, people, BATCH)):
        size = min(BATCH, people - first)
        draws = Draws(seed, number, size)
        cast = make_cast(brief, profile, draws, first)
        paths = walker.walk(cast, draws)
        claims = claimer.claim(paths.rows, draws)
        made.batches.append(
            Batch(
                cast=cast,
                claims=claims,
                claims_before=claims_before,
                events=paths.events,
                readings=readings(brief, profile, cast, paths, draws),
                answers=answers(brief, profile, cast, claims, draws),
            )
        )
        claims_before += len(claims)
        progress(first + size, people, "making people")
    return made
