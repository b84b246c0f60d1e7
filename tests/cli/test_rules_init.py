from __future__ import annotations

from pathlib import Path

from tests.cli.program import flat, run


def test_init_writes_a_repository_and_says_what_to_do_next(tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    found = run("rules", "init", str(folder))
    assert found.exit_code == 0
    assert f"riskapi --rules {folder} rules check" in flat(found.stdout)
    assert "name: acme\n" in (folder / "layer.yaml").read_text(encoding="utf-8")
    assert (folder / ".github" / "workflows" / "rules.yml").is_file()


def test_init_leaves_a_folder_alone_that_is_not_empty(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("mine", encoding="utf-8")
    found = run("rules", "init", str(tmp_path))
    assert (found.exit_code, "not-empty" in found.stderr) == (2, True)
