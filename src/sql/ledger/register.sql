-- Makes the migration with name $1 and parameters $2 (JSON) known.
INSERT INTO rehome.migration (name, params) VALUES ($1, $2::jsonb) ON CONFLICT (name, params) DO NOTHING
