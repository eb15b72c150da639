"""Where the engine's machine code is kept."""

from pathlib import Path

from numba.core import config  # pyright: ignore[reportMissingTypeStubs]

from services.matching.engine import compiled


def test_each_state_of_the_sources_has_its_own_folder(tmp_path: Path):
    (tmp_path / "kernels").mkdir()
    source = tmp_path / "kernels" / "draw.py"
    source.write_text("DRAWN = 1")
    before = compiled.digest(tmp_path)
    assert compiled.digest(tmp_path) == before
    source.write_text("DRAWN = 2")
    assert compiled.digest(tmp_path) != before


def test_the_compiler_keeps_its_code_in_that_folder():
    assert Path(str(vars(config)["CACHE_DIR"])).name == compiled.digest(Path(compiled.__file__).parent)
