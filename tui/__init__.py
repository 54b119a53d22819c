"""The Textual screen of pocketmesh; it talks to a running node through `handheld.api.client` only."""
