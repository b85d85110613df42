"""Which reports are copies of one another: the sketch of a text, and how alike two sketches are.

An agency's report is printed by hundreds of outlets, shortened, with a few words changed, under other
titles. Counted as so many reports it would make one voice look like a crowd. A sketch is small
(some 600 bytes) and enough to tell, so no text is read a second time:

- the MinHash of the text's 5-word shingles, from which follows how much of the shorter text stands in
  the longer one;
- its long quotations, which a rewritten report keeps;
- the agency it gives credit to, which helps and does not decide: agencies send many reports a day.

Source: Broder 1997, "On the resemblance and containment of documents"; Leskovec, Rajaraman, Ullman,
"Mining of Massive Datasets", chapter 3 (MinHash in bands).
"""

from __future__ import annotations

import json
import re
import unicodedata
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

# 128 values tell a resemblance of 0.3 to within 0.04. Bands of two values find pairs of resemblance
# 0.2 in 93 cases of 100, those of 0.33 (a third of a text, word for word) in 99.9, and unrelated texts,
# which share fewer than 0.002 of their shingles, in 1 of 4,000.
N_HASHES = 128
BAND_ROWS = 2
N_BANDS = N_HASHES // BAND_ROWS
_SHINGLE_WORDS = 5
# A text of a megabyte is a transcript or a list, and what it copies stands in its first part as well.
_MOST_WORDS = 20_000
# "we will not negotiate", said to ten reporters, is shorter; seven words in the same order are written
# down by the same hand or copied.
_QUOTE_WORDS = 7
_MOST_QUOTES = 32

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_QUOTE = re.compile(r"[\"“„«]([^\"“”„«»\n]{30,600})[\"”»]")
_AGENCIES = {
    "ap": "AP",
    "associated press": "AP",
    "afp": "AFP",
    "agence france-presse": "AFP",
    "reuters": "Reuters",
    "upi": "UPI",
    "dpa": "dpa",
    "efe": "EFE",
    "ansa": "ANSA",
    "tass": "TASS",
    "itar-tass": "TASS",
    "ria novosti": "RIA Novosti",
    "interfax": "Interfax",
    "xinhua": "Xinhua",
    "kyodo": "Kyodo",
    "yonhap": "Yonhap",
    "kcna": "KCNA",
    "pti": "PTI",
    "ani": "ANI",
    "ians": "IANS",
    "irna": "IRNA",
    "anadolu agency": "Anadolu",
    "bloomberg": "Bloomberg",
}
_LETTERS = re.compile(r"\w+")
_AGENCY_STARTS = frozenset(_LETTERS.findall(name)[0] for name in _AGENCIES)
_AGENCY = "|".join(map(re.escape, sorted(_AGENCIES, key=len, reverse=True)))
_CREDIT = re.compile(
    rf"[(\[]\s*(?P<bracketed>{_AGENCY})\s*[)\]]|^[^\n]{{0,60}}?\b(?P<dateline>{_AGENCY})\s*[-–—]"
    rf"|\b(?:copyright|©)[^\n]{{0,20}}?\b(?P<right>{_AGENCY})\b",
    re.IGNORECASE,
)
# The rarest words of the first 200 are mostly names and the matter itself. On the odd topics of ECB+ two
# articles of one story share 0.32 of 40 such words (median), of two like stories 0.10, of others 0.03;
# over the first 1,000 words, or with 16 words, the two come nearer to each other.
_LEAD_WORDS = 200
_MOST_LEAD = 24
_COMMON_RANK = 2500
_RARE_RANK = 30_000
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))

