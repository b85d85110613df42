"""The whole way of an article on one screen: read by the model, resolved, joined, scored.

Article ─▶ map_readings ─▶ resolve_readings ─▶ join_readings ─▶ settle_objects  ─▶ keep_likely ─▶ CodedArticle
           coders/small   resolvers/events    resolvers/deeds  resolvers/objects  coders/confidence

Everything here is a function of the article alone: neither the order of articles nor how many
come at once changes what is coded.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from whowhom.coders.confidence import keep_likely
from whowhom.coders.small import map_readings
from whowhom.coders.weights import Weights, load_weights
from whowhom.records import Article, CodedArticle, Reading, Skip
from whowhom.resolvers.deeds import join_readings
from whowhom.resolvers.denials import settle_denials
from whowhom.resolvers.events import resolve_readings
from whowhom.resolvers.objects import settle_objects
from whowhom.resolvers.speakers import settle_speakers


def code_articles(
    items: Iterable[Article | Skip], *, n_threads: int | None = None, weights: Weights | None = None
) -> Iterator[CodedArticle | Skip]:
    """Yield every article coded, in order; a Skip passes through in its place.

    Lazy: a few dozen articles are on their way at any time. An article that cannot be coded comes
    with `skipped` set and never ends the run.

    Raises:
        ModelError: The weights of the package are missing or damaged.
    """
    chosen = weights or load_weights()
    # What came before the model's next article, in order: skips, and None for the article itself.
    passed: deque[Skip | None] = deque()

    def articles() -> Iterator[Article]:
        for item in items:
            if isinstance(item, Skip):
                passed.append(item)
            else:
                passed.append(None)
                yield item

    def code(article: Article, readings: Sequence[Reading]) -> CodedArticle:
        return code_article(article, readings, chosen)

    for coded in map_readings(code, articles(), weights=chosen, n_threads=n_threads):
        while (skip := passed.popleft()) is not None:
            yield skip
        yield coded
    yield from (skip for skip in passed if skip is not None)


def code_article(article: Article, readings: Sequence[Reading], weights: Weights) -> CodedArticle:
    """Return an article with the events that stand behind the model's readings."""
    if not article.text.strip():
        return CodedArticle(article, (), Skip(article.id, "code", "the article has no text", article.origin))
    try:
        readings = settle_denials(article, settle_speakers(article, readings))
        events = resolve_readings(article, readings)
        joined = settle_objects(article, join_readings(article, readings, events, weights.settings))
        return CodedArticle(article, keep_likely(joined, weights.settings))
    except Exception as error:
        # The one place where a flaw of ours may meet a text nobody thought of: it costs this
        # article, with its reason kept, not the other ten million.
        reason = f"could not be coded: {type(error).__name__}: {error}"
        return CodedArticle(article, (), Skip(article.id, "code", reason, article.origin))
