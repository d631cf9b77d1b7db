"""The same guard for a model provider that people typed in: asynchronous, since no thread is held while tokens flow."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterable
from typing import Any

import httpcore2
import httpx2

from chatbots.knowledge.fetching import addresses, network
from chatbots.knowledge.fetching.refusals import INNER_PROVIDER, NO_ANSWER, NO_NAME, Refused

HIGHEST = 65_535  # port
MOST = 10_000_000  # bytes of one body: each word of an answer comes in some hundred


class Backend(httpcore2.AsyncNetworkBackend):
    """Dials public addresses only, and those that it looked at itself."""

    def __init__(self) -> None:
        self.dial = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """A connection to the first address. Raises Refused if any of the name's is an inner one, or it has no port."""
        if port > HIGHEST:  # the resolver takes it, and the socket does not
            raise Refused(NO_ANSWER.format(host=host))
        try:
            async with asyncio.timeout(timeout):
                found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Refused(NO_NAME.format(host=host)) from error
        named = [str(entry[4][0]) for entry in found]
        if not network.allowed(host, port) and any(addresses.inner(address) for address in named):
            raise Refused(INNER_PROVIDER.format(host=host))
        return await self.dial.connect_tcp(named[0], port, timeout)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


FAILURES = (
    Refused,
    httpcore2.NetworkError,
    httpcore2.TimeoutException,
    httpcore2.ProtocolError,
    httpcore2.UnsupportedProtocol,
    httpcore2.ConnectionNotAvailable,
)
TOO_SLOW = (TimeoutError, httpcore2.TimeoutException, httpx2.TimeoutException)
NOT_REACHED = (httpcore2.NetworkError, httpx2.ConnectError)


class Body(httpx2.AsyncByteStream):
    """What the provider sends, as it comes, up to MOST bytes: whoever reads an error's text reads all of it."""

    def __init__(self, pieces: Any) -> None:
        self.pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        taken = 0
        try:
            async for piece in self.pieces:
                taken += len(piece)
                if taken > MOST:
                    raise httpx2.ReadError("The body has no end.")
                yield piece
        except FAILURES as failure:
            raise httpx2.ReadError(str(failure)) from failure

    async def aclose(self) -> None:
        if hasattr(self.pieces, "aclose"):
            await self.pieces.aclose()


class Transport(httpx2.AsyncBaseTransport):
    """For one httpx2 client, whose errors it raises. Schemes are looked at when the address is typed in."""

    def __init__(self, trusted: Any) -> None:
        self.pool = httpcore2.AsyncConnectionPool(ssl_context=trusted, network_backend=Backend())

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url
        request.headers["Accept-Encoding"] = "identity"  # a body that comes packed may unpack to anything
        asked = httpcore2.Request(
            method=request.method,
            url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        try:
            answer = await self.pool.handle_async_request(asked)
        except FAILURES as failure:
            raise httpx2.ConnectError(str(failure), request=request) from failure
        if any(name.lower() == b"content-encoding" and value.lower() != b"identity" for name, value in answer.headers):
            await answer.aclose()
            raise httpx2.RemoteProtocolError("The body is packed, which was not asked for.", request=request)
        return httpx2.Response(
            answer.status, headers=answer.headers, stream=Body(answer.stream), extensions=answer.extensions
        )

    async def aclose(self) -> None:
        await self.pool.aclose()
