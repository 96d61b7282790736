/* Opens the connection that its argument names: prints nothing, or why not. The exit status is that of rehome. */
#include "pg/conn.h"

#include <stdio.h>

int main(int count, char **arguments)
{
    if (count != 2)
        return 2;
    Error error = {0};
    AUTO(Conn) *conn = conn_open(&(ConnOptions){.url = arguments[1], .side = "source"}, &error);
    if (conn)
        return 0;
    printf("%s\n%s\n%s\n", error.message, error.detail, error.hint);
    return error_policy(error.kind)->exit_status;
}
