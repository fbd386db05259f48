import Glibc
import Protocols

/// The functions of liblsl that are used; types as in its `lsl_c.h` (liblsl 1.13 and later).
struct LSLFunctions {
    typealias Text = UnsafePointer<CChar>
    /// Streams, inlets, outlets and XML nodes are opaque.
    typealias Handle = OpaquePointer
    typealias Code = UnsafeMutablePointer<Int32>
    typealias Doubles = UnsafeMutablePointer<Double>
    typealias Texts = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    typealias Lengths = UnsafeMutablePointer<UInt32>
    /// The pull functions of all number formats have this shape.
    typealias PullSample = @convention(c) (Handle, UnsafeMutableRawPointer, Int32, Double, Code) -> Double
    typealias PullChunk = @convention(c) (Handle, UnsafeMutableRawPointer, Doubles, UInt, UInt, Double, Code) -> UInt

    /// The library lacks a function: it is none, or an old one.
    struct Missing: Error { var name: String }

    let libraryVersion: @convention(c) () -> Int32
    let localClock: @convention(c) () -> Double

    let createStreamInfo: @convention(c) (Text, Text, Int32, Double, Int32, Text) -> Handle?
    let destroyStreamInfo: @convention(c) (Handle) -> Void
    let name: @convention(c) (Handle) -> Text?
    let type: @convention(c) (Handle) -> Text?
    let sourceID: @convention(c) (Handle) -> Text?
    let hostName: @convention(c) (Handle) -> Text?
    let uid: @convention(c) (Handle) -> Text?
    let channelCount: @convention(c) (Handle) -> Int32
    let nominalRate: @convention(c) (Handle) -> Double
    let channelFormat: @convention(c) (Handle) -> Int32

    let description: @convention(c) (Handle) -> Handle?
    let child: @convention(c) (Handle, Text) -> Handle?
    let nextSibling: @convention(c) (Handle, Text) -> Handle?
    let isEmpty: @convention(c) (Handle) -> Int32
    let childValue: @convention(c) (Handle, Text) -> Text?
    let appendChild: @convention(c) (Handle, Text) -> Handle?
    let appendChildValue: @convention(c) (Handle, Text, Text) -> Handle?

    let resolveByPredicate: @convention(c) (UnsafeMutablePointer<Handle?>, UInt32, Text, Int32, Double) -> Int32
    let resolveAll: @convention(c) (UnsafeMutablePointer<Handle?>, UInt32, Double) -> Int32

    let createInlet: @convention(c) (Handle, Int32, Int32, Int32) -> Handle?
    let destroyInlet: @convention(c) (Handle) -> Void
    let fullInfo: @convention(c) (Handle, Double, Code) -> Handle?
    let openStream: @convention(c) (Handle, Double, Code) -> Void
    let timeCorrection: @convention(c) (Handle, Doubles, Doubles, Double, Code) -> Double
    let pullTexts: @convention(c) (Handle, Texts, Lengths, Int32, Double, Code) -> Double
    let destroyString: @convention(c) (UnsafeMutablePointer<CChar>?) -> Void
    private let pulls: [LSLFormat: (PullSample, PullChunk)]

    let createOutlet: @convention(c) (Handle, Int32, Int32) -> Handle?
    let destroyOutlet: @convention(c) (Handle) -> Void
    let waitForConsumers: @convention(c) (Handle, Double) -> Int32
    let haveConsumers: @convention(c) (Handle) -> Int32
    typealias PushChunk = @convention(c) (Handle, UnsafeRawPointer, UInt, Double, Int32) -> Int32
    private let pushes: [LSLFormat: PushChunk]
    let pushTexts: @convention(c) (Handle, UnsafeMutablePointer<Text?>, UnsafePointer<UInt32>, Double, Int32) -> Int32

    init(_ library: UnsafeMutableRawPointer) throws(Missing) {
        func find<Function>(_ name: String) throws(Missing) -> Function {
            guard let symbol = dlsym(library, name) else { throw Missing(name: name) }
            // A function pointer of C, whose type stands in liblsl's header.
            return unsafeBitCast(symbol, to: Function.self)
        }
        libraryVersion = try find("lsl_library_version")
        localClock = try find("lsl_local_clock")
        createStreamInfo = try find("lsl_create_streaminfo")
        destroyStreamInfo = try find("lsl_destroy_streaminfo")
        name = try find("lsl_get_name")
        type = try find("lsl_get_type")
        sourceID = try find("lsl_get_source_id")
        hostName = try find("lsl_get_hostname")
        uid = try find("lsl_get_uid")
        channelCount = try find("lsl_get_channel_count")
        nominalRate = try find("lsl_get_nominal_srate")
        channelFormat = try find("lsl_get_channel_format")
        description = try find("lsl_get_desc")
        child = try find("lsl_child")
        nextSibling = try find("lsl_next_sibling_n")
        isEmpty = try find("lsl_empty")
        childValue = try find("lsl_child_value_n")
        appendChild = try find("lsl_append_child")
        appendChildValue = try find("lsl_append_child_value")
        resolveByPredicate = try find("lsl_resolve_bypred")
        resolveAll = try find("lsl_resolve_all")
        createInlet = try find("lsl_create_inlet")
        destroyInlet = try find("lsl_destroy_inlet")
        fullInfo = try find("lsl_get_fullinfo")
        openStream = try find("lsl_open_stream")
        timeCorrection = try find("lsl_time_correction_ex")
        pullTexts = try find("lsl_pull_sample_buf")
        destroyString = try find("lsl_destroy_string")
        var pulls: [LSLFormat: (PullSample, PullChunk)] = [:]
        let letters: [(LSLFormat, String)] = [
            (.float32, "f"), (.double64, "d"), (.int32, "i"), (.int16, "s"), (.int8, "c"), (.int64, "l"),
        ]
        for (format, letter) in letters {
            pulls[format] = (try find("lsl_pull_sample_" + letter), try find("lsl_pull_chunk_" + letter))
        }
        self.pulls = pulls
        createOutlet = try find("lsl_create_outlet")
        destroyOutlet = try find("lsl_destroy_outlet")
        waitForConsumers = try find("lsl_wait_for_consumers")
        haveConsumers = try find("lsl_have_consumers")
        var pushes: [LSLFormat: PushChunk] = [:]
        for (format, letter) in letters { pushes[format] = try find("lsl_push_chunk_\(letter)tp") }
        self.pushes = pushes
        pushTexts = try find("lsl_push_sample_buftp")
    }

    /// The functions that pull numbers of a format; nil for text.
    func pull(_ format: LSLFormat) -> (PullSample, PullChunk)? { pulls[format] }

    /// The function that pushes a chunk of numbers of a format; nil for text.
    func push(_ format: LSLFormat) -> PushChunk? { pushes[format] }

    /// A text that the library keeps.
    func text(_ function: @convention(c) (Handle) -> Text?, _ handle: Handle) -> String {
        function(handle).map { String(cString: $0) } ?? ""
    }
}
