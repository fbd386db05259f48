import SignalFeatures
package import Signals

/// Everything between the merged items of all devices and the decisions. Live and replay run this same code.
///
/// Gaps, events, markers and digital lines of every device become decisions first; then each stage takes what it asked for, in the
/// order of the plan. It reads no clock: time is the stamps of the items. For one thread.
package final class StageGraph {
    private let plan: GraphPlan
    package private(set) var monitors: [[StreamMonitor]]
    /// Stages calculate in the descriptions' units, whatever format a stream has.
    private var converters: [[UnitConverter]]
    /// Of the streams of digital lines, one for each channel.
    private var lines: [[[LineDebouncer]]]
    private let stages: [any Stage]
    /// Those of them that watch what others decide.
    private let watchers: [any Stage]
    /// For each stream the stages that take its blocks, and those that hear its frames of sound.
    private let takers: [[[any Stage]]]
    private let hearers: [[[Hearers]]]
    /// Stages that hear the same frames of a stream's sound, and what makes them.
    private struct Hearers {
        let frames: AudioFrames
        let stages: [any Stage]
    }
    /// Stamp of the last item.
    package private(set) var lastTime = HostTime(nanoseconds: 0)

    /// - Parameters:
    ///   - drives: where the drive of each readout's films goes, those of the continuous readouts behind the others; empty in a replay.
    ///   - others: stages that no rig file names.
    package init(_ plan: GraphPlan, drives: [[any DriveSink]] = [], others: [any Stage] = []) {
        self.plan = plan
        monitors = plan.devices.map { device in device.streams.map { StreamMonitor($0, latency: device.latency) } }
        converters = plan.devices.map { $0.streams.map { UnitConverter($0) } }
        lines = plan.devices.map { device in
            device.streams.map { stream in
                stream.debounce.map { debounce in
                    stream.channels.map { _ in LineDebouncer(debounce: debounce, rate: stream.nominalRate) }
                } ?? []
            }
        }
        let first: [any Stage] =
            plan.recognizers.map { RecognizerStage($0, devices: plan.devices) }
            + plan.readouts.enumerated().map {
                ReadoutStage($1, devices: plan.devices, sinks: drives.indices.contains($0) ? drives[$0] : [])
            }
            + plan.predictors.enumerated().map {
                let place = plan.readouts.count + $0
                return PredictionStage($1, devices: plan.devices, sinks: drives.indices.contains(place) ? drives[place] : [])
            }
            + plan.monitors.map { MonitorStage($0, devices: plan.devices) } + others
        watchers = plan.drifts.map { DriftStage($0) }
        // Last, so that what an item decides has been told before they settle.
        let stages = first + watchers
        self.stages = stages
        func stagesOfStreams(_ isWanted: (any Stage, GraphPlan.Place) -> Bool) -> [[[any Stage]]] {
            plan.devices.indices.map { device in
                plan.devices[device].streams.indices.map { stream in
                    stages.filter { isWanted($0, GraphPlan.Place(device: device, stream: stream)) }
                }
            }
        }
        takers = stagesOfStreams { $0.streams.contains($1) }
        hearers = stagesOfStreams { $0.audio == $1 }.enumerated().map { device, streams in
            streams.enumerated().map { stream, hearers in
                var kinds: [MelOptions] = []
                for stage in hearers where !kinds.contains(stage.audioFeatures) { kinds.append(stage.audioFeatures) }
                return kinds.map { kind in
                    Hearers(
                        frames: AudioFrames(rate: plan.devices[device].streams[stream].nominalRate, options: kind),
                        stages: hearers.filter { $0.audioFeatures == kind })
                }
            }
        }
    }

    package var hasRecognizer: Bool { !plan.recognizers.isEmpty }
    package var hasReadout: Bool { !plan.readouts.isEmpty }
    /// The stream that the first stage listens to; nil where nobody does.
    package var heard: GraphPlan.Place? { stages.lazy.compactMap(\.audio).first }

    /// Drive frames that a film's stream never answered.
    package func unansweredFrames(_ place: GraphPlan.Place) -> UInt64 {
        stages.reduce(0) { $0 + $1.unansweredFrames(place) }
    }

    /// What the continuous readouts say of the run.
    package var predictions: [PredictionSummary] { stages.compactMap { ($0 as? PredictionStage)?.summary } }

    /// Takes one item, in the order of ``StampMerge``.
    package func take(_ item: PipelineItem, _ emit: (Decision) -> Void) {
        func tell(_ decision: Decision) { self.tell(decision, emit) }
        let time = item.header.hostTime
        lastTime = time
        if let event = item.header.event {
            take(event, device: item.device, tell)
        } else {
            take(samples: item, tell)
        }
        let clocks = StreamClocksView(monitors)
        for stage in stages { stage.settle(now: time, clocks, tell) }
    }

    private func tell(_ decision: Decision, _ emit: (Decision) -> Void) {
        emit(decision)
        for watcher in watchers { watcher.take(decision) }
    }

    /// No further item comes: what still waits is decided now or given up.
    package func finish(_ emit: (Decision) -> Void) {
        func tell(_ decision: Decision) { self.tell(decision, emit) }
        let clocks = StreamClocksView(monitors)
        for stage in stages { stage.finish(at: lastTime, clocks, tell) }
        for stage in stages.reversed() { stage.close(at: lastTime, tell) }
    }

    private func take(_ event: DeviceEvent, device: Int, _ emit: (Decision) -> Void) {
        emit(Decision(content: .device(name: plan.devices[device].name, event: event), hostTime: event.hostTime))
        if event.code == .reconnected {
            for stream in monitors[device].indices { monitors[device][stream].deviceReturned() }
        }
        if event.code == .lost || event.code == .reconnected {
            for stream in lines[device].indices {
                for line in lines[device][stream].indices { lines[device][stream][line].interrupt() }
            }
        }
        for stage in stages { stage.take(event, device: device, at: lastTime, emit) }
    }

    private func take(samples item: PipelineItem, _ emit: (Decision) -> Void) {
        let header = item.header
        let (d, s) = (item.device, Int(header.stream))
        monitors[d][s].take(header)
        guard header.kind != .clockOffset else { return }
        if header.missingBefore > 0 {
            emit(
                Decision(
                    content: .gap(
                        stream: plan.devices[d].streams[s].name, first: header.firstCounter &- header.missingBefore,
                        count: header.missingBefore),
                    hostTime: header.hostTime))
        }
        if header.kind == .text { return takeText(item, emit) }
        guard !lines[d][s].isEmpty || !takers[d][s].isEmpty || !hearers[d][s].isEmpty else { return }
        converters[d][s].withFloats(header, item.samples) { values in
            if !lines[d][s].isEmpty { takeLines(header, values, d, s, emit) }
            let place = GraphPlan.Place(device: d, stream: s)
            let clocks = StreamClocksView(monitors)
            for sound in hearers[d][s] {
                sound.frames.take(
                    header, values,
                    interrupted: { for stage in sound.stages { stage.audioInterrupted(at: header.hostTime) } }
                ) { frame in
                    for stage in sound.stages { stage.take(frame, clocks) }
                }
            }
            for stage in takers[d][s] { stage.take(header, values, from: place, clocks) }
        }
    }

    private func takeLines(
        _ header: SampleRingItem, _ values: UnsafeBufferPointer<Float>, _ d: Int, _ s: Int, _ emit: (Decision) -> Void
    ) {
        let clock = monitors[d][s].clock
        let stream = plan.devices[d].streams[s]
        let channels = Int(header.channels)
        for frame in 0..<Int(header.frames) {
            let counter = header.firstCounter &+ UInt64(frame)
            for line in 0..<min(channels, lines[d][s].count) {
                let change = lines[d][s][line].take(
                    values[frame * channels + line], counter: counter, time: clock?.host(at: Double(counter)))
                guard let change else { continue }
                emit(
                    Decision(
                        content: .line(
                            stream: stream.name, line: stream.channels[line].label, isHigh: change.isHigh,
                            counter: change.counter, at: change.time),
                        hostTime: header.hostTime))
            }
        }
    }

    private func takeText(_ item: PipelineItem, _ emit: (Decision) -> Void) {
        let header = item.header
        let (d, s) = (item.device, Int(header.stream))
        var at = monitors[d][s].hostTime(of: header) ?? header.made
        if let mark = header.mark, monitors[d].indices.contains(mark.stream) {
            at = monitors[d][mark.stream].clock?.host(at: Double(mark.counter))
        }
        let bytes = UnsafeRawBufferPointer(item.samples).prefix(Int(header.textBytes))
        let stream = plan.devices[d].streams[s]
        let texts = TextFrame.texts(
            UnsafeRawBufferPointer(rebasing: bytes.prefix(Decision.longestTexts)), channels: stream.channelCount)
        emit(
            Decision(
                content: .marker(stream: stream.name, texts: texts, at: at, isCut: bytes.count > Decision.longestTexts),
                hostTime: header.hostTime))
    }
}
