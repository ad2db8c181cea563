"""What goes over the wire: signing, parameters, environments, and the bytes of an answer."""
