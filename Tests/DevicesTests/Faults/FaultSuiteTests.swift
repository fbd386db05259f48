import Devices
import Signals
import Simulators
import Testing

/// What a scenario must give for one device. Counted by hand from the device's format, see the comments.
struct FaultExpectation: Sendable {
    var lost: UInt64 = 0
    var duplicates: UInt64 = 0
    /// Bytes that belong to no packet.
    var garbage: UInt64 = 0
    /// Packets with a wrong checksum; on RigLink, whatever stands between two zeros and is no message.
    var corrupt: UInt64 = 0

    static let clean = FaultExpectation()
}

struct FaultScenario: Sendable, CustomStringConvertible {
    var name: String
    var plan: FaultPlan
    var expected: [FaultRun.Device: FaultExpectation]
    var description: String { name }
}

/// Frames of one packet: a Cyton's packet is a frame, with a Daisy half of one; an RDA block of the suite has 20 points, a RigLink
/// message 5 frames, an LSL record 4.
private func all(_ lost: UInt64, daisy: UInt64, thinkgear: UInt64) -> [FaultRun.Device: FaultExpectation] {
    [
        .cyton: .init(lost: lost), .cytonDaisy: .init(lost: daisy), .freeeeg32: .init(lost: lost),
        .emotiv: .init(lost: lost),
        .thinkgear: .init(lost: thinkgear), .rdaFloat: .init(lost: 20 * lost),
        .rdaInt16: .init(lost: 20 * lost), .riglink: .init(lost: 5 * lost), .lsl: .init(lost: 4 * lost),
    ]
}

/// An RDA message of 4 channels and 20 points: header 24, fixed part 12, values.
private let rdaFloatBytes: UInt64 = 24 + 12 + 4 * 20 * 4
private let rdaInt16Bytes: UInt64 = 24 + 12 + 4 * 20 * 2

