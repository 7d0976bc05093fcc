"""The desk under a room full of officers: what each click takes on the server, and who collides."""
