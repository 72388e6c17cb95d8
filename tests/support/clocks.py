"""The database's clock, as a client has learned it from an answered create."""

from gelato_async.core.database_clock import Sample


def warm(client, ahead=0.0):
    """Teach a client the database's clock, so that no look precedes its first create.

    `ahead` is how far it is ahead of the host's, in seconds.
    """
    clock = client.engine.clock
    now, wall = clock.now(), clock.wall()
    client.engine.evidence.database.learn(
        Sample(sent=now, answered=now, dated=float(int(wall + ahead)), offset=wall - now)
    )
    return client
