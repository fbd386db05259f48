// swift-tools-version: 6.2
import PackageDescription

/// Debian's library behind a module map of ours.
func debian(_ name: String, pkgConfig: String?, package: String) -> Target {
    .systemLibrary(name: name, path: "Sources/System/\(name)", pkgConfig: pkgConfig, providers: [.apt([package])])
}

/// The rooms: folders of Sources with the modules in them. System libraries are in System, the command line in larmor.
let areas = [
    "Core": [
        "Failures", "Signals", "LinearAlgebra", "Plots", "AudioFiles", "TensorFiles", "Programs", "Settings", "Origin",
        "Outputs", "Texts",
    ],
    "Devices": ["Protocols", "Transports", "Devices", "Simulators", "ModemLines"],
    "Films": ["FilmKernels", "ReservoirKernels", "MagneticFilm", "FilmFiles", "Reservoirs"],
    "Recognition": [
        "NetworkKernels", "SignalFeatures", "NeuralNetworks", "Decoding", "Recognition", "SpokenCorpora", "Confidence",
    ],
    "Recordings": ["Sessions", "Catalog", "Overview"],
    "Studies": ["StudyFiles", "Sweeps", "Searches", "TeamLearning", "RigTuning"],
    "Live": ["Rigs", "LiveGraph", "Recording", "RemoteControl", "LivePage", "Replay", "RigCheck", "MachineCheck"],
]

func module(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    guard let area = areas.first(where: { $0.value.contains(name) })?.key else { fatalError("\(name) is in no area") }
    return .target(name: name, dependencies: dependencies, path: "Sources/\(area)/\(name)", resources: resources)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, exclude: exclude)
}

let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let toml = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let database = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = [
    Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
    Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle"),
]

