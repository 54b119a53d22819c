-- GENERATED from handheld/wire/ by python -m handheld.wire.export: change that, not this.

-- name = {head = {{field, bytes, signed}, ...}, tail, least, most, trailer}; below 0: a number
local LAYOUTS = {
  air_plain = {head = {{"first", -1, false}, {"hop", -1, false}, {"mac", 4, false}}, tail = "body", least = 1, most = 244, trailer = {}},
  air_path = {head = {{"first", -1, false}, {"hop", -1, false}, {"mac", 4, false}, {"cursor", -1, false}, {"names", 7, false}}, tail = "body", least = 1, most = 236, trailer = {}},
  link_header = {head = {{"kind", -1, false}, {"session", -1, false}, {"seq", -1, false}, {"ack", -1, false}}, tail = "body", least = 0, most = 260, trailer = {}},
  hello = {head = {{"version", -1, false}, {"schema", 4, false}, {"nonce", -4, false}}, tail = "rest", least = 0, most = 251, trailer = {}},
  hello_host = {head = {{"version", -1, false}, {"schema", 4, false}, {"nonce", -4, false}, {"window", -2, false}}, tail = "", least = 0, most = 0, trailer = {}},
  hello_radio = {head = {{"version", -1, false}, {"schema", 4, false}, {"nonce", -4, false}, {"boot", -4, false}, {"window", -2, false}, {"radio", -1, false}, {"channel", -1, false}, {"mtu", -1, false}, {"airtime", -4, false}, {"firmware", 3, false}}, tail = "board", least = 0, most = 16, trailer = {}},
  status = {head = {{"uptime", -4, false}, {"heard", -4, false}, {"duplicates", -4, false}, {"bad_mac", -4, false}, {"malformed", -4, false}, {"forwarded", -4, false}, {"sent", -4, false}, {"silenced", -4, false}, {"dropped", -4, false}, {"undelivered", -4, false}, {"queued", -1, false}, {"heap_free", -4, false}}, tail = "", least = 0, most = 0, trailer = {}},
  send = {head = {{"token", -2, false}}, tail = "air", least = 7, most = 250, trailer = {}},
  heard = {head = {{"rssi", -1, true}}, tail = "air", least = 7, most = 250, trailer = {}},
  sent = {head = {{"token", -2, false}, {"result", -1, false}}, tail = "", least = 0, most = 0, trailer = {}},
  set = {head = {{"number", -1, false}, {"value", -2, true}}, tail = "", least = 0, most = 0, trailer = {}},
  settings = {head = {{"result", -1, false}, {"region", -1, false}, {"channel", -1, false}, {"preset", -1, false}, {"power", -1, true}, {"channels", -1, false}, {"power_min", -1, true}, {"power_max", -1, true}, {"duty", -4, false}, {"frequency", -4, false}}, tail = "", least = 0, most = 0, trailer = {}},
  line = {head = {}, tail = "text", least = 1, most = 96, trailer = {}},
  test = {head = {{"probes", -1, false}}, tail = "", least = 0, most = 0, trailer = {}},
  tested = {head = {{"probes", -1, false}, {"back", -1, false}, {"weakest", -1, true}, {"mean", -1, true}, {"strongest", -1, true}}, tail = "", least = 0, most = 0, trailer = {}},
  profile = {head = {{"author", 32, false}, {"epoch", -4, false}, {"static", 32, false}, {"prekey", 32, false}, {"flags", -1, false}}, tail = "nickname", least = 0, most = 24, trailer = {{"signature", 64, false}}},
  post = {head = {{"type", -1, false}, {"channel", 3, false}, {"author", 8, false}, {"seq", -4, false}, {"lamport", -4, false}}, tail = "text", least = 1, most = 160, trailer = {{"signature", 64, false}}},
  private = {head = {{"ephemeral", 32, false}, {"hint", 4, false}, {"commitment", 8, false}}, tail = "sealed", least = 56, most = 176, trailer = {{"tag", 16, false}}},
  session = {head = {{"label", 8, false}, {"commitment", 8, false}}, tail = "sealed", least = 32, most = 176, trailer = {{"tag", 16, false}}},
  ack = {head = {{"preimage", 8, false}}, tail = "", least = 0, most = 0, trailer = {}},
  here = {head = {{"author", 8, false}, {"counter", -2, false}}, tail = "names", least = 0, most = 24, trailer = {}},
  extension = {head = {{"type", -1, false}}, tail = "content", least = 1, most = 235, trailer = {}},
  letter = {head = {{"kind", -1, false}, {"seq", -4, false}, {"lamport", -4, false}}, tail = "text", least = 0, most = 167, trailer = {}},
  room = {head = {{"salt", 12, false}}, tail = "sealed", least = 112, most = 216, trailer = {{"tag", 16, false}}},
  room_post = {head = {{"type", -1, false}, {"author", 3, false}, {"seq", -4, false}, {"lamport", -4, false}}, tail = "text", least = 36, most = 140, trailer = {{"signature", 64, false}}},
  room_key = {head = {{"room", 8, false}, {"epoch", -2, false}, {"key", 32, false}, {"maker", 8, false}, {"gone", 32, false}}, tail = "name", least = 0, most = 24, trailer = {}},
  meet_commit = {head = {{"step", -1, false}, {"number", -1, false}, {"people", -1, false}, {"turn", -1, false}, {"commitment", 32, false}}, tail = "", least = 0, most = 0, trailer = {}},
  meet_reveal = {head = {{"step", -1, false}, {"number", -1, false}, {"people", -1, false}, {"turn", -1, false}, {"key", 32, false}, {"nonce", 32, false}}, tail = "nickname", least = 0, most = 24, trailer = {{"signature", 64, false}}},
  introduction = {head = {{"key", 32, false}}, tail = "name", least = 1, most = 24, trailer = {}},
  notice = {head = {{"expiry", -1, false}}, tail = "text", least = 1, most = 159, trailer = {}},
  alert = {head = {{"step", -1, false}, {"expiry", -1, false}, {"latitude", -4, true}, {"longitude", -4, true}, {"author", 8, false}, {"seq", -4, false}}, tail = "text", least = 0, most = 130, trailer = {}},
  deleted = {head = {{"seq", -4, false}, {"count", -1, false}}, tail = "", least = 0, most = 0, trailer = {}},
  more = {head = {{"part", -1, false}, {"parts", -1, false}, {"expiry", -1, false}}, tail = "text", least = 1, most = 157, trailer = {}},
  leap = {head = {{"seq", -4, false}}, tail = "", least = 0, most = 0, trailer = {}},
  board = {head = {}, tail = "name", least = 1, most = 24, trailer = {}},
  beacon = {head = {{"turn", -1, false}, {"feeds", -2, false}, {"public", 8, false}, {"mail", 8, false}}, tail = "buckets", least = 32, most = 128, trailer = {}},
  vector = {head = {{"flags", -1, false}}, tail = "content", least = 2, most = 243, trailer = {}},
  offer = {head = {{"flags", -1, false}}, tail = "items", least = 5, most = 225, trailer = {}},
  follows = {head = {{"kind", -1, false}, {"part", -1, false}, {"parts", -1, false}}, tail = "people", least = 0, most = 144, trailer = {}},
  again = {head = {}, tail = "ranges", least = 5, most = 100, trailer = {}},
  read = {head = {{"upto", -4, false}}, tail = "", least = 0, most = 0, trailer = {}},
  datagram = {head = {{"version", -1, false}}, tail = "air", least = 7, most = 250, trailer = {}},
  stick_head = {head = {{"magic", 10, false}, {"version", -1, false}, {"device", 4, false}, {"records", -4, false}, {"unused", 237, false}}, tail = "", least = 0, most = 0, trailer = {}},
  stick_record = {head = {{"length", -1, false}, {"age", -1, false}, {"record", 250, false}, {"crc", -4, false}}, tail = "", least = 0, most = 0, trailer = {}},
  manifest = {head = {{"expiry", -1, false}, {"flags", -1, false}, {"size", -4, false}, {"packed", -4, false}, {"digest", 16, false}}, tail = "rest", least = 5, most = 60, trailer = {}},
  file_key = {head = {{"key", 32, false}}, tail = "manifest", least = 31, most = 86, trailer = {}},
  symbol = {head = {{"tag", 6, false}, {"number", -2, false}, {"left", -1, false}}, tail = "data", least = 1, most = 232, trailer = {}},
  holder = {head = {{"salt", 2, false}, {"who", 8, false}}, tail = "proof", least = 8, most = 64, trailer = {}},
  file_need = {head = {{"tag", 6, false}, {"need", -2, false}, {"salt", -2, false}}, tail = "numbers", least = 0, most = 128, trailer = {}},
}

