#include "base/file.h"
#include "cli/command.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Where it is, seen from the executable's folder: installed, or built in a checkout. */
static const char *const places[] = {"../share/rehome/laiki/demo", "../examples/laiki/demo"};

/* NULL: there is none. */
static const char *demo_script(Arena *arena)
{
    char self[4096];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length <= 0)
        return NULL;
    self[length] = '\0';
    const char *folder = arena_strndup(arena, self, (size_t)(strrchr(self, '/') - self));
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *script = file_join(arena, folder, places[i]);
        if (file_exists(script))
            return script;
    }
    return NULL;
}

static bool demo_run(Arena *arena, const Options *options, FILE *out, Error *error)
{
    (void)options;
    const char *script = demo_script(arena);
    if (!script) {
        fputs("The demo migrates a company out of a legacy CRM, in private PostgreSQL servers on this machine that it removes "
              "afterwards.\n"
              "It is not installed here. In a checkout of rehome, run\n\n    make demo\n",
              out);
        return true;
    }
    char *const arguments[] = {arena_strdup(arena, script), NULL};
    fflush(out);
    execv(script, arguments);
    return error_set(error, ERROR_SYSTEM, "cannot run %s: %s", script, strerror(errno));
}

const Command command_demo = {
    .name = "demo",
    .summary = "a whole migration on this machine, from start to end",
    .help = "Runs examples/laiki as it was installed with rehome, or as it stands in the checkout: private PostgreSQL "
            "servers, a legacy\n"
            "CRM of generated rows, a migration from start to end, and nothing left over afterwards. From the environment: "
            "ROWS (300000);\n"
            "KEEP=1 leaves the servers to look around in.",
    .run = demo_run,
};