let package = Package(
    name: "larmor",
    products: [
        .executable(name: "larmor", targets: ["larmor"]),
        .library(name: "MagneticFilm", targets: ["MagneticFilm"]),
        .library(name: "Protocols", targets: ["Protocols"]),
        .library(name: "Signals", targets: ["Signals"]),
        .library(name: "Transports", targets: ["Transports"]),
        .library(name: "Devices", targets: ["Devices"]),
        .library(name: "Sessions", targets: ["Sessions"]),
        .library(name: "Confidence", targets: ["Confidence"]),
        .library(name: "NeuralNetworks", targets: ["NeuralNetworks"]),
        .library(name: "Decoding", targets: ["Decoding"]),
        .library(name: "SignalFeatures", targets: ["SignalFeatures"]),
        .library(name: "Recognition", targets: ["Recognition"]),
        .library(name: "LinearAlgebra", targets: ["LinearAlgebra"]),
        .library(name: "Reservoirs", targets: ["Reservoirs"]),
        .library(name: "TeamLearning", targets: ["TeamLearning"]),
        // Preloaded into programs that run on a stand-in for a serial port.
        .library(name: "ModemLines", type: .dynamic, targets: ["ModemLines"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "3.12.3"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        // Paths and descriptors in swift-subprocess' words.
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Floor 0: the system's libraries, and the hot kernels in C.
        debian("COpenBLAS", pkgConfig: "openblas", package: "libopenblas-dev liblapacke-dev"),
        debian("CKissFFT", pkgConfig: nil, package: "libkissfft-dev"),
        debian("CSerialPort", pkgConfig: "libserialport", package: "libserialport-dev"),
        debian("CALSA", pkgConfig: "alsa", package: "libasound2-dev"),
        debian("CLibUSB", pkgConfig: "libusb-1.0", package: "libusb-1.0-0-dev"),
        debian("CSampleRate", pkgConfig: "samplerate", package: "libsamplerate0-dev"),
        debian("CSndFile", pkgConfig: "sndfile", package: "libsndfile1-dev"),
        debian("CEDF", pkgConfig: nil, package: "libedf-dev"),
        debian("CCrypto", pkgConfig: "libcrypto", package: "libssl-dev"),
        debian("CPNG", pkgConfig: "libpng", package: "libpng-dev"),
        debian("CZlib", pkgConfig: "zlib", package: "zlib1g-dev"),
        debian("CUMockdev", pkgConfig: "umockdev-1.0", package: "libumockdev-dev"),
        .systemLibrary(name: "CLinux", path: "Sources/System/CLinux"),
        module("FilmKernels", []),
        module("ReservoirKernels", []),
        module("NetworkKernels", []),
        module("ModemLines", []),

        // Floor 1: settings files, signals, audio files, linear algebra, tensor files, pictures and programs that run beside this one.
        module("Failures", []),
        module("Texts", []),
        module("Settings", ["Failures", toml]),
        module("Signals", ["Failures"]),
        // The door for files that a person names.
        module("Outputs", ["Failures"]),
        module("Plots", ["Texts", "CPNG"]),
        module("AudioFiles", ["Failures", "CSndFile", "CSampleRate"]),
        module("LinearAlgebra", ["Failures", "COpenBLAS", "CKissFFT"]),
        module("TensorFiles", ["Failures", "Texts"]),
        module("Programs", ["Failures", "CLinux", subprocess, system]),
        module("Origin", ["Failures", crypto]),

        // Floor 2: pure codecs, films, features and layers.
        module("Protocols", ["Failures", "Signals", "CCrypto"]),
        // Firmware for boards, in C99: built here so that the tests can run it against the same vectors.
        .target(
            name: "RigLinkReference", path: "firmware-protocols/riglink/reference",
            exclude: ["host_main.c", "functionfs_main.c", "serve.c", "serve.h"],
            sources: ["riglink.c", "example_board.c"], publicHeadersPath: "."),
        module("MagneticFilm", ["Failures", "LinearAlgebra", "FilmKernels", "Outputs", "Plots"]),
        module("FilmFiles", ["Failures", "MagneticFilm", "Settings", "Signals", "TensorFiles"]),
        module("SignalFeatures", ["Failures", "Signals", "LinearAlgebra"]),
        module("NeuralNetworks", ["Failures", "Signals", "LinearAlgebra", "NetworkKernels", "TensorFiles"]),
        module("Decoding", ["Failures", "Origin", "Signals"]),
        module("Confidence", ["Failures", "Origin", "Outputs", "Plots", "Signals", crypto]),

        // Floor 3: devices and their simulators, reservoirs, recognition, sessions.
        module("Transports", ["Failures", "Signals", "Protocols", "CSerialPort", "CALSA", "CLibUSB", "CLinux"]),
        module("Devices", ["Failures", "Settings", "Signals", "Protocols", "Transports"]),
        module("Simulators", ["Failures", "Signals", "Protocols", "MagneticFilm", "Programs", "CLinux"]),
        module(
            "Reservoirs",
            [
                "Failures", "LinearAlgebra", "TensorFiles", "MagneticFilm", "Origin", "Outputs", "Programs", "Protocols",
                "ReservoirKernels",
                "SignalFeatures",
                "Signals",
                "Transports", "Devices",
            ]),
        module(
            "Sessions",
            ["Failures", "Origin", "Texts", "Signals", "TensorFiles", "AudioFiles", "CSndFile", "CLinux", "CZlib", crypto]),

        // Floor 4: recognition, the list of all sessions, pictures of them, rig files.
        module(
            "Recognition",
            [
                "Decoding",
                "Failures", "Origin", "Outputs", "TensorFiles", "NeuralNetworks", "SignalFeatures", "Signals",
                "AudioFiles", "LinearAlgebra",
                "Sessions",
            ]),
        module("SpokenCorpora", ["AudioFiles", "Failures", "Origin", "Outputs", "Recognition", "Settings", "Signals"]),
        module("Catalog", ["Failures", "Sessions", database]),
        module("Overview", ["LinearAlgebra", "Plots", "Sessions"]),
        module("Rigs", ["Devices", "Reservoirs", "Settings", "Simulators", "Transports"]),

        // Studies: stores and pages, sweeps of the program's own commands, searches among reservoirs.
        module("StudyFiles", ["Failures", "Origin", "Texts", database]),
        module(
            "Sweeps",
            [
                "Failures", "Origin", "Outputs", "Plots", "Programs", "Settings", "Signals", "StudyFiles", "Texts", database,
            ]),
        module(
            "Searches",
            ["Failures", "LinearAlgebra", "MagneticFilm", "Origin", "Plots", "Reservoirs", "StudyFiles", database]),
        // Games of several agents, and teams that learn them.
        module("TeamLearning", ["Failures", "Outputs", "Plots", "Settings", "Signals", crypto]),
        module(
            "RigTuning",
            [
                "Devices", "Failures", "LinearAlgebra", "MagneticFilm", "Origin", "Outputs", "Plots", "Protocols", "Reservoirs",
                "Settings", "Signals", "Simulators", "TeamLearning", "Transports",
            ]),

        // Floor 5: the live graph and checks of a rig.
        module(
            "LiveGraph",
            [
                "Confidence", "Decoding", "Devices", "Recognition", "Reservoirs", "Rigs", "Settings", "SignalFeatures",
                "Signals",
            ]),
        module("MachineCheck", ["Devices", "Transports"]),
        module("RigCheck", ["Devices", "Failures", "Plots", "Protocols", "Rigs", "SignalFeatures", "Signals", "Transports"]),

        // Floor 6: what runs the graph: a rig's devices, or what they once sent.
        module(
            "Recording",
            [
                "Confidence", "Failures", "Devices", "LiveGraph", "Origin", "Recognition", "Reservoirs", "Rigs", "Sessions",
                "Settings",
                "SignalFeatures",
                "Signals", "Transports", histogram,
            ]),
        module("RemoteControl", ["Failures", "Signals", "CLinux"]),
        // The page's own files are embedded in the program.
        module(
            "LivePage", ["Failures", "Signals", "CLinux", crypto],
            resources: [
                "index.html", "subject.html", "login.html", "style.css", "login.js", "subject.js", "main.js", "link.js",
                "history.js", "filters.js", "traces.js", "spectrum.js", "film.js", "words.js", "panels.js", "control.js",
            ].map { .embedInCode("Assets/\($0)") }),
        module(
            "Replay",
            [
                "Confidence", "Devices", "Failures", "LiveGraph", "Origin", "Outputs", "Protocols", "Recognition", "Reservoirs",
                "Rigs",
                "Sessions",
                "Signals",
                "Simulators", "Transports",
            ]),

        // Floor 7: the command line.
        .executableTarget(
            name: "larmor",
            dependencies: [
                "Decoding", "Devices", "Transports", "Simulators", "Reservoirs", "Recognition", "Confidence", "Sessions",
                "SpokenCorpora", "Catalog", "Overview",
                "Signals", "AudioFiles", "MagneticFilm", "FilmFiles", "Origin", "Outputs", "Plots", "Programs", "Settings",
                "Rigs", "LinearAlgebra", "LiveGraph",
                "LivePage", "Recording", "RemoteControl", "Replay", "RigCheck", "MachineCheck", "Searches", "SignalFeatures",
                "StudyFiles",
                "Sweeps", "TeamLearning", "RigTuning",
                "Failures", "Texts", "NeuralNetworks", "CLinux",
                arguments,
                logging,
            ] + lifecycle),

        tests("Texts"),
        // Waits of tests, and claims on real time that know what a busy machine takes.
        .target(name: "RealTime", dependencies: ["Signals"], path: "Tests/RealTime"),
        tests("Signals", ["RealTime"]),
        tests("Outputs", ["Failures"]),
        tests("Plots"),
        tests("AudioFiles"),
        tests("LinearAlgebra"),
        tests("TensorFiles", ["Failures", "Programs", "Signals"]),
        tests("Programs", ["RealTime"]),
        tests("Origin"),
        tests("Protocols", ["Signals", "RigLinkReference"]),
        tests("MagneticFilm", ["LinearAlgebra"]),
        tests(
            "SignalFeatures", ["AllocationCounter", "Signals"],
            exclude: [
                "Reference/make_mfcc_values.py", "Reference/make_band_pass_values.py", "Reference/make_eeg_values.py",
            ]),
        tests(
            "NeuralNetworks", ["AllocationCounter", "Signals", "TensorFiles"], exclude: ["Reference/make_pytorch_values.py"]),
        tests("Decoding", ["AllocationCounter", "Failures", "Signals"]),
        tests("SpokenCorpora", ["AudioFiles", "Failures", "Recognition", "Settings", "Signals"]),
        tests("Confidence", ["Signals"], exclude: ["Reference/make_calibration_values.py"]),
        tests("Transports", ["Signals", "Protocols", "USBStand", "LSLStand", "RealTime"]),
        // A USB device without hardware, and the program that runs USBTransport on it.
        .target(name: "ScriptedUSB", dependencies: ["CUMockdev"], path: "Tests/ScriptedUSB"),
        .executableTarget(
            name: "USBStand",
            dependencies: [
                "CountingDriver", "RealTime", "ScriptedUSB", "Transports", "Devices", "Simulators", "Protocols", "Signals",
            ],
            path: "Tests/USBStand"),
        // Programs of other people's that send and read LSL streams.
        .target(name: "LSLStand", dependencies: ["Transports"], path: "Tests/LSLStand"),
        // Counts what each thread of the tests' program allocates.
        .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
        .target(
            name: "CountingDriver", dependencies: ["AllocationCounter", "Devices", "Signals", "Transports"],
            path: "Tests/CountingDriver"),
        // The example board of the reference firmware, as a process on a serial line.
        .target(name: "BoardStand", path: "Tests/BoardStand"),
        tests(
            "Devices",
            [
                "BoardStand", "Signals", "Protocols", "Settings", "Transports", "Simulators", "MagneticFilm", "LSLStand",
                "CountingDriver",
                "RealTime",
            ]),
        tests("Simulators", ["Signals", "Protocols", "MagneticFilm"]),
        tests(
            "Reservoirs",
            [
                "AllocationCounter", "Failures", "LinearAlgebra", "MagneticFilm", "Origin", "RealTime", "ReservoirKernels",
                "Signals", "TensorFiles",
            ],
            exclude: [
                "Reference/make_metric_values.py", "Reference/make_network_values.py", "Reference/make_readout_values.py",
            ]),
        tests(
            "Recognition",
            ["AudioFiles", "Decoding", "Failures", "NeuralNetworks", "Sessions", "SignalFeatures", "Signals", "TensorFiles"],
            exclude: ["Models-0.1.0"]),
        // A recorder of known samples that may be killed at any moment.
        .target(name: "KnownRecording", dependencies: ["Sessions", "Signals"], path: "Tests/KnownRecording"),
        .executableTarget(name: "RecorderStand", dependencies: ["KnownRecording", "Sessions"], path: "Tests/RecorderStand"),
        // EDFlib checks the files that are written.
        tests("Sessions", ["Origin", "Signals", "CEDF", "KnownRecording", "RecorderStand"], exclude: ["Readers"]),
        tests("Catalog", ["Sessions", "Signals", database]),
        tests("Overview", ["Plots", "Sessions"]),
        tests("FilmFiles", ["MagneticFilm", "Protocols", "Settings", toml]),
        // A session of a headset and a microphone, byte by byte.
        .target(
            name: "RecordedRig",
            dependencies: [
                "Devices", "NeuralNetworks", "Protocols", "Recognition", "Sessions", "SignalFeatures", "Signals", "Transports",
            ],
            path: "Tests/RecordedRig"),
        tests("Settings"),
        tests("StudyFiles", [database]),
        tests("Searches", ["Failures", "LinearAlgebra", "Origin", "Reservoirs", "StudyFiles", database]),
        // A game behind lines of JSON on standard input and output.
        .executableTarget(name: "GameStand", dependencies: ["TeamLearning"], path: "Tests/GameStand"),
        tests(
            "TeamLearning", ["AllocationCounter", "Failures", "GameStand", "Plots", "Settings", "Signals", crypto],
            exclude: ["Reference"]),
        tests(
            "RigTuning",
            [
                "Devices", "Failures", "MagneticFilm", "Protocols", "Reservoirs", "Settings", "Signals", "Simulators",
                "TeamLearning",
                "Transports",
            ]),
        tests("Sweeps", ["Failures", "Origin", "Programs", "RealTime", "Settings", "StudyFiles", database]),
        tests("Rigs", ["Devices", "RigCheck", "Settings", "Simulators", "Transports"]),
        tests(
            "LiveGraph",
            [
                "Confidence", "Devices", "LinearAlgebra", "RecordedRig", "Recognition", "Reservoirs", "Rigs", "Settings",
                "SignalFeatures",
                "Signals", "Transports",
            ]),
        tests("MachineCheck", ["Devices", "Transports"]),
        tests("RigCheck", ["RealTime", "Rigs", "SignalFeatures", "Signals", "Simulators"]),
        tests("Recording", ["Failures", "LiveGraph", "Recognition", "Rigs", "Settings", "Signals", "Transports"]),
        // A client of the remote control.
        .target(name: "ControlClient", path: "Tests/ControlClient"),
        tests("RemoteControl", ["ControlClient", "Signals"]),
        // A client of the page as any program is one: requests and WebSockets over a plain connection.
        .target(name: "PageClient", dependencies: [crypto], path: "Tests/PageClient"),
        // Headless Chromium, where there is one.
        .target(name: "PageBrowser", dependencies: ["PageClient"], path: "Tests/PageBrowser"),
        tests("LivePage", ["Failures", "PageBrowser", "PageClient", "RealTime", "Signals"]),
        tests(
            "Replay",
            [
                "Confidence", "Devices", "LiveGraph", "MagneticFilm", "NeuralNetworks", "Protocols", "RealTime", "RecordedRig",
                "Recognition",
                "Reservoirs",
                "Sessions", "Settings", "SignalFeatures", "Signals", "Simulators", "Transports",
            ]),
        // Large seeded studies; the suite runs a tenth of them, `make studies` all.
        .testTarget(name: "StudiesTests", dependencies: ["Confidence", "Devices", "Protocols", "Signals", "Transports"]),
        // What must hold for every codec, whatever the bytes are; fuzzed by Tests/Fuzzing/run, replayed by the tests.
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Decoding", "Protocols", "Signals", "Devices", "Sessions", "Confidence", "LivePage", "RemoteControl", "Rigs",
                "Settings",
                "Texts",
                "MagneticFilm",
                "FilmFiles", "CZlib", "LinearAlgebra", "NeuralNetworks", "Origin", "Recognition", "Reservoirs", "Searches",
                "SignalFeatures", "Sweeps", "TensorFiles", database,
            ],
            path: "Tests/Fuzzing/Targets"),
        // Measures the memory that one input takes, in a process of its own.
        .executableTarget(name: "FuzzStand", dependencies: ["FuzzTargets"], path: "Tests/Fuzzing/Stand"),
        .testTarget(name: "FuzzTargetsTests", dependencies: ["FuzzTargets", "FuzzStand"], path: "Tests/Fuzzing/CorpusTests"),
        // Sessions that earlier versions recorded: read, verified, replayed and exported as they were then.
        .testTarget(
            name: "CompatibilityTests", dependencies: ["Devices", "Replay", "Sessions", "Signals", crypto],
            exclude: ["Sessions-0.1.0"]),
        // Runs the built program as a person would.
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "larmor", "AudioFiles", "BoardStand", "ControlClient", "PageBrowser", "PageClient", "Devices", "LSLStand",
                "NeuralNetworks", "Origin",
                "Programs",
                "LinearAlgebra", "MagneticFilm", "Protocols",
                "RealTime",
                "Recognition",
                "Reservoirs",
                "SignalFeatures", "Signals",
                "Simulators", "Transports", database,
            ]),
    ]
)

