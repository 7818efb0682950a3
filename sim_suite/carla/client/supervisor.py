"""Keeps a session with a server: finds or starts one, connects again after a failure, gives settings back in the end. Source: ours."""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress
from typing import Any, Final

from sim_suite.carla.client.claims import Claim, claim
from sim_suite.carla.client.failures import CarlaFailure, ServerMissingError
from sim_suite.carla.client.knock import Address
from sim_suite.carla.client.options import OWN, ConnectionOptions
from sim_suite.carla.client.session import Session, client_version

_EVERY_S: Final = 0.2
"""A server that is started again is looked for so often."""


class Supervisor:
    """One server's, from the first `session` to `close`."""

    def __init__(self, options: ConnectionOptions, map_name: str) -> None:
        """map_name: what a server of our own begins with."""
        self._options, self._map_name = options, map_name
        self._session: Session | None = None
        self._claim: Claim | None = None
        self._own = ExitStack()
        self._own_address: Address | None = None
        self._settings: list[Any] | None = None

    @property
    def is_own(self) -> bool:
        """Whether the server is one that we start."""
        return self._options.server == OWN

    def session(self) -> Session:
        """The session that is open, or a new one. Raises `CarlaFailure` of all kinds."""
        if self._session is None or not self._session.is_open:
            if self._session is not None and self.is_own:
                self._stop_own()
            self._session = Session(self._address(), self._options.timeout_s, self._settings)
            if not self.is_own:  # a server of our own goes with us
                self._settings = self._session.settings
        return self._session

    def again(self, failure: CarlaFailure) -> Session:
        """A new session after a failure, waiting a while for a server that is started again. Raises the failure where none comes."""
        self._drop()
        until = time.monotonic() + self._options.reconnect_s
        while True:
            try:
                return self.session()
            except ServerMissingError:
                if time.monotonic() >= until:
                    raise failure from None
                time.sleep(_EVERY_S)
            except CarlaFailure as error:
                raise failure from error

    def close(self) -> None:
        """End the session and a server of our own. A world that a broken session has left is put back, where it is still there."""
        broken = self._session is not None and not self._session.is_open and not self.is_own
        if broken:
            with suppress(CarlaFailure):  # then there is nothing to put back
                self.session()
        self._drop()
        self._stop_own()
        if self._claim is not None:
            self._claim.release()
            self._claim = None

    def _drop(self) -> None:
        if self._session is not None:
            self._session.close()

    def _address(self) -> Address:
        if not self.is_own:
            if self._claim is None:
                client_version()
                self._claim = claim(self._options.addresses)
            return self._claim.address
        if self._own_address is None:
            from sim_suite.carla.server.hosting import hosted  # loads the driving world

            client_version()
            self._own_address = Address("127.0.0.1", self._own.enter_context(hosted(self._map_name)))
        return self._own_address

    def _stop_own(self) -> None:
        self._own.close()
        self._own, self._own_address = ExitStack(), None
