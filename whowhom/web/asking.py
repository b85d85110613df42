"""What pages on ties, pledges, networks and the map may be asked, beside the filters of incidents.

Each question is a class with the list of its names; reading and writing query strings, the chips of what
is chosen and the API's description follow from it. The words are those of the command line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar, Self, get_args

from whowhom.networks import MEASURES, ActorsBy
from whowhom.pledge_rules import KINDS as PLEDGE_KINDS
from whowhom.pledge_states import STATES
from whowhom.tie_rules import load_kinds
from whowhom.web.filters import (
    PARAMETER_BY_NAME,
    ROWS,
    ConflictingFiltersError,
    Parameter,
    check_days,
    read_values,
    write_query,
)
from whowhom.web.pictures.world import View

_SIDE = 'Code of a state ("RUS"), EUR, UNO, or a part of a name.'
_AS_OF = Parameter("as_of", "as_of", "day", "As things stood on this day, YYYY-MM-DD.")
_KNOWN = Parameter("known", "known", "day", "As the reports published by this day tell it, YYYY-MM-DD.")
_PAGE = (PARAMETER_BY_NAME["limit"], PARAMETER_BY_NAME["offset"])
_VIEW = ("limit", "offset", "sort", "order")


class Question:
    """What one page is asked; a frozen dataclass whose fields are the attributes of its `PARAMETERS`."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]]

    @classmethod
    def read(
        cls,
        pairs: Iterable[tuple[str, str]],
        *,
        also: Sequence[str] = (),
        is_form: bool = True,
        **defaults: Any,
    ) -> Self:
        """Return the question of a query string.

        Raises:
            BadFilterError: An unknown name, or a value that it cannot have.
        """
        known = {parameter.name: parameter for parameter in cls.PARAMETERS}
        question = cls(**(defaults | read_values(pairs, known, also=also, is_form=is_form)))
        question.check()
        return question

    def check(self) -> None:
        """Check that what is asked can be asked at once.

        Raises:
            ConflictingFiltersError: It cannot.
        """

    def write(self, **changes: Any) -> str:
        """Return the query string of the question with some attributes changed; "" for none."""
        return write_query(self.PARAMETERS, replace(self, **changes), type(self)())  # type: ignore[type-var]

    def without_page(self) -> Self:
        """Return what is asked, on whichever page and in whatever order."""
        view = {name: getattr(type(self)(), name) for name in _VIEW if hasattr(self, name)}
        return replace(self, **view)  # type: ignore[type-var]

    def list_chosen(self) -> list[tuple[Parameter, str, str]]:
        """Return each condition with its value and the query string without it."""
        chosen: list[tuple[Parameter, str, str]] = []
        default = type(self)()
        for parameter in self.PARAMETERS:
            name = parameter.attribute
            value, usual = getattr(self, name), getattr(default, name)
            if name in _VIEW or value == usual:
                continue
            start = {"offset": 0} if hasattr(self, "offset") else {}
            if isinstance(value, tuple):
                for one in value:
                    fewer = tuple(other for other in value if other != one)
                    chosen.append((parameter, one, self.write(**{name: fewer}, **start)))
            else:
                chosen.append((parameter, str(value), self.write(**{name: usual}, **start)))
        return chosen


@dataclass(frozen=True)
class Clock(Question):
    """As of which day things stand, and by what was known on which; None for the last day there is."""

    PARAMETERS: ClassVar = (_AS_OF, _KNOWN)

    as_of: date | None = None
    known: date | None = None


@dataclass(frozen=True)
class TieQuestion(Question):
    """Which ties are asked for. `first` and `last` are of the day on which the two were last heard of."""

    PARAMETERS: ClassVar = (
        Parameter("actor", "actor", "text", f"One side. {_SIDE}"),
        Parameter("between", "between", "texts", f"Both sides, given twice; or one. {_SIDE}", most_values=2),
        Parameter("kind", "kind", "codes", "Kind of tie.", tuple(load_kinds())),
        Parameter("since", "first", "day", "Sides last heard of on this day or later, YYYY-MM-DD."),
        Parameter("until", "last", "day", "Sides last heard of on this day or earlier, YYYY-MM-DD."),
        _AS_OF,
        _KNOWN,
        *_PAGE,
    )

    actor: str = ""
    between: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    as_of: date | None = None
    known: date | None = None
    limit: int = ROWS
    offset: int = 0

    def check(self) -> None:
        check_days(self.first, self.last)
        if self.actor and self.between:
            raise ConflictingFiltersError("Give actor for one side, or between twice for both.")


