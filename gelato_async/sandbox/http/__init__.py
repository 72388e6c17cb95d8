"""HTTP in the sandbox: bytes in, bytes out, and when requests arrived.

`server` runs the application by uvicorn, `arrivals` notes when the kernel had a request, `asgi`
reads requests and sends answers, `cors` is what front ends of other origins need. What is answered,
and why, is decided elsewhere.
"""
