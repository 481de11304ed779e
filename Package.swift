// swift-tools-version: 6.1
import PackageDescription

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

/// The vector kernels, built from one source folder for one instruction set.
///
/// The folders of the wider sets are links to the first. Unchecked, since overflow and bounds
/// checks in these loops cost several times what the loops do.
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

let systemLibraries: [Target] = [
    .systemLibrary(
        name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "COpenMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
]

// Imports go down only: a target may depend on those above it, never on one beside it.
let foundations: [Target] = [
    .target(name: "Diagnostics"),
    .target(name: "Randomness"),
    .target(name: "CProcessor"),
    .target(name: "CSync"),
    .target(name: "CSystem"),
    .target(name: "CVector"),
    .target(name: "VectorInterface"),
    .target(name: "CMPI", dependencies: ["COpenMPI"]),
    .target(
        name: "Kernels",
        dependencies: ["COpenBLAS", "CProcessor", "VectorInterface"]
            + vectorTargets.map { .target(name: $0.name) }),
]

let peers: [Target] = [
    .target(
        name: "Layers", dependencies: ["Diagnostics", "Kernels", "Randomness", "VectorInterface"]),
    .target(name: "Optimizers", dependencies: ["Diagnostics", "Kernels"]),
    .target(name: "Communication", dependencies: ["CMPI", "CSync", "Diagnostics"]),
    .target(name: "Datasets", dependencies: ["CZlib", "Diagnostics", "Randomness", crypto]),
    .target(name: "Metrics", dependencies: ["Diagnostics"]),
    .target(name: "Trees", dependencies: ["Diagnostics", "Randomness"]),
    .target(
        name: "Interchange", dependencies: ["Diagnostics", protobuf],
        exclude: ["ONNX/onnx.proto"]),
]

let program: [Target] = [
    .target(
        name: "Training",
        dependencies: [
            "Communication", "Datasets", "Diagnostics", "Interchange", "Kernels", "Layers",
            "Metrics", "Optimizers", "Randomness", "Trees", crypto,
        ]),
    .target(
        name: "Benchmarks",
        dependencies: [
            "Communication", "Datasets", "Diagnostics", "Kernels", "Layers", "Optimizers",
            "Randomness", "VectorInterface",
        ]),
    .target(
        name: "Launch",
        dependencies: ["CSystem", "Communication", "Diagnostics", "Kernels", "Training"]),
    .executableTarget(
        name: "distrain",
        dependencies: [
            "Benchmarks", "Communication", "Datasets", "Diagnostics", "Interchange", "Kernels",
            "Launch", "Layers", "Metrics", "Optimizers", "Training", "Trees", argumentParser,
            logging, yams,
        ]),
]

let tests: [Target] = [
    // Bad inputs made of good ones, for the tests of all parsers.
    // Optimised, so that the time goes into the parsers.
    .target(
        name: "Mutation", dependencies: ["Diagnostics"], path: "Tests/Mutation",
        swiftSettings: [.unsafeFlags(["-O"])]),
    .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics"]),
    .testTarget(name: "KernelsTests", dependencies: ["Kernels", "Randomness", "VectorInterface"]),
    .testTarget(
        name: "LayersTests", dependencies: ["Diagnostics", "Kernels", "Layers", "Randomness"],
        exclude: ["Reference"]),
    .testTarget(
        name: "OptimizersTests", dependencies: ["Diagnostics", "Optimizers"],
        exclude: ["Reference"]),
    // The same checks run on threads inside the test process and as ranks of this program.
    .target(
        name: "CommunicationChecks", dependencies: ["Communication", "Diagnostics", "Randomness"],
        path: "Tests/CommunicationChecks"),
    .executableTarget(
        name: "CommunicationSuite",
        dependencies: ["Communication", "CommunicationChecks", "Diagnostics"],
        path: "Tests/CommunicationSuite"),
    .testTarget(
        name: "CommunicationTests",
        dependencies: ["Communication", "CommunicationChecks", "CommunicationSuite", "Diagnostics"]),
    .testTarget(
        name: "DatasetsTests",
        dependencies: ["CZlib", "Datasets", "Diagnostics", "Mutation", "Randomness", crypto],
        exclude: ["Reference"]),
    .testTarget(
        name: "InterchangeTests",
        dependencies: ["Diagnostics", "Interchange", "Mutation", "Randomness"],
        exclude: ["Reference/write_reference.py"],
        resources: [.copy("Reference/python.safetensors")]),
    .testTarget(
        name: "MetricsTests", dependencies: ["Diagnostics", "Metrics", "Randomness"],
        exclude: ["Reference/write_metrics.py", "Reference/write_reference.py"],
        resources: [
            .copy("Reference/classification.json"), .copy("Reference/metrics.json"),
        ]),
    .testTarget(
        name: "TreesTests", dependencies: ["Communication", "Diagnostics", "Randomness", "Trees"],
        exclude: ["Reference/write_reference.py"],
        resources: [.copy("Reference/trees.json"), .copy("Reference/scores.json")]),
    // Counts calls of the system's allocator, which the test program links in its place.
    .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
    // What a test runs as a process of its own, with limits and counters of its own.
    .executableTarget(
        name: "TrainingProbe",
        dependencies: ["Communication", "Datasets", "Diagnostics", "Kernels", "Training"],
        path: "Tests/TrainingProbe"),
    .testTarget(
        name: "TrainingTests",
        dependencies: [
            "AllocationCounter", "Communication", "Datasets", "Diagnostics", "Interchange",
            "Kernels", "Layers", "Metrics", "Mutation", "Optimizers", "Training", "TrainingProbe",
            crypto,
        ],
        exclude: ["Reference"]),
    .testTarget(name: "BenchmarksTests", dependencies: ["Benchmarks", "Diagnostics", "Kernels"]),
    .testTarget(
        name: "LaunchTests",
        dependencies: ["Communication", "Diagnostics", "Kernels", "Launch", "Training"]),
    .testTarget(
        name: "CommandLineTests",
        dependencies: [
            "Diagnostics", "Kernels", "Launch", "Mutation", "Training", "distrain",
        ]),
]

let package = Package(
    name: "distrain",
    products: [.executable(name: "distrain", targets: ["distrain"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: systemLibraries + foundations + vectorTargets + peers + program + tests,
    swiftLanguageModes: [.v6]
)
