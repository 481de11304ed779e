// swift-tools-version: 6.1
import PackageDescription

/// The vector kernels, built from one source folder for one instruction set.
func vectorKernels(_ name: String, architecture: String?) -> Target {
    let flags = architecture.map { ["-Xcc", "-march=\($0)"] } ?? []
    return .target(
        name: name, dependencies: ["CVector", "VectorInterface"],
        swiftSettings: [.unsafeFlags(["-Ounchecked"] + flags)])
}

#if arch(x86_64)
    let vectorTargets = [
        vectorKernels("VectorsBaseline", architecture: nil),
        vectorKernels("VectorsV3", architecture: "x86-64-v3"),
        vectorKernels("VectorsV4", architecture: "x86-64-v4"),
    ]
#else
    let vectorTargets = [vectorKernels("VectorsBaseline", architecture: nil)]
#endif

let package = Package(
    name: "distrain",
    targets: vectorTargets + [
        .target(name: "Diagnostics"),
        .target(name: "Randomness"),
        .target(name: "CProcessor"),
        .target(name: "CVector"),
        .target(name: "VectorInterface"),
        .systemLibrary(
            name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .target(
            name: "Kernels",
            dependencies: ["COpenBLAS", "CProcessor", "VectorInterface"]
                + vectorTargets.map { .target(name: $0.name) }),
        .target(
            name: "Layers",
            dependencies: ["Diagnostics", "Kernels", "Randomness", "VectorInterface"]),
    ],
    swiftLanguageModes: [.v6]
)
