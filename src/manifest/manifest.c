#include "manifest/manifest.h"

#include "base/file.h"
#include "base/text.h"
#include "manifest/connection.h"
#include "manifest/input.h"
#include "manifest/keys.h"
#include "manifest/mask.h"
#include "manifest/node.h"
#include "manifest/param.h"

#include <stdlib.h>
#include <string.h>

static const char manifest_file[] = "migration.yaml";

static const Node *manifest_parse(Arena *arena, Reader *reader)
{
    const char *folder = reader->folder;
    Mistakes *mistakes = reader->mistakes;
    const Place whole = {.file = manifest_file};
    const char *problem = !file_exists(folder)         ? "does not exist"
                          : !file_is_directory(folder) ? "is not a folder"
                                                       : NULL;
    if (problem) {
        mistake_add(mistakes, whole, "%s, the migration's folder, %s; -C names another", mask_quote(arena, folder),
                    problem);
        return NULL;
    }
    if (!file_exists(file_join(arena, folder, manifest_file))) {
        mistake_add(mistakes, whole, "there is no such file in %s; -C names the migration's folder",
                    mask_quote(arena, folder));
        return NULL;
    }
    const char *text = input_load(arena, folder, manifest_file, whole, &reader->files, mistakes);
    return text ? node_parse(arena, manifest_file, text, mistakes) : NULL;
}

/* In the order of the files. An SQL file that two entities use tells its mistakes once. */
static void manifest_order_mistakes(Mistakes *mistakes)
{
    size_t kept = 0;
    mistakes_sort(mistakes);
    FOR_EACH(Mistake, mistake, mistakes->list) {
        const Mistake *last = kept > 0 ? &mistakes->list.items[kept - 1] : NULL;
        const bool again = last && text_equal(last->place.file, mistake->place.file) &&
                           last->place.line == mistake->place.line && last->place.column == mistake->place.column &&
                           text_equal(last->message, mistake->message);
        if (!again)
            mistakes->list.items[kept++] = *mistake;
    }
    mistakes->list.count = kept;
}

/* The key that some SQL needs; it comes from the environment alone. */
static void manifest_read_key(Reader *reader, Manifest *manifest)
{
    if (!reader->keyed.file || reader->options->without_key)
        return;
    const char *key = getenv("REHOME_TOKEN_KEY");
    TokenKey *built = NEW(reader->arena, TokenKey);
    if (!key || key[0] == '\0')
        mistake_add(reader->mistakes, reader->keyed,
                    "this needs the key of rehome.token(), rehome.uuid() and rehome.nanoid(): set the environment variable "
                    "REHOME_TOKEN_KEY, and keep it as long as the tokens are to stay the same");
    else if (!token_key_build(key, built))
        mistake_add(reader->mistakes, reader->keyed, "REHOME_TOKEN_KEY has only %zu bytes; a key has at least %d", strlen(key),
                    TOKEN_KEY_SHORTEST);
    manifest->token_key = built;
}

Manifest *manifest_load(Arena *arena, const ManifestOptions *options, Mistakes *mistakes)
{
    const size_t before = mistakes->list.count;
    const char *folder = options->folder ? options->folder : ".";
    Reader reader = {.arena = arena, .mistakes = mistakes, .options = options, .folder = folder};
    Manifest *manifest = NEW(arena, Manifest);
    manifest->folder = folder;
    manifest->file = manifest_file;

    const Node *root = manifest_parse(arena, &reader);
    if (root && section_read(&reader, &section_migration, root, manifest)) {
        connection_complete(&reader, root->place, manifest);
        param_check_options(&reader, &manifest->params);
        manifest_read_key(&reader, manifest);
    }
    manifest->files = reader.files;
    const bool is_right = mistakes->list.count == before;
    manifest_order_mistakes(mistakes);
    return is_right ? manifest : NULL;
}
