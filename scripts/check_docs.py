#!/usr/bin/env python3
"""Compiles every block of Swift in README.md and in the DocC articles, as a stranger's package would.

  scripts/check_docs.py [--scratch-path FOLDER]

Each block becomes the body of a function whose parameters are what the articles speak of, in a generated package that
depends on the library by path. Blocks of docs/projections.md use what only this package sees: they must stand, word for
word, in Tests/ProjectionsTests.
"""
import argparse
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ARTICLES = sorted((ROOT / "Sources/PersonalizationStore/Documentation.docc").glob("*.md"))
BLOCK = re.compile(r"^```swift\n(.*?)^```", re.MULTILINE | re.DOTALL)

MANIFEST = """// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "documentation-code",
    dependencies: [.package(name: "personalization-store", path: "../..")],
    targets: [
        .target(
            name: "DocumentationCode",
            dependencies: [.product(name: "PersonalizationStore", package: "personalization-store")])
    ]
)
"""

PARAMETERS = """path: String, backupPath: String, store: Store, images: [NewImage], image: NewImage, ada: ProfileName,
    code: Code, numbers: [Double], embedding: Embedding, promptEmbedding: Embedding, embed: (Int) -> Embedding"""


def function(page: Path, index: int, code: str) -> str:
    lines = [line for line in code.splitlines() if not line.startswith("import ")]
    # An article need not use what it shows.
    lines += [f"_ = {constant}" for constant in re.findall(r"^(?:let|var) (\w+)", code, re.MULTILINE)]
    body = "\n".join("    " + line if line else "" for line in lines)
    name = re.sub(r"\W", "", page.stem) + str(index)
    return f"// {page.name}\nfunc check{name}(\n    {PARAMETERS}\n) async throws {{\n{body}\n}}\n"


def missing_projection_code() -> list[str]:
    tests = "\n".join(path.read_text() for path in (ROOT / "Tests/ProjectionsTests").glob("*.swift"))
    blocks = BLOCK.findall((ROOT / "docs/projections.md").read_text())
    return [block for block in blocks if block not in tests]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scratch-path", default=str(ROOT / ".build-consumer"))
    options = parser.parse_args()
    functions = []
    imports = {"import PersonalizationStore"}
    for page in [ROOT / "README.md", *ARTICLES]:
        for index, block in enumerate(BLOCK.findall(page.read_text()), 1):
            functions.append(function(page, index, block))
            imports.update(line for line in block.splitlines() if line.startswith("import "))
    folder = ROOT / ".build-documentation" / "code"
    sources = folder / "Sources/DocumentationCode"
    sources.mkdir(parents=True, exist_ok=True)
    (folder / "Package.swift").write_text(MANIFEST)
    (sources / "Blocks.swift").write_text("\n".join(sorted(imports)) + "\n\n" + "\n".join(functions))
    command = ["swift", "build", "-c", "release", "-Xswiftc", "-warnings-as-errors", "--package-path", str(folder),
               "--scratch-path", options.scratch_path]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"a block of the documentation does not compile:\n{result.stdout}{result.stderr}")
    missing = missing_projection_code()
    if missing:
        sys.exit(f"docs/projections.md shows code that Tests/ProjectionsTests does not hold:\n{missing[0]}")
    print(f"{len(functions)} blocks of code in the documentation compile")


if __name__ == "__main__":
    main()
