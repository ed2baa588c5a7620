"""The OpenAPI document explains itself: every operation, parameter and answer, with examples that are valid."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import pytest
from cryptography.fernet import Fernet
from jsonschema_rs import Draft202012Validator

from api.app import create_app
from runtime.settings import Settings

FREE = {"AuditEntry.metadata", "CandidateAnswer.profile", "WholeOffer.details"}
"""Objects that are what they are: no model says what they hold."""

UNTOLD = {status.phrase for status in HTTPStatus} | {"Successful Response", "Validation Error", "Additional Response"}
"""What FastAPI says of an answer that nobody described."""

Json = Mapping[str, Any]


@pytest.fixture(scope="module")
def document() -> Json:
    settings = Settings(
        _env_file=None,
        database_url="postgresql+psycopg://user:password@localhost/talentflow",
        jwt_secret="x" * 40,
        secrets_key=Fernet.generate_key().decode(),
    )
    described: Json = create_app(settings).openapi()
    return described


def operations(document: Json) -> Iterator[tuple[str, Json]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def contents(document: Json) -> Iterator[tuple[str, Json]]:
    """Every body that is asked for or answered, by operation and status, but for streams, which have no schema."""
    for name, operation in operations(document):
        for media, content in operation.get("requestBody", {}).get("content", {}).items():
            yield f"{name} body {media}", content
        for status, answer in operation["responses"].items():
            for media, content in answer.get("content", {}).items():
                if media != "text/event-stream":
                    yield f"{name} {status} {media}", content


def schemas(part: Any, where: str) -> Iterator[tuple[str, Json]]:
    """Every schema within a part of the document, those of properties and list items by their place."""
    if isinstance(part, dict):
        yield where, part
        for name, held in part.get("properties", {}).items():
            yield from schemas(held, f"{where}.{name}")
        for word in ("anyOf", "oneOf", "allOf"):
            for held in part.get(word, []):
                yield from schemas(held, where)
        for word in ("items", "additionalProperties"):
            yield from schemas(part.get(word), where)


def named(document: Json, schema: Json) -> Json:
    """The schema that a reference names, or the schema itself."""
    found: Json = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]] if "$ref" in schema else schema
    return found


def closed(document: Json) -> Json:
    """The components as schemas that refuse keys they do not name, so that examples have none of their own."""

    def close(part: Any) -> Any:
        if isinstance(part, dict):
            kept = {name: close(value) for name, value in part.items() if name != "examples"}
            return {"additionalProperties": False, **kept} if "properties" in part else kept
        return [close(item) for item in part] if isinstance(part, list) else part

    components: Json = close(document["components"])
    return components


def is_shown(document: Json, schema: Json) -> bool:
    """Whether a reader is shown an example of what the schema describes."""
    found = named(document, schema)
    if "examples" in found or found.get("type") not in (None, "object", "array"):
        return True
    if "anyOf" in found:
        return all(is_shown(document, choice) for choice in found["anyOf"])
    held = found.get("items") or found.get("properties", {}).get("items", {}).get("items")
    return held is not None and is_shown(document, held)


def test_every_operation_is_explained(document: Json) -> None:
    for name, operation in operations(document):
        assert operation["summary"] != operation["operationId"].replace("_", " ").title(), name
        assert len(operation["description"]) > 20, name
        for status, answer in operation["responses"].items():
            assert answer["description"] not in UNTOLD, (name, status)
        for parameter in operation.get("parameters", []):
            assert parameter.get("description"), (name, parameter["name"])
    told = {tag["name"] for tag in document["tags"] if tag["description"]}
    assert {tag for _, operation in operations(document) for tag in operation["tags"]} == told


def test_names_serve_generated_clients(document: Json) -> None:
    ids = [operation["operationId"] for _, operation in operations(document)]
    assert len(ids) == len(set(ids)) > 60
    assert not [name for name in document["components"]["schemas"] if "__" in name]


def test_every_body_has_a_type(document: Json) -> None:
    bodies = [(name, content["schema"]) for name, content in contents(document)]
    described = [found for name, schema in bodies for found in schemas(schema, name)]
    for name, schema in document["components"]["schemas"].items():
        described += schemas(schema, name)
    for where, schema in described:
        typed = schema.keys() & {"$ref", "type", "anyOf", "const", "enum"}
        free = schema.get("type") == "object" and not schema.keys() & {"properties"}
        free = free and not isinstance(schema.get("additionalProperties"), dict)
        assert (typed and not free) or where in FREE, where


def test_every_json_body_has_an_example(document: Json) -> None:
    for name, content in contents(document):
        if name.endswith("application/json"):
            assert "example" in content or is_shown(document, content["schema"]), name


def test_every_example_is_valid(document: Json) -> None:
    components = closed(document)
    found = 0
    parts = [(name, content["schema"]) for name, content in contents(document)]
    parts += [(f"{name} {p['name']}", p["schema"]) for name, o in operations(document) for p in o.get("parameters", [])]
    given = [
        (name, content["schema"], [content["example"]]) for name, content in contents(document) if "example" in content
    ]
    for name, schema in [*parts, *document["components"]["schemas"].items()]:
        given += [(where, part, part["examples"]) for where, part in schemas(schema, name) if "examples" in part]
    for where, schema, examples in given:
        reference = {"$ref": f"#/components/schemas/{where}"} if where in components["schemas"] else schema
        validator = Draft202012Validator({**reference, "components": components})
        for example in examples:
            errors = [error.message for error in validator.iter_errors(example)]
            assert not errors, (where, errors)
            found += 1
    assert found > 60
