"""The table of incidents as a file: CSV, JSONL, Parquet and GeoJSON."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from starlette.responses import Response

from whowhom.exporters.relations import WRITERS, Writer
from whowhom.exporters.tables import Column
from whowhom.web.columns import COLUMN_BY_NAME

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]

_POINT = ("latitude", "longitude", "precision")


def list_columns(format: str, shown: Sequence[str]) -> list[str]:
    """Return the columns of a file: the id, so that every row can be found again, then those shown."""
    also = _POINT if format == "geojson" else ()
    return list(dict.fromkeys(("incident_id", *shown, *also)))


def respond(table: pa.Table, format: str) -> Response:
    """Return a table of incidents as a file to be kept."""
    stream = io.BytesIO()
    write, media_type = FORMATS[format]
    shown = [COLUMN_BY_NAME[name] for name in table.column_names]
    write(table, stream, [Column(one.name, one.type, one.meaning) for one in shown])
    return Response(
        stream.getvalue(),
        media_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="incidents.{format}"'},
    )


def write_geojson(table: pa.Table, stream: BinaryIO, columns: Sequence[Column] = ()) -> None:
    """Write a FeatureCollection (RFC 7946), one feature an incident.

    Of what is placed in a state or a region only, or not at all, there is no point: the middle of a
    state is not where it was. `place_name`, `place_country` and `precision` tell what is known.
    """
    features = [_make_feature(row) for row in table.to_pylist()]
    collection = {"type": "FeatureCollection", "features": features}
    stream.write(json.dumps(collection, ensure_ascii=False, default=str).encode())


def _make_feature(row: dict[str, Any]) -> dict[str, Any]:
    latitude, longitude = row.pop("latitude"), row.pop("longitude")
    is_point = row["precision"] in ("exact", "near") and latitude is not None and longitude is not None
    geometry = {"type": "Point", "coordinates": [longitude, latitude]} if is_point else None
    return {"type": "Feature", "id": row["incident_id"], "geometry": geometry, "properties": row}


FORMATS: dict[str, tuple[Writer, str]] = {
    "csv": (WRITERS["csv"], "text/csv; charset=utf-8"),
    "jsonl": (WRITERS["jsonl"], "application/x-ndjson"),
    "parquet": (WRITERS["parquet"], "application/vnd.apache.parquet"),
    "geojson": (write_geojson, "application/geo+json"),
}
