"""Makes a bill of materials (CycloneDX 1.5) of what `cargo metadata` says. Called by scripts/sbom."""

import hashlib
import json
import sys
import uuid

PROGRAM = "ressac"


def needed(nodes, start):
    """The packages that the program is built from: those that only tests use are left out."""
    found, left = set(), [start]
    while left:
        package = left.pop()
        if package in found:
            continue
        found.add(package)
        for dependency in nodes[package]["deps"]:
            if any(kind["kind"] != "dev" for kind in dependency["dep_kinds"]):
                left.append(dependency["pkg"])
    return found


def checksums():
    """The SHA-256 of each archive, as Cargo.lock pins it."""
    sums, name, version = {}, None, None
    with open("Cargo.lock", encoding="utf-8") as lock:
        for line in lock:
            key, _, value = line.strip().partition(" = ")
            value = value.strip('"')
            if key == "name":
                name = value
            elif key == "version":
                version = value
            elif key == "checksum":
                sums[(name, version)] = value
    return sums


def reference(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def component(package, sums):
    ours = package["source"] is None
    entry = {
        "type": "application" if package["name"] == PROGRAM else "library",
        "bom-ref": reference(package),
        "name": package["name"],
        "version": package["version"],
        "scope": "required",
    }
    if package["license"]:
        # « MIT/Apache-2.0 » is how it was written before SPDX
        entry["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
    if not ours:
        entry["purl"] = reference(package)
    checksum = sums.get((package["name"], package["version"]))
    if checksum:
        entry["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    if package["repository"]:
        entry["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return entry


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        metadata = json.load(file)
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    program = next(p for p in metadata["packages"] if p["name"] == PROGRAM and p["source"] is None)
    within = needed(nodes, program["id"])
    sums = checksums()
    ordered = sorted(within - {program["id"]}, key=lambda it: reference(packages[it]))
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": component(program, sums)},
        "components": [component(packages[it], sums) for it in ordered],
        "dependencies": [
            {
                "ref": reference(packages[it]),
                "dependsOn": sorted(
                    {
                        reference(packages[dependency["pkg"]])
                        for dependency in nodes[it]["deps"]
                        if dependency["pkg"] in within
                    }
                ),
            }
            for it in [program["id"], *ordered]
        ],
    }
    # the same bill has the same number
    digest = hashlib.sha256(json.dumps(bill, sort_keys=True).encode()).digest()
    bill["serialNumber"] = f"urn:uuid:{uuid.UUID(bytes=digest[:16], version=4)}"
    json.dump(bill, sys.stdout, indent=2, ensure_ascii=False)
    print()


main()
