"""Bodies that come packed, unpacked only as far as there is room for."""

import zlib

A_PIECE = 16_384  # bytes; behind each of many small packed pieces the rest is copied


class TooLarge(Exception):
    """More than there was room for came out, or went in."""


class Unpacked:
    """What came of a body so far: at most `most` bytes, whatever they were packed into."""

    def __init__(self, most: int, *, packed: bool) -> None:
        self.most, self.packed = most, packed
        self.body = bytearray()
        self.taken = 0
        self.unpacking = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip and zlib, told apart by their first bytes

    def take(self, piece: bytes) -> None:
        """Raises TooLarge beyond `most`, and zlib.error for what is not packed as it says."""
        self.taken += len(piece)
        while piece:
            room = self.most + 1 - len(self.body)
            if not self.packed:
                self.body += piece[:room]
                piece = b""
            else:
                self.body += self.unpacking.decompress(piece, room)
                piece = self.next_member()
            if len(self.body) > self.most:
                raise TooLarge
        if self.taken > self.most + 65_536:  # what unpacks to nothing has an end too
            raise TooLarge

    def next_member(self) -> bytes:
        """What is left over behind the end of one packed piece: another one, or nothing that matters."""
        rest = self.unpacking.unused_data
        if not self.unpacking.eof or not rest.startswith(b"\x1f\x8b"):
            return b""
        self.unpacking = zlib.decompressobj(zlib.MAX_WBITS | 32)
        return rest

    def whole(self) -> bytes:
        """All of it. Raises zlib.error when its end is missing."""
        if self.packed and self.taken and not self.unpacking.eof:
            raise zlib.error("The end is missing.")
        return bytes(self.body)


def unpacked(data: bytes, *, most: int) -> bytes:
    """A gzip file's content. Raises TooLarge and zlib.error."""
    unpacking = Unpacked(most, packed=True)
    for start in range(0, len(data), A_PIECE):
        unpacking.take(data[start : start + A_PIECE])
    return unpacking.whole()
