import Foundation
import FuzzTargets
import Testing

/// The corpus that fuzzing left: every input once found something, or a way through the code that no other one takes.
struct CorpusTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Corpus").path

    @Test(arguments: FuzzTarget.all.map(\.name))
    func `every input of the corpus keeps what must hold for its codec`(_ name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder + "/" + name).sorted()
        #expect(!files.isEmpty, "the corpus of \(name) is empty")
        for file in files {
            let bytes = try #require(FileManager.default.contents(atPath: "\(Self.folder)/\(name)/\(file)"))
            let finding = target.finding(Array(bytes))
            #expect(finding == nil, "\(file)")
        }
    }

    @Test(arguments: FuzzTarget.all.map(\.name))
    func `every seed, and every seed cut short or with one byte wrong, keeps what must hold`(_ name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let seeds = target.seeds()
        #expect(!seeds.isEmpty)
        for seed in seeds {
            #expect(target.finding(seed) == nil)
            for step in 1...8 {
                let place = seed.count * step / 9
                var wrong = seed
                if place < wrong.count { wrong[place] ^= UInt8(step) }
                #expect(target.finding(wrong) == nil)
                #expect(target.finding(Array(seed[..<place])) == nil)
            }
        }
    }
}
