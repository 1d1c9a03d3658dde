"""The suite reaches this machine and nothing else."""

import socket

import pytest
from pytest_socket import SocketConnectBlockedError


def test_the_network_is_blocked():
    # An address that is reserved for documentation, should the guard ever fail.
    with pytest.raises(SocketConnectBlockedError, match=r"192\.0\.2\.1"):
        socket.create_connection(("192.0.2.1", 443), timeout=1)


def test_loopback_is_open():
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        with socket.create_connection(address, timeout=5) as connection:
            assert connection.getpeername() == address
