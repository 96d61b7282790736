-- Rows of the transforms that may have become rows in rehome_offender: entity, as which of its rows in the order of the driving key, hashes, driving
-- key, row, driving row.
CREATE TEMPORARY TABLE rehome_origin (
    entity integer NOT NULL,
    turn bigint NOT NULL,
    kh bigint NOT NULL,
    h bigint NOT NULL,
    source_key jsonb,
    source_row jsonb,
    driving_row jsonb
) ON COMMIT DROP
