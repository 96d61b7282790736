#include "cli/repair_report.h"

#include <inttypes.h>

void repairs_print_plan(const RepairList *repairs, FILE *out)
{
    fputs("\nRepair\n", out);
    FOR_EACH(const Repair, repair, *repairs) {
        fprintf(out, "  %s: insert %" PRId64 ", update %" PRId64 ", delete %" PRId64 "\n",
                repair->entity->entity->name, repair->missing, repair->different, repair->extra);
        if (repair->note)
            fprintf(out, "    %s\n", repair->note);
    }
}

void repairs_print_done(const RepairList *repairs, FILE *out)
{
    fputs("\nRepaired\n", out);
    FOR_EACH(const Repair, repair, *repairs) {
        fprintf(out, "  %s: %" PRId64 " written, %" PRId64 " deleted", repair->entity->entity->name, repair->written,
                repair->deleted);
        if (repair->unchanged > 0)
            fprintf(out, ", %" PRId64 " right by then", repair->unchanged);
        if (repair->left > 0)
            fprintf(out, ", %" PRId64 " left: %s", repair->left, repair->why_left ? repair->why_left : "not tried");
        fputs("\n", out);
    }
}

json_t *repairs_json(const RepairList *repairs)
{
    json_t *list = json_array();
    FOR_EACH(const Repair, repair, *repairs)
        json_array_append_new(
            list, json_pack("{s:s, s:I, s:I, s:I, s:s?, s:I, s:I, s:I, s:I, s:s?}", "entity",
                            repair->entity->entity->name, "insert", (json_int_t)repair->missing, "update",
                            (json_int_t)repair->different, "delete", (json_int_t)repair->extra, "note", repair->note,
                            "written", (json_int_t)repair->written, "unchanged", (json_int_t)repair->unchanged,
                            "deleted", (json_int_t)repair->deleted, "left", (json_int_t)repair->left, "why_left",
                            repair->left > 0 ? repair->why_left : NULL));
    return list;
}
