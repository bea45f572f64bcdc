"""npm: packages for a test, exactly those of its lock file, kept between runs."""
import shutil
import subprocess

SKIPPED = 77  # what CTest calls skipped


def install(source, folder, script):
    """Packages of source/package-lock.json, by their hashes, and the script beside it, into folder; None, or why
    they cannot be had."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "node or npm is not installed: scripts/setup installs both"
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / "installed-lock.json"
    lock = (source / "package-lock.json").read_bytes()
    if not done.exists() or done.read_bytes() != lock:
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copyfile(source / name, folder / name)
        made = subprocess.run(["npm", "ci", "--ignore-scripts", "--fetch-retries", "1"],
                              cwd=folder, capture_output=True, text=True, timeout=240)
        if made.returncode != 0:
            return "npm ci: " + made.stderr.strip()[-500:]
        done.write_bytes(lock)
    shutil.copyfile(source / script, folder / script)
    return None
