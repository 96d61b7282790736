#include "manifest/node.h"

#include "base/text.h"
#include "manifest/input.h"

#include <string.h>
#include <yaml.h>

static void yaml_parser_t_cleanup(yaml_parser_t *parser)
{
    yaml_parser_delete(parser);
}

static void yaml_document_t_cleanup(yaml_document_t *document)
{
    yaml_document_delete(document);
}

#define AUTO_YAML(Type) __attribute__((cleanup(Type##_cleanup))) Type

/* The file's lines, so that a mark of libyaml can be looked up in the text. */
typedef struct NodeFile {
    const char *name;
    const char *text;
    StringList lines;
} NodeFile;

static NodeFile node_file(Arena *arena, const char *name, const char *text)
{
    NodeFile file = {.name = name, .text = text};
    for (const char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        LIST_PUSH(arena, &file.lines, line);
    return file;
}

static Place node_place(const NodeFile *file, yaml_mark_t mark)
{
    return (Place){.file = file->name, .line = (int)mark.line + 1, .column = (int)mark.column + 1};
}

/* The text from `mark` on; the end of the file when the mark is beyond it. */
static const char *node_file_at(const NodeFile *file, yaml_mark_t mark)
{
    const char *at = mark.line < file->lines.count ? file->lines.items[mark.line] : "";
    for (size_t column = 0; column < mark.column && *at != '\0'; column++)
        for (at++; ((unsigned char)*at & 0xC0) == 0x80; at++)
            ;
    return at;
}

/* What libyaml says, and what people usually meant by it. */
static const struct NodeHint {
    const char *problem;
    const char *hint;
} node_hints[] = {
    {"mapping values are not allowed in this context",
     "a text that has \": \" in it must be in quotes, and the keys of a mapping begin in one column"},
    {"found character that cannot start any token", "a text that begins with this character must be in quotes"},
    {"found undefined alias", "a text that begins with * must be in quotes"},
    {"did not find expected alphabetic or numeric character", "a text that begins with * or & must be in quotes"},
    {"did not find expected key", "look at the indentation, or put the text in quotes"},
    {"did not find expected node content", "a text that begins with a colon, comma or bracket must be in quotes"},
    {"could not find expected ':'", "a key ends with a colon and a blank"},
};

static const char *node_hint(const char *problem)
{
    for (size_t i = 0; i < sizeof node_hints / sizeof *node_hints; i++)
        if (text_equal(problem, node_hints[i].problem))
            return node_hints[i].hint;
    return NULL;
}

/* The first tab of the blanks that the line begins with; NULL when there is none. */
static const char *node_indenting_tab(const char *line)
{
    const char *end = line + strspn(line, " \t");
    return memchr(line, '\t', (size_t)(end - line));
}

static bool node_explain_tab(const NodeFile *file, yaml_mark_t mark, Mistakes *mistakes)
{
    const char *line = mark.line < file->lines.count ? file->lines.items[mark.line] : "";
    const char *tab = node_indenting_tab(line);
    if (!tab)
        return false;
    mark.column = (size_t)(tab - line);
    mistake_add(mistakes, node_place(file, mark), "a tab; YAML is indented with spaces");
    return true;
}

static bool node_explain_environment(const NodeFile *file, yaml_mark_t mark, Mistakes *mistakes)
{
    const char *at = node_file_at(file, mark);
    if (*at != '{' || at == file->text || at[-1] != '$')
        return false;
    int length = (int)strcspn(at, "}\n");
    Place place = node_place(file, mark);
    place.column--;
    mistake_add(mistakes, place,
                "$%.*s} must be in quotes here: between { } or [ ] its brace means something to YAML; write \"$%.*s}\"",
                length, at, length, at);
    return true;
}

/* "; while scanning a quoted scalar that begins at 3:9", when that is somewhere else. */
static const char *node_context(Arena *arena, const yaml_parser_t *parser)
{
    const yaml_mark_t mark = parser->context_mark;
    if (!parser->context || mark.line == parser->problem_mark.line)
        return "";
    return arena_printf(arena, ", %s that begins at %zu:%zu", parser->context, mark.line + 1, mark.column + 1);
}

static void node_explain(const NodeFile *file, const yaml_parser_t *parser, Mistakes *mistakes)
{
    const yaml_mark_t mark = parser->problem_mark;
    if (parser->error == YAML_READER_ERROR) { /* it has an offset, not a mark */
        mistake_add(mistakes, input_place(file->name, file->text, parser->problem_offset), "not YAML: %s",
                    parser->problem);
        return;
    }
    if (node_explain_environment(file, mark, mistakes) || node_explain_tab(file, mark, mistakes))
        return;
    const char *hint = node_hint(parser->problem);
    mistake_add(mistakes, node_place(file, mark), "not YAML: %s%s%s%s", parser->problem,
                node_context(mistakes->arena, parser), hint ? "; " : "", hint ? hint : "");
}

/* The text of a block begins on the line after `|` or `>`. */
static Place node_block_place(const NodeFile *file, const yaml_node_t *from)
{
    size_t line = from->start_mark.line + 1;
    const char *text = line < file->lines.count ? file->lines.items[line] : "";
    return (Place){.file = file->name, .line = (int)line + 1, .column = (int)strspn(text, " ") + 1};
}

static Place node_text_place(const NodeFile *file, const yaml_node_t *from)
{
    Place place = node_place(file, from->start_mark);
    switch (from->data.scalar.style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
        place.column++;
        return place;
    case YAML_LITERAL_SCALAR_STYLE:
    case YAML_FOLDED_SCALAR_STYLE:
        return node_block_place(file, from);
    default:
        return place;
    }
}

static bool node_is_cut(const NodeFile *file, const yaml_node_t *from)
{
    const char *behind = node_file_at(file, from->end_mark);
    behind += strspn(behind, " \t");
    return from->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && *behind == '#' && behind[1] != '\0' &&
           !strchr(" \t\r\n#", behind[1]);
}

static void node_build_text(Arena *arena, const NodeFile *file, const yaml_node_t *from, Node *node, Mistakes *mistakes)
{
    node->kind = NODE_TEXT;
    node->text = arena_strndup(arena, (const char *)from->data.scalar.value, from->data.scalar.length);
    node->text_place = node_text_place(file, from);
    node->is_plain = from->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->is_cut = node_is_cut(file, from);
    if (strlen((const char *)from->data.scalar.value) != from->data.scalar.length)
        mistake_add(mistakes, node->place, "the text has a NUL character in it; PostgreSQL has no such character");
}

static void node_build(Arena *arena, const NodeFile *file, const yaml_node_t *from, Node *all, Node *node,
                       Mistakes *mistakes)
{
    node->place = node_place(file, from->start_mark);
    if (from->type == YAML_SEQUENCE_NODE) {
        node->kind = NODE_LIST;
        for (const yaml_node_item_t *item = from->data.sequence.items.start; item < from->data.sequence.items.top;
             item++)
            LIST_PUSH(arena, &node->items, &all[*item - 1]);
    } else if (from->type == YAML_MAPPING_NODE) {
        node->kind = NODE_MAPPING;
        node->is_flow = from->data.mapping.style == YAML_FLOW_MAPPING_STYLE;
        for (const yaml_node_pair_t *pair = from->data.mapping.pairs.start; pair < from->data.mapping.pairs.top; pair++)
            *LIST_ADD(arena, &node->pairs) = (NodePair){.key = &all[pair->key - 1], .value = &all[pair->value - 1]};
    } else {
        node_build_text(arena, file, from, node, mistakes);
    }
}

/* libyaml numbers its nodes from 1, and so an array keeps aliases and even circles as they are. */
static const Node *node_build_all(Arena *arena, const NodeFile *file, const yaml_document_t *document,
                                  Mistakes *mistakes)
{
    const size_t count = (size_t)(document->nodes.top - document->nodes.start);
    Node *all = NEW_ARRAY(arena, Node, count + 1);
    for (size_t i = 0; i < count; i++)
        node_build(arena, file, &document->nodes.start[i], all, &all[i], mistakes);
    return count > 0 ? all : NULL;
}

/* Only one document may stand in the file: nobody would see that the others are left out. */
static bool node_parse_end(yaml_parser_t *parser, const NodeFile *file, Mistakes *mistakes)
{
    AUTO_YAML(yaml_document_t) document = {0};
    if (!yaml_parser_load(parser, &document)) {
        node_explain(file, parser, mistakes);
        return false;
    }
    if (!yaml_document_get_root_node(&document))
        return true;
    mistake_add(mistakes, node_place(file, document.start_mark),
                "a second YAML document begins here; a migration is one document");
    return false;
}

const Node *node_parse(Arena *arena, const char *name, const char *text, Mistakes *mistakes)
{
    AUTO_YAML(yaml_parser_t) parser = {0};
    AUTO_YAML(yaml_document_t) document = {0};
    const NodeFile file = node_file(arena, name, text);
    const size_t before = mistakes->list.count;

    yaml_parser_initialize(&parser);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, strlen(text));
    if (!yaml_parser_load(&parser, &document)) {
        node_explain(&file, &parser, mistakes);
        return NULL;
    }
    const Node *root = node_build_all(arena, &file, &document, mistakes);
    if (!root)
        mistake_add(mistakes, (Place){.file = name}, "the file has no content, only comments");
    else
        node_parse_end(&parser, &file, mistakes);
    return mistakes->list.count == before ? root : NULL;
}

bool node_is_nothing(const Node *node)
{
    static const char *const nothing[] = {"", "~", "null", "Null", "NULL"};
    if (node->kind != NODE_TEXT || !node->is_plain)
        return false;
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
        if (text_equal(node->text, nothing[i]))
            return true;
    return false;
}

const char *node_kind_name(const Node *node)
{
    static const char *const names[] = {
        [NODE_TEXT] = "a text",
        [NODE_LIST] = "a list",
        [NODE_MAPPING] = "a mapping",
    };
    return node_is_nothing(node) ? "nothing" : names[node->kind];
}
