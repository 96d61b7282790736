#include "cli/rejects_pages.h"

#include "base/file.h"
#include "base/text.h"

bool rejects_each_page(RejectPages pages, int64_t most, RejectsTakePage *take, void *self, int64_t *rows, Error *error)
{
    RejectList none = {0};
    int64_t limit = reject_next_limit(0, &none);
    for (bool more = true; more && *rows < most;) {
        AUTO(Arena) *arena = arena_new();
        RejectList rejects = {0};
        pages.filter.limit = limit < most - *rows ? limit : most - *rows;
        if (!reject_list(arena, pages.target, pages.migration, &pages.filter, &rejects, error))
            return false;
        if (rejects.count > 0) {
            take(self, &rejects, *rows == 0);
            pages.filter.after = rejects.items[rejects.count - 1].id;
        }
        *rows += (int64_t)rejects.count;
        more = (int64_t)rejects.count == pages.filter.limit;
        limit = reject_next_limit(limit, &rejects);
    }
    return true;
}

bool rejects_format(const Options *options, RejectsFormat *format, Error *error)
{
    const char *word = options->format ? options->format : options->json ? "json" : "csv";
    *format = text_equal(word, "json") ? REJECTS_JSON : REJECTS_CSV;
    return *format == REJECTS_JSON || text_equal(word, "csv") ||
           error_set(error, ERROR_INPUT, "--format is csv or json, not \"%s\"", word);
}

typedef struct Export {
    RejectsFormat format;
    FILE *out;
} Export;

static void export_page(void *self, const RejectList *page, bool first)
{
    const Export *export = self;
    rejects_export(export->format, page, first, export->out);
}

bool rejects_write(RejectPages pages, RejectsFormat format, FILE *out, int64_t *rows, Error *error)
{
    Export export = {format, out};
    rejects_export_begin(format, out);
    if (!rejects_each_page(pages, INT64_MAX, export_page, &export, rows, error))
        return false;
    rejects_export_end(format, out);
    return true;
}

bool rejects_write_file(RejectPages pages, RejectsFormat format, const char *path, int64_t *rows, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    char *beside = NULL;
    FILE *file = file_begin(arena, path, &beside, error);
    return file && file_end(file, beside, path, rejects_write(pages, format, file, rows, error), error);
}