-- What numbers are called, by layout and field.
local NAMES = {
  ["link_header.kind"] = {[1] = "HELLO_HOST", [2] = "HELLO_RADIO", [3] = "ACK", [4] = "PING", [5] = "STATUS", [6] = "BYE", [16] = "SEND", [17] = "HEARD", [18] = "SENT", [19] = "SERVICE", [20] = "SET", [21] = "SETTINGS", [22] = "LINE", [23] = "TEST", [24] = "TESTED"},
  ["hello_radio.radio"] = {[1] = "ESPNOW", [2] = "LORA"},
  ["sent.result"] = {[1] = "ON_AIR", [2] = "QUEUE_FULL", [3] = "REFUSED"},
  ["set.number"] = {[1] = "ASK", [2] = "REGION", [3] = "CHANNEL", [4] = "PRESET", [5] = "POWER", [6] = "LISTEN"},
  ["settings.result"] = {[1] = "UNCHANGED", [2] = "CHANGED", [3] = "UNKNOWN", [4] = "NO_REGION", [5] = "NO_CHANNEL", [6] = "TOO_STRONG", [7] = "TOO_WEAK", [8] = "NOT_KEPT"},
  ["settings.region"] = {[1] = "EU868", [2] = "EU433", [3] = "US915", [4] = "AU915", [5] = "IN865", [6] = "JP920", [7] = "KR920"},
  ["settings.preset"] = {[1] = "LONG", [2] = "MEDIUM", [3] = "FAST"},
  ["post.type"] = {[1] = "NOTE", [2] = "NEED", [3] = "OFFER", [4] = "EVENT", [5] = "ALERT", [6] = "DELETED", [7] = "MORE", [8] = "FILE", [9] = "LEAP", [10] = "FOLLOWS"},
  ["extension.type"] = {[1] = "AROUND", [2] = "KNOWN", [3] = "PROBE", [4] = "RECEIPTS", [5] = "LETTERS", [8] = "FURTHER"},
  ["letter.kind"] = {[1] = "TEXT", [2] = "INTRODUCTION", [3] = "ROOM_KEY", [4] = "AGAIN", [5] = "READ", [6] = "FILE_KEY"},
  ["room_post.type"] = {[1] = "NOTE", [2] = "JOINED", [3] = "FILE"},
  ["meet_commit.step"] = {[1] = "COMMIT", [2] = "REVEAL"},
  ["meet_reveal.step"] = {[1] = "COMMIT", [2] = "REVEAL"},
}

