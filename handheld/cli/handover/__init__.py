"""What `pocketmesh handover` puts on a stick: wheels, Debian packages, a manifest."""
