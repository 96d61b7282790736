#include "manifest/backup.h"

#include "base/file.h"
#include "base/text.h"
#include "manifest/mask.h"
#include "manifest/value.h"

void backup_read_folder(Reader *reader, const Key *key, const Node *value, void *field)
{
    Backup *backup = field;
    const char *text = value_text(reader, key, value);
    if (!text)
        return;
    backup->folder = file_join(reader->arena, reader->folder, text);
    if (file_exists(backup->folder) && !file_is_directory(backup->folder))
        mistake_add(reader->mistakes, value->place, "backups cannot be kept in %s: it is not a folder",
                    mask_quote(reader->arena, text));
}

void backup_read_verify(Reader *reader, const Key *key, const Node *value, void *field)
{
    static const char *const words[] = {"restore", "read", NULL};
    const int word = value_word(reader, key, value, words);
    if (word >= 0)
        ((Backup *)field)->counts_only = word == 1;
}

void backup_read(Reader *reader, const Key *key, const Node *value, void *field)
{
    Backup *backup = field;
    backup->place = value->place;
    if (value->kind != NODE_MAPPING)
        value_read_flag(reader, key, value, &backup->wanted);
    else
        backup->wanted = section_read(reader, &section_backup, value, backup);
}
