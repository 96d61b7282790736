--
-- PostgreSQL database dump
--
/* x */ SET a = b;
