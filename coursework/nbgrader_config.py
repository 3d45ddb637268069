"""The course as nbgrader runs it. Work of students runs in a sandbox: no network, nothing of this folder, bounded time and memory.

nbgrader reads this file wherever it works in this folder: by command, and in its pages on a JupyterHub.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SECONDS, MEMORY = 30, 1_500_000_000  # a cell; bytes of address space, of which Python and pandas take some 600 million

c = get_config()  # noqa: F821 - nbgrader gives it
c.CourseDirectory.course_id = "beyond-the-triangle"
c.OverwriteCells.add_missing_cells = True  # a test that a student deleted is put back
c.Execute.timeout = SECONDS
c.Execute.kernel_name = "sandbox"  # whatever a submission asks for
c.GenerateFeedback.preprocessors = ["nbgrader.preprocessors.GetGrades", "nbgrader.preprocessors.ClearHiddenTests",
                                    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor"]

# The package and tables of this release and no other, so that old work is graded by what it was written for.
os.environ["PYTHONPATH"] = str(HERE / "lib")

# Sockets in a file system instead of on the network, which the sandbox has none of. Their paths must be short.
runtime = tempfile.mkdtemp(prefix="grade-")
os.environ["JUPYTER_RUNTIME_DIR"] = runtime
c.KernelManager.transport = "ipc"
os.environ["JUPYTER_PATH"] = str(HERE / "jupyter")
