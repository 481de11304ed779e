# A Spack recipe: a copy goes to packages/distrain/package.py of a repository of yours
# (`spack repo create`). Edit the next three lines.
GIT = "https://example.org/distrain.git"
BRANCH = "main"
SWIFT = "/opt/swift/usr/bin"
# (where the project is; its branch; where the Swift 6 toolchain is, which Spack does not build)

from spack.package import *


class Distrain(Package):
    """Data-parallel training of image classifiers on CPUs, with OpenBLAS and Open MPI."""

    homepage = GIT
    git = GIT

    version("main", branch=BRANCH)

    depends_on("openmpi@4.1:4")
    depends_on("openblas@0.3.21: threads=none")
    depends_on("zlib-api")
    depends_on("pkgconfig", type="build")

    def setup_build_environment(self, env):
        env.prepend_path("PATH", SWIFT)

    def install(self, spec, prefix):
        Executable("launch/install")("--prefix", prefix)
