#include "scratch/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void Descriptor_cleanup(Descriptor *descriptor)
{
    if (*descriptor > 0)
        close(*descriptor);
}

static void Directory_cleanup(DIR **directory)
{
    if (*directory)
        closedir(*directory);
}
typedef DIR Directory;

static DIR *directory_open(int parent, const char *name)
{
    int descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return descriptor < 0 ? NULL : fdopendir(descriptor);
}

static const char *directory_next(DIR *directory)
{
    struct dirent *entry;
    while ((entry = readdir(directory)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            return entry->d_name;
    return NULL;
}

/* One; whatever the umask says. */
static bool make_one(const char *path, mode_t mode, Error *error)
{
    if (mkdir(path, mode) == 0)
        return chmod(path, mode) == 0 || error_set(error, ERROR_SYSTEM, "cannot protect %s: %s", path, strerror(errno));
    return errno == EEXIST || error_set(error, ERROR_SYSTEM, "cannot make the folder %s: %s", path, strerror(errno));
}

bool folder_make(Arena *arena, const char *path, mode_t mode, Error *error)
{
    char *part = arena_strdup(arena, path);
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (!make_one(part, mode, error))
            return false;
        *slash = '/';
    }
    return make_one(part, mode, error);
}

static bool remove_at(int parent, const char *name)
{
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
        return true;
    if (errno != EISDIR && errno != EPERM)
        return false;
    AUTO(Directory) *directory = directory_open(parent, name);
    if (!directory)
        return false;
    const char *entry;
    while ((entry = directory_next(directory)))
        if (!remove_at(dirfd(directory), entry))
            return false;
    return unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT;
}

bool folder_remove(const char *path, Error *error)
{
    return remove_at(AT_FDCWD, path) || error_set(error, ERROR_SYSTEM, "cannot remove %s: %s", path, strerror(errno));
}

static int64_t bytes_at(int parent, const char *name)
{
    struct stat status;
    if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return 0;
    int64_t bytes = (int64_t)status.st_blocks * 512;
    if (!S_ISDIR(status.st_mode))
        return bytes;
    AUTO(Directory) *directory = directory_open(parent, name);
    const char *entry;
    while (directory && (entry = directory_next(directory)))
        bytes += bytes_at(dirfd(directory), entry);
    return bytes;
}

int64_t folder_bytes(const char *path)
{
    return bytes_at(AT_FDCWD, path);
}

static bool write_all(int descriptor, const char *content)
{
    for (size_t left = strlen(content); left > 0;) {
        ssize_t written = write(descriptor, content, left);
        if (written < 0)
            return false;
        content += written;
        left -= (size_t)written;
    }
    return true;
}

bool folder_write(Arena *arena, const char *path, const char *content, mode_t mode, Error *error)
{
    const char *fresh = arena_printf(arena, "%s.new", path);
    unlink(fresh);
    AUTO(Descriptor) file = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file < 0 || fchmod(file, mode) != 0 || !write_all(file, content) || rename(fresh, path) != 0)
        return error_set(error, ERROR_SYSTEM, "cannot write %s: %s", path, strerror(errno));
    return true;
}
