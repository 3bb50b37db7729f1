"""`make torture`: kill the server, the delivery and the database between any two steps, and look at what is left.

Exit status 0 where every promise held; 1 where one was broken, with the seed and the point that show it again.
"""

import argparse
import secrets
import sys
import traceback

from tests.torture.acts import Violation
from tests.torture.run import A_WORLD, S3_EVERY, Figures, ground, run_world


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--points", type=int, default=1000)
    asked.add_argument("--seed", default="", help="of an earlier run, to draw the same lots again")
    asked.add_argument("--first", type=int, default=1, help="the world to begin with: a run in parts")
    given = asked.parse_args()
    seed = given.seed or secrets.token_hex(4)
    print(f"seed {seed}, {given.points} points", flush=True)
    figures, broken, world = Figures(), 0, given.first
    left = given.points
    with ground(with_s3=given.points > A_WORLD or given.first > 1) as here:
        while left > 0:
            on_s3 = world % S3_EVERY == 0
            points = min(A_WORLD, left)
            try:
                done = run_world(here, f"{seed}-{world}", points, on_s3=on_s3)
                figures += done
                store = "S3" if on_s3 else "a folder"
                print(f"world {world} with {store}: {done.points} points, {done.seconds:.0f} s", flush=True)
                print("\n".join(f"    {line}" for line in figures.lines()), flush=True)
            except Violation as violation:
                broken += 1
                print(f"BROKEN {violation}", flush=True)
                traceback.print_exception(violation.__cause__)
            left -= points
            world += 1
    print("\n".join([*figures.lines(), f"violations  {broken}"]))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
