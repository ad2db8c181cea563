"""The exchange on sockets: the domains' listeners, TLS, and what breaks connections."""
