"""Everything that a reader says about demos, as one JSON object: run with either reader, the two must be equal.

`python demos_digest.py FILE…`, and SLOMIX_GREATSHOT_READER chooses. `reader` says which one ran.
"""

from __future__ import annotations

import hashlib
import json
import sys
from typing import Any

import msgspec

from slomix_greatshot.demo import READER, DemoReader, NotADemo, read
from slomix_greatshot.demo.frames import frame_of, steps


def digest(file: str) -> dict[str, Any]:
    stream = hashlib.sha256()
    told: dict[str, Any] = {}
    try:
        reader = DemoReader(file, commands=True)
        count = 0
        for happening in reader:
            stream.update(msgspec.json.encode(happening))
            count += 1
        told = {"warnings": reader.warnings, "notes": reader.notes, "counters": reader.counters}
        told |= {"happenings": count, "stream": stream.hexdigest()}
        told["demo"] = msgspec.to_builtins(read(file)) | {"reader": ""}
        told["snapshots"] = []
        decoder = None
        for decoder in steps(DemoReader(file)):
            told["snapshots"].append([decoder.tell()["time"], decoder.crc()])
        told["last"] = msgspec.to_builtins(frame_of(decoder)) if decoder else None
    except NotADemo as error:
        told["error"] = str(error)
    return told


if __name__ == "__main__":
    json.dump({"reader": READER, "files": {file: digest(file) for file in sys.argv[1:]}}, sys.stdout)
