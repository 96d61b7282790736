"""Every kind of value and every shape of table that has to arrive as it was."""

import dataclasses

# What the columns need, on both sides. `{old}` and `{new}` do not occur: it stands in public.
SETUP = """
CREATE EXTENSION hstore; CREATE EXTENSION citext; CREATE EXTENSION ltree; CREATE EXTENSION cube;
CREATE TYPE mood AS ENUM ('sad', 'so so', 'it''s "ok"', 'g\\üt');
CREATE TYPE "Odd Mood" AS ENUM ('A', 'a');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE DOMAIN short_text AS varchar(5);
CREATE DOMAIN moods AS mood[];
CREATE DOMAIN best_mood AS mood CHECK (VALUE > 'sad');
CREATE TYPE place AS (name text, at point, tags text[], mood mood);
CREATE DOMAIN known_place AS place CHECK ((VALUE).name <> '');
CREATE TYPE journey AS (legs place[], cost numeric(10,2));
CREATE TYPE float_range AS RANGE (subtype = float8, subtype_diff = float8mi);
CREATE TYPE text_range AS RANGE (subtype = text, collation = "C");
CREATE TABLE "Named Table" (a int);
"""


@dataclasses.dataclass
class Kind:
    """A column type with values, as SQL expressions. Own types hold ids of the server's in their binary form, so they compare as text."""

    name: str
    type: str
    values: list
    wire: bool = True

    @property
    def key(self):
        return "id"

    def table(self, schema):
        return f"CREATE TABLE {schema}.{self.name} (id int PRIMARY KEY, v {self.type})"

    def fill(self, schema):
        rows = ", ".join(f"({number}, ({value})::{self.type})" for number, value in enumerate([*self.values, "NULL"], 1))
        return f"INSERT INTO {schema}.{self.name} VALUES {rows}"

    def prefill(self, schema):
        """Rows with the same keys and nothing in them, for an upsert to meet."""
        return f"INSERT INTO {schema}.{self.name} SELECT i, NULL FROM generate_series(1, {len(self.values)}) i"

    def sql_name(self, schema):
        return f"{schema}.{self.name}"

    def as_text(self, schema):
        return f"SELECT id, v::text FROM {schema}.{self.name} ORDER BY id"

    def as_bytes(self, schema):
        return f"SELECT id, v FROM {schema}.{self.name} ORDER BY id" if self.wire else None


def quoted(*texts):
    return ["'" + text.replace("'", "''") + "'" for text in texts]


