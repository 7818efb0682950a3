"""What goes over the wire between a CARLA client and a server, as pure functions of bytes. No sockets, no world."""