-- Bits of a byte of an air header: {name, shift, width, names}.
local BITS = {
  first = {{"version", 6, 2, {}}, {"kind", 2, 4, {[1] = "PROFILE", [2] = "POST", [3] = "PRIVATE", [4] = "ACK", [5] = "HERE", [6] = "ROOM", [7] = "SESSION", [8] = "MEET", [9] = "BOARD", [10] = "BEACON", [11] = "VECTOR", [12] = "OFFER", [13] = "SYMBOL", [14] = "NEED", [15] = "EXTENSION"}}, {"flags", 0, 2, {[1] = "URGENT"}}},
  hop = {{"mode", 6, 2, {[0] = "FLOOD", [1] = "COLLECT", [2] = "WAY", [3] = "ONE_HOP"}}, {"ttl", 2, 4, {}}, {"zero", 0, 2, {}}},
}

-- What follows the header of the cable, by kind.
local LINK_BODIES = {
  [1] = "hello_host",
  [2] = "hello_radio",
  [5] = "status",
  [16] = "send",
  [17] = "heard",
  [18] = "sent",
  [20] = "set",
  [21] = "settings",
  [22] = "line",
  [23] = "test",
  [24] = "tested",
}

-- What stands in the text of a post, by type.
local POSTS = {
  [2] = "notice",
  [3] = "notice",
  [4] = "notice",
  [5] = "alert",
  [6] = "deleted",
  [7] = "more",
  [8] = "manifest",
  [9] = "leap",
  [10] = "follows",
}

-- What an air frame holds, by kind; of several the one of that length.
local BODIES = {
  [1] = {"profile"},
  [2] = {"post"},
  [3] = {"private"},
  [4] = {"ack"},
  [5] = {"here"},
  [6] = {"room"},
  [7] = {"session"},
  [8] = {"meet_commit", "meet_reveal"},
  [9] = {"board"},
  [10] = {"beacon"},
  [11] = {"vector"},
  [12] = {"offer"},
  [13] = {"symbol"},
  [14] = {"file_need"},
  [15] = {"extension"},
}

local link = Proto("pocketmesh_link", "pocketmesh cable")
local air = Proto("pocketmesh", "pocketmesh air")
local wrong = ProtoExpert.new("pocketmesh.wrong", "Malformed", expert.group.MALFORMED, expert.severity.ERROR)
air.experts = {wrong}

local fields = {}
local order = {}

