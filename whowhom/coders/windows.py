"""Cut an article into the windows of word pieces that the model reads.

A window holds some whole sentences to be read (its core) and, before them, the sentences that
lead up to them (its context), so that "he" and "the two sides" can be tied to whom they mean.
Every sentence stands in exactly one core. The title is the first sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from whowhom.coders.sentences import split_sentences
from whowhom.records import Article, Span, SpanOf

if TYPE_CHECKING:
    from tokenizers import Tokenizer

CORE_PIECES = 128
WINDOW_PIECES = 160
_CLS, _SEP = 101, 102
# Pieces of a sentence beyond this are cut off before they are held in memory all at once.
_CHUNK_CHARACTERS = 20_000
_SENTENCES_AT_ONCE = 256
# The tokenizer parts "U.S." into four words; spans would end within it.
_INITIALS = re.compile(r"\b(?:[A-Za-z]\.){2,}")
_HALF = re.compile("[\ud800-\udfff]")
_MAX_CONTEXT = 8

# Annotators mark "the signing of the accord" or "have been sent"; what tells the deed is "signing",
# "accord", "sent". A model trained on every marked word takes "the" for a trigger elsewhere.
_BARE = frozenset(
    "a an the this that these those some any all no of to in on at by for from with into over under up "
    "down out off about against between and or but nor as if than then so not it its he his him she her "
    "they their them we our us i my you your who whom whose which what when where while is are was were be "
    "been being am has have had having do does did will would shall should can could may might must there "
    "here more most also only just s t ve re ll d m first one two".split()
)


@dataclass(frozen=True, slots=True)
class Window:
    """One input of the model. Arrays have one row a word piece, the two special pieces included.

    Attributes:
        pieces: Vocabulary ids.
        features: 0 to 4 the case of the word, plus 5 in a title.
        core: Whether the piece is to be read here (1) or is context (0).
        first: Whether the piece begins a word.
        bare: Whether the word is one of grammar ("the", "will", "of") or a sign: never a trigger alone.
        sentence: Number of the sentence in the article, -1 for special pieces.
        start, end: Offsets of the piece in the title or the text.
        titled: Whether the offsets are the title's.
    """

    pieces: npt.NDArray[np.int64]
    features: npt.NDArray[np.int64]
    core: npt.NDArray[np.int64]
    first: npt.NDArray[np.bool_]
    bare: npt.NDArray[np.bool_]
    sentence: npt.NDArray[np.int32]
    start: npt.NDArray[np.int32]
    end: npt.NDArray[np.int32]
    titled: npt.NDArray[np.bool_]

    def span(self, article: Article, first: int, last: int) -> Span:
        """Return the words from piece `first` to piece `last`, both included."""
        of: SpanOf = "title" if self.titled[first] else "text"
        start, end = int(self.start[first]), int(self.end[last])
        whole = article.title if of == "title" else article.text
        return Span(whole[start:end], start, end, of)


@dataclass(slots=True)
class _Pieces:
    """The word pieces of one sentence, or of one part of a very long one."""

    number: int
    titled: bool
    ids: list[int]
    features: list[int]
    first: list[bool]
    bare: list[bool]
    start: list[int]
    end: list[int]


def cut_windows(article: Article, tokenizer: Tokenizer) -> Iterator[Window]:
    """Yield the windows of one article, in order.

    Lazy, so that a text of any length takes the memory of a few hundred sentences.
    """
    before: deque[_Pieces] = deque(maxlen=_MAX_CONTEXT)
    core: list[_Pieces] = []
    size = 0
    for sentence in _sentences(article, tokenizer):
        if core and size + len(sentence.ids) > CORE_PIECES:
            yield _window(_context(before, size), core)
            before.extend(core)
            core, size = [], 0
        core.append(sentence)
        size += len(sentence.ids)
    if core:
        yield _window(_context(before, size), core)


def _context(before: Sequence[_Pieces], size: int) -> list[_Pieces]:
    """Return the sentences just before a core of `size` pieces that still have room in its window."""
    room = WINDOW_PIECES - 2 - size
    chosen: list[_Pieces] = []
    for sentence in reversed(before):
        if len(sentence.ids) > room:
            break
        chosen.append(sentence)
        room -= len(sentence.ids)
    return chosen[::-1]


def _sentences(article: Article, tokenizer: Tokenizer) -> Iterator[_Pieces]:
    spans: list[tuple[int, int, bool]] = []
    if article.title.strip():
        spans.append((0, min(len(article.title), _CHUNK_CHARACTERS), True))
    for start, end in split_sentences(article.text):
        spans.extend(
            (at, min(end, at + _CHUNK_CHARACTERS), False) for at in range(start, end, _CHUNK_CHARACTERS)
        )
    for at in range(0, len(spans), _SENTENCES_AT_ONCE):
        yield from _encode(article, spans[at : at + _SENTENCES_AT_ONCE], at, tokenizer)


def _encode(
    article: Article, spans: Sequence[tuple[int, int, bool]], number: int, tokenizer: Tokenizer
) -> Iterator[_Pieces]:
    quotes = [(article.title if titled else article.text)[start:end] for start, end, titled in spans]
    # Half of a surrogate pair is no character to the tokenizer; a stand-in keeps the offsets.
    encodings = tokenizer.encode_batch(
        [_HALF.sub("\ufffd", quote) for quote in quotes], add_special_tokens=False
    )
    for (offset, _, titled), quote, encoding in zip(spans, quotes, encodings, strict=True):
        ids, offsets, words = encoding.ids, encoding.offsets, encoding.word_ids
        firsts = [not number or word != words[number - 1] for number, word in enumerate(words)]
        for initials in _INITIALS.finditer(quote):
            for piece in range(bisect_left(offsets, (initials.start(), 0)) + 1, len(offsets)):
                if offsets[piece][0] >= initials.end():
                    break
                firsts[piece] = False
        features = [_case(quote[a:b]) + 5 * titled for a, b in offsets]
        bare = [piece in _BARE or not piece[-1:].isalnum() for piece in encoding.tokens]
        for part in range(0, len(ids), CORE_PIECES):
            cut = slice(part, part + CORE_PIECES)
            yield _Pieces(
                number=number,
                titled=titled,
                ids=ids[cut],
                features=features[cut],
                first=firsts[cut],
                bare=bare[cut],
                start=[a + offset for a, _ in offsets[cut]],
                end=[b + offset for _, b in offsets[cut]],
            )
        number += 1


def _case(quote: str) -> int:
    """0 lower case, 1 first letter upper, 2 all upper, 3 mixed, 4 no letters."""
    if quote.islower():
        return 0
    if quote.isupper():
        return 2 if len(quote) > 1 else 1
    if quote[:1].isupper() and quote[1:].islower():
        return 1
    return 3 if any(character.isalpha() for character in quote) else 4


def _window(context: Sequence[_Pieces], core: Sequence[_Pieces]) -> Window:
    parts = [*context, *core]
    n_context = sum(len(part.ids) for part in context)
    n_core = sum(len(part.ids) for part in core)

    def join(name: str, special: int) -> list[int]:
        return [special, *(value for part in parts for value in getattr(part, name)), special]

    pieces = join("ids", _SEP)
    pieces[0] = _CLS
    return Window(
        pieces=np.array(pieces, np.int64),
        features=np.array(join("features", 4), np.int64),
        core=np.array([0] * (1 + n_context) + [1] * n_core + [0], np.int64),
        first=np.array(join("first", 0), np.bool_),
        bare=np.array(join("bare", 1), np.bool_),
        sentence=np.array([-1, *(part.number for part in parts for _ in part.ids), -1], np.int32),
        start=np.array(join("start", 0), np.int32),
        end=np.array(join("end", 0), np.int32),
        titled=np.array([False, *(part.titled for part in parts for _ in part.ids), False], np.bool_),
    )
