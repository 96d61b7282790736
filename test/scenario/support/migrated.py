"""A migration of many tables, run once for many tests."""

import dataclasses
import json
import os
import pathlib

from support.program import Program
from support.server import query

ROOT = pathlib.Path(__file__).resolve().parents[3]


@dataclasses.dataclass
class Migrated:
    """The two databases, what run, status and verify gave, and how the run verified each entity."""

    source: str
    target: str
    run: object
    status: object
    methods: dict
    verified: object

    def entity(self, ended, name):
        return next(one for one in ended.json["entities"] if one["name"] == name)

    def rows(self, select):
        return query(self.target, select)


def program(folder):
    return Program(os.environ.get("REHOME_BINARY", ROOT / "build-test" / "rehome"), folder)


def migrate_all(source, target, entities, folder):
    """Runs a migration of these entities; nothing is asserted."""
    manifest = {"rehome": 1, "name": "all", "source": source, "target": "same" if source == target else target, "entities": entities}
    (folder / "migration.yaml").write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    rehome = program(folder)
    run, status = rehome("run", cwd=folder), rehome("status", "--json", cwd=folder)
    methods = dict(query(target, "SELECT entity, method FROM rehome.verification"))
    return Migrated(source, target, run, status, methods, rehome("verify", "--json", cwd=folder))
