/* A whole migration's folder: migration.yaml, after `===` sql/a.sql, after another values of parameters, one a line. */
#include "fuzz.h"

#include "base/text.h"
#include "manifest/items.h"
#include "manifest/manifest.h"

#include <sys/stat.h>
#include <unistd.h>

static char folder[256];
static const char *const files[] = {"migration.yaml", "sql/a.sql"};

static void remove_folder(void)
{
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < 2; i++)
        remove(arena_printf(arena, "%s/%s", folder, files[i]));
    rmdir(arena_printf(arena, "%s/sql", folder));
    rmdir(folder);
}

static void make_folder(Arena *arena)
{
    if (*folder)
        return;
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/rehome-fuzz-XXXXXX", base ? base : "/tmp");
    HOLDS(mkdtemp(folder));
    mkdir(arena_printf(arena, "%s/sql", folder), 0700);
    atexit(remove_folder);
}

static void write_file(Arena *arena, const char *name, const char *text)
{
    const char *path = arena_printf(arena, "%s/%s", folder, name);
    remove(path); /* emptying it would wait for the disk */
    FILE *file = fopen(path, "wb");
    HOLDS(file && fputs(text ? text : "SELECT 1\n", file) >= 0 && fclose(file) == 0);
}

/* The items of every list: two rows whose values nobody would choose. */
static void fill_lists(Arena *arena, const Manifest *manifest, Mistakes *mistakes)
{
    static const char *names[] = {"table_name", "id"};
    static const char *const rows[][2] = {{"leads", NULL}, {"It's \"x\"", "{\n"}};
    ItemRowsList lists = {0};
    FOR_EACH(const Entity, entity, manifest->entities) {
        if (!entity->for_each.text)
            continue;
        ItemRows list = {.entity = entity, .columns = {.items = names, .count = 2}};
        for (size_t i = 0; i < 2; i++)
            LIST_PUSH(arena, &list.rows, rows[i]);
        LIST_PUSH(arena, &lists, list);
    }
    const Manifest *filled = items_fill(arena, manifest, &lists, mistakes);
    HOLDS((filled == NULL) == (mistakes->list.count > 0));
}

FUZZ(arena, text, length)
{
    make_folder(arena);
    const char *yaml = fuzz_part(&text), *sql = fuzz_part(&text), *params = fuzz_part(&text);
    write_file(arena, files[0], yaml);
    write_file(arena, files[1], sql);
    ManifestOptions options = {.folder = folder, .without_key = true};
    if (params)
        options.params = fuzz_lines(arena, params);
    for (size_t i = 0; i < options.params.count; i++)
        if (!strchr(options.params.items[i], '=')) /* the command line has seen to that */
            return;
    Mistakes mistakes = {.arena = arena};
    const Manifest *manifest = manifest_load(arena, &options, &mistakes);
    HOLDS((manifest == NULL) == (mistakes.list.count > 0));
    FOR_EACH(const Mistake, mistake, mistakes.list)
        HOLDS(mistake->place.file && mistake->place.line >= 0 && *mistake->message && *mistake_print(arena, mistake));
    if (manifest && manifest_has_lists(manifest))
        fill_lists(arena, manifest, &mistakes);
}
