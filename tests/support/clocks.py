"""The database's clock, as a client has learned it from an answered create."""

from gelato_async.core.database_clock import Sample


def warm(client):
    """Teach a client the database's clock, so that no look precedes its first create."""
    clock = client.engine.clock
    now, wall = clock.now(), clock.wall()
    client.engine.evidence.database.learn(
        Sample(sent=now, answered=now, dated=float(int(wall)), offset=wall - now)
    )
    return client
