/* Whole transforms over published sample databases: pagila, northwind, the employee data set and netflix_shows. */
#include "tap.h"

#include "build_transform.h"

typedef struct Sample {
    const char *table, *key;
    const char *why; /* what the reason contains; NULL: narrowable */
    Yield yield;
    const char *sql;
} Sample;

static const Sample PAGILA[] = {
    /* people */
    {"customer", "customer_id", "UNION", YIELD_UNKNOWN,
     "WITH src AS (\n"
     "  SELECT 2 AS prio, 'customer' AS role, customer_id AS src_id, store_id, address_id,\n"
     "         lower(btrim(email)) AS email_norm, first_name, last_name,\n"
     "         active = 1 AS is_active, activebool IS DISTINCT FROM (active = 1) AS flag_conflict,\n"
     "         NULL::text AS username, last_update\n"
     "    FROM customer\n"
     "  UNION ALL\n"
     "  SELECT 1, 'staff', staff_id, store_id, address_id,\n"
     "         lower(btrim(email)), first_name, last_name,\n"
     "         active, false, username, last_update\n"
     "    FROM staff\n"
     ")\n"
     "SELECT md5('pagila:person:' || email_norm)::uuid                              AS person_id,\n"
     "       email_norm                                                             AS email,\n"
     "       (array_agg(CASE WHEN first_name = upper(first_name) THEN initcap(first_name) ELSE first_name END\n"
     "                  ORDER BY prio, last_update DESC, src_id))[1]                AS first_name,\n"
     "       (array_agg(CASE WHEN last_name  = upper(last_name)  THEN initcap(last_name)  ELSE last_name  END\n"
     "                  ORDER BY prio, last_update DESC, src_id))[1]                AS last_name,\n"
     "       array_agg(DISTINCT role ORDER BY role)                                 AS roles,\n"
     "       CASE WHEN bool_or(is_active) THEN 'active' ELSE 'inactive' END         AS status,\n"
     "       jsonb_agg(jsonb_build_object('table', role, 'id', src_id, 'store_id', store_id,\n"
     "                                    'address_id', address_id, 'username', username,\n"
     "                                    'flag_conflict', flag_conflict)\n"
     "                 ORDER BY role, src_id)                                       AS sources\n"
     "  FROM src\n"
     " GROUP BY email_norm\n"},
    /* payment_ledger */
    {"payment", "payment_date payment_id", NULL, YIELD_BY_KEY,
     "SELECT md5('pagila:payment:' || p.payment_id)::uuid                           AS entry_id,\n"
     "       p.payment_date                                                         AS booked_at,\n"
     "       (p.amount * 100)::bigint                                               AS amount_minor,\n"
     "       'USD'::char(3)                                                         AS currency,\n"
     "       encode(sha256(convert_to('pagila:v1:customer:' || p.customer_id, 'UTF8')), 'hex') AS customer_token,\n"
     "       jsonb_build_object(\n"
     "         'payment_id', p.payment_id, 'rental_id', p.rental_id, 'staff_id', p.staff_id,\n"
     "         'source_partition', (SELECT relname FROM pg_class WHERE oid = p.tableoid),\n"
     "         'film', jsonb_build_object('film_id', f.film_id, 'title', f.title, 'rating', f.rating,\n"
     "                                    'special_features', to_jsonb(f.special_features))) AS details\n"
     "  FROM payment p\n"
     "  JOIN rental    r ON r.rental_id    = p.rental_id\n"
     "  JOIN inventory i ON i.inventory_id = r.inventory_id\n"
     "  JOIN film      f ON f.film_id      = i.film_id\n"},
    /* rental_event */
    {"rental", "rental_id", NULL, YIELD_BY_KEY,
     "SELECT md5('pagila:rental:' || r.rental_id || ':' || e.kind)::uuid            AS event_id,\n"
     "       e.kind                                                                 AS kind,\n"
     "       e.at                                                                   AS occurred_at,\n"
     "       encode(sha256(convert_to('pagila:v1:customer:' || r.customer_id, 'UTF8')), 'hex') AS customer_token,\n"
     "       r.inventory_id, r.staff_id,\n"
     "       CASE WHEN e.kind = 'returned' THEN r.return_date - r.rental_date END   AS held_for\n"
     "  FROM rental r\n"
     " CROSS JOIN LATERAL (VALUES ('rented', r.rental_date), ('returned', r.return_date)) AS e(kind, at)\n"
     " WHERE e.at IS NOT NULL\n"},
    /* address_flat */
    {"address", "address_id", NULL, YIELD_BY_KEY,
     "SELECT md5('pagila:address:' || a.address_id)::uuid                           AS address_id,\n"
     "       a.address_id                                                           AS legacy_address_id,\n"
     "       btrim(a.address)                                                       AS line1,\n"
     "       NULLIF(btrim(a.address2), '')                                          AS line2,\n"
     "       NULLIF(btrim(a.district), '')                                          AS district,\n"
     "       c.city, co.country,\n"
     "       NULLIF(btrim(a.postal_code), '')                                       AS postal_code,\n"
     "       NULLIF(regexp_replace(a.phone, '[^0-9+]', '', 'g'), '')                AS phone,\n"
     "       (SELECT count(*) FROM customer x WHERE x.address_id = a.address_id)\n"
     "     + (SELECT count(*) FROM staff    x WHERE x.address_id = a.address_id)\n"
     "     + (SELECT count(*) FROM store    x WHERE x.address_id = a.address_id)    AS used_by\n"
     "  FROM address a JOIN city c USING (city_id) JOIN country co USING (country_id)\n"},
    /* title */
    {"film", "film_id", NULL, YIELD_BY_KEY,
     "SELECT md5('pagila:film:' || f.film_id)::uuid                                 AS title_id,\n"
     "       f.film_id                                                              AS legacy_film_id,\n"
     "       f.title, f.description, f.release_year::int                            AS release_year,\n"
     "       CASE f.rating WHEN 'PG-13' THEN 'pg13' WHEN 'NC-17' THEN 'nc17'\n"
     "                     ELSE lower(f.rating::text) END                           AS rating_code,\n"
     "       f.special_features,\n"
     "       make_interval(mins => f.length)                                        AS running_time,\n"
     "       btrim(l.name)                                                          AS language,\n"
     "       (SELECT array_agg(c.name ORDER BY c.name)\n"
     "          FROM film_category fc JOIN category c USING (category_id)\n"
     "         WHERE fc.film_id = f.film_id)                                        AS categories,\n"
     "       (SELECT jsonb_agg(jsonb_build_object('actor_id', a.actor_id, 'name', a.first_name || ' ' || a.last_name)\n"
     "                         ORDER BY a.actor_id)\n"
     "          FROM film_actor fa JOIN actor a USING (actor_id)\n"
     "         WHERE fa.film_id = f.film_id)                                        AS cast_json\n"
     "  FROM film f JOIN language l ON l.language_id = f.language_id\n"},
};

