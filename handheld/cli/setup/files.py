"""What `pocketmesh setup` puts into the system, as text by path. Nothing here touches a disk.

Units for systemd 247 and newer (systemd.exec(5), systemd.service(5)), rules of udev(7), journald.conf(5).
"""

from __future__ import annotations

from dataclasses import dataclass

UNITS = "etc/systemd/system"
NODE, SCREENS = "pocketmesh.service", "pocketmesh-screens.service"
SCREEN, MENU = "pocketmesh-screen@.service", "pocketmesh-menu@.service"
UDEV = "etc/udev/rules.d/60-pocketmesh.rules"
JOURNAL = "etc/systemd/journald.conf.d/pocketmesh.conf"

EVERY_PATH = (*(f"{UNITS}/{unit}" for unit in (NODE, SCREENS, SCREEN, MENU)), UDEV, JOURNAL)
"""All that `setup` may ever have written, for taking it away."""

JOURNAL_MAX = "16M"
WATCHDOG_S = 120


@dataclass(frozen=True)
class Plan:
    """What is wanted. `program` is the absolute path of the command, `data` the data folder of `user`."""

    user: str
    data: str
    program: str
    box: bool = False
    screen: str = ""
    """The terminal that shows the screen, such as tty1; empty: none."""
    menu: str = ""
    """The serial line that shows the menus, such as ttyS0; empty: none."""
    baud: int = 115_200
    spare_card: bool = False
    """Keep the journal in memory: one writer less on the card, and no log of the last run."""

    @property
    def services(self) -> list[str]:
        """What is to be started, now and at each start of the machine."""
        screens = [SCREENS, SCREEN.replace("@", f"@{self.screen}")] if self.screen else []
        menus = [MENU.replace("@", f"@{self.menu}")] if self.menu else []
        return [NODE, *screens, *menus]


def files(plan: Plan) -> dict[str, str]:
    """Path below the root -> text."""
    made = {f"{UNITS}/{NODE}": _node(plan), UDEV: _udev(), JOURNAL: _journal(plan)}
    if plan.screen:
        made |= {f"{UNITS}/{SCREENS}": _screens(plan), f"{UNITS}/{SCREEN}": _screen(plan)}
    if plan.menu:
        made[f"{UNITS}/{MENU}"] = _menu(plan)
    return made


_HARDENED = """\
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths={data}
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
CapabilityBoundingSet=
UMask=0077
"""


def _node(plan: Plan) -> str:
    box = " --box" if plan.box else ""
    return f"""\
[Unit]
Description=pocketmesh node
After=local-fs.target
StartLimitIntervalSec=0

[Service]
Type=notify
User={plan.user}
SupplementaryGroups=dialout
ExecStart={plan.program} --data {plan.data} node{box}
Restart=always
RestartSec=2
WatchdogSec={WATCHDOG_S}
OOMScoreAdjust=-200
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
DevicePolicy=closed
DeviceAllow=char-ttyUSB rw
DeviceAllow=char-ttyACM rw
DeviceAllow=char-ttyAMA rw
DeviceAllow=char-ttyS rw
{_HARDENED.format(data=plan.data)}
[Install]
WantedBy=multi-user.target
"""


def _screens(plan: Plan) -> str:
    return f"""\
[Unit]
Description=pocketmesh screens, loaded
After={NODE}

[Service]
User={plan.user}
ExecStart={plan.program} --data {plan.data} screen-server
Restart=always
RestartSec=2
RestrictAddressFamilies=AF_UNIX
{_HARDENED.format(data=plan.data)}
[Install]
WantedBy=multi-user.target
"""


def _screen(plan: Plan) -> str:
    return f"""\
[Unit]
Description=pocketmesh on %I
After={NODE} {SCREENS} systemd-user-sessions.service
Conflicts=getty@%i.service

[Service]
User={plan.user}
Environment=TERM=linux
ExecStart={plan.program} --data {plan.data} screen
StandardInput=tty
StandardOutput=tty
TTYPath=/dev/%I
TTYReset=yes
TTYVHangup=yes
UtmpIdentifier=%I
Restart=always
RestartSec=1

[Install]
WantedBy=multi-user.target
"""


def _menu(plan: Plan) -> str:
    login = f"-u {plan.user} -- {plan.program} --data {plan.data} menu"
    return f"""\
[Unit]
Description=pocketmesh menus on %I
After={NODE}
Conflicts=serial-getty@%i.service

[Service]
ExecStart=-/sbin/agetty --noclear -n -l /usr/sbin/runuser -o "{login}" {plan.baud} %I vt100
Type=idle
Restart=always
RestartSec=1
UtmpIdentifier=%I
TTYPath=/dev/%I
TTYReset=yes
TTYVHangup=yes

[Install]
WantedBy=multi-user.target
"""


def _udev() -> str:
    from handheld.link.port import VENDORS

    lines = [
        "# Radios of pocketmesh: no modem manager may talk to them, and who is in the group may.",
        'ACTION=="remove", GOTO="pocketmesh_end"',
        'SUBSYSTEM!="tty", GOTO="pocketmesh_end"',
    ]
    lines += [
        f'ATTRS{{idVendor}}=="{vendor:04x}", ENV{{ID_MM_DEVICE_IGNORE}}="1", GROUP="dialout", MODE="0660"'
        for vendor in sorted(VENDORS)
    ]
    return "\n".join([*lines, 'LABEL="pocketmesh_end"', ""])


def _journal(plan: Plan) -> str:
    storage = "Storage=volatile\n" if plan.spare_card else ""
    return f"[Journal]\n{storage}SystemMaxUse={JOURNAL_MAX}\nRuntimeMaxUse={JOURNAL_MAX}\n"
