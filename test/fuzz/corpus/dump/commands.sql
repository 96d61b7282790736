\connect crm
DROP DATABASE x;
CREATE DATABASE x;
SELECT 1 \gexec
\! echo
