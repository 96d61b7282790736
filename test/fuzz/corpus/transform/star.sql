SELECT * FROM ONLY public.companies
===
name <> 'x'
===
-