// LARMOR_FUZZ names the toolchain's libFuzzer; its program is built only with it and with the sanitizers (Tests/Fuzzing/run).
if let library = Context.environment["LARMOR_FUZZ"] {
    package.targets += [
        .target(name: "CLibFuzzer", path: "Tests/Fuzzing/CLibFuzzer"),
        .executableTarget(
            name: "Fuzzer", dependencies: ["FuzzTargets", "CLibFuzzer"], path: "Tests/Fuzzing/Runner",
            linkerSettings: [.unsafeFlags([library, "-lstdc++"])]),
    ]
}

// LARMOR_ONLY=Signals,Protocols keeps these modules, what they need and their tests: for quick and for sanitized builds.
if let only = Context.environment["LARMOR_ONLY"] {
    var kept = Set(only.split(separator: ",").map(String.init))
    kept.formUnion(kept.map { $0 + "Tests" })
    var waiting = Array(kept)
    while let name = waiting.popLast() {
        guard let target = package.targets.first(where: { $0.name == name }) else { continue }
        for case .byNameItem(let needed, _) in target.dependencies where kept.insert(needed).inserted {
            waiting.append(needed)
        }
    }
    package.targets.removeAll { !kept.contains($0.name) }
    package.products = []
}

// Every Swift target has the same settings: Swift 6 mode, and a dependency that leaks into an API is visible.
let cTargets = [
    "FilmKernels", "ReservoirKernels", "NetworkKernels", "ModemLines", "RigLinkReference", "ScriptedUSB", "AllocationCounter",
    "CLibFuzzer",
]
for target in package.targets where target.type != .system && !cTargets.contains(target.name) {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ]
}