@dataclass(frozen=True)
class PledgeQuestion(Question):
    """Which promises, threats and demands are asked for."""

    PARAMETERS: ClassVar = (
        Parameter("by", "by", "text", f"Who promises, threatens or demands. {_SIDE}"),
        Parameter("to", "to", "text", f"To whom. {_SIDE}"),
        Parameter("kind", "kind", "codes", "Kind of pledge.", PLEDGE_KINDS),
        Parameter("state", "state", "codes", "What became of it.", STATES),
        Parameter("since", "first", "day", "Made on this day or later, YYYY-MM-DD."),
        Parameter("until", "last", "day", "Made on this day or earlier, YYYY-MM-DD."),
        _AS_OF,
        _KNOWN,
        *_PAGE,
    )

    by: str = ""
    to: str = ""
    kind: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    as_of: date | None = None
    known: date | None = None
    limit: int = ROWS
    offset: int = 0

    def check(self) -> None:
        check_days(self.first, self.last)


@dataclass(frozen=True)
class NetworkQuestion(Question):
    """Which network is asked for, and how its table is sorted."""

    PARAMETERS: ClassVar = (
        PARAMETER_BY_NAME["from"],
        PARAMETER_BY_NAME["to"],
        PARAMETER_BY_NAME["type"],
        PARAMETER_BY_NAME["quad"],
        PARAMETER_BY_NAME["certainty"],
        PARAMETER_BY_NAME["min_independent"],
        Parameter("min_incidents", "min_incidents", "whole", "So many incidents between two at least.",
                  most=1_000_000),
        Parameter("around", "around", "text", "Only this actor, those it has an incident with, and what is "
                  "between them: a code, or the whole name of an organisation."),
        Parameter("by", "by", "text", "Whether bodies with a name stand beside the states, or with them.",
                  get_args(ActorsBy)),
        Parameter("sort", "sort", "text", "Measure to sort actors by.", tuple(one.name for one in MEASURES)),
        PARAMETER_BY_NAME["order"],
        *_PAGE,
    )  # fmt: skip

    first: date | None = None
    last: date | None = None
    type: tuple[str, ...] = ()
    quad: tuple[str, ...] = ()
    certainty: tuple[str, ...] = ()
    min_independent: int = 0
    min_incidents: int = 0
    around: str = ""
    by: ActorsBy = "country"
    sort: str = "n_incidents"
    order: str = "desc"
    limit: int = ROWS
    offset: int = 0

    def check(self) -> None:
        check_days(self.first, self.last)

    def sort_by(self, measure: str) -> str:
        """Return the query string that sorts by a measure, or turns the direction where it does already."""
        order = "asc" if measure in ("code", "name") else "desc"
        if self.sort == measure:
            order = "asc" if self.order == "desc" else "desc"
        return self.write(sort=measure, order=order, offset=0)


@dataclass(frozen=True)
class CorrectionQuestion(Question):
    """Whose decisions are asked for; everybody's where nobody is named."""

    PARAMETERS: ClassVar = (Parameter("by", "by", "text", "Who decided.", longest=500),)

    by: str = ""


@dataclass(frozen=True)
class ViewQuestion(Question):
    """Which part of the world is looked at."""

    PARAMETERS: ClassVar = (
        Parameter("zoom", "zoom", "whole", "So many times nearer than the whole world.", least=1, most=64),
        Parameter("longitude", "longitude", "real", "Middle of the map.", least=-180, most=180),
        Parameter("latitude", "latitude", "real", "Middle of the map.", least=-90, most=90),
    )

    zoom: int = int(View().zoom)
    longitude: float = View().longitude
    latitude: float = View().latitude

    @property
    def view(self) -> View:
        """The same, for the picture."""
        return View(self.zoom, self.longitude, self.latitude)
