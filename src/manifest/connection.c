#include "manifest/connection.h"

#include "base/file.h"
#include "base/text.h"
#include "manifest/mask.h"
#include "manifest/value.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char dump_prefix[] = "dump:";

/* What libpq takes for a connection string; a bare word would be a mistake there too, but a puzzling one. */
static bool connection_is_string(const char *text)
{
    return text_starts_with(text, "postgres://") || text_starts_with(text, "postgresql://") ||
           strchr(text, '=') != NULL;
}

/* The text is not shown: it may be anything that an environment variable holds. */
static void connection_add_malformed(Reader *reader, const char *side, const char *others, Place place)
{
    mistake_add(reader->mistakes, place,
                "the %s is not a connection string such as postgresql://host/db or `host=… dbname=…`%s", side, others);
}

/* What is wrong with the file as a dump; NULL when it may be one. A folder is a dump of pg_dump -Fd. */
static const char *connection_dump_problem(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return strerror(errno);
    if (access(path, R_OK) != 0)
        return strerror(errno);
    return S_ISREG(status.st_mode) && status.st_size == 0 ? "the file is empty" : NULL;
}

static void connection_set_dump(Reader *reader, const char *path, Place place, Manifest *manifest)
{
    manifest->source_dump = file_join(reader->arena, reader->folder, path);
    const char *problem = *path == '\0' ? "it has no file name" : connection_dump_problem(manifest->source_dump);
    if (problem)
        mistake_add(reader->mistakes, place, "the dump %s cannot be read: %s", mask_quote(reader->arena, path),
                    problem);
}

static void connection_set_source(Reader *reader, const char *text, Place place, Manifest *manifest)
{
    if (text_equal(text, "same"))
        mistake_add(reader->mistakes, place, "the source cannot be the same; for one database write `target: same`");
    else if (text_starts_with(text, dump_prefix))
        connection_set_dump(reader, text + strlen(dump_prefix), place, manifest);
    else if (!connection_is_string(text))
        connection_add_malformed(reader, "source", "; a dump is written { dump: FILE }", place);
    else
        manifest->source_url = text;
}

static void connection_set_target(Reader *reader, const char *text, Place place, Manifest *manifest)
{
    if (text_equal(text, "same"))
        manifest->same = true;
    else if (text_starts_with(text, dump_prefix))
        mistake_add(reader->mistakes, place, "the target cannot be a dump; it is a database");
    else if (!connection_is_string(text))
        connection_add_malformed(reader, "target", ", nor `same`", place);
    else
        manifest->target_url = text;
}

static void connection_read_written_source(Reader *reader, const Key *key, const Node *value, Manifest *manifest)
{
    const char *dump = NULL;
    if (value->kind == NODE_MAPPING) {
        if (section_read(reader, &section_dump, value, &dump) && dump)
            connection_set_dump(reader, dump, value->place, manifest);
        return;
    }
    const char *text = value_text(reader, key, value);
    if (text)
        connection_set_source(reader, text, value->place, manifest);
}

/* Where nobody asks the source, its mistakes wait until it is known whether it is the target, too. */
void connection_read_source(Reader *reader, const Key *key, const Node *value, void *field)
{
    Manifest *manifest = field;
    Mistakes *const mistakes = reader->mistakes;
    manifest->source_place = value->place;
    reader->source_mistakes.arena = reader->arena;
    if (reader->options->source)
        return;
    if (reader->options->without_source)
        reader->mistakes = &reader->source_mistakes;
    connection_read_written_source(reader, key, value, manifest);
    reader->mistakes = mistakes;
}

void connection_read_target(Reader *reader, const Key *key, const Node *value, void *field)
{
    Manifest *manifest = field;
    manifest->target_place = value->place;
    if (reader->options->target)
        return;
    if (value->kind == NODE_MAPPING) {
        mistake_add(reader->mistakes, value->place, "the target cannot be a dump; it is a database");
        return;
    }
    const char *text = value_text(reader, key, value);
    if (text)
        connection_set_target(reader, text, value->place, manifest);
}

static void connection_check_given(Reader *reader, Place root, const char *name, const Place *place)
{
    if (!place->file)
        mistake_add(reader->mistakes, root, "missing key \"%s\"; write it or give --%s", name, name);
}

void connection_complete(Reader *reader, Place root, Manifest *manifest)
{
    if (reader->options->source) {
        manifest->source_place = (Place){.file = "--source"};
        connection_set_source(reader, reader->options->source, manifest->source_place, manifest);
    }
    if (reader->options->target) {
        manifest->target_place = (Place){.file = "--target"};
        connection_set_target(reader, reader->options->target, manifest->target_place, manifest);
    }
    connection_check_given(reader, root, "source", &manifest->source_place);
    connection_check_given(reader, root, "target", &manifest->target_place);
    if (manifest->same)
        FOR_EACH(const Mistake, mistake, reader->source_mistakes.list)
            LIST_PUSH(reader->arena, &reader->mistakes->list, *mistake);
    if (manifest->same && manifest->source_dump)
        mistake_add(reader->mistakes, manifest->target_place,
                    "the target cannot be the same as a dump: what the dump is restored into is removed afterwards");
}