# What makes two texts copies. 0.5: half of the shorter text stands word for word in the longer one.
# Quotations and credit count as a fifth of a text each, so a rewritten report whose other words
# are half new is still found, and credit alone, or quotations alone, never suffice.
LIKENESS = 0.5
_QUOTES_COUNT = 0.2
_CREDIT_COUNTS = 0.1


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is kept of a text to find its copies.

    Attributes:
        n_shingles: How many different 5-word shingles the text has.
        minhash: For each of 128 hash functions its least value over the shingles, upper 32 bits;
            shape (128,), uint32.
        quotes: Hashes of its quotations of seven words or more, sorted.
        credit: Name of the agency it gives credit to, "" where it names none.
        lead: Hashes of the 40 rarest words among the first 200, the rarest first; reports of one story
            share them.
    """

    n_shingles: int
    minhash: NDArray[np.uint32]
    quotes: tuple[int, ...] = ()
    credit: str = ""
    lead: tuple[int, ...] = ()


def sketch_text(text: str) -> Sketch:
    """Return the sketch of a text; case and punctuation make no difference.

    >>> a = sketch_text("The two ministers signed the treaty on fish in Oslo on Monday.")
    >>> b = sketch_text("OSLO (AP) - The two ministers signed the treaty on fish in Oslo on Monday")
    >>> measure_likeness(a, b) > LIKENESS, b.credit
    (True, 'AP')
    """
    (sketch,) = sketch_texts([text])
    return sketch


def sketch_texts(texts: Sequence[str]) -> list[Sketch]:
    """Return the sketch of each text; some thousand at a time take half as long as one by one."""
    words = [_list_words(text) for text in texts]
    shingles, bounds = _hash_shingles(words)
    minhashes = _least_hashes(shingles, bounds)
    return [
        Sketch(
            int(n_shingles),
            minhash,
            _hash_quotes(text),
            _find_credit(text[:400], text[-300:]),
            _hash_lead(listed[:_LEAD_WORDS]),
        )
        for text, listed, n_shingles, minhash in zip(
            texts, words, _count_different(shingles, bounds), minhashes, strict=True
        )
    ]


def _list_words(text: str) -> list[str]:
    # Twice as fast as one match after the other; no text has words of 40 letters throughout.
    return [word.casefold() for word in _WORD.findall(text, 0, 40 * _MOST_WORDS)[:_MOST_WORDS]]


def _hash_shingles(texts: Sequence[Sequence[str]]) -> tuple[Hashes, NDArray[np.int64]]:
    """Return the hashes of all runs of five words in each text; of the whole text where it has fewer.

    They are laid one text behind the other: those of text i from the i-th bound to the next.
    """
    codes = np.array([_hash_word(word) for words in texts for word in words], np.uint64)
    n_words = np.array([len(words) for words in texts], np.int64)
    ends = np.cumsum(n_words)
    lengths = np.minimum(n_words, _SHINGLE_WORDS)
    n_shingles = np.where(n_words > 0, n_words - lengths + 1, 0)
    bounds = np.concatenate([[0], np.cumsum(n_shingles)])
    # Where each shingle begins, and how many words it has.
    text_of = np.repeat(np.arange(len(texts)), n_shingles)
    begins = np.arange(len(text_of)) - bounds[text_of] + (ends - n_words)[text_of]
    hashes = np.zeros(len(begins), np.uint64)
    for offset in range(_SHINGLE_WORDS):
        longer = lengths[text_of] > offset
        if longer.all():
            hashes = _mix(hashes * _MIX[0] + codes[begins + offset])
        else:
            hashes[longer] = _mix(hashes[longer] * _MIX[0] + codes[begins[longer] + offset])
    return hashes, bounds


def _count_different(shingles: Hashes, bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    text_of = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
    order = np.lexsort((shingles, text_of))
    is_new = np.ones(len(order), bool)
    is_new[1:] = (shingles[order][1:] != shingles[order][:-1]) | (text_of[order][1:] != text_of[order][:-1])
    return np.bincount(text_of[order][is_new], minlength=len(bounds) - 1)


def _mix(values: Hashes) -> Hashes:
    """Spread the bits of each value over all (the last steps of splitmix64)."""
    values = (values ^ (values >> np.uint64(30))) * _MIX[1]
    values = (values ^ (values >> np.uint64(27))) * _MIX[2]
    mixed: Hashes = values ^ (values >> np.uint64(31))
    return mixed


@lru_cache(200_000)
def _hash_word(word: str) -> int:
    # Two sums of 32 bits are faster than any digest, and two words of a text seldom share both.
    encoded = word.encode("utf-8", "surrogatepass")
    return zlib.crc32(encoded) << 32 | zlib.adler32(encoded)


@cache
def _hash_functions() -> tuple[Hashes, Hashes]:
    """Return a and b of the functions h(x) = (a x + b) mod 2**64; they are part of the format of a sketch.

    Not from numpy's generators, whose numbers may change with its version.
    """
    numbers = _mix(np.arange(1, 2 * N_HASHES + 1, dtype=np.uint64) * _MIX[0])
    return numbers[:N_HASHES] | np.uint64(1), numbers[N_HASHES:]


def _least_hashes(shingles: Hashes, bounds: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Return the MinHash of each text; shape (texts, 128)."""
    multiply, add = _hash_functions()
    least = np.full((len(bounds) - 1, N_HASHES), np.iinfo(np.uint64).max, np.uint64)
    filled = np.flatnonzero(np.diff(bounds))
    starts = bounds[filled]
    # So many at a time bound the memory of a long text, and stay near the processor.
    for start in range(0, len(shingles), _HASHED_AT_ONCE):
        end = min(start + _HASHED_AT_ONCE, len(shingles))
        first = int(np.searchsorted(starts, start, side="right")) - 1
        last = int(np.searchsorted(starts, end, side="left"))
        part = shingles[start:end, None] * multiply + add
        found = np.minimum.reduceat(part, np.maximum(starts[first:last] - start, 0), axis=0)
        rows = filled[first:last]
        least[rows] = np.minimum(least[rows], found)
    return (least >> np.uint64(32)).astype(np.uint32)


_HASHED_AT_ONCE = 512


