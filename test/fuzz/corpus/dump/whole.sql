--
-- PostgreSQL database dump
--

\restrict Abc1

SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', '', false);

--
-- Name: leads; Type: TABLE; Schema: crm; Owner: crm owner; Tablespace: fast
--

CREATE TABLE crm.leads (id bigint, "na;me" text);
ALTER TABLE crm.leads OWNER TO "crm owner";
COPY crm.leads (id, "na;me") FROM stdin;
1	it's
2	\N
\.


GRANT SELECT ON TABLE crm.leads TO PUBLIC, reader;
--
-- PostgreSQL database dump complete
--

\unrestrict Abc1