private let scenarios: [FaultScenario] = [
    .init(name: "nothing is wrong", plan: .init(), expected: all(0, daisy: 0, thinkgear: 0)),
    // A Daisy frame needs both halves: packet 500 is the first one of (500, 501). A ThinkGear has no counter, and 2 ms
    // of silence are jitter.
    .init(
        name: "one packet is dropped", plan: .init([.init(.drop, at: 500)]),
        expected: all(1, daisy: 1, thinkgear: 0)),
    // Pairs (500, 501), … (508, 509): 5. ThinkGear: 20 ms.
    .init(
        name: "ten packets in a row are dropped", plan: .init([.init(.drop, at: 500, count: 10)]),
        expected: all(10, daisy: 5, thinkgear: 0)),
    // More than one turn of a one-byte counter. Pairs (500, 501) … (798, 799): 150. ThinkGear: 0.6 s of silence are seen.
    .init(
        name: "300 packets in a row are dropped", plan: .init([.init(.drop, at: 500, count: 300)]),
        expected: all(300, daisy: 150, thinkgear: 300)),
    // Packets 50, 100, … 1950.
    .init(
        name: "every fiftieth packet is dropped", plan: .init([.init(.drop, every: 50)]),
        expected: all(39, daisy: 39, thinkgear: 0)),
    .init(
        name: "one packet comes twice", plan: .init([.init(.duplicate, at: 500)]),
        expected: [
            .cyton: .init(duplicates: 1), .cytonDaisy: .init(duplicates: 1), .freeeeg32: .init(duplicates: 1),
            .emotiv: .init(duplicates: 1),
            .thinkgear: .clean, .rdaFloat: .init(duplicates: 1), .rdaInt16: .init(duplicates: 1),
            .riglink: .init(duplicates: 5), .lsl: .init(duplicates: 4),
        ]),
    .init(
        name: "one packet comes six times", plan: .init([.init(.duplicate, at: 501, count: 5)]),
        expected: [
            .cyton: .init(duplicates: 5), .cytonDaisy: .init(duplicates: 5), .freeeeg32: .init(duplicates: 5),
            .emotiv: .init(duplicates: 5),
            .thinkgear: .clean, .rdaFloat: .init(duplicates: 5), .rdaInt16: .init(duplicates: 5),
            .riglink: .init(duplicates: 25), .lsl: .init(duplicates: 20),
        ]),
    // The whole packet is garbage then: 33, 105, 8 bytes, a message; an LSL record has 24 + 4 · 8 + 4 · 4 bytes. An Emotiv's report
    // has no check of its own (USB has): the damaged counter 113 reads as the battery's, 128; the report after it shows that it is
    // wrong.
    .init(
        name: "a packet's first byte is damaged", plan: .init([.init(.corrupt, at: 500, byte: 0)]),
        expected: [
            .cyton: .init(lost: 1, garbage: 33), .cytonDaisy: .init(lost: 1, garbage: 33),
            .emotiv: .clean,
            .freeeeg32: .init(lost: 1, garbage: 105), .thinkgear: .init(lost: 1, garbage: 8),
            .rdaFloat: .init(lost: 20, garbage: rdaFloatBytes),
            .rdaInt16: .init(lost: 20, garbage: rdaInt16Bytes),
            .riglink: .init(lost: 5, corrupt: 1), .lsl: .init(lost: 4, garbage: 72),
        ]),
    // The last byte is the footer of Cyton and FreeEEG32, ThinkGear's checksum, and a sample in RDA, LSL and an Emotiv's report,
    // which have no check. On RigLink it is the zero between two messages: without it both are lost as one.
    .init(
        name: "a packet's last byte is damaged", plan: .init([.init(.corrupt, at: 500, byte: -1)]),
        expected: [
            .cyton: .init(lost: 1, garbage: 33), .cytonDaisy: .init(lost: 1, garbage: 33),
            .emotiv: .clean, .freeeeg32: .init(lost: 1, garbage: 105), .thinkgear: .init(lost: 1, garbage: 8, corrupt: 1),
            .rdaFloat: .clean, .rdaInt16: .clean, .riglink: .init(lost: 10, corrupt: 1), .lsl: .clean,
        ]),
    // Six bytes: of a ThinkGear's eight that is three quarters of a packet. USB drops a report that is too short. On RigLink they
    // spoil the next message.
    .init(
        name: "a packet breaks off after six bytes", plan: .init([.init(.cut, at: 500, count: 6)]),
        expected: [
            .cyton: .init(lost: 1, garbage: 6), .cytonDaisy: .init(lost: 1, garbage: 6),
            .emotiv: .init(lost: 1), .freeeeg32: .init(lost: 1, garbage: 6), .thinkgear: .init(lost: 1, garbage: 6, corrupt: 1),
            .rdaFloat: .init(lost: 20, garbage: 6), .rdaInt16: .init(lost: 20, garbage: 6),
            .riglink: .init(lost: 10, corrupt: 1), .lsl: .init(lost: 4, garbage: 6),
        ]),
    // Between two of a ThinkGear's packets that came in time there is no time for a lost one. None of the 40 is a zero, so on
    // RigLink they belong to the next message.
    .init(
        name: "40 bytes of noise come between two packets",
        plan: .init(seed: 3, [.init(.noise, at: 500, count: 40)]),
        expected: [
            .cyton: .init(garbage: 40), .cytonDaisy: .init(garbage: 40), .freeeeg32: .init(garbage: 40),
            .emotiv: .clean,
            .thinkgear: .init(garbage: 40), .rdaFloat: .init(garbage: 40),
            .rdaInt16: .init(garbage: 40), .riglink: .init(lost: 5, corrupt: 1), .lsl: .init(garbage: 40),
        ]),
    .init(
        name: "nothing comes for 0.75 s, then all at once",
        plan: .init([.init(.delay, at: 500, seconds: 0.75)]),
        expected: all(0, daisy: 0, thinkgear: 0)),
    .init(
        name: "packets come in bursts of 64", plan: .init([.init(.burst, every: 64, count: 64)]),
        expected: all(0, daisy: 0, thinkgear: 0)),
    // One second of packets: 250, 512, 512 and 50 blocks of 20 points; 200 messages of 5 frames and 250 records of 4. Daisy: the last whole pair is (498, 499), the
    // first one after the return has packets 750 and 751 of the host's count: frames 250 to 374.
    .init(
        name: "the line hangs up for a second", plan: .init([.init(.disconnect, at: 500, seconds: 1)]),
        expected: [
            .cyton: .init(lost: 250), .cytonDaisy: .init(lost: 125), .freeeeg32: .init(lost: 512),
            .emotiv: .init(lost: 128),
            .thinkgear: .init(lost: 512), .rdaFloat: .init(lost: 1000), .rdaInt16: .init(lost: 1000),
            .riglink: .init(lost: 1000), .lsl: .init(lost: 1000),
        ]),
    .init(
        name: "the device runs 200 ppm fast", plan: .init([.init(.drift, ppm: 200)]),
        expected: all(0, daisy: 0, thinkgear: 0)),
    // The packet after it shows that 500's counter was wrong; it keeps its place. RigLink's checksum covers the counter. LSL: record 500
    // says 5 samples more, the two after it are late by them, before the third (12 samples on, and the fourth of 9 was taken) 3 seem
    // lost again.
    .init(
        name: "a counter is five too high", plan: .init([.init(.counter, at: 500, count: 5)]),
        expected: [
            .cyton: .clean, .cytonDaisy: .clean, .emotiv: .clean, .freeeeg32: .clean, .thinkgear: .clean, .rdaFloat: .clean,
            .rdaInt16: .clean,
            .riglink: .init(lost: 5, corrupt: 1), .lsl: .init(lost: 8, duplicates: 8),
        ]),
]

