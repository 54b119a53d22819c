# What a radio's heap holds once it runs, as a script for MicroPython: prints one JSON object.
# What stands for the hardware is loaded first and not counted.
import gc
import io
import json
import sys

NAMES = (
    "viper wire_tables framing window codec verdicts results priorities mac seen slots acks buckets duty"
    " delays paths neighbours hello cover relay radio regions settings link_hello host_link cable led tap"
    " tone console main"
)
HARDWARE = ("espnow", "esp32", "machine", "network", "os", "random", "select", "time")
CONSOLE = ("wire_kinds", "printer", "menu")


class Port(io.IOBase):
    def readinto(self, buf):
        return None

    def write(self, buf, n=-1):
        return len(buf) if n < 0 else n

    def ioctl(self, request, argument):
        return 0 if request == 3 else -1


def held():
    gc.collect()
    gc.collect()
    return gc.mem_alloc()


def load(names):
    costs = {}
    for name in names:
        before = held()
        __import__(name)
        costs[name] = held() - before
    return costs


for name in HARDWARE:
    __import__(name)
board = __import__("boards").this()
if board.LORA_CHIP:
    __import__("pins")
start = held()
driver = ("lora_chip", board.LORA_CHIP, "radio_lora") if board.LORA_CHIP else ("radio_espnow",)
modules = load(NAMES.split() + list(driver))
code = held() - start
main = sys.modules["main"]
port = Port()
loop = main.build(board, port, port)
for now in range(0, 200_000, 500):
    loop.turn(now)
    loop.timeout(now)
whole = held() - start
console = sum(load(CONSOLE).values())
print(json.dumps({"modules": modules, "code": code, "objects": whole - code, "console": console}))
