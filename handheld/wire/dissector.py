"""The Wireshark dissector, in Lua, made of the declarations: every layout, its numbers, what holds what.

What is fixed in it stands in `_PROGRAM`; the tables before it are generated. Written by `wire.export` to
pocketmesh.lua beside this file. Lua of Wireshark: https://www.wireshark.org/docs/wsdg_html_chunked/wsluarm.html
"""

from enum import IntEnum

from handheld.wire import meanings
from handheld.wire.constants import AirKind, PostType
from handheld.wire.layout import Layout
from handheld.wire.link import LINK_BODIES
from handheld.wire.schema import layouts

LINKTYPE_LINK = 147
LINKTYPE_AIR = 148
"""DLT_USER0 and DLT_USER1 (https://www.tcpdump.org/linktypes.html): frames of the cable and of the air."""


def dissector() -> str:
    """The text of pocketmesh.lua."""
    lines = ["-- GENERATED from handheld/wire/ by python -m handheld.wire.export: change that, not this.", ""]
    lines += [
        "-- name = {head = {{field, bytes, signed}, ...}, tail, least, most, trailer}; below 0: a number"
    ]
    lines += ["local LAYOUTS = {"]
    lines += [f"  {name} = {_layout(layout)}," for name, layout in layouts().items()]
    lines += ["}", "", "-- What numbers are called, by layout and field.", "local NAMES = {"]
    lines += [
        f'  ["{layout}.{field}"] = {_names(numbers)},'
        for (layout, field), numbers in meanings.NUMBERS.items()
    ]
    lines += ["}", "", "-- Bits of a byte of an air header: {name, shift, width, names}.", "local BITS = {"]
    for field, bits in meanings.BITS.items():
        cells = [f'{{"{one.name}", {one.shift}, {one.width}, {_names(one.names)}}}' for one in bits]
        lines.append(f"  {field} = {{{', '.join(cells)}}},")
    lines += ["}", "", "-- What follows the header of the cable, by kind.", "local LINK_BODIES = {"]
    lines += [
        f'  [{kind.value}] = "{body.LAYOUT.name}",' for kind, body in LINK_BODIES.items() if body is not None
    ]
    lines += ["}", "", "-- What stands in the text of a post, by type.", "local POSTS = {"]
    lines += [
        f'  [{kind.value}] = "{meanings.post_body(kind)}",' for kind in PostType if meanings.post_body(kind)
    ]
    lines += ["}", "", "-- What an air frame holds, by kind; of several the one of that length."]
    lines += ["local BODIES = {"]
    for kind in AirKind:
        names = ", ".join(f'"{layout.name}"' for layout in meanings.air_bodies(kind))
        lines.append(f"  [{kind.value}] = {{{names}}},")
    lines += ["}", "", ""]
    return "\n".join(lines) + _PROGRAM


def _layout(layout: Layout) -> str:
    trailer = _fields(layout.trailer) if layout.trailer is not None else "{}"
    return (
        f'{{head = {_fields(layout.head)}, tail = "{layout.tail}", least = {layout.tail_min}, '
        f"most = {layout.tail_max}, trailer = {trailer}}}"
    )


def _fields(struct: object) -> str:
    cells = []
    for field in struct.subcons:  # type: ignore[attr-defined]  # construct has no types
        form = getattr(field.subcon, "fmtstr", "")
        size = field.sizeof() if not form else -field.sizeof()
        cells.append(f'{{"{field.name}", {size}, {"true" if form[1:].islower() else "false"}}}')
    return "{" + ", ".join(cells) + "}"


def _names(numbers: type[IntEnum] | None) -> str:
    return "{" + ", ".join(f'[{item.value}] = "{item.name}"' for item in numbers or ()) + "}"


_PROGRAM = """\
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
"""
