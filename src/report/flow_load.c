/* The flow's rows, out of the ledger and into a document. */
#include "report/flow.h"

#include "ledger/number.h"
#include "sql/embedded.h"

bool flow_load(Arena *arena, Conn *target, int64_t migration, FlowLinkList *links, Error *error)
{
    AUTO(Result) *result = conn_query(target, sql_report_flow,
                                      PARAMS(number_text(arena, migration), number_text(arena, FLOW_MOST)), error);
    for (int row = 0; result && row < result_rows(result); row++)
        LIST_PUSH(arena, links,
                  ((FlowLink){.entity = result_copy(arena, result, row, 0),
                              .from = result_copy(arena, result, row, 1),
                              .into = result_copy(arena, result, row, 2),
                              .arrived = result_number(result, row, 3),
                              .filtered = result_number(result, row, 4),
                              .rejected = result_number(result, row, 5),
                              .entities = result_number(result, row, 6)}));
    return result != NULL;
}

json_t *flow_json(const FlowLinkList *links)
{
    json_t *array = json_array();
    FOR_EACH(const FlowLink, link, *links)
        json_array_append_new(array, json_pack("{s:s?, s:s?, s:s?, s:I, s:I, s:I, s:I}", "entity", link->entity, "from",
                                               link->from, "into", link->into, "arrived", (json_int_t)link->arrived,
                                               "filtered", (json_int_t)link->filtered, "rejected",
                                               (json_int_t)link->rejected, "entities", (json_int_t)link->entities));
    return array;
}