static const Sample NORTHWIND[] = {
    /* party */
    {"customers", "customer_id", "UNION", YIELD_UNKNOWN,
     "SELECT md5('nw:customer:' || customer_id)::uuid AS party_id, 'customer' AS kind, customer_id::text AS legacy_id,\n"
     "       btrim(company_name) AS display_name, upper(country) AS country_code,\n"
     "       jsonb_strip_nulls(jsonb_build_object('contact', contact_name, 'title', contact_title, 'address', address,\n"
     "         'city', city, 'region', region, 'postal_code', postal_code, 'phone', phone, 'fax', fax)) AS details\n"
     "  FROM customers\n"
     "UNION ALL\n"
     "SELECT md5('nw:supplier:' || supplier_id)::uuid, 'supplier', supplier_id::text, btrim(company_name), upper(country),\n"
     "       jsonb_strip_nulls(jsonb_build_object('contact', contact_name, 'title', contact_title, 'address', address,\n"
     "         'city', city, 'region', region, 'postal_code', postal_code, 'phone', phone, 'fax', fax,\n"
     "         'homepage', NULLIF(btrim(homepage, '#'), '')))\n"
     "  FROM suppliers\n"
     "UNION ALL\n"
     "SELECT md5('nw:shipper:' || shipper_id)::uuid, 'shipper', shipper_id::text, btrim(company_name), NULL,\n"
     "       jsonb_strip_nulls(jsonb_build_object('phone', phone))\n"
     "  FROM shippers\n"
     "UNION ALL\n"
     "SELECT md5('nw:employee:' || employee_id)::uuid, 'employee', employee_id::text, first_name || ' ' || last_name, upper(country),\n"
     "       jsonb_strip_nulls(jsonb_build_object('title', title, 'courtesy', title_of_courtesy, 'address', address,\n"
     "         'city', city, 'region', region, 'postal_code', postal_code, 'phone', home_phone, 'extension', extension,\n"
     "         'notes', notes))\n"
     "  FROM employees\n"},
    /* order_fact */
    {"orders", "order_id", NULL, YIELD_ONE,
     "SELECT md5('nw:order:' || o.order_id)::uuid AS order_key, o.order_id::int AS legacy_order_id,\n"
     "       md5('nw:customer:' || o.customer_id)::uuid AS customer_id,\n"
     "       md5('nw:employee:' || o.employee_id)::uuid AS employee_id,\n"
     "       md5('nw:shipper:'  || o.ship_via)::uuid    AS shipper_id,\n"
     "       o.order_date, o.required_date, o.shipped_date,\n"
     "       CASE WHEN o.shipped_date IS NULL THEN 'open'\n"
     "            WHEN o.shipped_date > o.required_date THEN 'shipped_late' ELSE 'shipped' END AS status,\n"
     "       o.freight::text::numeric(10,2) AS freight,\n"
     "       (SELECT sum(round(d.unit_price::text::numeric * d.quantity * (1 - d.discount::text::numeric), 4))\n"
     "          FROM order_details d WHERE d.order_id = o.order_id) AS goods_total\n"
     "  FROM orders o\n"},
    /* order_delivery_pii */
    {"orders", "order_id", NULL, YIELD_ONE,
     "SELECT md5('nw:order:' || order_id)::uuid AS order_key, ship_name, ship_address, ship_city,\n"
     "       NULLIF(btrim(ship_region), '') AS ship_region, NULLIF(btrim(ship_postal_code), '') AS ship_postal_code,\n"
     "       upper(ship_country) AS ship_country\n"
     "  FROM orders\n"},
    /* order_line */
    {"order_details", "order_id product_id", "window", YIELD_ONE,
     "SELECT md5('nw:line:' || order_id || ':' || product_id)::uuid AS line_id,\n"
     "       md5('nw:order:' || order_id)::uuid AS order_key, product_id::int AS product_id,\n"
     "       quantity::int AS quantity, unit_price::text::numeric(12,4) AS unit_price,\n"
     "       discount::text::numeric(5,4) AS discount,\n"
     "       row_number() OVER (PARTITION BY order_id ORDER BY product_id)::int AS line_no\n"
     "  FROM order_details\n"},
    /* employee_tree */
    {"employees", "employee_id", "more than once", YIELD_UNKNOWN,
     "WITH RECURSIVE t AS (\n"
     "  SELECT employee_id, reports_to, ARRAY[employee_id::int] AS path, 1 AS depth FROM employees WHERE reports_to IS NULL\n"
     "  UNION ALL\n"
     "  SELECT e.employee_id, e.reports_to, t.path || e.employee_id::int, t.depth + 1\n"
     "    FROM employees e JOIN t ON e.reports_to = t.employee_id)\n"
     "SELECT md5('nw:employee:' || employee_id)::uuid AS employee_id,\n"
     "       md5('nw:employee:' || reports_to)::uuid  AS manager_id, path, depth,\n"
     "       (SELECT array_agg(btrim(et.territory_id) ORDER BY et.territory_id) FROM employee_territories et\n"
     "         WHERE et.employee_id = t.employee_id) AS territory_codes\n"
     "  FROM t\n"},
};

