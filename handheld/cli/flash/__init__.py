"""What `pocketmesh radio flash` is made of: an image, a parcel of files, and the way onto the board."""
