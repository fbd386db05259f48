import Foundation

/// Standard problem 4, field 1, by NeuralMag (PyPI; JAX, Float64), where LARMOR_NEURALMAG names a Python that has it.
/// - Returns: seconds of relaxing and of the run of 1 ns with its compilation, and the end; nil without that Python.
func neuralMag(nx: Int, ny: Int) throws -> (relaxing: Double, running: Double, end: [Double])? {
    guard let python = ProcessInfo.processInfo.environment["LARMOR_NEURALMAG"] else { return nil }
    let script = """
        import time
        import neuralmag as nm
        nm.config.dtype = "float64"
        state = nm.State(nm.Mesh([\(nx), \(ny)], [500e-9 / \(nx), 125e-9 / \(ny), 3e-9]))
        state.material.Ms, state.material.A, state.material.alpha = 8e5, 1.3e-11, 0.02
        state.m = nm.VectorFunction(state).fill((0.9656090991705352, 0.2414022747926338, 0.0965609099170535))
        nm.ExchangeField().register(state, "exchange")
        nm.DemagField().register(state, "demag")
        nm.TotalField("exchange", "demag").register(state)
        solver = nm.LLGSolver(state)
        begin = time.time()
        solver.relax()
        relaxed = time.time()
        mu0 = 1.25663706144e-6
        nm.ExternalField(nm.VectorFunction(state).fill([-24.6e-3 / mu0, 4.3e-3 / mu0, 0.0])).register(state, "external")
        nm.TotalField("exchange", "demag", "external").register(state)
        solver.reset()
        for _ in range(100): solver.step(1e-11)
        print(relaxed - begin, time.time() - relaxed, *[float(v) for v in state.m.avg()])
        """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = ["-c", script]
    process.environment = ProcessInfo.processInfo.environment.merging(["NM_BACKEND": "jax"]) { $1 }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let numbers = (text.split(separator: "\n").last ?? "").split(separator: " ").compactMap { Double($0) }
    guard process.terminationStatus == 0, numbers.count == 5 else { return nil }
    return (numbers[0], numbers[1], Array(numbers[2...]))
}
