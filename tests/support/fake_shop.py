import json
from datetime import UTC, datetime

from gelato_async import GelatoClient, Response, ScriptedTransport, Unlimited


class Shop:
    """Gelato in memory: keeps every order it gets, finds them by reference, and fails creates as `faults` says."""

    def __init__(self, virtual):
        self.virtual = virtual
        self.orders = {}
        self.searches = []
        self.faults = {}
        self.search_fault = None
        self.in_flight = 0
        self.most_in_flight = 0
        self.latency = 0.0

    async def answer(self, request):
        body = json.loads(request.body or b"{}")
        if request.url.endswith("search"):
            return self._search(body)
        if request.method == "GET":
            return self._get(request.url.rpartition("/")[2])
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            if self.latency:
                await self.virtual.sleep(self.latency)
            return self._create(body)
        finally:
            self.in_flight -= 1

    def _create(self, body):
        reference = body["orderReferenceId"]
        faults = self.faults.get(reference, [])
        fault = faults.pop(0) if faults else None
        if callable(fault):
            return fault(self, body)
        row = self.commit(body)
        return Response(status=200, body=json.dumps(row).encode())

    def commit(self, body):
        rows = self.orders.setdefault(body["orderReferenceId"], [])
        row = {
            "id": f"{body['orderReferenceId']}-{len(rows)}",
            "orderReferenceId": body["orderReferenceId"],
            "orderType": body.get("orderType", "order"),
            "fulfillmentStatus": "created",
            "createdAt": datetime.fromtimestamp(int(self.virtual.wall()), UTC).isoformat(),
            "connectedOrderIds": [],
        }
        rows.append(row)
        return row

    def _get(self, order_id):
        rows = [row for rows in self.orders.values() for row in rows if row["id"] == order_id]
        if not rows:
            return Response(status=404, body=b"{}")
        return Response(status=200, body=json.dumps(rows[0]).encode())

    def _search(self, body):
        self.searches.append(body["orderReferenceIds"])
        if self.search_fault is not None:
            return self.search_fault
        rows = [
            row for reference in body["orderReferenceIds"] for row in self.orders.get(reference, [])
        ]
        start = body.get("offset") or 0
        return Response(
            status=200, body=json.dumps({"orders": rows[start : start + body["limit"]]}).encode()
        )


def failed(status):
    """Not committed, and answered with a status."""
    return lambda shop, body: Response(status=status, body=b"{}")


def lost(shop, body):
    """Committed, and answered with a 502."""
    shop.commit(body)
    return Response(status=502, body=b"<html>Bad gateway</html>")


def unreadable(shop, body):
    """Committed, and answered with a 200 that is no JSON."""
    shop.commit(body)
    return Response(status=200, body=b"<html>")


def client_with(shop, virtual, key="sEcReT-kEy-1", **options):
    """A client of a shop in memory, without a limit."""
    return GelatoClient(
        key,
        transport=ScriptedTransport(shop.answer),
        clock=virtual.clock,
        limiter=Unlimited(),
        **options,
    )
