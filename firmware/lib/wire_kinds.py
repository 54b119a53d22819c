# GENERATED from handheld/wire/ by python -m handheld.wire.export: change that, not this.

"""What the bodies of air frames hold, for the printer: the radio itself never reads them."""

MODES = ('FLOOD', 'COLLECT', 'WAY', 'ONE_HOP')
TEXTS = ('board', 'name', 'nickname', 'text')

# kind: (name, layouts of the body), a layout: as in wire_tables, then names of numbers by field
KINDS = {
    1: ('PROFILE', (('>32sI32s32sB', ('author', 'epoch', 'static', 'prekey', 'flags'), 'nickname', 0, 24, '>64s', ('signature',), {}),)),
    2: ('POST', (('>B3s8sII', ('type', 'channel', 'author', 'seq', 'lamport'), 'text', 1, 160, '>64s', ('signature',), {'type': {1: 'NOTE', 2: 'NEED', 3: 'OFFER', 4: 'EVENT', 5: 'ALERT', 6: 'DELETED', 7: 'MORE', 8: 'FILE', 9: 'LEAP', 10: 'FOLLOWS'}}),)),
    3: ('PRIVATE', (('>32s4s8s', ('ephemeral', 'hint', 'commitment'), 'sealed', 56, 176, '>16s', ('tag',), {}),)),
    4: ('ACK', (('>8s', ('preimage',), '', 0, 0, '', (), {}),)),
    5: ('HERE', (('>8sH', ('author', 'counter'), 'names', 0, 24, '', (), {}),)),
    6: ('ROOM', (('>12s', ('salt',), 'sealed', 112, 216, '>16s', ('tag',), {}),)),
    7: ('SESSION', (('>8s8s', ('label', 'commitment'), 'sealed', 32, 176, '>16s', ('tag',), {}),)),
    8: ('MEET', (('>BBBB32s', ('step', 'number', 'people', 'turn', 'commitment'), '', 0, 0, '', (), {'step': {1: 'COMMIT', 2: 'REVEAL'}}), ('>BBBB32s32s', ('step', 'number', 'people', 'turn', 'key', 'nonce'), 'nickname', 0, 24, '>64s', ('signature',), {'step': {1: 'COMMIT', 2: 'REVEAL'}}))),
    9: ('BOARD', (('>', (), 'name', 1, 24, '', (), {}),)),
    10: ('BEACON', (('>BH8s8s', ('turn', 'feeds', 'public', 'mail'), 'buckets', 32, 128, '', (), {}),)),
    11: ('VECTOR', (('>B', ('flags',), 'content', 2, 243, '', (), {}),)),
    12: ('OFFER', (('>B', ('flags',), 'items', 5, 225, '', (), {}),)),
    13: ('SYMBOL', (('>6sHB', ('tag', 'number', 'left'), 'data', 1, 232, '', (), {}),)),
    14: ('NEED', (('>6sHH', ('tag', 'need', 'salt'), 'numbers', 0, 128, '', (), {}),)),
    15: ('EXTENSION', (('>B', ('type',), 'content', 1, 235, '', (), {'type': {1: 'AROUND', 2: 'KNOWN', 3: 'PROBE', 4: 'RECEIPTS', 5: 'LETTERS', 8: 'FURTHER'}}),)),
}
