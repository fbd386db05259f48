import Foundation
import MagneticFilm

/// The study's own program, where LARMOR_VAMPIRE names it: cell-steps per second of a 10 × 10 film, from the difference of a long
/// and a short run, so that its start does not count.
func vampireRate() throws -> Double? {
    guard let program = ProcessInfo.processInfo.environment["LARMOR_VAMPIRE"] else { return nil }
    let folder = NSTemporaryDirectory() + "larmor-benchmark-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let film = FilmMaterial.nickel
    try """
    material:num-materials=1
    material[1]:damping-constant=0.1
    material[1]:exchange-matrix[1]=\(film.exchange_J)
    material[1]:atomic-spin-moment=\(film.moment_muB) !muB
    material[1]:second-order-uniaxial-anisotropy-constant=\(film.anisotropy_J)
    material[1]:initial-spin-direction=1,0,0
    material[1]:micromagnetic-discretisation-enabled
    """.write(toFile: folder + "/film.mat", atomically: true, encoding: .utf8)
    func run(_ inputs: Int) throws -> Double {
        try """
        dimensions:unit-cell-size = 3.47 !A
        material:file=film.mat
        dimensions:system-size-x = 49 !nm
        dimensions:system-size-y = 49 !nm
        dimensions:system-size-z = 0.1 !A
        cells:macro-cell-size = 5 !nm
        micromagnetic:discretisation=micromagnetic
        micromagnetic:integrator=llg
        sim:integrator=llg-heun
        sim:time-step = 100 !fs
        sim:time-steps-increment = 100
        sim:temperature = 0
        sim:total-time-steps = \((inputs + 1) * 100)
        dipole:solver=tensor
        sim:program = time-series
        """.write(toFile: folder + "/input", atomically: true, encoding: .utf8)
        try VAMPIREGrid(folder: folder).sourceField(drive((inputs + 1) * 100))
            .write(toFile: folder + "/sourcefield.txt", atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let begin = ContinuousClock.now
        try process.run()
        process.waitUntilExit()
        return (ContinuousClock.now - begin) / .seconds(1)
    }
    let (short, long) = (try run(20), try run(220))
    return 200 * 100 * 100 / (long - short)
}
