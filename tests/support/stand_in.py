"""A small program for the supervisor's tests.

It listens at STAND_IN_PORT until SIGTERM, and then writes STAND_IN_NAME into STAND_IN_DIARY.
"""

import asyncio
import os
import signal
from pathlib import Path


async def main() -> None:
    """Serves nothing, politely."""
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", int(os.environ["STAND_IN_PORT"]))
    print("listening", flush=True)
    await stopping.wait()


if __name__ == "__main__":
    asyncio.run(main())
    with Path(os.environ["STAND_IN_DIARY"]).open("a") as diary:
        diary.write(os.environ["STAND_IN_NAME"] + "\n")