def _hash_quotes(text: str) -> tuple[int, ...]:
    found: set[int] = set()
    for quote in _QUOTE.finditer(text):
        words = [word.casefold() for word in _WORD.findall(quote[1])]
        if len(words) >= _QUOTE_WORDS:
            # The first words: a quotation is shortened at its end, and continued after "he said".
            found.add(zlib.crc32(" ".join(words[:_QUOTE_WORDS]).encode("utf-8", "surrogatepass")))
        if len(found) >= _MOST_QUOTES:
            break
    return tuple(sorted(found))


@cache
def _rank_words() -> dict[str, int]:
    """Return how common words are: the place of each in the coder's vocabulary, which is sorted by that."""
    source = files("whowhom").joinpath("coders", "weights", "tokenizer.json")
    vocabulary: dict[str, int] = json.loads(source.read_text(encoding="utf-8"))["model"]["vocab"]
    return {word: rank for word, rank in vocabulary.items() if word.isalpha() and len(word) > 3}


@lru_cache(200_000)
def _rank_stem(word: str) -> tuple[int, int]:
    """Return the hash of a word's stem, the same for "apologised" and "apologises", and how rare it is.

    A word that is too common or too short to tell stories apart has rank 0.
    """
    bare = re.split("['’]", unicodedata.normalize("NFKD", word), maxsplit=1)[0]
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    rank = _rank_words().get(bare, _RARE_RANK)
    if len(bare) <= 3 or rank <= _COMMON_RANK or bare.isdigit():
        return 0, 0
    return zlib.crc32(bare[:6].encode("utf-8", "surrogatepass")), rank


def _hash_lead(words: Sequence[str]) -> tuple[int, ...]:
    rank_by_stem: dict[int, int] = {}
    for word in words:
        stem, rank = _rank_stem(word)
        if rank:
            rank_by_stem.setdefault(stem, rank)
    return tuple(sorted(rank_by_stem, key=rank_by_stem.__getitem__, reverse=True)[:_MOST_LEAD])


def _find_credit(*passages: str) -> str:
    for passage in passages:
        # Most passages name no agency, and to look for words is four times as fast.
        if _AGENCY_STARTS.isdisjoint(_LETTERS.findall(passage.casefold())):
            continue
        if found := _CREDIT.search(passage):
            return _AGENCIES[next(name for name in found.groups() if name).casefold()]
    return ""


def measure_likeness(one: Sketch, two: Sketch) -> float:
    """Return how much speaks for two texts being copies; from `LIKENESS` on they are taken for such.

    It is the share of the shorter text that stands in the longer one, more where they have quotations or
    the agency in common.
    """
    (likeness,) = measure_likenesses({0: one, 1: two}, np.array([0]), np.array([1]))
    return float(likeness)


def measure_likenesses(
    sketches: Mapping[int, Sketch] | Sequence[Sketch], left: NDArray[Any], right: NDArray[Any]
) -> NDArray[np.float64]:
    """Return `measure_likeness` of many pairs; `left` and `right` are keys of `sketches`."""
    likenesses = np.empty(len(left))
    for at in range(0, len(left), 20_000):
        pairs = list(zip(left[at : at + 20_000].tolist(), right[at : at + 20_000].tolist(), strict=True))
        a = np.stack([sketches[one].minhash for one, _ in pairs])
        b = np.stack([sketches[two].minhash for _, two in pairs])
        resemblance = (a == b).mean(axis=1)
        sizes = np.array([(sketches[one].n_shingles, sketches[two].n_shingles) for one, two in pairs], float)
        # |A and B| = J |A or B| and |A or B| = |A| + |B| - |A and B|.
        shared = resemblance / (1 + resemblance) * sizes.sum(axis=1)
        contained = np.minimum(shared / np.maximum(sizes.min(axis=1), 1), 1.0)
        bonus = [_count_signs(sketches[one], sketches[two]) for one, two in pairs]
        likenesses[at : at + 20_000] = np.where(sizes.min(axis=1) > 0, contained + bonus, 0.0)
    return likenesses


def _count_signs(one: Sketch, two: Sketch) -> float:
    common = len(set(one.quotes) & set(two.quotes))
    quotes = common >= 2 and 2 * common >= min(len(one.quotes), len(two.quotes))
    return _QUOTES_COUNT * quotes + _CREDIT_COUNTS * bool(one.credit and one.credit == two.credit)


def list_bands(minhash: NDArray[np.uint32]) -> Hashes:
    """Return one number for each band of each sketch; two texts that share one are worth a comparison.

    Shape: (n, 128) uint32 → (n, 64) uint64; the number holds which band it is.
    """
    rows = minhash.astype(np.uint64).reshape(len(minhash), N_BANDS, BAND_ROWS)
    bands = rows[:, :, 0] << np.uint64(32) | rows[:, :, 1]
    return _mix(bands + np.arange(N_BANDS, dtype=np.uint64) * _MIX[0])
