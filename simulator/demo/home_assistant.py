"""A real Home Assistant of one's own: prepare its folder, start it, sign in, talk to it, end it."""

import asyncio
import contextlib
import itertools
import json
import os
import secrets
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import aiohttp

INTEGRATION = Path(__file__).resolve().parents[2] / "custom_components" / "victron_espnow"
CONFIGURATION = """\
homeassistant:
  name: Trailer
  time_zone: @time_zone
  unit_system: metric
  country: NL
  latitude: 52.1
  longitude: 5.3
  elevation: 3
frontend:
lovelace:
config:
history:
logbook:
energy:
diagnostics:
system_health:
usb:
logger:
  default: warning
  logs:
    custom_components.victron_espnow: debug
"""
START_SECONDS = 300  # the first start of a new installation compiles Home Assistant's byte code, on a slow computer too
STOP_SECONDS = 20


class HomeAssistantError(Exception):
    """Home Assistant did not start, or refused a request; the text says what to look at."""


class HomeAssistant:
    """One hass process on a loopback port, with an owner account that only this demo knows."""

    def __init__(self, hass: str, folder: Path, port: int) -> None:
        """Take the hass program, an empty folder for its configuration and a free port."""
        self.url = f"http://127.0.0.1:{port}"
        self.user = "demo"
        self.password = secrets.token_hex(4)
        self.time_zone = "Europe/Amsterdam"  # may be changed before the start
        self.log = folder / "home-assistant-output.log"
        self._hass = hass
        self._folder = folder
        self._port = port
        self._process: asyncio.subprocess.Process | None = None
        self._http: aiohttp.ClientSession | None = None
        self._head: dict[str, str] = {}

    async def start(self) -> None:
        """Start hass and wait until it serves; raises HomeAssistantError with the log's place."""
        self._prepare()
        environment = dict(os.environ)
        # Recompiling Home Assistant at each start would cost ten seconds.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        with self.log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                self._hass,
                "-c",
                str(self._folder),
                "--skip-pip",
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,  # Ctrl-C reaches us alone, and we end it in order
            )
        self._http = aiohttp.ClientSession(self.url, timeout=aiohttp.ClientTimeout(total=60))
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.returncode is not None:
                raise HomeAssistantError(
                    f"Home Assistant ended with code {self._process.returncode}; see {self.log}"
                )
            with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
                async with self._http.get("/manifest.json") as response:
                    if response.status == 200:
                        return
            await asyncio.sleep(0.1)
        raise HomeAssistantError(f"no answer within {START_SECONDS} s; see {self.log}")

    async def stop(self) -> None:
        """End hass in order, by force if it does not listen."""
        if self._http:
            await self._http.close()
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGINT)
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()

    async def sign_in(self) -> None:
        """Make the owner account and take an access token; onboarding is done after this."""
        client = self.url + "/"
        owner = {
            "client_id": client,
            "name": "Demo",
            "username": self.user,
            "password": self.password,
            "language": "en",
        }
        code = (await self.post("/api/onboarding/users", json=owner))["auth_code"]
        grant = {"client_id": client, "grant_type": "authorization_code", "code": code}
        token = await self.post("/auth/token", data=grant)
        self._head = {"Authorization": "Bearer " + token["access_token"]}

    async def post(self, path: str, **body: Any) -> Any:
        """Send one POST request; the answer as JSON."""
        assert self._http
        async with self._http.post(path, headers=self._head, **body) as response:
            text = await response.text()
            if response.status >= 400:
                raise HomeAssistantError(f"{path} answered {response.status}: {text[:300]}")
            return json.loads(text)

    async def get(self, path: str) -> Any:
        """Send one GET request; the answer as JSON."""
        assert self._http
        async with self._http.get(path, headers=self._head) as response:
            if response.status >= 400:
                raise HomeAssistantError(f"{path} answered {response.status}")
            return await response.json()

    async def run_flow(self, path: str, handler: Any, answers: list[dict[str, Any]]) -> Any:
        """Walk through a config or subentry flow as a person would; its result."""
        step = await self.post(path, json={"handler": handler})
        for answer in answers:
            while step["type"] == "progress":
                await asyncio.sleep(0.5)
                step = await self.get(f"{path}/{step['flow_id']}")
            if step["type"] not in ("form", "menu"):
                break
            step = await self.post(f"{path}/{step['flow_id']}", json=answer)
        while step["type"] == "progress":
            await asyncio.sleep(0.5)
            step = await self.get(f"{path}/{step['flow_id']}")
        if step["type"] != "create_entry":
            problem = step.get("errors") or step.get("reason") or step.get("step_id")
            raise HomeAssistantError(f"the set-up of {handler} stopped at: {problem}")
        return step.get("result")

    async def ask(self, *commands: dict[str, Any]) -> list[Any]:
        """Send WebSocket commands; their results in order."""
        assert self._http
        ids = itertools.count(1)
        results = []
        async with self._http.ws_connect("/api/websocket") as socket:
            await socket.receive_json()
            token = self._head["Authorization"].removeprefix("Bearer ")
            await socket.send_json({"type": "auth", "access_token": token})
            await socket.receive_json()
            for command in commands:
                await socket.send_json({"id": next(ids), **command})
                answer = await socket.receive_json()
                if not answer["success"]:
                    raise HomeAssistantError(f"{command['type']}: {answer['error']['message']}")
                results.append(answer["result"])
        return results

    def _prepare(self) -> None:
        """Lay out the configuration folder: integration, loopback only, onboarding but for the user."""
        shutil.copytree(
            INTEGRATION,
            self._folder / "custom_components" / INTEGRATION.name,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        (self._folder / "configuration.yaml").write_text(
            CONFIGURATION.replace("@time_zone", self.time_zone)
        )
        (self._folder / ".storage").mkdir()
        # HTTP settings in YAML would be a trial that Home Assistant takes back after five minutes.
        stable = {
            "server_port": self._port,
            "server_host": ["127.0.0.1"],
            "cors_allowed_origins": [],
            "login_attempts_threshold": -1,
            "ip_ban_enabled": True,
            "ssl_profile": "modern",
            "use_x_frame_options": True,
            "created_at": "2026-01-01T00:00:00+00:00",
            "error": None,
            "error_message": None,
        }
        self._store("http", 2, 2, {"stable": stable, "pending": None, "yaml_migration_done": True})
        # The other onboarding steps would start integrations that ask the internet.
        self._store("onboarding", 4, 1, {"done": ["core_config", "analytics", "integration"]})

    def _store(self, key: str, version: int, minor: int, data: dict[str, Any]) -> None:
        record = {"version": version, "minor_version": minor, "key": key, "data": data}
        (self._folder / ".storage" / key).write_text(json.dumps(record))
