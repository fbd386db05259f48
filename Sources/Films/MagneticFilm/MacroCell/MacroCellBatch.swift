import Dispatch

/// Many films, or many input sequences for one film, run side by side.
///
/// Films of one geometry are stepped in blocks that fill the vector lanes and the nearest cache; threads take whole blocks.
/// Every film does exactly what it would do alone, bit for bit, for any number of threads. For few long sequences; a single
/// film that answers at once is a ``MacroCellFilm``.
public final class MacroCellBatch<Scalar: MacroCellScalar> {
    public let configurations: [MacroCellFilmConfiguration]
    public var films: Int { configurations.count }
    /// Cells of one film.
    public let cells: Int
    private let blocks: [MacroCellFilm<Scalar>]
    private let firstFilms: [Int]

    /// - Parameters:
    ///   - configurations: one per film, of the same geometry; the same one several times for several sequences.
    ///   - instructionSet: one of ``InstructionSet/available``.
    /// - Throws: ``FilmError``.
    public init(
        _ configurations: [MacroCellFilmConfiguration], instructionSet: InstructionSet = .best
    ) throws(FilmError) {
        guard let first = configurations.first else {
            throw FilmError(.outOfRange(name: "number of films", value: 0, expected: "at least 1"))
        }
        try first.check()
        self.configurations = configurations
        cells = first.cells
        let size = Self.blockSize(cells: first.cells)
        var blocks: [MacroCellFilm<Scalar>] = []
        var firstFilms: [Int] = []
        for start in stride(from: 0, to: configurations.count, by: size) {
            let part = Array(configurations[start..<min(start + size, configurations.count)])
            // Blocks are made one by one; films of different blocks are compared through the first one of each.
            guard MacroCellFilm<Scalar>.fit(part[0], beside: first) else {
                throw FilmError(.differentGeometry(film: start))
            }
            do {
                blocks.append(try MacroCellFilm(array: part, instructionSet: instructionSet))
            } catch {
                if case .differentGeometry(let film) = error.reason {
                    throw FilmError(.differentGeometry(film: start + film))
                }
                throw error
            }
            firstFilms.append(start)
        }
        self.blocks = blocks
        self.firstFilms = firstFilms
    }

    /// As many films as fill 64 bytes, fewer where their 16 arrays would leave 128 KiB.
    private static func blockSize(cells: Int) -> Int {
        let size = MemoryLayout<Scalar>.stride
        var films = 64 / size
        while films > 1, 16 * cells * films * size > 1 << 17 { films /= 2 }
        return films
    }

    /// All films back to their initial state.
    public func reset() { for block in blocks { block.reset() } }

    /// Drives all films.
    /// - Parameters:
    ///   - inputs: tesla along the normal, shape `[steps, films, cells]`.
    ///   - states: unit vectors after each input, shape `[steps, films, 3, cells]`, overwritten.
    ///   - threads: at least 1.
    ///   - progress: called now and then, from any thread, with the number of inputs that all films together have taken (of
    ///     steps × films); `false` stops the run and leaves the rest of `states` as it was.
    /// - Returns: whether it was run to the end.
    @discardableResult
    public func run(
        _ inputs: UnsafeBufferPointer<Float>, into states: UnsafeMutableBufferPointer<Float>,
        threads: Int = 1,
        progress: @Sendable (Int) -> Bool = { _ in true }
    ) -> Bool {
        precondition(inputs.count % (films * cells) == 0, "inputs must hold whole steps")
        precondition(
            states.count == 3 * inputs.count && threads >= 1, "states must have three values per input value")
        let steps = inputs.count / (films * cells)
        let work = Work(blocks: blocks, firstFilms: firstFilms, inputs: inputs, states: states, films: films)
        // Not more pieces than a caller can watch, not fewer than stopping needs.
        let piece = max(1, min(64, steps / 16))
        for start in stride(from: 0, to: steps, by: piece) {
            let range = start..<min(start + piece, steps)
            let hands = min(threads, blocks.count)
            if hands == 1 {
                for block in blocks.indices { work.run(block, steps: range) }
            } else {
                DispatchQueue.concurrentPerform(iterations: hands) { hand in
                    for block in stride(from: hand, to: work.blocks.count, by: hands) {
                        work.run(block, steps: range)
                    }
                }
            }
            if !progress(range.upperBound * films) { return range.upperBound == steps }
        }
        return true
    }

    /// `@unchecked Sendable` because each block and its part of the states is touched by one thread only.
    private struct Work: @unchecked Sendable {
        let blocks: [MacroCellFilm<Scalar>]
        let firstFilms: [Int]
        let inputs: UnsafeBufferPointer<Float>
        let states: UnsafeMutableBufferPointer<Float>
        let films: Int

        func run(_ index: Int, steps: Range<Int>) {
            let block = blocks[index]
            let cells = block.cells
            for step in steps {
                let start = (step * films + firstFilms[index]) * cells
                let count = block.films * cells
                block.step(
                    drive: UnsafeBufferPointer(rebasing: inputs[start..<start + count]),
                    into: UnsafeMutableBufferPointer(rebasing: states[3 * start..<3 * (start + count)]))
            }
        }
    }
}
