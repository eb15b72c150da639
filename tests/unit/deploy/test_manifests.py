"""What Kubernetes gives a process is what its settings ask for."""

import importlib
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic_settings import BaseSettings

BASE = Path(__file__).resolve().parents[3] / "deploy" / "kubernetes" / "base"
SERVICES = ("membership", "events", "matching", "gateway")


def documents(name: str) -> list[dict[str, Any]]:
    return [document for document in yaml.safe_load_all((BASE / name).read_text()) if document]


def settings_of(service: str) -> type[BaseSettings]:
    """The settings class that the service's own module defines."""
    module = importlib.import_module(f"services.{service}.settings")
    return next(
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, BaseSettings) and thing.__module__ == module.__name__
    )


def names_given_to(service: str) -> set[str]:
    """The environment names in the service's container, those of the shared configuration included."""
    deployment = next(document for document in documents(f"{service}.yaml") if document["kind"] == "Deployment")
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    shared = next(document for document in documents("configuration.yaml") if document["metadata"]["name"] == "shared")
    assert container["envFrom"] == [{"configMapRef": {"name": "shared"}}]
    return {entry["name"] for entry in container["env"]} | set(shared["data"])


@pytest.mark.parametrize("service", SERVICES)
def test_every_setting_that_a_service_needs_is_given_and_nothing_that_it_does_not_know(service: str):
    fields = settings_of(service).model_fields
    known = {f"ONTMOET_{name.upper()}" for name in fields}
    needed = {f"ONTMOET_{name.upper()}" for name, field in fields.items() if field.is_required()}
    given = names_given_to(service)
    assert needed - given == set()
    assert given - known == set()


@pytest.mark.parametrize("service", SERVICES)
def test_every_mounted_secret_is_where_the_settings_look_for_it(service: str):
    deployment = next(document for document in documents(f"{service}.yaml") if document["kind"] == "Deployment")
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    shared = next(document for document in documents("configuration.yaml") if document["metadata"]["name"] == "shared")
    own = {entry["name"]: entry["value"] for entry in container["env"] if "value" in entry}
    files = {value for name, value in {**shared["data"], **own}.items() if name.endswith("_FILE")}
    mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
    assert {str(Path(file).parent) for file in files} <= mounts


@pytest.mark.parametrize("file", sorted(path.name for path in BASE.glob("*.yaml")))
def test_no_pod_names_a_volume_a_container_or_a_variable_twice(file: str):
    """Kubernetes refuses it, or takes the last; its schemas accept it."""
    for document in documents(file):
        pod = document.get("spec", {}).get("template", {}).get("spec", {})
        containers = [*pod.get("initContainers", []), *pod.get("containers", [])]
        lists = [pod.get("volumes", []), containers, *(container.get("env", []) for container in containers)]
        for names in ([entry["name"] for entry in entries] for entries in lists):
            assert len(names) == len(set(names)), names
