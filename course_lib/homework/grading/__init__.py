"""``course homework grade``: a folder of submissions becomes ``grades.csv`` and ``gradebook.html``.

Three kinds of process share the work, so that a submission can claim nothing and reach nothing:

- The **sandbox** (``sandbox.py``) runs the learners' functions. It is a fresh interpreter on a copy of the package
  without the reference solutions, and knows only the inputs. It imports torch once and forks for each submission.
- The **referee** (``referee.py``) knows the references. It gets *values*, as arrays without pickle, and compares them.
- The **parent** (``grade.py``, ``lane.py``) reads files as text, keeps the clock, and writes the results.

What a submission's process may use, everywhere: the exercise's seconds, processor time, 2 GiB of memory, small files, a
handful of processes, one thread, no input, an environment of six variables, a folder of its own that is deleted.
On Linux, where the system lets a user make namespaces (kernel 5.12 or later), it also has no network, sees no process
but its own, and of the disk only the folders of Python and of the system's libraries, read-only: neither the source
tree nor other submissions are there, and when it ends, all that it started ends.

Not enforced elsewhere (macOS, hardened kernels, most containers): network and disk. There a submission runs with the
rights of whoever grades: it could read the references where they are installed, write to that user's files, and leave
processes behind that moved to another group. ``grade`` says so at its end and in the gradebook. Use a container or a
virtual machine there. Nowhere enforced: that a learner wrote the answer alone; and where an exercise's answer is an
object that cannot travel as a value (a class, a network), what it does on the inputs is told by its own process.
"""

from .grade import Graded, grade

__all__ = ["Graded", "grade"]
