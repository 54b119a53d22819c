"""Making a Raspberry Pi, or any Debian, start pocketmesh by itself."""