static const Sample EMPLOYEE[] = {
    /* person_pii */
    {"employee", "emp_no", NULL, YIELD_ONE,
     "SELECT md5('emp:' || emp_no)::uuid AS person_id, first_name, last_name, birth_date,\n"
     "       CASE gender WHEN 'M' THEN 'male' WHEN 'F' THEN 'female' END AS gender\n"
     "  FROM employee\n"},
    /* person_fact */
    {"employee", "emp_no", NULL, YIELD_ONE,
     "SELECT md5('emp:' || e.emp_no)::uuid AS person_id, e.hire_date,\n"
     "       extract(year FROM age(e.hire_date, e.birth_date))::int AS age_at_hire,\n"
     "       (SELECT count(*)      FROM salary s WHERE s.emp_no = e.emp_no)::int AS salary_steps,\n"
     "       (SELECT max(s.amount) FROM salary s WHERE s.emp_no = e.emp_no)      AS top_salary,\n"
     "       (SELECT array_agg(DISTINCT t.title ORDER BY t.title) FROM title t WHERE t.emp_no = e.emp_no) AS titles_held,\n"
     "       EXISTS (SELECT 1 FROM dept_emp d WHERE d.emp_no = e.emp_no AND d.to_date = DATE '9999-01-01') AS is_current\n"
     "  FROM employee e\n"},
    /* employment_event */
    {"salary", "emp_no from_date", "UNION", YIELD_UNKNOWN,
     "SELECT md5('emp:' || emp_no || ':salary:' || from_date)::uuid AS event_id, md5('emp:' || emp_no)::uuid AS person_id,\n"
     "       'salary' AS kind, daterange(from_date, NULLIF(to_date, DATE '9999-01-01')) AS valid,\n"
     "       jsonb_build_object('amount', amount) AS details FROM salary\n"
     "UNION ALL\n"
     "SELECT md5('emp:' || emp_no || ':title:' || from_date || ':' || title)::uuid, md5('emp:' || emp_no)::uuid,\n"
     "       'title', daterange(from_date, NULLIF(to_date, DATE '9999-01-01')), jsonb_build_object('title', title) FROM title\n"
     "UNION ALL\n"
     "SELECT md5('emp:' || emp_no || ':dept:' || dept_no)::uuid, md5('emp:' || emp_no)::uuid,\n"
     "       'assignment', daterange(from_date, NULLIF(to_date, DATE '9999-01-01')), jsonb_build_object('dept_no', dept_no) FROM dept_emp\n"
     "UNION ALL\n"
     "SELECT md5('emp:' || emp_no || ':mgr:' || dept_no)::uuid, md5('emp:' || emp_no)::uuid,\n"
     "       'manager', daterange(from_date, NULLIF(to_date, DATE '9999-01-01')), jsonb_build_object('dept_no', dept_no) FROM dept_manager\n"},
    /* department_v2 */
    {"department", "dept_no", NULL, YIELD_ONE,
     "SELECT md5('dept:' || d.dept_no)::uuid AS dept_id, d.dept_no, d.dept_name,\n"
     "       (SELECT md5('emp:' || m.emp_no)::uuid FROM dept_manager m\n"
     "         WHERE m.dept_no = d.dept_no AND m.to_date = DATE '9999-01-01') AS current_manager_id,\n"
     "       (SELECT jsonb_agg(jsonb_build_object('emp_no', m.emp_no, 'from', m.from_date,\n"
     "                         'to', NULLIF(m.to_date, DATE '9999-01-01')) ORDER BY m.from_date, m.emp_no)\n"
     "          FROM dept_manager m WHERE m.dept_no = d.dept_no) AS manager_history,\n"
     "       (SELECT count(*) FROM dept_emp de WHERE de.dept_no = d.dept_no AND de.to_date = DATE '9999-01-01') AS headcount\n"
     "  FROM department d\n"},
};

