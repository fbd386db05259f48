import Foundation
public import MagneticFilm

extension FilmMesh {
    /// The threads that somebody wishes for, or as many of the processors as a film of this size keeps busy, at most 8.
    public func threads(_ wish: Int?) -> Int {
        wish ?? usefulThreads(atMost: min(8, ProcessInfo.processInfo.activeProcessorCount))
    }
}
