"""The program that reads one picture with rapidocr: a PNG on standard input, its lines as JSON on standard output.

Each line is `{"text", "box": [left, top, right, bottom] in pixels, "score": 0 to 1}`. Run by `adapters.documents.ocr`
under the limits of the process that reads the document.
"""

import io
import json
import logging
import sys
from typing import Any

import numpy as np
from PIL import Image
from rapidocr import RapidOCR

_OPTIONS = {
    "Global.log_level": "critical",
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    # Lines are looked for on a smaller copy and read one by one: a page takes 520 MB instead of 880.
    "Det.limit_type": "max",
    "Det.limit_side_len": 1280,
    "Cls.cls_batch_num": 1,
    "Rec.rec_batch_num": 1,
}


def main() -> None:
    """Read the picture."""
    logging.disable(logging.CRITICAL)
    with Image.open(io.BytesIO(sys.stdin.buffer.read())) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    print(json.dumps(_lines(RapidOCR(params=_OPTIONS)(pixels))))


def _lines(found: Any) -> list[dict[str, Any]]:
    if found.boxes is None:
        return []
    return [
        {
            "text": text,
            "box": [
                float(corners[:, 0].min()),
                float(corners[:, 1].min()),
                float(corners[:, 0].max()),
                float(corners[:, 1].max()),
            ],
            "score": float(score),
        }
        for corners, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
    ]


if __name__ == "__main__":
    main()