local function declare(layout, name, make)
  local key = layout .. "." .. name
  fields[key] = make("pocketmesh." .. key, name)
  order[#order + 1] = fields[key]
end

local function numbers(key)
  local known = NAMES[key]
  return known and next(known) and known or nil
end

local function maker(key, size, signed)
  if size > 0 then return ProtoField.bytes end
  local kinds = {[-1] = "int8", [-2] = "int16", [-4] = "int32", [-8] = "int64"}
  local make = ProtoField[(signed and "" or "u") .. kinds[size]]
  return function(abbr, name) return make(abbr, name, base.DEC, numbers(key)) end
end

for layout, spec in pairs(LAYOUTS) do
  for _, part in ipairs({spec.head, spec.trailer}) do
    for _, field in ipairs(part) do
      declare(layout, field[1], maker(layout .. "." .. field[1], field[2], field[3]))
    end
  end
  if spec.tail ~= "" then declare(layout, spec.tail, ProtoField.bytes) end
end
for _, layout in ipairs({"air_plain", "air_path"}) do
  for field, parts in pairs(BITS) do
    for _, bit in ipairs(parts) do
      declare(layout, bit[1], function(abbr, name)
        local mask = (2 ^ bit[3] - 1) * 2 ^ bit[2]
        return ProtoField.uint8(abbr, name, base.DEC, next(bit[4]) and bit[4] or nil, mask)
      end)
    end
  end
end
air.fields = order

local function size_of(part)
  local total = 0
  for _, field in ipairs(part) do total = total + math.abs(field[2]) end
  return total
end

local function holds(layout, length)
  local spec = LAYOUTS[layout]
  local rest = length - size_of(spec.head) - size_of(spec.trailer)
  return rest >= spec.least and rest <= spec.most
end

local function body_of(kind, length)
  local choices = BODIES[kind] or {}
  for _, layout in ipairs(choices) do
    if holds(layout, length) then return layout end
  end
  return choices[1]
end

-- Wireshark 4.0 has Lua 5.2, which has no bit operators.
local function kind_of(first) return math.floor(first / 4) % 16 end

local show

local function inner(layout, name, range, values, pinfo, root)
  local inside
  if name == "air" then
    local mode = range:len() > 1 and range:range(1, 1):bitfield(0, 2) or 0
    inside = (mode == 1 or mode == 2) and "air_path" or "air_plain"
  elseif name == "body" and layout == "link_header" then
    inside = LINK_BODIES[values.kind]
  elseif name == "body" and (layout == "air_plain" or layout == "air_path") then
    inside = body_of(kind_of(values.first), range:len())
  elseif name == "text" and layout == "post" then
    inside = POSTS[values.type]
  end
  if inside then show(inside, range, pinfo, root) end
end

local function fixed(layout, part, range, at, tree, values)
  for _, field in ipairs(part) do
    local name, size = field[1], math.abs(field[2])
    if at + size > range:len() then return at, false end
    local cell = range:range(at, size)
    tree:add(fields[layout .. "." .. name], cell)
    if field[2] < 0 and size <= 4 then values[name] = cell:uint() end
    if BITS[name] and (layout == "air_plain" or layout == "air_path") then
      for _, bit in ipairs(BITS[name]) do tree:add(fields[layout .. "." .. bit[1]], cell) end
    end
    at = at + size
  end
  return at, true
end

local function label(layout, values)
  if layout == "link_header" then return NAMES["link_header.kind"][values.kind] or "?" end
  if layout == "air_plain" or layout == "air_path" then
    return BITS.first[2][4][kind_of(values.first)] or ("KIND-" .. (kind_of(values.first)))
  end
end

show = function(layout, range, pinfo, root)
  local spec, values = LAYOUTS[layout], {}
  local tree = root:add(air, range, layout .. ", " .. range:len() .. " bytes")
  local at, whole = fixed(layout, spec.head, range, 0, tree, values)
  local rest = math.max(0, range:len() - size_of(spec.head) - size_of(spec.trailer))
  if not whole or not holds(layout, range:len()) then
    tree:add_proto_expert_info(wrong, range:len() .. " bytes do not fit " .. layout)
  end
  local word = whole and label(layout, values)
  if word then pinfo.cols.info:append(word .. " ") end
  rest = math.min(rest, spec.most, range:len() - at)
  local tail
  if whole and spec.tail ~= "" and rest > 0 then
    tail = range:range(at, rest)
    tree:add(fields[layout .. "." .. spec.tail], tail)
    at = at + rest
  end
  if whole then fixed(layout, spec.trailer, range, at, tree, values) end
  if tail then inner(layout, spec.tail, tail, values, pinfo, root) end
end

local function dissect(name, layout_of)
  return function(buffer, pinfo, root)
    pinfo.cols.protocol = name
    pinfo.cols.info = ""
    if buffer:len() == 0 then return 0 end
    show(layout_of(buffer), buffer(), pinfo, root)
    return buffer:len()
  end
end

link.dissector = dissect("PM-CABLE", function() return "link_header" end)
air.dissector = dissect("PM-AIR", function(buffer)
  local mode = buffer:len() > 1 and buffer(1, 1):bitfield(0, 2) or 0
  return (mode == 1 or mode == 2) and "air_path" or "air_plain"
end)

local encapsulations = DissectorTable.get("wtap_encap")
encapsulations:add(wtap.USER0, link)
encapsulations:add(wtap.USER1, air)
