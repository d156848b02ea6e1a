"""A wheel is looked at before anything of it is unpacked or run."""

from __future__ import annotations

import hashlib
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kaohe.errors import KaoheError
from kaohe.plugin import archive
from kaohe.plugin.wheel import check_wheel, digest_of_wheel, read_wheel


@pytest.fixture
def told():
    """What is wrong with a wheel, as a person reads it."""
    return lambda path: "\n".join(problem.render("en") for problem in check_wheel(path))


def with_file(path, name: str, content: str = "", mode: int = 0o644):
    """The wheel with one more file."""
    entry = zipfile.ZipInfo(name)
    entry.external_attr = mode << 16
    with zipfile.ZipFile(path, "a") as wheel:
        wheel.writestr(entry, content)
    return path


def test_a_sound_wheel_says_what_it_is_without_being_run(workshop):
    path = workshop.wheel("fine", workshop.pack("fine"))
    wheel = read_wheel(path)
    assert (wheel.name, wheel.version, wheel.target, wheel.package) == ("fine", "1.0", "kt_fine:plugin", "kt_fine")
    assert wheel.python == ("kt_fine/__init__.py",)
    assert wheel.pack is not None
    assert wheel.pack.startswith("format = 1")
    assert wheel.digest == digest_of_wheel(path) == hashlib.sha256(path.read_bytes()).hexdigest()
    assert workshop.trace == []


@pytest.mark.parametrize("name", ["/etc/kt", "../kt.txt", "kt_fine/../../kt", "C:\\kt.txt", "kt_fine\\..\\x"])
def test_a_file_that_would_land_outside(workshop, told, name):
    path = with_file(workshop.wheel("fine", workshop.pack("fine")), name)
    assert "[wheel.path]: a file in the wheel would land outside of it" in told(path)


def test_two_files_of_one_name_on_some_systems(workshop, told):
    path = with_file(workshop.wheel("fine", workshop.pack("fine")), "KT_FINE/__init__.py")
    assert "two files in the wheel have the same name" in told(path)


def test_a_link_in_the_wheel(workshop, told):
    path = with_file(workshop.wheel("fine", workshop.pack("fine")), "kt_fine/x.txt", "/etc/passwd", 0o120777)
    assert "[wheel.symlink]" in told(path)


@pytest.mark.parametrize("name", ["kt_fine/_fast.so", "kt_fine/x.PYD", "kt_fine.pth", "kt_fine/__init__.pyc"])
def test_what_a_person_cannot_read(workshop, told, name):
    path = with_file(workshop.wheel("fine", workshop.pack("fine")), name)
    assert "[wheel.not-pure]" in told(path)
    assert name in told(path)


def test_a_zip_bomb_is_told_from_its_table_of_contents(workshop, told, monkeypatch):
    monkeypatch.setattr(archive, "MAX_UNPACKED", 100_000)
    path = workshop.wheel("fine", workshop.pack("fine"))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr("kt_fine/zeros.txt", "0" * 200_000)
    assert path.stat().st_size < 10_000
    assert "[wheel.too-large]" in told(path)


def test_too_many_files(workshop, told, monkeypatch):
    monkeypatch.setattr(archive, "MAX_FILES", 3)
    assert "[wheel.too-large]" in told(workshop.wheel("fine", workshop.pack("fine")))


def test_a_file_that_is_no_zip(workshop, told):
    path = workshop.folder / "kt-1.0-py3-none-any.whl"
    path.write_bytes(b"PK\x03\x04 nothing more")
    assert "[wheel.broken]" in told(path)


@pytest.mark.parametrize("file", ["METADATA", "WHEEL", "entry_points.txt"])
@pytest.mark.parametrize("content", ["", "[kaohe.plugins]\nnothing", "\x00 = :"])
def test_metadata_that_is_none(workshop, told, file, content):
    path = workshop.wheel("fine", workshop.pack("fine"))
    with zipfile.ZipFile(path) as old:
        files = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:
        for name, text in files.items():
            new.writestr(name, content if name.endswith(file) else text)
    assert "error [wheel." in told(path)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 10_000), mask=st.integers(1, 255))
def test_a_wheel_with_one_byte_changed_is_refused_or_at_least_another_one(workshop, at, mask):
    path = workshop.folder / "kt_fine-1.0-py3-none-any.whl"
    if not path.exists():
        workshop.wheel("fine", workshop.pack("fine"))
    whole = path.read_bytes()
    changed = bytearray(whole)
    changed[at % len(whole)] ^= mask
    other = path.with_name("kt_other-1.0-py3-none-any.whl")
    other.write_bytes(changed)
    assert digest_of_wheel(other) != digest_of_wheel(path)
    assert all(problem.code.startswith("wheel.") for problem in check_wheel(other))


@pytest.mark.parametrize("name", ["plugin.whl", "kt-1.0-cp311-cp311-linux_x86_64.whl", "kt.zip"])
def test_a_name_that_is_no_pure_python_wheel_s(workshop, told, name):
    path = workshop.wheel("fine", workshop.pack("fine"))
    assert "[wheel.name]" in told(path.rename(path.with_name(name)))


def test_a_wheel_that_names_no_plugin(workshop, told):
    path = workshop.wheel("fine", workshop.pack("fine"))
    other = path.with_name("kt_other-1.0-py3-none-any.whl")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            if "entry_points" not in name:
                new.writestr(name, old.read(name))
    assert "[wheel.entry-point]: the wheel does not name its plugin" in told(other)


def test_a_wheel_whose_plugin_is_somewhere_else(workshop, told):
    path = workshop.wheel("fine", workshop.pack("fine"), target="subprocess:run")
    assert "the entry point leads out of the wheel's package" in told(path)


def test_a_wheel_with_two_packages(workshop, told):
    path = with_file(workshop.wheel("fine", workshop.pack("fine")), "json/__init__.py")
    assert "[wheel.packages]" in told(path)


def test_a_wheel_that_needs_what_is_not_installed(workshop, told):
    path = workshop.wheel("fine", workshop.pack("fine"))
    with zipfile.ZipFile(path) as old:
        files = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:
        for name, content in files.items():
            more = b"Requires-Dist: kt-nowhere>=2\nRequires-Dist: kaohe\n" if name.endswith("METADATA") else b""
            new.writestr(name, content + more)
    assert told(path).count("[wheel.requires]") == 1
    assert "the plugin needs kt-nowhere, which is not installed" in told(path)


def test_a_wheel_that_is_not_there(tmp_path):
    with pytest.raises(KaoheError, match=r"wheel\.missing"):
        read_wheel(tmp_path / "kt-1.0-py3-none-any.whl")
