/* A command of the program: one descriptor and one function per file command_*.c. commands.c lists them. */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/list.h"
#include "manifest/manifest.h"

#include <stdbool.h>
#include <stdio.h>

/* What stood on the command line, the same for all commands; each command's descriptor says which it takes. */
typedef struct Options {
    ManifestOptions manifest; /* -C, --source, --target, --param */
    StringList only;          /* --only a,b: names of entities */
    StringList words;         /* what is neither an option nor an option's value, after the command */
    const char *dump;         /* --dump FILE of `scratch start` */
    int jobs;                 /* --jobs N; 0: not given */
    int patience;             /* --patience SECONDS; 0: not given */
    StringList entities;       /* --entity NAME of `rejects` and `rollback` */
    const char *reason, *because, *format; /* of `rejects` */
    const char *output; /* of `rejects` and `report` */
    const char *to;           /* --to PHASE of `rollback` */
    int run;                  /* --run ID; 0: not given */
    bool yes, force, forget, from_backup, repair, changed, fast;
    int sample;               /* --sample N% of `plan --assess` and `verify`; 0: not given */
    int seed;                 /* --seed N; 0: not given */
    bool dry_run, json, all, watch, assess;
    bool quiet, verbose, no_color;
    bool help, version;
} Options;

/* One bit per option, for the descriptors. */
typedef enum OptionFlag {
    OPTION_MIGRATION = 1 << 0, /* -C --source --target --param */
    OPTION_ONLY = 1 << 1,
    OPTION_JOBS = 1 << 2,
    OPTION_DRY_RUN = 1 << 3,
    OPTION_JSON = 1 << 4,
    OPTION_ALL = 1 << 5,
    OPTION_DUMP = 1 << 6,
    OPTION_WORDS = 1 << 7,
    OPTION_WATCH = 1 << 8,
    OPTION_REJECTS = 1 << 9,  /* --entity --reason --because --format --output */
    OPTION_ROLLBACK = 1 << 10, /* --to --entity --run --from-backup --yes --force --forget */
    OPTION_VERIFY = 1 << 11,   /* --patience --repair --yes --dry-run */
    OPTION_REPORT = 1 << 12, /* --output --force */
    OPTION_ASSESS = 1 << 13,    /* --assess --sample --output --format */
    OPTION_GLANCE = 1 << 14 /* --changed --fast --sample --seed */
} OptionFlag;

typedef struct Command {
    const char *name;
    const char *usage;   /* after the name: "start [NAME] | stop NAME | list" */
    const char *summary; /* half a line, for `rehome help` */
    const char *help;    /* paragraphs, for `rehome help NAME` */
    unsigned options;    /* OptionFlag */
    /* Results go to `out` (stdout). True: exit 0; false: the error's kind says the exit status. */
    bool (*run)(Arena *arena, const Options *options, FILE *out, Error *error);
} Command;

extern const Command command_plan, command_run, command_verify, command_status, command_rejects, command_rollback, command_flag,
    command_refresh, command_report, command_scratch, command_demo, command_help;

/* All of them, in the order of `rehome help`; ends with NULL. */
extern const Command *const commands[];
/* NULL: there is none of that name. */
const Command *command_find(const char *name);
/* Says that there is none, and which one may have been meant. */
bool command_refuse(Arena *arena, const char *name, Error *error);
