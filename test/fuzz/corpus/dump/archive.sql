--
-- TOC entry 3512 (class 2606 OID 16853)
-- Dependencies: 3470 252 254
-- Name: staff staff_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_fkey FOREIGN KEY (a) REFERENCES b(c);
