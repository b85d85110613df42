"""Families of copies among the articles of a store: which reports go back to the same text.

copies.py tells what makes two texts copies; here those of a store are found, without comparing all with all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, pairwise
from typing import Any, NamedTuple

import duckdb
import numpy as np
from numpy.typing import NDArray

from whowhom.clusters import sort_different
from whowhom.copies import LIKENESS, N_HASHES, Sketch, list_bands, measure_likenesses, sketch_texts
from whowhom.sql import incoming, insert, run
from whowhom.workers import map_apart

# Copies of an agency's report are printed within days; a text that is alike a fortnight later is an
# anniversary or a form, and comparing with all that was ever read would not stay linear.
_COPY_DAYS = 10
# Articles whose sketches are compared in one go; some 60 MB.
_COPY_BATCH = 50_000
# Texts that another process sketches in one go.
_SKETCH_BATCH = 4_000


def find_copies(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Sketch the articles that are new; return the articles whose family of copies has changed."""
    fresh = run(
        connection,
        """SELECT id FROM article
        WHERE id IN (SELECT article FROM event) AND id NOT IN (SELECT article FROM sketch)
        ORDER BY published, id""",
    )
    changed: set[str] = set()
    for start in range(0, len(fresh), _COPY_BATCH):
        changed.update(_join_copies(connection, [id for (id,) in fresh[start : start + _COPY_BATCH]]))
    return sorted(changed)


class _Sketched(NamedTuple):
    article: str
    day: int | None
    sketch: Sketch
    copy_family: str


