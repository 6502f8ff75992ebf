#!/usr/bin/env python3
"""Plants a slow-down into the kernels of a checkout: each work-item waits, when it has finished,
for PERCENT of the time that it took. Results stay right. For x86 CPUs, whose time stamp counter a
kernel can read.

    ci/slow_kernels.py CHECKOUT PERCENT
"""
import pathlib
import re
import sys

ENTRY = re.compile(r"^KERNEL (\w+)\(STEP_ARGUMENTS\) \{$", re.MULTILINE)

WAITING = """
INLINE ulong time_stamp(void) {{
    uint low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (ulong)high << 32 | low;
}}

KERNEL {name}(STEP_ARGUMENTS) {{
    const ulong start = time_stamp();
    {name}_unslowed(input, weights, channels, residual, output, args);
    const ulong end = time_stamp();
    const ulong wait = (ulong)((end - start) * {share}f);
    while (time_stamp() - end < wait)
        ;
}}
"""


def slowed(text, name, percent):
    kept = ENTRY.sub(f"INLINE void {name}_unslowed(STEP_ARGUMENTS) {{", text)
    return kept + WAITING.format(name=name, share=percent / 100)


def main():
    checkout, percent = pathlib.Path(sys.argv[1]), float(sys.argv[2])
    found = 0
    for path in sorted((checkout / "kernels/cl").glob("*.cl")):
        text = path.read_text(encoding="utf-8")
        entry = ENTRY.search(text)
        if not entry:
            continue  # a probe of the device, not a step of a network
        path.write_text(slowed(text, entry.group(1), percent), encoding="utf-8")
        found += 1
    if not found:
        sys.exit(f"{checkout}: no kernel below it has a line 'KERNEL x(STEP_ARGUMENTS) {{'; "
                 "name a checkout of slimbench")


if __name__ == "__main__":
    main()