@Suite struct FaultSuiteTests {
    private static let packets = 2000

    @Test(arguments: scenarios, FaultRun.Device.allCases)
    func `each fault is counted exactly`(scenario: FaultScenario, device: FaultRun.Device) throws {
        let run = FaultRun(device, scenario.plan, packets: Self.packets)
        let expected = try #require(scenario.expected[device])
        #expect(run.sink.missing(0) == expected.lost)
        #expect(run.sink.total(.duplicateDropped) == expected.duplicates)
        #expect(run.sink.total(.garbageSkipped) == expected.garbage)
        #expect(run.sink.total(.corruptDropped) == expected.corrupt)
        #expect(run.tally.packets == Self.packets)
        // No frame is given twice, and holes and frames together have no gap.
        let counters = run.sink.counters(0)
        #expect(zip(counters, counters.dropFirst()).allSatisfy { $0 < $1 })
        for stream in run.streams.indices where run.streams[stream].nominalRate > 0 {
            let blocks = run.sink.blocks.filter { $0.stream == stream }
            let isWhole = zip(blocks, blocks.dropFirst()).allSatisfy { one, next in
                next.firstCounter - next.missingBefore == one.firstCounter + UInt64(one.frames)
            }
            #expect(isWhole)
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64], [FaultRun.Device.cyton, .freeeeg32])
    func `random drops, doubles and damage lose exactly the packets of which no whole copy came`(
        seed: UInt64, device: FaultRun.Device
    ) {
        let plan = FaultPlan(
            seed: seed,
            [
                .init(.drop, probability: 0.02), .init(.duplicate, probability: 0.02),
                // A whole packet between two damaged ones is not trusted, so the damage is spread out.
                .init(.corrupt, every: 97, byte: 0), .init(.drop, probability: 0.002, count: 7),
            ])
        let run = FaultRun(device, plan, packets: 4000)
        let first = run.intact.min() ?? 0
        let last = run.intact.max() ?? 0
        #expect(run.intact.count < 4000)
        #expect(run.sink.frames(0) == run.intact.count)
        #expect(run.sink.missing(0) == UInt64(last - first + 1 - run.intact.count))
        #expect(
            Set(run.sink.counters(0).map { Int($0) })
                == Set(run.intact.map { $0 - first + Int(run.sink.counters(0)[0]) }))
    }

    @Test func `the same plan and seed give the same stream, another seed another`() {
        let plan = FaultPlan(
            seed: 9, [.init(.drop, probability: 0.05), .init(.noise, probability: 0.01, count: 9)])
        let one = FaultRun(.cyton, plan, packets: 1000)
        let two = FaultRun(.cyton, plan, packets: 1000)
        let other = FaultRun(.cyton, FaultPlan(seed: 10, plan.faults), packets: 1000)
        #expect(one.sink.blocks == two.sink.blocks && one.sink.events == two.sink.events)
        #expect(one.sink.blocks != other.sink.blocks)
    }
}
