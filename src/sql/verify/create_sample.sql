-- What a sample has chosen: driving rows of the entity of this number, or rows of the target by their key.
CREATE TEMPORARY TABLE rehome_sample (id bigint GENERATED ALWAYS AS IDENTITY, entity integer, key text[], driving text[])
