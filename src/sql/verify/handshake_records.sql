-- One number that depends on how rows of plain values are hashed: equal on two servers whose rows may be compared by hashes (PostgreSQL 14 and later); texts are hashed in the encoding
-- of the database.
SELECT pg_catalog.hash_record_extended(ROW(
    'a text that is longer than one round of the hash function'::text COLLATE pg_catalog."C", pg_catalog.getdatabaseencoding()::text COLLATE pg_catalog."C", ''::text COLLATE pg_catalog."C", NULL::text,
    '01234567-89ab-cdef-0123-456789abcdef'::uuid, 305419896::int4, (-2)::int2, true, '2024-02-29'::date, '0044-03-15 BC'::date,
    pg_catalog.int8send(81985529216486895)), 42)