KINDS = [
    Kind("boolean", "boolean", ["true", "false"]),
    Kind("int2", "int2", ["-32768", "32767", "0"]),
    Kind("int4", "int4", ["-2147483648", "2147483647", "-1"]),
    Kind("int8", "int8", ["'-9223372036854775808'", "9223372036854775807", "-1"]),
    Kind("float4", "float4", quoted("NaN", "Infinity", "-Infinity", "-0", "0", "1e-45", "-1e-45", "3.4028235e38", "0.1", "16777217")),
    Kind("float8", "float8", quoted("NaN", "Infinity", "-Infinity", "-0", "0", "5e-324", "2.2250738585072014e-308",
                                    "1.7976931348623157e308", "0.1", "0.30000000000000004", "9007199254740993")),
    Kind("numeric", "numeric", [*quoted("NaN", "Infinity", "-Infinity", "0.000", "-0.0", "1e1000", "1e-1000", "100", "1.10"),
                                "repeat('9', 1000)::numeric", "('-0.' || repeat('12', 500))::numeric"]),
    Kind("numeric_10_2", "numeric(10,2)", ["99999999.99", "-0.01", "'NaN'"]),
    Kind("numeric_3_5", "numeric(3,5)", ["0.00999", "-0.00001"]),
    Kind("numeric_2_minus_3", "numeric(2,-3)", ["99000", "-1000"]),
    Kind("text", "text", [
        "(SELECT string_agg(chr(i), '') FROM generate_series(1, 12287) i)",
        "E'\\t\\n\\r\\b\\f\\v\\x01\\x7f'", "E'\\\\N'", "E'\\\\.'", "E'a\\n\\\\.\\nb'", "E'\\r\\n'", "''", "' '", "'NULL'", "E'\\uFEFFbom'", "chr(1114111)", "chr(65535)",
        "'\"quoted\", and, commas'", "repeat('x', 1000000)", "E'trailing backslash\\\\'", "E'\\\\x41'", "'a' || chr(769)", "'{a,b}'", "'(a,b)'",
    ]),
    Kind("varchar", "varchar(5)", quoted("", "äöüßé", "abc  ")),
    Kind("bpchar", "char(5)", quoted("", "ab", "  a", "äöüßé")),
    Kind("bpchar_any", "bpchar", quoted("a  ", "")),
    Kind("internal_char", '"char"', quoted("a", "", " ", "\\")),
    Kind("name", "name", quoted("", "a name", "ä" * 31, "x" * 63)),
    Kind("bytea", "bytea", ["''", "'\\x00'", "decode((SELECT string_agg(lpad(to_hex(i), 2, '0'), '') FROM generate_series(0, 255) i), 'hex')",
                            "'\\x5c2e0a'", "convert_to(repeat('ä', 100000), 'UTF8')"]),
    Kind("uuid", "uuid", quoted("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff")),
    Kind("json", "json", quoted('{"b": 1,  "a":2, "a": 3}', "\n [1 , 2.0, 1e400]\t", '"\\u0000 \\ud83d\\ude00"', "null", "1.10", '{"k": "\\\\N"}')),
    Kind("jsonb", "jsonb", quoted('{"b": 1, "a": [1, {"c": null}]}', "1.10", "1e400", '"\\ud83d\\ude00 \\" \\\\ \\n"', "null", "[]", "{}", '""')),
    Kind("jsonpath", "jsonpath", quoted('$.a[*] ? (@.b > 1 && @ like_regex "^x\\\\d")', "strict $")),
    Kind("int_array", "int[]", quoted("{}", "{1,NULL,-3}", "{{1,2},{3,NULL}}", "[-2:0]={1,2,3}", "[0:1][5:6]={{1,2},{3,4}}", "{{{1}}}")),
    Kind("text_array", "text[]", ["'{}'", "ARRAY['', 'NULL', NULL, 'a b', '\"', E'\\\\', '{', '}', ',', E'\\n']", "ARRAY[['a','b'],['c',NULL]]"]),
    Kind("varchar_array", "varchar(3)[]", quoted("{abc,NULL,\"\"}")),
    Kind("numeric_array", "numeric(10,2)[]", quoted("{1.10,NULL,-99999999.99}")),
    Kind("bytea_array", "bytea[]", ["ARRAY['\\x00ff', '', NULL]::bytea[]"]),
    Kind("json_array", "json[]", ["ARRAY['{\"a\":  1}', 'null']::json[]"]),
    Kind("timestamptz_array", "timestamptz[]", quoted('{"2024-02-29 23:59:59.999999+00",infinity}')),
    Kind("enum", "mood", quoted("sad", "so so", "it's \"ok\"", "g\\üt")),
    Kind("enum_mixed_case", '"Odd Mood"', quoted("A", "a")),
    Kind("enum_array", "mood[]", ["ARRAY['sad', 'so so', 'it''s \"ok\"', NULL, 'g\\üt']::mood[]", "'{}'"], wire=False),
    Kind("domain", "positive", ["1", "2147483647"]),
    Kind("domain_with_length", "short_text", quoted("äöüßé", "")),
    Kind("domain_over_array", "moods", ["ARRAY['sad', NULL]::mood[]"], wire=False),
    Kind("domain_over_enum", "best_mood", quoted("so so")),
    Kind("domain_array", "positive[]", ["'{1,NULL,3}'"], wire=False),
    Kind("array_of_domain_over_array", "moods[]", ["ARRAY[ARRAY['sad']::moods, NULL]"], wire=False),
    Kind("composite", "place", [
        "ROW('a, \"b\" (c)', '(1,2)', ARRAY['x', NULL, '{}'], 'so so')", "ROW(NULL, NULL, NULL, NULL)", "ROW('', NULL, '{}', NULL)", "ROW(E'\\\\', NULL, NULL, 'g\\üt')",
    ], wire=False),
    Kind("composite_nested", "journey", ["ROW(ARRAY[ROW('a\"', '(1,2)', ARRAY[E'\\\\'], 'sad')::place, NULL], 1.10)", "ROW('{}', NULL)"], wire=False),
    Kind("composite_array", "place[]", ["ARRAY[ROW('a', NULL, NULL, NULL)::place, NULL]", "'{}'"], wire=False),
    Kind("domain_over_composite", "known_place", ["ROW('a', '(1,2)', NULL, NULL)::place"], wire=False),
    Kind("int4range", "int4range", quoted("empty", "(,)", "[1,5)", "(,5)", "[1,)")),
    Kind("numrange", "numrange", quoted("[1.10,2.0]", "(1,2)", "empty", "[-infinity,infinity]")),
    Kind("daterange", "daterange", quoted("[2020-01-01,infinity)", "empty", "[0044-03-15 BC,2020-01-01)")),
    Kind("tstzrange", "tstzrange", quoted('["2024-02-29 23:59:59.999999+00",)', "empty")),
    Kind("own_range", "float_range", quoted("[0.1,0.30000000000000004]", "(NaN,NaN)", "empty")),
    Kind("text_range", "text_range", quoted('["a,b","c)"]', '["",)')),
    Kind("range_array", "int4range[]", quoted('{"[1,2)",empty,NULL}')),
    Kind("multirange", "nummultirange", quoted("{}", "{[1,2],(3.0,4)}", "{(,)}")),
    Kind("own_multirange", "float_multirange", quoted("{}", "{[0.1,0.2],[1,2]}")),
    Kind("inet", "inet", quoted("192.168.1.5/24", "192.168.1.5", "::1", "2001:db8::/32", "::ffff:1.2.3.4/96")),
    Kind("cidr", "cidr", quoted("192.168.0.0/16", "::/0", "10.0.0.1/32")),
    Kind("macaddr", "macaddr", quoted("08:00:2b:01:02:03")),
    Kind("macaddr8", "macaddr8", quoted("08:00:2b:01:02:03:04:05")),
    Kind("bit", "bit(11)", ["B'10101010101'", "B'00000000000'"]),
    Kind("varbit", "bit varying", ["B''", "B'101'", "repeat('1', 1001)::varbit"]),
    Kind("interval", "interval", quoted("1 year -2 mons 3 days -04:05:06.789012", "178000000 years", "-178000000 years", "0", "1 mon -1 day", "-0.000001 s")),
    Kind("interval_day_to_second", "interval day to second(3)", quoted("3 days 04:05:06.789")),
    Kind("interval_year_to_month", "interval year to month", quoted("3 years 2 mons")),
    Kind("timestamptz", "timestamptz", quoted("infinity", "-infinity", "2024-02-29 12:34:56.123456+05:30", "4713-01-01 00:00:00+00 BC",
                                              "294276-12-31 23:59:59.999999+00", "1883-11-18 12:00:00+00", "2024-03-10 07:30:00+00", "epoch")),
    Kind("timestamptz_3", "timestamptz(3)", quoted("2024-02-29 12:34:56.123+00")),
    Kind("timestamp", "timestamp", quoted("infinity", "-infinity", "2024-03-10 02:30:00", "0044-03-15 00:00:00.000001 BC", "294276-12-31 23:59:59.999999")),
    Kind("date", "date", quoted("infinity", "-infinity", "0044-03-15 BC", "4713-01-01 BC", "5874897-12-31", "2024-02-03")),
    Kind("time", "time", quoted("00:00", "24:00:00", "23:59:59.999999")),
    Kind("timetz", "timetz", quoted("00:00+15:59:59", "24:00:00-15:59:59", "12:34:56.789012+05:30")),
    Kind("xml", "xml", quoted("<a>x</a>", "abc<b/>def", "", "<a>\n\t&lt;ü</a>", '<?xml version="1.1" standalone="yes"?><a/>', "<!DOCTYPE a><a/>"), wire=False),
    Kind("tsvector", "tsvector", ["''", "'''a'':1A,2 ''it''''s'':16383D ''\\\\\\\\'''", "to_tsvector('simple', 'The fat cats, ate äpfel')"]),
    Kind("tsquery", "tsquery", quoted("", "'a' & ( 'b':*AB | !'c' ) <2> 'it''s'")),
    Kind("hstore", "hstore", ["''", "hstore(ARRAY['a', NULL, '', 'x\"', E'b\\\\', '=>'])"]),
    Kind("hstore_array", "hstore[]", ["ARRAY[hstore('a', 'b'), NULL]"], wire=False),
    Kind("citext", "citext", quoted("ABC", "abc", "", "É")),
    Kind("citext_array", "citext[]", ["'{A,a}'"], wire=False),
    Kind("ltree", "ltree", quoted("Top.Science.Astronomy", "")),
    Kind("cube", "cube", quoted("(1,2),(3,4)", "(0.1)")),
    Kind("point", "point", quoted("(0.1,-0)", "(NaN,Infinity)")),
    Kind("lseg", "lseg", quoted("[(1,2),(3,4)]")),
    Kind("line", "line", quoted("{1,-2,3.5}")),
    Kind("box", "box", quoted("(3,4),(1,2)")),
    Kind("path", "path", quoted("((1,2),(3,4))", "[(1,2),(0.30000000000000004,4)]")),
    Kind("polygon", "polygon", quoted("((0,0),(0,1),(1,0))")),
    Kind("circle", "circle", quoted("<(1,2),0.1>")),
    Kind("box_array", "box[]", quoted("{(3,4),(1,2);(1,1),(0,0)}")),
    Kind("money", "money", quoted("-92233720368547758.08", "92233720368547758.07", "0.01")),
    Kind("oid", "oid", quoted("0", "4294967295")),
    Kind("xid", "xid", quoted("4294967295")),
    Kind("xid8", "xid8", quoted("18446744073709551615")),
    Kind("tid", "tid", quoted("(4294967295,65535)")),
    Kind("oidvector", "oidvector", quoted("1 2 4294967295", "")),
    Kind("int2vector", "int2vector", quoted("1 -2 3")),
    Kind("regclass", "regclass", quoted("pg_class", 'public."Named Table"', "-", "999999"), wire=False),
    Kind("regtype", "regtype", quoted("integer", 'public."Odd Mood"'), wire=False),
    Kind("regprocedure", "regprocedure", quoted("pg_catalog.lower(text)"), wire=False),
    Kind("regclass_array", "regclass[]", ["ARRAY['public.\"Named Table\"', NULL]::regclass[]"], wire=False),
    Kind("pg_lsn", "pg_lsn", quoted("0/0", "FFFFFFFF/FFFFFFFF")),
    Kind("pg_snapshot", "pg_snapshot", quoted("10:20:10,14,15")),
    Kind("refcursor", "refcursor", quoted("a cursor", "")),
    Kind("aclitem", "aclitem", quoted("postgres=arwdDxt/postgres"), wire=False),
]


