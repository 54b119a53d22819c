# GENERATED from handheld/wire/ by python -m handheld.wire.export: change that, not this.

"""Numbers and layouts of the cable and the air."""

from micropython import const

# The four bytes by which host and radio know that they agree on all of this.
SCHEMA = b'\x00t\x0f\xe7'

PROTOCOL_VERSION = const(1)
AIR_VERSION = const(1)
AIR_FRAME_MAX = const(250)
PLAIN_HEADER = const(6)
PATH_HEADER = const(14)
PATH_NAMES = const(7)
PATH_COUNT = const(7)
QUALITY_SHIFT = const(3)
QUALITY_MAX = const(15)
HERE_NAMES_MAX = const(24)
MAC_OFFSET = const(2)
MAC_LENGTH = const(4)
ID_LENGTH = const(8)
LINK_HEADER = const(4)
LINK_NUMBERED = const(16)
LINK_FRAME_MAX = const(264)
LINE_MAX = const(96)
PROBES_MAX = const(100)
NETWORK_KEY = b'pocketmesh public network key 1\x00'
MODE_FLOOD = const(0)
MODE_COLLECT = const(1)
MODE_WAY = const(2)
MODE_ONE_HOP = const(3)
FLAG_URGENT = const(1)
LINK_HELLO_HOST = const(1)
LINK_HELLO_RADIO = const(2)
LINK_ACK = const(3)
LINK_PING = const(4)
LINK_STATUS = const(5)
LINK_BYE = const(6)
LINK_SEND = const(16)
LINK_HEARD = const(17)
LINK_SENT = const(18)
LINK_SERVICE = const(19)
LINK_SET = const(20)
LINK_SETTINGS = const(21)
LINK_LINE = const(22)
LINK_TEST = const(23)
LINK_TESTED = const(24)
RADIO_ESPNOW = const(1)
RADIO_LORA = const(2)
SENT_ON_AIR = const(1)
SENT_QUEUE_FULL = const(2)
SENT_REFUSED = const(3)
SETTING_ASK = const(1)
SETTING_REGION = const(2)
SETTING_CHANNEL = const(3)
SETTING_PRESET = const(4)
SETTING_POWER = const(5)
SET_UNCHANGED = const(1)
SET_CHANGED = const(2)
SET_UNKNOWN = const(3)
SET_NO_REGION = const(4)
SET_NO_CHANNEL = const(5)
SET_TOO_STRONG = const(6)
SET_TOO_WEAK = const(7)
SET_NOT_KEPT = const(8)
REGION_EU868 = const(1)
REGION_EU433 = const(2)
REGION_US915 = const(3)
REGION_AU915 = const(4)
REGION_IN865 = const(5)
REGION_JP920 = const(6)
REGION_KR920 = const(7)
PRESET_LONG = const(1)
PRESET_MEDIUM = const(2)
PRESET_FAST = const(3)
EXTENSION_PROBE = const(3)
KIND_PROFILE = const(1)
KIND_POST = const(2)
KIND_PRIVATE = const(3)
KIND_ACK = const(4)
KIND_HERE = const(5)
KIND_ROOM = const(6)
KIND_SESSION = const(7)
KIND_MEET = const(8)
KIND_BOARD = const(9)
KIND_BEACON = const(10)
KIND_VECTOR = const(11)
KIND_OFFER = const(12)
KIND_SYMBOL = const(13)
KIND_NEED = const(14)
KIND_EXTENSION = const(15)

# name: (format, names, name of the variable field, its least and most bytes, and what follows it)
LAYOUTS = {
    'air_plain': ('>BB4s', ('first', 'hop', 'mac'), 'body', 1, 244, '', ()),
    'air_path': ('>BB4sB7s', ('first', 'hop', 'mac', 'cursor', 'names'), 'body', 1, 236, '', ()),
    'link_header': ('>BBBB', ('kind', 'session', 'seq', 'ack'), 'body', 0, 260, '', ()),
    'hello': ('>B4sI', ('version', 'schema', 'nonce'), 'rest', 0, 251, '', ()),
    'hello_host': ('>B4sIH', ('version', 'schema', 'nonce', 'window'), '', 0, 0, '', ()),
    'hello_radio': ('>B4sIIHBBBI3s', ('version', 'schema', 'nonce', 'boot', 'window', 'radio', 'channel', 'mtu', 'airtime', 'firmware'), 'board', 0, 16, '', ()),
    'status': ('>IIIIIIIIIIBI', ('uptime', 'heard', 'duplicates', 'bad_mac', 'malformed', 'forwarded', 'sent', 'silenced', 'dropped', 'undelivered', 'queued', 'heap_free'), '', 0, 0, '', ()),
    'send': ('>H', ('token',), 'air', 7, 250, '', ()),
    'heard': ('>b', ('rssi',), 'air', 7, 250, '', ()),
    'sent': ('>HB', ('token', 'result'), '', 0, 0, '', ()),
    'set': ('>Bh', ('number', 'value'), '', 0, 0, '', ()),
    'settings': ('>BBBBbBbbII', ('result', 'region', 'channel', 'preset', 'power', 'channels', 'power_min', 'power_max', 'duty', 'frequency'), '', 0, 0, '', ()),
    'line': ('>', (), 'text', 1, 96, '', ()),
    'test': ('>B', ('probes',), '', 0, 0, '', ()),
    'tested': ('>BBbbb', ('probes', 'back', 'weakest', 'mean', 'strongest'), '', 0, 0, '', ()),
}
