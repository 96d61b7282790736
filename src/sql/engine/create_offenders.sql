-- Rows of a target table that a key refuses: where they are, of rows of which group one may stay, their hashes as verification takes them, their
-- mapped key and the columns of the foreign key as text, the row; then which entity brought them, as which one, from which driving row.
CREATE TEMPORARY TABLE rehome_offender (
    part oid NOT NULL,
    place tid NOT NULL,
    rank_group bigint,
    kh bigint NOT NULL,
    h bigint[] NOT NULL,
    told text[] NOT NULL,
    refers text[] NOT NULL,
    target_row jsonb,
    entity integer,
    turn bigint,
    source_key jsonb,
    source_row jsonb,
    driving_row jsonb,
    stays boolean
) ON COMMIT DROP
