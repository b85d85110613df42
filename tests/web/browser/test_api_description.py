"""The API does what its own description says, whatever it is asked."""

import pytest
from hypothesis import HealthCheck, given, settings


def test_api_answers_as_described(desk):
    """Requests that the description allows: no error of the server, and only answers that it describes."""
    schemathesis = pytest.importorskip("schemathesis", reason="pip install '.[browser]' brings schemathesis")
    from schemathesis.specs.openapi import checks

    described = [
        schemathesis.checks.not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_schema_conformance,
    ]
    schema = schemathesis.openapi.from_url(f"{desk}/api/openapi.json")
    operations = [operation.ok() for operation in schema.get_all_operations()]
    assert operations
    for operation in operations:

        @settings(
            max_examples=15,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case):
            case.call_and_validate(checks=described)

        ask()
