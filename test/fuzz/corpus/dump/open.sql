COPY t FROM stdin;
1
2	'
-- Name: a; Type: TABLE; Schema: s; Owner: o
