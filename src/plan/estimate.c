#include "plan/estimate.h"

/* What one connection does in a second on an ordinary machine, and what a row costs in an index. */
enum { COPY_BYTES = 40 << 20, VERIFY_BYTES = 100 << 20, INDEX_ROWS = 1000000, INDEX_ROW_BYTES = 40 };

void estimate_build(Plan *plan, int jobs)
{
    double seconds = 0;
    FOR_EACH(const EntityPlan, entity, plan->entities) {
        size_t indexes = entity->into ? entity->into->indexes.count : 0;
        int64_t index_rows = entity->estimated_rows * (int64_t)indexes;
        double bytes = (double)entity->estimated_bytes;
        plan->estimated_bytes_target += entity->estimated_bytes + index_rows * INDEX_ROW_BYTES;
        seconds += bytes / COPY_BYTES + bytes / VERIFY_BYTES + (double)index_rows / INDEX_ROWS;
    }
    plan->estimated_seconds = seconds / (jobs > 1 ? jobs : 1);
}
