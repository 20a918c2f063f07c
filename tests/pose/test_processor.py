"""Two processors differ in their key where code for one may not run on the other."""

import platform
from pathlib import Path

from edge.pose.runtime.processor import processor_key, processor_name

X86 = """processor\t: 0
model name\t: Some CPU @ 2.00GHz
cpu MHz\t\t: 2000.1
flags\t\t: fpu sse avx

processor\t: 1
model name\t: Some CPU @ 2.00GHz
cpu MHz\t\t: 1800.7
flags\t\t: fpu sse avx
"""
ARM = """processor\t: 0
BogoMIPS\t: 108.00
Features\t: fp asimd crc32
CPU implementer\t: 0x41
CPU part\t: 0xd0b
"""


def info(folder: Path, text: str) -> Path:
    path = folder / "cpuinfo"
    path.write_text(text)
    return path


def test_the_name_is_what_linux_tells(tmp_path: Path) -> None:
    assert processor_name(info(tmp_path, X86)) == "Some CPU @ 2.00GHz"
    assert processor_name(info(tmp_path, ARM)) == platform.machine()
    assert processor_name(tmp_path / "none") == platform.machine()


def test_the_key_is_the_same_whatever_the_speed_of_the_moment(tmp_path: Path) -> None:
    key = processor_key(info(tmp_path, X86))
    assert processor_key(info(tmp_path, X86.replace("1800.7", "3100.2"))) == key
    assert processor_key(info(tmp_path, X86 + X86)) == key


def test_the_key_differs_with_what_a_processor_can_do(tmp_path: Path) -> None:
    keys = {
        processor_key(info(tmp_path, text))
        for text in (
            X86,
            X86.replace("avx", "avx avx512f"),
            X86.replace("Some", "Other"),
            ARM,
            ARM.replace("0xd0b", "0xd08"),
            "",
        )
    }
    assert len(keys) == 6
