// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "distrain",
    products: [],
    dependencies: [],
    targets: [
        .target(name: "Diagnostics"),
        .target(name: "Randomness"),
    ],
    swiftLanguageModes: [.v6]
)
