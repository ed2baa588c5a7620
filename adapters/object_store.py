"""Documents in an S3 bucket: uploads, their text, drafts and large results, spreadsheets, by key."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, BinaryIO, ParamSpec, TypeVar
from uuid import UUID

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from runtime.settings import Settings

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client
    from types_boto3_s3.type_defs import CompletedPartTypeDef

P = ParamSpec("P")
T = TypeVar("T")

_MISSING = {"404", "NoSuchKey", "NoSuchUpload", "NotFound"}

PAGE = 1000
"""Objects listed at once: S3 gives no more."""

PART_BYTES = 8 * 1024**2
"""What a streamed object is sent in; S3 asks for 5 MiB at least."""


class StorageUnavailable(Exception):
    """The object store did not answer, or not as it should: worth another try."""


class ObjectMissing(Exception):
    """There is no object under this key."""


CV_PREFIX = "cv/"
RESULT_PREFIX = "results/"


def job_prefix(job_id: UUID) -> str:
    """Everything kept of one parse but its result lies under this prefix."""
    return f"{CV_PREFIX}{job_id}/"


def source_key(job_id: UUID, digest: str) -> str:
    """The uploaded file. Named by content, so that a second upload under one id never replaces the first."""
    return f"{job_prefix(job_id)}source-{digest[:16]}"


def text_key(job_id: UUID) -> str:
    return f"{job_prefix(job_id)}text.json"


def draft_key(job_id: UUID) -> str:
    """The profile as extracted, before it is grounded and saved."""
    return f"{job_prefix(job_id)}draft.json"


def result_key(job_id: UUID) -> str:
    return f"{RESULT_PREFIX}{job_id}.json"


IMPORT_PREFIX = "imports/"


def import_prefix(import_id: str) -> str:
    """Whatever was uploaded for one import lies under this prefix."""
    return f"{IMPORT_PREFIX}{import_id}/"


class ObjectStore:
    """One bucket of any S3-compatible store (SigV4, path style). boto3 blocks, so every call runs in a thread."""

    def __init__(self, settings: Settings) -> None:
        self._bucket = settings.s3_bucket
        self._client: S3Client = boto3.client(
            "s3",
            endpoint_url=settings.s3_endpoint_url,
            aws_access_key_id=settings.s3_access_key.get_secret_value() if settings.s3_access_key else None,
            aws_secret_access_key=settings.s3_secret_key.get_secret_value() if settings.s3_secret_key else None,
            region_name="us-east-1",
            config=Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                connect_timeout=3,
                read_timeout=10,
                retries={"total_max_attempts": 2, "mode": "standard"},
                max_pool_connections=32,
            ),
        )

    async def put(self, key: str, body: bytes | BinaryIO) -> None:
        """Store an object, replacing what was there."""
        await self._call(self._client.put_object, Bucket=self._bucket, Key=key, Body=body)

    async def put_stream(self, key: str, chunks: AsyncIterable[bytes]) -> None:
        """Store an object while it is received, in constant memory; when `chunks` raises, nothing is kept."""
        upload_id: str | None = None
        sent: list[CompletedPartTypeDef] = []
        try:
            async for part in _in_parts(chunks):
                if upload_id is None:
                    if len(part) < PART_BYTES:  # the last, hence all of it
                        await self.put(key, part)
                        return
                    begun = await self._call(self._client.create_multipart_upload, Bucket=self._bucket, Key=key)
                    upload_id = begun["UploadId"]
                if part:
                    sent.append(await self._send_part(key, upload_id, len(sent) + 1, part))
            if upload_id is not None:
                await self._call(
                    self._client.complete_multipart_upload,
                    Bucket=self._bucket,
                    Key=key,
                    UploadId=upload_id,
                    MultipartUpload={"Parts": sent},
                )
        except BaseException:
            if upload_id is not None:
                with suppress(StorageUnavailable, ObjectMissing):  # what remains is swept later
                    await self._call(
                        self._client.abort_multipart_upload, Bucket=self._bucket, Key=key, UploadId=upload_id
                    )
            raise

    async def _send_part(self, key: str, upload_id: str, number: int, part: bytes) -> "CompletedPartTypeDef":
        answer = await self._call(
            self._client.upload_part,
            Bucket=self._bucket,
            Key=key,
            UploadId=upload_id,
            PartNumber=number,
            Body=part,
        )
        return {"PartNumber": number, "ETag": answer["ETag"]}

    def link(self, key: str, lifetime: timedelta) -> str:
        """A URL from which whoever has it reads this one object, for a time: a process without our keys."""
        return self._client.generate_presigned_url(
            "get_object", Params={"Bucket": self._bucket, "Key": key}, ExpiresIn=int(lifetime.total_seconds())
        )

    async def get(self, key: str) -> bytes:
        """The whole object. Raises `ObjectMissing`."""

        def read() -> bytes:
            return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()

        return await self._call(read)

    async def exists(self, key: str) -> bool:
        """Whether there is an object under this key."""
        try:
            await self._call(self._client.head_object, Bucket=self._bucket, Key=key)
        except ObjectMissing:
            return False
        return True

    async def delete_prefix(self, prefix: str) -> None:
        """Remove every object whose key begins with `prefix`; none is fine."""

        def delete() -> None:
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
            for page in pages:
                for item in page.get("Contents", []):
                    self._client.delete_object(Bucket=self._bucket, Key=item["Key"])

        await self._call(delete)

    async def old_objects(self, prefix: str, before: datetime) -> AsyncGenerator[list[str]]:
        """Keys that begin with `prefix`, of objects stored before this moment: one list for each page of the bucket."""
        after = ""
        while True:
            page = await self._call(
                self._client.list_objects_v2, Bucket=self._bucket, Prefix=prefix, StartAfter=after, MaxKeys=PAGE
            )
            listed = page.get("Contents", [])
            yield [item["Key"] for item in listed if item["LastModified"] < before]
            if not page["IsTruncated"]:
                return
            after = listed[-1]["Key"]

    async def abort_uploads(self, prefix: str, before: datetime) -> None:
        """Drop what was sent of streamed objects whose sender died before this moment."""

        def abort() -> None:
            pages = self._client.get_paginator("list_multipart_uploads").paginate(Bucket=self._bucket, Prefix=prefix)
            for page in pages:
                for item in page.get("Uploads", []):
                    if item["Initiated"] < before:
                        self._client.abort_multipart_upload(
                            Bucket=self._bucket, Key=item["Key"], UploadId=item["UploadId"]
                        )

        with suppress(ObjectMissing):  # none, or ended just now
            await self._call(abort)

    async def ensure_bucket(self) -> None:
        """Create the bucket unless it is there."""
        try:
            await self.ping()
        except ObjectMissing:
            await self._call(self._client.create_bucket, Bucket=self._bucket)

    async def ping(self) -> None:
        """Raise unless the bucket can be reached."""
        await self._call(self._client.head_bucket, Bucket=self._bucket)

    async def _call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await asyncio.to_thread(function, *args, **kwargs)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _MISSING:
                raise ObjectMissing("no such object") from None
            raise StorageUnavailable("the object store refused the call") from None
        except BotoCoreError:
            raise StorageUnavailable("the object store is unreachable") from None


async def _in_parts(chunks: AsyncIterable[bytes]) -> AsyncGenerator[bytes]:
    """The same bytes in blocks of `PART_BYTES` or a little more; the last one is shorter, and may be empty."""
    buffer = bytearray()
    async for chunk in chunks:
        buffer += chunk
        if len(buffer) >= PART_BYTES:
            yield bytes(buffer)
            buffer.clear()
    yield bytes(buffer)