static const Sample NETFLIX[] = {
    /* title */
    {"netflix_shows", "show_id", NULL, YIELD_ONE,
     "SELECT md5('nf:' || show_id)::uuid AS title_id, substr(show_id, 2)::int AS legacy_no,\n"
     "       CASE type WHEN 'Movie' THEN 'movie' WHEN 'TV Show' THEN 'series' END AS kind,\n"
     "       btrim(title, E' \\t\\n\\r') AS title,\n"
     "       CASE WHEN rating ~ '^[0-9]+ min$' THEN NULL ELSE NULLIF(rating, '') END AS rating,\n"
     "       CASE WHEN coalesce(duration, CASE WHEN rating ~ '^[0-9]+ min$' THEN rating END) LIKE '% min'\n"
     "            THEN split_part(coalesce(duration, rating), ' ', 1)::int END AS minutes,\n"
     "       CASE WHEN duration LIKE '% Season%' THEN split_part(duration, ' ', 1)::int END AS seasons,\n"
     "       release_year, date_added, description\n"
     "  FROM netflix_shows\n"},
    /* credit */
    {"netflix_shows", "show_id", NULL, YIELD_BY_KEY,
     "SELECT md5('nf:' || s.show_id)::uuid AS title_id, x.role, x.pos::int AS pos,\n"
     "       md5('nf:person:' || lower(btrim(x.name)))::uuid AS person_id, btrim(x.name) AS credited_as\n"
     "  FROM netflix_shows s\n"
     " CROSS JOIN LATERAL (\n"
     "   SELECT 'director' AS role, n.name, n.pos FROM regexp_split_to_table(s.director, ',') WITH ORDINALITY AS n(name, pos)\n"
     "   UNION ALL\n"
     "   SELECT 'cast', n.name, n.pos FROM regexp_split_to_table(s.cast_members, ',') WITH ORDINALITY AS n(name, pos)) x\n"
     " WHERE btrim(x.name) <> ''\n"},
    /* person */
    {"netflix_shows", "show_id", "more than once", YIELD_UNKNOWN,
     "SELECT md5('nf:person:' || lower(btrim(n)))::uuid AS person_id, min(btrim(n) COLLATE \"C\") AS name,\n"
     "       count(DISTINCT show_id)::int AS titles,\n"
     "       jsonb_agg(DISTINCT show_id ORDER BY show_id) AS show_ids\n"
     "  FROM (SELECT show_id, regexp_split_to_table(director, ',') AS n FROM netflix_shows\n"
     "        UNION ALL SELECT show_id, regexp_split_to_table(cast_members, ',') FROM netflix_shows) q\n"
     " WHERE btrim(n) <> ''\n"
     " GROUP BY lower(btrim(n))\n"},
    /* title_facets */
    {"netflix_shows", "show_id", NULL, YIELD_ONE,
     "SELECT md5('nf:' || show_id)::uuid AS title_id,\n"
     "       (SELECT array_agg(NULLIF(btrim(c), '') ORDER BY o) FILTER (WHERE btrim(c) <> '')\n"
     "          FROM regexp_split_to_table(country, ',') WITH ORDINALITY AS u(c, o)) AS countries,\n"
     "       (SELECT array_agg(btrim(g) ORDER BY o) FROM regexp_split_to_table(listed_in, ',') WITH ORDINALITY AS u(g, o)) AS genres\n"
     "  FROM netflix_shows\n"},
};

