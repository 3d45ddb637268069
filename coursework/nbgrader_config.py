"""The course as nbgrader runs it. Work of students runs in a sandbox: no network, nothing of this folder, bounded time and memory.

nbgrader reads this file wherever it works in this folder: by command, and in its pages on a JupyterHub.
"""

import atexit
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIB = HERE / "lib"  # the package and tables of this release and no other, so that old work is graded by what it was written for
SECONDS = 30  # for a cell
MEMORY = 2_000_000_000  # bytes of address space, of which Python with pandas and matplotlib takes about half
DISK = 50_000_000  # bytes that a submission may write, into memory; all is gone when it ends

c = get_config()  # noqa: F821 - nbgrader gives it
c.CourseDirectory.course_id = "beyond-the-triangle"
c.OverwriteCells.add_missing_cells = True  # a test that a student deleted is put back
c.Execute.timeout = SECONDS
c.Execute.kernel_name = "sandbox"  # whatever a submission asks for
c.GenerateFeedback.preprocessors = ["nbgrader.preprocessors.GetGrades", "nbgrader.preprocessors.ClearHiddenTests",
                                    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor"]


def sandbox(runtime: Path) -> list[str]:
    """The command of the kernel, which sees Python, the release's package and `runtime`, where its sockets are, and nothing else."""
    seen = dict.fromkeys(map(os.path.realpath, ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/fonts", "/etc/localtime",
                                                sys.base_prefix, sys.prefix, LIB)))
    shown = [word for path in seen for word in ("--ro-bind-try", path, path)]
    links = [word for path in ("/lib", "/lib64", "/bin") if os.path.islink(path) for word in ("--symlink", os.readlink(path), path)]
    room = [word for path in ("/tmp", "/work") for word in ("--size", str(DISK), "--tmpfs", path)]
    return ["prlimit", f"--as={MEMORY}", "--core=0", "bwrap", "--unshare-all", "--die-with-parent", "--new-session", *room, *shown, *links,
            "--proc", "/proc", "--dev", "/dev", "--bind", str(runtime), str(runtime), "--chdir", "/work",
            "--clearenv", "--setenv", "HOME", "/work", "--setenv", "PYTHONPATH", str(LIB), "--setenv", "MPLBACKEND", "agg",
            "--setenv", "NBGRADER_EXECUTION", "autograde", sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]


if missing := [word for word in ("bwrap", "prlimit") if not shutil.which(word)]:
    raise SystemExit(f"Work of students is graded in a sandbox, and {' and '.join(missing)} is missing; install the packages bubblewrap and "
                     "util-linux of your Linux, or grade on a machine that has them.")
# The kernel is spoken to by sockets in a folder, since the sandbox has no network. nbgrader reads this file several times in one
# process, which needs one such folder; another process has its own, so that what runs beside cannot be seen.
runtime = Path(tempfile.tempdir or "")
if not runtime.name.startswith("grade-"):
    runtime = Path(tempfile.mkdtemp(prefix="grade-"))
    atexit.register(shutil.rmtree, runtime, ignore_errors=True)
    tempfile.tempdir = str(runtime)  # where jupyter_client puts the file that says where the sockets are
(runtime / "kernels" / "sandbox").mkdir(parents=True, exist_ok=True)
(runtime / "kernels" / "sandbox" / "kernel.json").write_text(json.dumps(
    {"argv": sandbox(runtime), "display_name": "sandbox", "language": "python", "interrupt_mode": "message"}))
os.environ |= {"JUPYTER_PATH": str(runtime), "PYTHONPATH": str(LIB)}
c.KernelManager.transport, c.KernelManager.ip = "ipc", str(runtime / "socket")