def _join_copies(connection: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> set[str]:
    """Add the sketches of new articles, joined to the families they belong to."""
    with incoming(connection, {"id": list(ids)}):
        rows = run(
            connection,
            f"""SELECT id, {_DAY.format("published")}, "text",
                text_sketch.n_shingles, minhash, quotes, credit, lead
            FROM article SEMI JOIN incoming USING (id) LEFT JOIN text_sketch ON text_sketch.article = id""",
        )
    texts = [text for _, _, text, *_ in rows if text is not None]
    parts = (texts[start : start + _SKETCH_BATCH] for start in range(0, len(texts), _SKETCH_BATCH))
    sketched = chain.from_iterable(map_apart(sketch_texts, parts))
    added = [
        _Sketched(id, day, next(sketched) if text is not None else _read_kept(*sketch), id)
        for id, day, text, *sketch in rows
    ]
    every = sorted([*_find_known(connection, added), *added])
    pairs = _pair_copies(every, {one.article for one in added})
    new_by_old = _join_families([(one.copy_family, two.copy_family) for one, two in pairs])
    insert(
        connection,
        "sketch",
        {
            "article": [one.article for one in added],
            "n_shingles": [one.sketch.n_shingles for one in added],
            "minhash": [one.sketch.minhash.astype("<u4").tobytes() for one in added],
            "quotes": [list(one.sketch.quotes) for one in added],
            "credit": [one.sketch.credit or None for one in added],
            "lead": [list(one.sketch.lead) for one in added],
            "copy_family": [new_by_old.get(one.article, one.article) for one in added],
        },
        "SELECT incoming.*, published FROM incoming JOIN article ON article.id = incoming.article",
    )
    moved = {old: new for old, new in new_by_old.items() if old != new}
    if not moved:
        return set()
    with incoming(connection, {"old": list(moved), "new": list(moved.values())}):
        changed = run(
            connection, "SELECT article FROM sketch WHERE copy_family IN (SELECT old FROM incoming)"
        )
        run(
            connection,
            "UPDATE sketch SET copy_family = incoming.new FROM incoming WHERE copy_family = incoming.old",
        )
    return {article for (article,) in changed}


def _find_known(connection: duckdb.DuckDBPyConnection, added: Sequence[_Sketched]) -> list[_Sketched]:
    """Return what is known of the same days and shares a band with something new.

    To look through a million sketches takes a second or two; to make Python objects of them, half a minute.
    """
    sketched = [one for one in added if one.sketch.n_shingles]
    if not sketched:
        return []
    days = [one.day for one in sketched if one.day is not None]
    # A day that is not known is near every other.
    near = "true" if len(days) < len(sketched) else "published IS NULL"
    wanted = sort_different(list_bands(np.stack([one.sketch.minhash for one in sketched])))
    # Most bands are none of these by their first bits already.
    marked = np.zeros(1 << _MARK_BITS, np.bool_)
    marked[wanted >> _MARK_SHIFT] = True
    places: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
    reader = connection.sql(
        f"""SELECT rowid, minhash FROM sketch
        WHERE octet_length(minhash) = {4 * N_HASHES} AND n_shingles > 0
            AND ({near} OR {_DAY.format("published")} BETWEEN $first AND $last)""",
        params={"first": min(days, default=0) - _COPY_DAYS, "last": max(days, default=0) + _COPY_DAYS},
    ).to_arrow_reader(_READ_BATCH)
    for batch in reader:
        place, minhashes = batch.columns
        bands = list_bands(np.frombuffer(b"".join(minhashes.to_pylist()), "<u4").reshape(len(place), -1))
        row, band = np.nonzero(marked[bands >> _MARK_SHIFT])
        values = bands[row, band]
        is_wanted = wanted[np.minimum(np.searchsorted(wanted, values), len(wanted) - 1)] == values
        places.append(place.to_numpy()[sort_different(row[is_wanted])])
    with incoming(connection, {"place": np.concatenate(places).tolist()}, {"place": "BIGINT"}):
        rows = run(
            connection,
            f"""SELECT article, {_DAY.format("published")}, n_shingles, minhash, quotes, credit, copy_family
            FROM sketch WHERE rowid IN (SELECT place FROM incoming)""",
        )
    return [_Sketched(article, day, _read_sketch(*rest), family) for article, day, *rest, family in rows]


_MARK_BITS = 22
_MARK_SHIFT = np.uint64(64 - _MARK_BITS)
_READ_BATCH = 20_000

_DAY = "datediff('day', DATE '1970-01-01', {})"


def _read_sketch(n_shingles: int, minhash: bytes, quotes: list[int], credit: str | None) -> Sketch:
    return Sketch(n_shingles, np.frombuffer(minhash, "<u4"), tuple(quotes), credit or "")


def _read_kept(
    n_shingles: int, minhash: bytes, quotes: list[int], credit: str | None, lead: list[int]
) -> Sketch:
    """Return the sketch of a text that is not kept itself."""
    return replace(_read_sketch(n_shingles, minhash, quotes, credit), lead=tuple(lead))


def _pair_copies(every: Sequence[_Sketched], fresh: set[str]) -> Iterator[tuple[_Sketched, _Sketched]]:
    """Yield the pairs of copies of which one at least is new.

    Whether two are copies depends on the two alone, and a family is what such pairs connect, so the
    order in which articles come makes no difference. Texts that are the same to the letter, by
    the hundred where an agency's report is printed unchanged, stand for one another.
    """
    same: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for number, one in enumerate(every):
        if one.sketch.n_shingles:
            sketch = one.sketch
            same[one.day, sketch.minhash.tobytes(), sketch.quotes, sketch.credit].append(number)
    for numbers in same.values():
        yield from ((every[a], every[b]) for a, b in pairwise(numbers))
    first = [numbers[0] for numbers in same.values()]
    if not first:
        return
    is_fresh = np.array([any(every[n].article in fresh for n in numbers) for numbers in same.values()])
    left, right = _share_band(np.stack([every[n].sketch.minhash for n in first]), is_fresh)
    # A day that is not known is near every other.
    days = np.array([np.nan if every[n].day is None else every[n].day for n in first], float)
    near = ~(np.abs(days[left] - days[right]) > _COPY_DAYS)
    left, right = left[near], right[near]
    alike = measure_likenesses([every[n].sketch for n in first], left, right) >= LIKENESS
    for a, b in zip(left[alike].tolist(), right[alike].tolist(), strict=True):
        yield every[first[a]], every[first[b]]


def _share_band(
    minhash: NDArray[np.uint32], is_fresh: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the pairs of rows that have a band in common and of which one at least is new."""
    n = len(minhash)
    codes: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
    bands = list_bands(minhash)
    for band in bands.T:
        order = np.argsort(band, kind="stable").astype(np.int64)
        values = band[order]
        # Those that share a band lie side by side: all pairs of neighbours, then of those two apart, ...
        at = np.flatnonzero(values[1:] == values[:-1])
        apart = 1
        while len(at):
            a, b = order[at], order[at + apart]
            wanted = is_fresh[a] | is_fresh[b]
            codes.append(a[wanted] * n + b[wanted])
            apart += 1
            at = at[at + apart < n]
            at = at[values[at] == values[at + apart]]
    found = sort_different(np.concatenate(codes))
    return found // n, found % n


def _join_families(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return for each family that is joined to another the smallest name among them."""
    parent: dict[str, str] = {}

    def find(name: str) -> str:
        parent.setdefault(name, name)
        while parent[name] != name:
            parent[name] = name = parent[parent[name]]
        return name

    for one, two in pairs:
        a, b = find(one), find(two)
        parent[max(a, b)] = min(a, b)
    return {name: find(name) for name in list(parent)}
