"""Whether kubectl renders every overlay, and Kubernetes' own schemas accept it."""

import shutil
import subprocess
import sys
from pathlib import Path

OVERLAYS = Path(__file__).resolve().parents[1] / "kubernetes" / "overlays"


def main() -> str | None:
    """Answers what is wrong, if anything is."""
    if shutil.which("kubectl") is None:
        return "kubectl is missing: it is the one thing that this check needs on the machine"
    return "\n".join(fault for overlay in sorted(OVERLAYS.iterdir()) for fault in wrong_with(overlay)) or None


def wrong_with(overlay: Path) -> list[str]:
    """What kubectl, or the strict schema check, has against an overlay."""
    rendered = subprocess.run(["kubectl", "kustomize", str(overlay)], capture_output=True, text=True, check=False)
    if rendered.returncode:
        return [f"{overlay.name}: {rendered.stderr.strip()}"]
    validate = [sys.executable, "-m", "kubernetes_validate", "--strict", "--no-warn", "--quiet", "-"]
    checked = subprocess.run(validate, input=rendered.stdout, capture_output=True, text=True, check=False)
    return [f"{overlay.name}: {(checked.stdout + checked.stderr).strip()}"] if checked.returncode else []


if __name__ == "__main__":
    raise SystemExit(main())
