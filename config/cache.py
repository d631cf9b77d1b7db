"""The cache: Redis. Without Redis people still sign in, and each process counts their attempts for itself.

Only allauth's keys are taken over by the process. Whoever else uses the cache hears that Redis is gone, as before: the
visitors' limits then count at half size.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

TAKEN_OVER = ("allauth:", "allauth.mfa.")  # limits, and codes of authenticator apps that were used
LET_ALONE = 10  # seconds without asking Redis again, since a sign-in asks twenty times and each may wait for a second


class Outage:
    """Until when this process does without Redis, on the monotonic clock."""

    until = 0.0


class Cache(RedisCache):
    """Redis, and this process's memory for the limits of sign-in while Redis is gone."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        own = {key: value for key, value in params.items() if key not in {"OPTIONS", "LOCATION"}}
        self._here = LocMemCache("sign-in", {**own, "MAX_ENTRIES": 20_000})

    def add(self, key: str, *args: Any, **kwargs: Any) -> bool:
        return bool(self._either(key, super().add, self._here.add, *args, **kwargs))

    def get(self, key: str, *args: Any, **kwargs: Any) -> Any:
        return self._either(key, super().get, self._here.get, *args, **kwargs)

    def set(self, key: str, *args: Any, **kwargs: Any) -> None:
        self._either(key, super().set, self._here.set, *args, **kwargs)

    def delete(self, key: str, *args: Any, **kwargs: Any) -> bool:
        return bool(self._either(key, super().delete, self._here.delete, *args, **kwargs))

    def _either(self, key: str, there: Callable[..., Any], here: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if not key.startswith(TAKEN_OVER):
            return there(key, *args, **kwargs)
        if time.monotonic() >= Outage.until:
            try:
                return there(key, *args, **kwargs)
            except RedisError as error:
                log.warning("Redis is gone (%s); this process counts sign-in attempts for itself.", error)
                Outage.until = time.monotonic() + LET_ALONE
        return here(key, *args, **kwargs)
