"""The lock of a sandbox's state, which saves what has changed."""

import threading

import attrs

from gelato_async.sandbox.storage.saved_state import SavedState


@attrs.define(eq=False)
class StateLock:
    """The lock of a sandbox's state; what has changed is saved before the lock is released.

    So no answer leaves that shows what a restart would not know. Where saving failed, it is tried
    again before anybody has the lock the next time: until then, no request is served.

    Attributes:
        saved: The state with its file, or None without a file.
        alone: The lock alone, for changes that may be saved later.
    """

    saved: SavedState | None = attrs.field(init=False, default=None)
    alone: threading.Lock = attrs.field(init=False, factory=threading.Lock)

    def __enter__(self) -> None:
        """Wait for the lock, and save what could not be saved before.

        Raises:
            StateFileError: The file cannot be written to. The lock is released.
        """
        self.alone.acquire()
        try:
            self._save()
        except BaseException:
            self.alone.release()
            raise

    def __exit__(self, *_: object) -> None:
        """Save what has changed, and release the lock.

        Raises:
            StateFileError: The file cannot be written to. What has changed stays to be saved.
        """
        try:
            self._save()
        finally:
            self.alone.release()

    def close(self) -> None:
        """Save, and close the file; the state stays as it is."""
        with self.alone:
            saved, self.saved = self.saved, None
            if saved is None:
                return
            try:
                saved.save()
            finally:
                saved.close()

    def _save(self) -> None:
        if self.saved is not None:
            self.saved.save()
