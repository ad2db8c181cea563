"""Every answer and every frame as it goes over the wire, for people who maintain a connector."""
