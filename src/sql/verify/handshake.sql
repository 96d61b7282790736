-- One number that depends on the binary form of many types and on the hash function: equal on two servers that may be compared by hashes.
SELECT pg_catalog.hash_array_extended(ARRAY[
    pg_catalog.int2send((-2)::int2), pg_catalog.int4send(305419896), pg_catalog.int8send(81985529216486895),
    pg_catalog.boolsend(true), pg_catalog.float4send(0.1::float4), pg_catalog.float8send(-0.1::float8),
    pg_catalog.float8send('infinity'::float8), pg_catalog.float8send('nan'::float8),
    pg_catalog.numeric_send(1.0), pg_catalog.numeric_send(1.00), pg_catalog.numeric_send('nan'::numeric),
    pg_catalog.numeric_send(-123456789012345678901234567890.0987654321),
    pg_catalog.textsend(''), pg_catalog.textsend('a text that is longer than one round of the hash function'),
    pg_catalog.varcharsend('abc'::varchar), pg_catalog.byteasend('\x00ff10c3a9'::bytea),
    pg_catalog.date_send('2024-02-29'::date), pg_catalog.date_send('infinity'::date), pg_catalog.date_send('0044-03-15 BC'::date),
    pg_catalog.time_send('23:59:59.999999'::time), pg_catalog.timetz_send('12:00:00+05:30'::timetz),
    pg_catalog.timestamp_send('1999-12-31 23:59:59.5'::timestamp), pg_catalog.timestamptz_send('-infinity'::timestamptz),
    pg_catalog.interval_send('1 mon -3 days 04:05:06.7'::interval), pg_catalog.uuid_send('01234567-89ab-cdef-0123-456789abcdef'::uuid),
    pg_catalog.jsonb_send('{"b": [1, 1.0, null], "a": {"": true}}'::jsonb), pg_catalog.json_send('{"b":1, "a":2}'::json),
    pg_catalog.inet_send('10.0.0.1/8'::inet), pg_catalog.cidr_send('2001:db8::/32'::cidr),
    pg_catalog.macaddr_send('08:00:2b:01:02:03'::macaddr), pg_catalog.bit_send(B'101'), pg_catalog.varbit_send(B'0110'::varbit),
    pg_catalog.point_send('(1.5,-2)'::point), pg_catalog.array_send('[0:1]={1,NULL}'::int4[]), pg_catalog.array_send('{{a},{b}}'::text[]),
    pg_catalog.range_send('[1,5)'::int4range), pg_catalog.tsvectorsend('''b'':2A ''a'':1'::tsvector), NULL], 42)
