// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "larmor-benchmarks",
    dependencies: [.package(name: "larmor", path: "..")],
    targets: [
        .target(name: "RingPeers", cxxSettings: [.unsafeFlags(["-O3", "-march=native"])]),
        .executableTarget(name: "RingBenchmark", dependencies: ["RingPeers", .product(name: "Signals", package: "larmor")]),
        .executableTarget(
            name: "SustainedBenchmark",
            dependencies: [
                .product(name: "Devices", package: "larmor"), .product(name: "Protocols", package: "larmor"),
                .product(name: "Sessions", package: "larmor"), .product(name: "Signals", package: "larmor"),
            ]),
        // Plain loops to compare with, compiled for this machine and with relaxed arithmetic, as one would for a quick trial.
        .target(
            name: "FilmPeers",
            cSettings: [.unsafeFlags(["-O3", "-ffast-math", "-march=native"])]),
        .target(name: "Measuring"),
        .executableTarget(
            name: "MacroCellFilmBenchmark",
            dependencies: ["FilmPeers", "Measuring", .product(name: "MagneticFilm", package: "larmor")]),
        .executableTarget(
            name: "ContinuumFilmBenchmark",
            dependencies: ["FilmPeers", "Measuring", .product(name: "MagneticFilm", package: "larmor")]),
        .executableTarget(
            name: "CalibrationBenchmark", dependencies: ["Measuring", .product(name: "Confidence", package: "larmor")]),
        .executableTarget(
            name: "RecogniserBenchmark",
            dependencies: [
                "Measuring", .product(name: "NeuralNetworks", package: "larmor"),
                .product(name: "Recognition", package: "larmor"), .product(name: "SignalFeatures", package: "larmor"),
            ]),
        .executableTarget(
            name: "DecoderBenchmark", dependencies: ["Measuring", .product(name: "Decoding", package: "larmor")]),
        .executableTarget(
            name: "ReservoirBenchmark",
            dependencies: [
                "Measuring", .product(name: "LinearAlgebra", package: "larmor"),
                .product(name: "MagneticFilm", package: "larmor"), .product(name: "Reservoirs", package: "larmor"),
            ]),
        .executableTarget(
            name: "GameBenchmark",
            dependencies: [
                "Measuring", .product(name: "Signals", package: "larmor"), .product(name: "TeamLearning", package: "larmor"),
            ]),
        .executableTarget(
            name: "SessionsBenchmark",
            dependencies: [
                .product(name: "Sessions", package: "larmor"), .product(name: "Signals", package: "larmor"),
            ]),
        .executableTarget(
            name: "DeviceBenchmark",
            dependencies: [
                .product(name: "Devices", package: "larmor"), .product(name: "Protocols", package: "larmor"),
                .product(name: "Transports", package: "larmor"), .product(name: "Signals", package: "larmor"),
            ], exclude: ["brainflow_reader.py"]),
    ]
)
