#!/usr/bin/python3
"""kubeconfig.py SEED COUNT FOLDER <FILE: so many copies of it with something wrong, FOLDER/1 and so on."""
import random
import sys

luck = random.Random(sys.argv[1])
whole = sys.stdin.buffer.read()


def change_bytes(data):
    """A byte flipped, put in, or taken out, a few times."""
    data = bytearray(data)
    for _ in range(luck.randint(1, 8)):
        at = luck.randrange(len(data) or 1)
        data[at:at + luck.choice((0, 1, 1, 4))] = luck.choice(
            (b"", bytes([luck.randrange(256)]), luck.choice((b"\n", b" ", b"'", b'"', b"\\", b"\t", b"\0", b"#", b"- "))))
    return bytes(data)


def change_lines(data):
    """Lines lost, doubled, indented or in another order."""
    lines = data.splitlines(True)
    for _ in range(luck.randint(1, 4)):
        at = luck.randrange(len(lines) or 1)
        what = luck.randrange(4)
        if what == 0:
            lines[at:at + luck.randint(1, 3)] = []
        elif what == 1:
            lines[at:at] = lines[at:at + luck.randint(1, 3)]
        elif what == 2:
            lines[at:at + 1] = [b" " * luck.randint(1, 6) + line for line in lines[at:at + 1]]
        else:
            lines[at:at + 2] = lines[at:at + 2][::-1]
    return b"".join(lines)


def change_values(data):
    """The value of a line is something else that YAML knows."""
    lines = data.splitlines(True)
    at = luck.randrange(len(lines))
    odd = (b"{}", b"[]", b"|", b">-", b"&a b", b"*a", b"!!str x", b"'", b'"', b"'it''s' # x", b"~", b"\\", b"{a: b}",
           b"- - -", b"x: y", b"a" * 5000, b"")
    lines[at] = lines[at].split(b":")[0] + b": " + luck.choice(odd) + b"\n"
    return b"".join(lines)


for number in range(1, int(sys.argv[2]) + 1):
    changed = luck.choice((change_bytes, change_lines, change_values, lambda data: data[:luck.randrange(len(data))]))(whole)
    with open(f"{sys.argv[3]}/{number}", "wb") as file:
        file.write(changed)
