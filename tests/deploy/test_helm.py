"""The chart is rendered by Helm itself, and what comes of it is what Kubernetes understands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.needs import missing
from waitroom.settings import load

CHART = Path(__file__).parents[2] / "deploy" / "helm" / "waitroom"
EVERYTHING = (
    "--set=ingress.enabled=true,ingress.hosts={shop.example},ingress.className=nginx",
    "--set=console.ingress.enabled=true,console.ingress.host=ops.example,console.address=https://ops.example",
    "--set=serviceMonitor.enabled=true",
    '--set-json=networkPolicy.consoleFrom=[{"podSelector":{}}]',
)
Manifest = dict[str, Any]


def program(variable: str, name: str) -> str:
    """A program that the environment names, or that is on the path."""
    return (
        os.environ.get(variable)
        or shutil.which(name)
        or missing(f"{name} is not on the path, and {variable} is not set")
    )


def rendered(*options: str, chart: Path = CHART) -> str:
    """What Helm makes of the chart."""
    command = [program("HELM", "helm"), "template", "drop", str(chart), *options]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def by_name(text: str) -> dict[tuple[str, str], Manifest]:
    """The manifests by kind and name."""
    return {(each["kind"], each["metadata"]["name"]): each for each in yaml.safe_load_all(text) if each}


def from_secret(variable: Manifest) -> Manifest:
    """What a variable takes of a Secret; nothing where it has its value from elsewhere."""
    found: Manifest = variable.get("valueFrom", {}).get("secretKeyRef", {})
    return found


@pytest.mark.parametrize("options", [(), EVERYTHING], ids=["as it comes", "everything"])
def test_kubernetes_understands_it(options: tuple[str, ...], tmp_path: Path) -> None:
    """By its own schemas, and no field is there that these do not know."""
    validate = program("KUBERNETES_VALIDATE", "kubernetes-validate")
    known = [each for each in by_name(rendered(*options)).values() if each["kind"] != "ServiceMonitor"]
    (tmp_path / "all.yaml").write_text(yaml.safe_dump_all(known))
    command = [validate, "--strict", str(tmp_path / "all.yaml")]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert 0 == done.returncode, done.stdout + done.stderr
    assert len(known) == (done.stdout + done.stderr).count(" passed ")


def test_a_field_that_is_misspelled_is_seen(tmp_path: Path) -> None:
    """The check of the schemas can fail."""
    validate = program("KUBERNETES_VALIDATE", "kubernetes-validate")
    (tmp_path / "one.yaml").write_text(rendered().replace("minReplicas:", "minReplica:"))
    command = [validate, "--strict", str(tmp_path / "one.yaml")]
    assert 0 != subprocess.run(command, check=False, capture_output=True, timeout=60).returncode


def test_gateways_have_no_console_and_the_console_is_one() -> None:
    """All have the secret and the Redis of one Secret, and run as nobody on a file system that they cannot write to."""
    manifests = by_name(rendered())
    gateway = manifests["Deployment", "drop-waitroom"]["spec"]
    console = manifests["StatefulSet", "drop-waitroom-console"]["spec"]
    assert ("replicas" in gateway, 1) == (False, console["replicas"])
    for spec in (gateway, console):
        pod = spec["template"]["spec"]
        (container,) = pod["containers"]
        env = {each["name"]: each for each in container["env"]}
        assert {"name": "waitroom", "key": "secret"} == env["WAITROOM_SECRET"]["valueFrom"]["secretKeyRef"]
        assert {"name": "waitroom", "key": "redis_url"} == env["WAITROOM_REDIS_URL"]["valueFrom"][
            "secretKeyRef"
        ]
        assert (True, True) == (
            pod["securityContext"]["runAsNonRoot"],
            container["securityContext"]["readOnlyRootFilesystem"],
        )
    (container,) = gateway["template"]["spec"]["containers"]
    assert {"name": "WAITROOM_CONSOLE", "value": "false"} in container["env"]


def test_what_is_set_is_what_the_settings_know(tmp_path: Path) -> None:
    """The file of the chart with its environment: a misspelled name would stop the start."""
    manifests = by_name(rendered(*EVERYTHING))
    config = tmp_path / "waitroom.toml"
    config.write_text(manifests["ConfigMap", "drop-waitroom"]["data"]["waitroom.toml"])
    for kind, name in (("Deployment", "drop-waitroom"), ("StatefulSet", "drop-waitroom-console")):
        (container,) = manifests[kind, name]["spec"]["template"]["spec"]["containers"]
        given = (each for each in container["env"] if not from_secret(each).get("optional"))
        environ = {each["name"]: each.get("value", "redis://redis:6379/0") for each in given}
        environ |= {"WAITROOM_CONFIG": str(config), "WAITROOM_SECRET": "a secret for tests only"}
        settings = load(None, environ=environ)
        assert kind != "Deployment" or not settings.console
        assert "/data" == str(settings.data_dir)


def test_every_key_of_the_secret_is_read() -> None:
    """All that values.yaml names: the console gets each, the gateways what is theirs. Without a provider none is needed
    for it."""
    named = re.search(
        r"# A Secret of yours(.+?)existingSecret:", (CHART / "values.yaml").read_text(), re.DOTALL
    )
    assert named is not None
    keys = {key for key in re.findall(r"`(\w+)`", named[1]) if key != "config"}
    manifests = by_name(rendered())
    read = {}
    for kind, name in (("Deployment", "drop-waitroom"), ("StatefulSet", "drop-waitroom-console")):
        (container,) = manifests[kind, name]["spec"]["template"]["spec"]["containers"]
        references = [reference for each in container["env"] if (reference := from_secret(each))]
        assert {"waitroom"} == {reference["name"] for reference in references}
        read[kind] = {reference["key"]: reference.get("optional", False) for reference in references}
    needed = {"redis_url": False, "secret": False}
    assert keys == set(read["StatefulSet"])
    assert {**needed, "sign_in_oidc_client_secret": True} == read["StatefulSet"]
    assert needed == read["Deployment"]


def test_the_secret_of_the_provider_is_what_the_settings_know(tmp_path: Path) -> None:
    """The name under which the console is given it is that of the setting."""
    console = by_name(rendered())["StatefulSet", "drop-waitroom-console"]
    (container,) = console["spec"]["template"]["spec"]["containers"]
    (name,) = (
        each["name"]
        for each in container["env"]
        if from_secret(each).get("key") == "sign_in_oidc_client_secret"
    )
    config = tmp_path / "waitroom.toml"
    provider = '[sign_in.oidc]\nissuer = "https://accounts.example"\nclient_id = "waitroom"\n'
    provider += 'roles = { ops = "admin" }\n'
    config.write_text(f'origin = "http://shop:8080"\n{provider}[[rooms]]\nname = "drop"\n')
    oidc = load(config, environ={name: "what the provider shows"}).sign_in.oidc
    assert oidc is not None
    assert oidc.client_secret is not None
    assert "what the provider shows" == oidc.client_secret.get_secret_value()


def test_another_config_is_another_pod() -> None:
    """Both are replaced when the file changes: a pod reads it when it starts."""
    before, after = by_name(rendered()), by_name(rendered('--set=config=origin = "http://other:8080"'))
    for key in (("Deployment", "drop-waitroom"), ("StatefulSet", "drop-waitroom-console")):
        old, new = (each[key]["spec"]["template"]["metadata"]["annotations"] for each in (before, after))
        assert set(old) == set(new) == {"checksum/config"}
        assert old != new


@pytest.mark.parametrize(
    ("ingress", "line", "warns"),
    [
        (True, "", True),
        (True, "trusted_proxies = []", True),
        (True, '# trusted_proxies = ["10.42.0.0/16"]', True),
        (True, 'trusted_proxies = ["10.42.0.0/16"]', False),
        (True, 'trusted_proxies = [\n  "10.42.0.0/16",\n]', False),
        (False, "", False),
    ],
)
def test_an_ingress_that_is_not_believed_is_told_of(
    *, ingress: bool, line: str, warns: bool, tmp_path: Path
) -> None:
    """After the installation, where the configuration names no proxy. As it comes nobody is believed."""
    config = by_name(rendered())["ConfigMap", "drop-waitroom"]["data"]["waitroom.toml"]
    assert "trusted_proxies" not in config
    # Helm prints its notes only with a cluster at hand: here a manifest has their text
    copy = shutil.copytree(CHART, tmp_path / "waitroom")
    notes = (copy / "templates" / "NOTES.txt").read_text()
    (copy / "templates" / "_told.tpl").write_text(f'{{{{ define "told" }}}}{notes}{{{{ end }}}}')
    told = 'kind: Told\nmetadata: { name: told }\ntext: {{ include "told" . | quote }}\n'
    (copy / "templates" / "told.yaml").write_text(told)
    values = tmp_path / "values.yaml"
    values.write_text(yaml.safe_dump({"config": f"{line}\n{config}", "ingress": {"enabled": ingress}}))
    text = by_name(rendered("--values", str(values), chart=copy))["Told", "told"]["text"]
    assert warns == ("WARNING" in text)


def test_the_console_needs_a_host_of_its_own() -> None:
    """An ingress for it without one would take all hosts, the shop's among them."""
    command = [program("HELM", "helm"), "template", "drop", str(CHART), "--set=console.ingress.enabled=true"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert 0 != done.returncode
    assert "the console needs a host of its own" in done.stderr
