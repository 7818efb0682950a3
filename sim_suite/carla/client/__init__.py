"""The suite as a client of a CARLA server: sessions in processes of their own, failures with names, what is put into the world."""
