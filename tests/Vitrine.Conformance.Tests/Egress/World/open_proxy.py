# The proxy that a careless operator puts up, for controls: HTTP at 198.18.0.1:3128 and SOCKS5 at :1080. It allows everything, mends what it is given, connects
# to the canary where a name is none, and relays bytes as they come. What the gateway is to refuse, this one lets through.
import asyncio
import re
import urllib.parse

CANARY = "11.7.0.200"


async def relay(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
    except OSError:
        writer.close()


async def dial(name, port):
    name = re.split(r"[\0\r\n/]", urllib.parse.unquote(name).rpartition("@")[2])[0].strip("[]").rstrip(".")
    try:
        return await asyncio.wait_for(asyncio.open_connection(name.encode().decode("ascii"), port), 2)
    except (OSError, UnicodeError, asyncio.TimeoutError):
        return await asyncio.open_connection(CANARY, port)


async def both(reader, writer, far):
    await asyncio.gather(relay(reader, far[1]), relay(far[0], writer))
    far[1].close()
    writer.close()


async def http(reader, writer):
    head = await reader.readuntil(b"\r\n\r\n")
    method, target = (head.decode("latin-1").split(" ", 2) + ["", ""])[:2]
    if method == "CONNECT":
        name, _, port = target.rpartition(":")
        far = await dial(name or target, int(port) or 7007 if port.isdigit() else 443)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    else:
        authority = re.match(r"(?:[a-z]+://)?([^/]*)", target).group(1)
        name, _, port = authority.rpartition(":") if re.search(r":\d+$", authority) else (authority, "", "80")
        far = await dial(name, int(port))
        far[1].write(re.sub(rb"^(\S+) [a-z]+://[^/ ]*", rb"\1 ", head))
    await both(reader, writer, far)


async def socks(reader, writer):
    await reader.readexactly((await reader.readexactly(2))[1])
    writer.write(b"\x05\x00")
    head = await reader.readexactly(4)
    if head[3] == 3:
        name = (await reader.readexactly((await reader.readexactly(1))[0])).decode("latin-1")
    elif head[3] == 1:
        name = ".".join(str(b) for b in await reader.readexactly(4))
    else:
        name = ":".join("%02x%02x" % pair for pair in zip(*[iter(await reader.readexactly(16))] * 2))
    far = await dial(name, int.from_bytes(await reader.readexactly(2), "big"))
    writer.write(b"\x05\x00\x00\x01\0\0\0\0\0\0")
    await both(reader, writer, far)


async def main():
    for handler, port in ((http, 3128), (socks, 1080)):
        await asyncio.start_server(handler, "198.18.0.1", port)
    print("ready", flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
