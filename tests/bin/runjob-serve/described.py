"""described.py OPENAPI ANSWER...: is each answer one that the description allows?

An answer is a file: "METHOD PATH STATUS TYPE", and the body behind that line.
"""
import json
import re
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    document = json.load(file)

KINDS = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None), "integer": int}


def resolve(node):
    while "$ref" in node:
        at = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            at = at[part]
        node = at
    return node


def has_kind(value, name):
    return isinstance(value, KINDS[name]) and (name == "boolean" or not isinstance(value, bool))


def check(value, schema, where):
    schema = resolve(schema)
    for part in schema.get("allOf", []):
        check(value, part, where)
    kinds = schema.get("type")
    if kinds:
        kinds = kinds if isinstance(kinds, list) else [kinds]
        assert any(has_kind(value, kind) for kind in kinds), f"{where} is {value!r}, not {kinds}"
    if "enum" in schema:
        assert value in schema["enum"], f"{where} is {value!r}"
    if isinstance(value, str) and "pattern" in schema:
        assert re.search(schema["pattern"], value), f"{where} is {value!r}"
    if isinstance(value, list):
        for i, item in enumerate(value):
            check(item, schema.get("items", {}), f"{where}[{i}]")
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        for name in schema.get("required", []):
            assert name in value, f"{where} has no {name}"
        for name, member in value.items():
            assert name in properties or schema.get("additionalProperties", True), f"{where} has {name}"
            check(member, properties.get(name, {}), f"{where}.{name}")


def find(path):
    for template, item in document["paths"].items():
        if re.fullmatch(re.sub(r"\{[a-z]+\}", "[^/]+", template), path):
            return item
    return None


def judge(path):
    with open(path, "rb") as file:
        head, _, body = file.read().partition(b"\n")
    method, target, status, kind = (head.decode().split(" ") + [""])[:4]
    item = find(target.partition("?")[0])
    if item is None:
        assert status == "404", f"{target} is not described"
        item = document["paths"]["/jobs/{id}"]
    operation = item.get("get" if method == "HEAD" else method.lower())
    if operation is None:
        assert status in ("405", "404", "403"), f"{method} {target} is not described"
        operation = item.get("get") or item["post"]
    assert status in operation["responses"], f"{method} {target} is answered {status}"
    content = resolve(operation["responses"][status]).get("content", {})
    assert kind in content or (not content and not body), f"{method} {target} {status}: '{kind}'"
    schema = content.get(kind, {}).get("schema")
    if schema and method != "HEAD":
        check(json.loads(body), schema, f"{method} {target} {status}")


for answer in sys.argv[2:]:
    judge(answer)
