"""The table of incidents as a file: CSV, JSONL, Parquet and GeoJSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from whowhom.exporters.tables import to_cell
from whowhom.web.columns import COLUMN_BY_NAME

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]

_POINT = ("latitude", "longitude", "precision")


def list_columns(format: str, shown: Sequence[str]) -> list[str]:
    """Return the columns of a file: the id, so that every row can be found again, then those shown."""
    also = _POINT if format == "geojson" else ()
    return list(dict.fromkeys(("id", *shown, *also)))


def respond(table: pa.Table, format: str) -> Response:
    """Return a table of incidents as a file to be kept."""
    write, media_type = FORMATS[format]
    return Response(
        write(table),
        media_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="incidents.{format}"'},
    )


def write_csv(table: pa.Table) -> bytes:
    """Return UTF-8 with commas; lists are joined by semicolons, and no cell is taken for a formula."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(table.column_names)
    writer.writerows([to_cell(value) for value in row.values()] for row in table.to_pylist())
    return stream.getvalue().encode()


def write_jsonl(table: pa.Table) -> bytes:
    """Return one object a line."""
    lines = (json.dumps(row, ensure_ascii=False, default=str) for row in table.to_pylist())
    return "".join(f"{line}\n" for line in lines).encode()


def write_parquet(table: pa.Table) -> bytes:
    """Return Parquet with the meaning of each column."""
    import pyarrow as pa
    from pyarrow import parquet

    fields = [
        field.with_metadata({"description": COLUMN_BY_NAME[field.name].meaning}) for field in table.schema
    ]
    stream = io.BytesIO()
    parquet.write_table(table.cast(pa.schema(fields)), stream, compression="zstd")
    return stream.getvalue()


def write_geojson(table: pa.Table) -> bytes:
    """Return a FeatureCollection (RFC 7946), one feature an incident.

    Of what is placed in a state or a region only, or not at all, there is no point: the middle of a
    state is not where it was. `place`, `place_country` and `precision` tell what is known.
    """
    features = [_make_feature(row) for row in table.to_pylist()]
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, default=str).encode()


def _make_feature(row: dict[str, Any]) -> dict[str, Any]:
    latitude, longitude = row.pop("latitude"), row.pop("longitude")
    is_point = row["precision"] in ("exact", "near") and latitude is not None and longitude is not None
    geometry = {"type": "Point", "coordinates": [longitude, latitude]} if is_point else None
    return {"type": "Feature", "id": row["id"], "geometry": geometry, "properties": row}


FORMATS: dict[str, tuple[Callable[[Any], bytes], str]] = {
    "csv": (write_csv, "text/csv; charset=utf-8"),
    "jsonl": (write_jsonl, "application/x-ndjson"),
    "parquet": (write_parquet, "application/vnd.apache.parquet"),
    "geojson": (write_geojson, "application/geo+json"),
}
