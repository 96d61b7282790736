/* What a step of the ledger says that it brings back: JSON that somebody may have changed by hand. */
#include "fuzz.h"

#include "ledger/held.h"

FUZZ(arena, text, length)
{
    Catalog catalog = {.server_version = 150000};
    static const char *const names[] = {"leads", "people"};
    for (size_t i = 0; i < 2; i++) {
        Relation *relation = LIST_ADD(arena, &catalog.relations);
        *relation = (Relation){.oid = (ObjectId)(i + 1), .schema = "public", .name = names[i], .kind = 'r'};
        *LIST_ADD(arena, &relation->columns) = (Column){.name = "id", .number = 1, .type_name = "bigint"};
        *LIST_ADD(arena, &relation->columns) = (Column){.name = "person", .number = 3, .type_name = "bigint"};
    }
    for (int again = 0; again < 2; again++) {
        Error error = {0};
        bool fine = held_restore(arena, text, &catalog, &error);
        HOLDS(fine == (error.kind == ERROR_NONE));
    }
    HOLDS(catalog.foreign_keys.count <= 1);
    FOR_EACH(const Relation, relation, catalog.relations)
        HOLDS(relation->indexes.count <= 1 && relation->triggers.count <= 1);
}
