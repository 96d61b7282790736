/* The folder that holds all scratch servers, and who may do what in it.
 *
 *     HOME/NAME/           ours: rehome.conf, the marks of a restore, its messages
 *     HOME/NAME/server/    the server's, mode 0700: data, log, socket
 *     HOME/NAME.lock       held by whoever starts, fills or removes NAME */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "scratch/folder.h"

#include <stdbool.h>
#include <sys/types.h>

typedef struct Home {
    const char *folder;
    uid_t user; /* the server runs as; 0: as we are */
    gid_t group;
    const char *user_name;
} Home;

/* Makes the folder, and refuses one that somebody else could tamper with. */
bool home_open(Arena *arena, Home *home, Error *error);
/* Without making anything: for looking. */
bool home_find(Arena *arena, Home *home, Error *error);
/* $XDG_STATE_HOME/rehome/NAME, else ~/.local/state/rehome/NAME; NULL: nobody's home is known. */
char *home_state_folder(Arena *arena, const char *name);
/* [a-z0-9_-]+, at most 63 characters */
bool home_is_name(const char *name);
bool home_check_name(const char *name, Error *error);
/* Waits until nobody else starts, fills or removes that server; closing gives it back. False also when a stop was asked
 * for. */
bool home_lock(Arena *arena, const Home *home, const char *name, Descriptor *lock, Error *error);
/* Removes the lock's file too; to be called by its holder when the server is gone. */
void home_forget_lock(Arena *arena, const Home *home, const char *name);
/* Gives a file or folder to the user that the server runs as. */
bool home_give(const Home *home, const char *path, Error *error);
