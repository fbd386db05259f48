// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "larmor-benchmarks",
    dependencies: [.package(name: "larmor", path: "..")],
    targets: [
        .executableTarget(
            name: "SessionsBenchmark", dependencies: [.product(name: "Sessions", package: "larmor")])
    ]
)