static void check_samples(const Sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        AUTO(Arena) *arena = arena_new();
        const Sample *s = &samples[i];
        Built built = build(arena, s->sql, s->table, s->key, NULL);
        const Transform *t = built.transform;
        bool good = t->parsed && t->narrowable == !s->why && t->yield == s->yield && built.mistakes.list.count == 0 &&
                    t->volatile_columns.count == 0;
        good &= s->why ? t->why_one_chunk && strstr(t->why_one_chunk, s->why) : t->shows_key;
        if (!CHECK(good))
            printf("# %s\n# why %s, yield %d, shows %d, volatile %zu\n", s->sql, t->why_one_chunk ? t->why_one_chunk : "-", (int)t->yield,
                   t->shows_key, t->volatile_columns.count);
    }
}

#define CHECK_SAMPLES(samples) check_samples(samples, sizeof samples / sizeof *samples)

TEST(pagila_is_understood)
{
    CHECK_SAMPLES(PAGILA);
}

TEST(northwind_is_understood)
{
    CHECK_SAMPLES(NORTHWIND);
}

TEST(the_employee_data_set_is_understood)
{
    CHECK_SAMPLES(EMPLOYEE);
}

TEST(netflix_is_understood)
{
    CHECK_SAMPLES(NETFLIX);
}
