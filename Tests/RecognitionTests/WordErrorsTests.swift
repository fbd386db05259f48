import Recognition
import Signals
import Testing

/// The smallest number of edits, by trying all of them.
private func fewestEdits(_ a: ArraySlice<String>, _ b: ArraySlice<String>) -> Int {
    guard let x = a.first else { return b.count }
    guard let y = b.first else { return a.count }
    if x == y { return fewestEdits(a.dropFirst(), b.dropFirst()) }
    return 1
        + min(
            fewestEdits(a.dropFirst(), b.dropFirst()), fewestEdits(a.dropFirst(), b),
            fewestEdits(a, b.dropFirst()))
}

struct WordErrorsTests {
    @Test func `the errors are the fewest that any alignment needs`() {
        var random = SplitMix64(seed: 9)
        for _ in 0..<200 {
            let words = { (random: inout SplitMix64) in
                (0..<random.integer(below: 6)).map { _ in ["a", "b", "c"][random.integer(below: 3)] }
            }
            let (said, read) = (words(&random), words(&random))
            let errors = WordErrors(reference: said, hypothesis: read)
            #expect(
                errors.substitutions + errors.deletions + errors.insertions
                    == fewestEdits(said[...], read[...]))
            #expect(said.count - errors.deletions + errors.insertions == read.count)
        }
    }

    @Test func `each kind of error is named as the field names it`() {
        let errors = WordErrors(
            reference: ["one", "two", "three"], hypothesis: ["one", "too", "three", "four"])
        #expect(errors.substitutions == 1 && errors.deletions == 0 && errors.insertions == 1)
        #expect(errors.rate == 2.0 / 3)
        #expect(WordErrors(reference: ["a", "b"], hypothesis: []).deletions == 2)
    }
}
