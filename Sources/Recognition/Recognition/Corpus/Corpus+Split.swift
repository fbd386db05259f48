import Glibc
import Origin

extension Corpus {
    /// What utterances of different splits must not have in common.
    public enum Key: String, Sendable, CaseIterable {
        /// The same words, whoever says them.
        case text
        case speaker, session
        /// Nothing: each utterance is drawn by itself.
        case utterance
    }

    /// Deals all utterances out to training, validation and test. Those with an equal key stay together.
    /// - Parameters:
    ///   - validation: share of the utterances, 0 …< 1; of whole groups, so it is met as nearly as they allow.
    ///   - test: likewise.
    ///   - heldOut: keys (for example speakers) that are the test split, whatever the share.
    ///   - seed: another one deals in another order.
    /// - Throws: ``CorpusError`` when an utterance has no such key, or a name of `heldOut` is none.
    public mutating func split(
        by key: Key, validation: Double, test: Double, holdingOut heldOut: Set<String> = [], seed: UInt64
    ) throws(CorpusError) {
        var groups: [String: [Int]] = [:]
        let sounds = key == .utterance ? soundNames() : []
        for index in utterances.indices {
            let name = key == .utterance ? "\(sounds[index]) \(utterances[index].from_s ?? 0)" : try name(of: index, key)
            groups[name, default: []].append(index)
        }
        if let stranger = heldOut.sorted().first(where: { groups[$0] == nil }) {
            throw CorpusError(path: path, reason: .noUtterances("the \(key.rawValue) “\(stranger)”"))
        }
        // In the order of a hash of seed and key: it does not depend on the other groups.
        let order = groups.keys.sorted { (Self.rank($0, seed), $0) < (Self.rank($1, seed), $1) }
        var wanted: [(Utterance.Split, Double)] = [
            (.test, heldOut.isEmpty ? test * Double(utterances.count) : 0),
            (.validation, validation * Double(utterances.count)),
        ]
        for name in order {
            let members = groups[name] ?? []
            var split = Utterance.Split.train
            if heldOut.contains(name) {
                split = .test
            } else if let place = wanted.firstIndex(where: { $0.1 >= Double(members.count) / 2 && $0.1 > 0 }) {
                split = wanted[place].0
                wanted[place].1 -= Double(members.count)
            }
            for index in members { utterances[index].split = split }
        }
    }

    /// Makes sure that no two utterances of different splits share sound, nor any of `keys`.
    /// - Throws: ``CorpusError`` with the first pair that does.
    public func checkLeaks(_ keys: [Key] = []) throws(CorpusError) {
        for key in keys where key != .utterance {
            var first: [String: Int] = [:]
            for index in utterances.indices {
                let name = try name(of: index, key)
                guard let other = first[name] else {
                    first[name] = index
                    continue
                }
                if splitOf(other) != splitOf(index) { throw leak(other, index, "the \(key.rawValue) “\(name)”") }
            }
        }
        let sounds = soundNames()
        var files: [String: [Int]] = [:]
        for index in utterances.indices { files[sounds[index], default: []].append(index) }
        for members in files.values.sorted(by: { $0[0] < $1[0] }) where members.count > 1 {
            let order = members.sorted { (utterances[$0].from_s ?? 0, $0) < (utterances[$1].from_s ?? 0, $1) }
            // The one that reaches furthest of each split so far.
            var reach: [Utterance.Split: Int] = [:]
            for index in order {
                let begin = utterances[index].from_s ?? 0
                for (split, other) in reach.sorted(by: { $0.value < $1.value })
                where split != splitOf(index) && utterances[other].to_s ?? .infinity > begin {
                    throw leak(other, index, "sound of “\(utterances[index].source)”")
                }
                let own = splitOf(index)
                if let other = reach[own], utterances[other].to_s ?? .infinity >= utterances[index].to_s ?? .infinity {
                    continue
                }
                reach[own] = index
            }
        }
    }

    /// One name for each sound of the utterances, whatever its files are called: the first name of a file, or of another one with
    /// the same bytes. A file that is not there has its own name.
    private func soundNames() -> [String] {
        struct File: Hashable { var device: UInt64, number: UInt64 }
        var names: [String: String] = [:]
        var byFile: [File: String] = [:]
        var sizes: [Int: [String]] = [:]
        for utterance in utterances where names[utterance.source] == nil {
            names[utterance.source] = utterance.source
            var status = stat()
            guard stat(audioPath(utterance), &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            let file = File(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
            if let known = byFile[file] {
                names[utterance.source] = known
            } else {
                byFile[file] = utterance.source
                sizes[Int(status.st_size), default: []].append(audioPath(utterance))
            }
        }
        // Only files of equal length can be copies.
        var byContent: [String: String] = [:]
        let equal = Set(sizes.values.filter { $0.count > 1 }.flatMap { $0 })
        for utterance in utterances where names[utterance.source] == utterance.source && equal.contains(audioPath(utterance)) {
            guard let content = try? ContentHash.sha256(of: audioPath(utterance)) else { continue }
            if let known = byContent[content] { names[utterance.source] = known } else { byContent[content] = utterance.source }
        }
        return utterances.map { utterance in
            let name = names[utterance.source] ?? utterance.source
            return names[name] ?? name
        }
    }

    private func splitOf(_ index: Int) -> Utterance.Split { utterances[index].split ?? .train }

    private func name(of index: Int, _ key: Key) throws(CorpusError) -> String {
        let utterance = utterances[index]
        let name: String?
        switch key {
        case .text: name = Units.words(in: utterance.text).joined(separator: " ")
        case .speaker: name = utterance.speaker
        case .session: name = utterance.session
        case .utterance: name = utterance.source
        }
        guard let name else { throw error(at: index, "it has no “\(key.rawValue)”, by which to split") }
        return name
    }

    private static func rank(_ name: String, _ seed: UInt64) -> String { ContentHash.sha256("\(seed) \(name)".utf8) }
}
