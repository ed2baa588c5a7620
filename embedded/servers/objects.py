"""Owns the object store: rclone serving a local folder over the S3 protocol."""

from pathlib import Path

from embedded.child import Child, Program
from embedded.ports import LOOPBACK
from embedded.secrets import Secrets
from embedded.servers.common import clean_environment, program, status_of

BUCKET = "talentflow"


async def start(data_dir: Path, port: int, secrets: Secrets) -> Child:
    """Start the server with its bucket and wait until it answers.

    Clients sign with SigV4 and address buckets by path; an object's content lasts, its content type and metadata
    only until the server stops.
    """
    folder = data_dir / "objects"
    (folder / BUCKET).mkdir(parents=True, exist_ok=True)  # a bucket is a folder
    command: list[str | Path] = [program("rclone"), "serve", "s3", "--config", "", folder]
    command += ["--addr", f"{LOOPBACK}:{port}"]
    # In the environment, as a command line is readable by every user of the machine.
    keys = clean_environment(data_dir, RCLONE_AUTH_KEY=f'"{secrets.s3_access_key},{secrets.s3_secret_key}"')
    child = await Child.start(Program("objects", command, keys, data_dir), data_dir)

    async def ready() -> bool:
        return await status_of(f"http://{LOOPBACK}:{port}/") == 400  # it refuses what is not signed

    return await child.until(ready, 30)