@dataclasses.dataclass
class Shape:
    """A table that is unusual as a whole: `columns` and `rows` for CREATE TABLE and INSERT, `before` the rows that an upsert meets."""

    name: str
    columns: str
    rows: str
    before: str = ""
    table_name: str = ""
    after: str = ""
    key: str = "id"

    def sql_name(self, schema):
        return f"{schema}.{self.table_name or self.name}"

    def table(self, schema):
        return f"CREATE TABLE {self.sql_name(schema)} {self.columns}; {self.after.format(schema=schema, table=self.sql_name(schema))}"

    def fill(self, schema):
        return f"INSERT INTO {self.sql_name(schema)} {self.rows}" if self.rows else ""

    def prefill(self, schema):
        return f"INSERT INTO {self.sql_name(schema)} {self.before}" if self.before else ""

    def as_text(self, schema):
        return f"SELECT (x.*)::text FROM {self.sql_name(schema)} AS x ORDER BY 1"

    def as_bytes(self, schema):
        return None


WIDE = 1200

SHAPES = [
    Shape("generated_column", "(id int PRIMARY KEY, a int, b int GENERATED ALWAYS AS (a * 2) STORED, c text)",
          "(id, a, c) VALUES (1, 5, 'x'), (2, NULL, NULL)", "(id, a) VALUES (1, 7)"),
    Shape("identity_always", "(id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text)",
          "(id, v) OVERRIDING SYSTEM VALUE VALUES (7, 'a'), (42, 'b')", "(id, v) OVERRIDING SYSTEM VALUE VALUES (7, 'old')"),
    Shape("identity_by_default", "(id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, v text)",
          "VALUES (7, 'a'), (42, 'b')", "VALUES (7, 'old')"),
    Shape("identity_not_in_key", "(id int PRIMARY KEY, n bigint GENERATED ALWAYS AS IDENTITY UNIQUE)",
          "(id, n) OVERRIDING SYSTEM VALUE VALUES (1, 100), (2, 42)"),
    Shape("with_serial", "(id serial PRIMARY KEY, v text)", "VALUES (7, 'a'), (42, 'b')", "VALUES (7, 'old')"),
    Shape("with_bigserial_mixed", '("Id" bigserial PRIMARY KEY, v text)', "VALUES (7, 'a'), (42, 'b')", "VALUES (7, 'old')", table_name='"Serial Table"'),
    Shape("partitioned_by_range", "(id int, at timestamptz, v text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)",
          "VALUES (1, '2024-01-31 23:59:59.999999+00', 'jan'), (2, '2024-02-01 00:00+00', 'feb'), (3, 'infinity', 'ever')",
          "VALUES (1, '2024-01-31 23:59:59.999999+00', 'old')",
          after="CREATE TABLE {schema}.range_jan PARTITION OF {table} FOR VALUES FROM ('2024-01-01 00:00+00') TO ('2024-02-01 00:00+00');"
                "CREATE TABLE {schema}.range_rest PARTITION OF {table} DEFAULT"),
    Shape("partitioned_by_list", "(id int, kind text, PRIMARY KEY (id, kind)) PARTITION BY LIST (kind)",
          "VALUES (1, 'a'), (2, 'b'), (3, 'c')", "VALUES (1, 'a')",
          after="CREATE TABLE {schema}.list_a PARTITION OF {table} FOR VALUES IN ('a');"
                "CREATE TABLE {schema}.list_rest PARTITION OF {table} DEFAULT PARTITION BY LIST (kind);"
                "CREATE TABLE {schema}.list_b PARTITION OF {schema}.list_rest FOR VALUES IN ('b');"
                "CREATE TABLE {schema}.list_other PARTITION OF {schema}.list_rest DEFAULT"),
    Shape("partitioned_by_hash", "(id int PRIMARY KEY, v mood) PARTITION BY HASH (id)",
          "SELECT i, 'sad' FROM generate_series(1, 50) i", "SELECT i, NULL FROM generate_series(1, 20) i",
          after="CREATE TABLE {schema}.hash_0 PARTITION OF {table} FOR VALUES WITH (MODULUS 2, REMAINDER 0);"
                "CREATE TABLE {schema}.hash_1 (v mood, id int NOT NULL);"
                "ALTER TABLE {table} ATTACH PARTITION {schema}.hash_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1)"),
    Shape("odd_names", '("select" int PRIMARY KEY, "Ünï" text, "a""b" text, "c d" text, "x.y" text, "{}" text, "%s" text, "$1" text, "\':x\'" text, "\\" text)',
          "VALUES (1, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i')", "VALUES (1)", table_name='"Odd ""Table"" \'x\' %s \\ {{}}"'.replace("{{}}", "{}")),
    Shape("long_names", f'("{"k" * 63}" int PRIMARY KEY, "{"ü" * 31}" text)', "VALUES (1, 'a')", "VALUES (1, 'old')", table_name='"' + "T" * 63 + '"'),
    Shape("keyword_table", '("from" int, "where" int, "user" text, PRIMARY KEY ("from", "where"))', "VALUES (1, 2, 'a')", "VALUES (1, 2, 'old')", table_name='"table"'),
    Shape("t", "(t int PRIMARY KEY, q text, staged text, s text, e text, x int, excluded text, ctid_ text)",
          "VALUES (1, 'q', 'st', 's', 'e', 5, 'ex', 'c')", "VALUES (1)"),
    Shape("q", "(q int PRIMARY KEY, t text, kh bigint, h bigint, key text)", "VALUES (1, 't', 2, 3, 'k'), (2, NULL, NULL, NULL, NULL)", "VALUES (1, 'old')"),
    Shape("staged", "(staged int PRIMARY KEY, v text)", "VALUES (1, 'a')", "VALUES (1, 'old')"),
    Shape("without_key", "(a int, b text)", "VALUES (1, 'x'), (1, 'x'), (NULL, NULL), (2, 'y')"),
    Shape("with_unique_only", "(a int NOT NULL UNIQUE, b text)", "VALUES (1, 'x'), (2, NULL)", "VALUES (1, 'old')"),
    Shape("only_a_key", "(a int, b text, PRIMARY KEY (b, a))", "VALUES (1, 'x'), (2, '')", "VALUES (1, 'x')"),
    Shape("empty_table", "(id int PRIMARY KEY, v text)", ""),
    Shape("dropped_columns", "(gone int, id int PRIMARY KEY, also_gone text, v text)", "(id, v) VALUES (1, 'a')", "(id, v) VALUES (1, 'old')",
          after="ALTER TABLE {table} DROP COLUMN gone, DROP COLUMN also_gone"),
    Shape("key_with_odd_values", "(a numeric, b timestamptz, c bytea, d text, v int, PRIMARY KEY (a, b, c, d))",
          "VALUES ('NaN', 'infinity', '\\x00', E'\\t\\n\\\\', 1), ('Infinity', '-infinity', '', '', 2), (1.10, 'epoch', '\\x5c', ' ', 3)",
          "VALUES ('NaN', 'infinity', '\\x00', E'\\t\\n\\\\', 0)"),
    Shape("key_of_float", "(a float8 PRIMARY KEY, v int)", "VALUES ('NaN', 1), ('-Infinity', 2), (0.1, 3), ('-0', 4)", "VALUES ('NaN', 0), (0.1, 0)"),
    Shape("key_of_enum", "(a mood, b int4range, v int, PRIMARY KEY (a, b))", "VALUES ('so so', 'empty', 1), ('sad', '[1,5)', 2)", "VALUES ('so so', 'empty', 0)"),
    Shape("key_of_citext", "(a citext PRIMARY KEY, v int)", "VALUES ('ABC', 1), ('d', 2)", "VALUES ('ABC', 0)"),
    Shape("key_of_array", "(a int[] PRIMARY KEY, v int)", "VALUES ('{}', 1), ('{1,NULL}', 2), ('[0:1]={1,2}', 3)", "VALUES ('{}', 0)"),
    Shape("key_of_bpchar", "(a char(5) PRIMARY KEY, v int)", "VALUES ('ab', 1), ('', 2)", "VALUES ('ab', 0)"),
    Shape("wide", "(id int PRIMARY KEY, " + ", ".join(f"column_{i} int" for i in range(1, WIDE)) + ")",
          "SELECT r, " + ", ".join(f"r * {i}" for i in range(1, WIDE)) + " FROM generate_series(1, 3) r", "VALUES (1)"),
    Shape("row_security", "(id int PRIMARY KEY, v text)", "VALUES (1, 'a')", "VALUES (1, 'old')",
          after="ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON {table} USING (false)"),
    Shape("unlogged", "(id int PRIMARY KEY, v text)", "VALUES (1, 'a')", "VALUES (1, 'old')", after="ALTER TABLE {table} SET UNLOGGED"),
    Shape("with_statistics", "(id int PRIMARY KEY, a int, b int)", "VALUES (1, 2, 3)", "VALUES (1)",
          after="CREATE STATISTICS {schema}.of_a_and_b ON a, b FROM {table}; CREATE INDEX ON {table} (a) INCLUDE (b) WHERE b > 0; CREATE INDEX ON {table} ((a + b))"),
    Shape("exclusion", "(id int PRIMARY KEY, r int4range, EXCLUDE USING gist (r WITH &&))", "VALUES (1, '[1,5)'), (2, '[5,9)')", "VALUES (1, '[1,5)')"),
]
