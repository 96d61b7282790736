#include "scratch/clients.h"

#include "tap.h"

TEST(a_version_is_read_from_what_the_program_says)
{
    CHECK(clients_version("pg_dump (PostgreSQL) 17.2 (Debian 17.2-1.pgdg120+1)\n") == 17);
    CHECK(clients_version("pg_dump (PostgreSQL) 9.6.24\n") == 9);
    CHECK(clients_version("pg_dump (PostgreSQL) 18beta1\n") == 18);
    CHECK(clients_version("pg_dump: not found") == 0);
    CHECK(clients_version(NULL) == 0);
}
