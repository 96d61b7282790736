#include "scratch/home.h"

#include "base/clock.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LONGEST_NAME = 63 };

static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static const char *absolute(Arena *arena, const char *path)
{
    char here[PATH_MAX];
    return *path == '/' || !getcwd(here, sizeof here) ? path : file_join(arena, here, path);
}

char *home_state_folder(Arena *arena, const char *name)
{
    const char *state = environment("XDG_STATE_HOME");
    if (state)
        return arena_printf(arena, "%s/rehome/%s", state, name);
    const struct passwd *self = getpwuid(geteuid());
    const char *own = environment("HOME") ? environment("HOME") : self ? self->pw_dir : NULL;
    return own ? arena_printf(arena, "%s/.local/state/rehome/%s", own, name) : NULL;
}

static const char *chosen_folder(Arena *arena)
{
    const char *chosen = environment("REHOME_SCRATCH");
    if (chosen)
        return absolute(arena, chosen);
    if (geteuid() == 0)
        return "/var/tmp/rehome-scratch";
    return home_state_folder(arena, "scratch");
}

/* PostgreSQL refuses to run as root. */
static bool choose_user(Arena *arena, Home *home, Error *error)
{
    if (geteuid() != 0)
        return true;
    const struct passwd *user = getpwnam("postgres");
    if (!user)
        user = getpwnam("nobody");
    if (!user) {
        error_set(error, ERROR_SYSTEM, "PostgreSQL refuses to run as root, and there is no user postgres or nobody");
        return error_hint(error, "Run rehome as an ordinary user, or make a user postgres.");
    }
    home->user = user->pw_uid;
    home->group = user->pw_gid;
    home->user_name = arena_strdup(arena, user->pw_name);
    return true;
}

bool home_find(Arena *arena, Home *home, Error *error)
{
    *home = (Home){.folder = chosen_folder(arena)};
    if (!home->folder)
        return error_set(error, ERROR_INPUT, "there is no home folder for scratch servers: set REHOME_SCRATCH");
    return choose_user(arena, home, error);
}

static bool is_ours_alone(const Home *home, Error *error)
{
    struct stat status;
    if (lstat(home->folder, &status) != 0)
        return error_set(error, ERROR_SYSTEM, "cannot look at %s: %s", home->folder, strerror(errno));
    if (S_ISDIR(status.st_mode) && status.st_uid == geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0)
        return true;
    error_set(error, ERROR_INPUT, "the folder of scratch servers, %s, is not ours alone", home->folder);
    return error_hint(error, "Set REHOME_SCRATCH to a folder that you own and nobody else may write to.");
}

bool home_open(Arena *arena, Home *home, Error *error)
{
    return home_find(arena, home, error) && folder_make(arena, home->folder, home->user ? 0755 : 0700, error) &&
           is_ours_alone(home, error);
}

bool home_is_name(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && length <= LONGEST_NAME && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == length;
}

bool home_check_name(const char *name, Error *error)
{
    if (home_is_name(name))
        return true;
    error_set(error, ERROR_INPUT, "\"%s\" cannot be the name of a scratch server", name);
    return error_hint(error, "Names have 1 to %d of the characters a-z 0-9 _ -.", LONGEST_NAME);
}

static char *lock_path(Arena *arena, const Home *home, const char *name)
{
    return arena_printf(arena, "%s/%s.lock", home->folder, name);
}

/* The last holder may have removed the file that we waited for. */
static bool is_still_there(const char *path, int lock)
{
    struct stat by_path, held;
    return stat(path, &by_path) == 0 && fstat(lock, &held) == 0 && by_path.st_ino == held.st_ino;
}

bool home_lock(Arena *arena, const Home *home, const char *name, Descriptor *lock, Error *error)
{
    const char *path = lock_path(arena, home, name);
    do {
        AUTO(Descriptor) file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (file < 0)
            return error_set(error, ERROR_SYSTEM, "cannot open %s: %s", path, strerror(errno));
        if (flock(file, LOCK_EX | LOCK_NB) == 0 && is_still_there(path, file)) {
            *lock = file;
            file = -1;
            return true;
        }
    } while (clock_sleep(0.05));
    return error_set(error, ERROR_STOPPED, "stopped while another rehome was busy with the scratch server %s", name);
}

void home_forget_lock(Arena *arena, const Home *home, const char *name)
{
    unlink(lock_path(arena, home, name));
}

bool home_give(const Home *home, const char *path, Error *error)
{
    if (home->user == 0 || lchown(path, home->user, home->group) == 0)
        return true;
    return error_set(error, ERROR_SYSTEM, "cannot give %s to the user %s: %s", path, home->user_name, strerror(errno));
}
