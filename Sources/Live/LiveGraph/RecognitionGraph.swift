import Recognition
import Reservoirs
import SignalFeatures
package import Signals

/// Everything between the merged items of all devices and the decisions. Live and replay run this same code.
///
/// It reads no clock: time is the stamps of the items. For one thread.
package final class RecognitionGraph {
    package let names: DecisionNames
    private let plan: GraphPlan
    package private(set) var monitors: [[StreamMonitor]]
    /// The recognisers calculate in the descriptions' units, whatever format a stream has.
    private var converters: [[UnitConverter]]
    /// Of the streams of digital lines, one for each channel.
    private var lines: [[[LineDebouncer]]]
    /// Index of each device's first stream in the list of all streams.
    private let firstStream: [Int]
    private var mel: MelFrontEnd?
    private var grid: FeatureGrid
    private var recognizer: StreamingRecognizer?
    private var film: FilmListener?
    /// Audio counter of the first sample of the front end's frame 0; a multiple of the hop.
    private var melStart: UInt64?
    private var nextAudio: UInt64?
    private var absent: (first: UInt64, frames: UInt64)?
    /// Stamp of the last item.
    package private(set) var lastTime = HostTime(nanoseconds: 0)
    /// The stream that is listened to; nil where nothing is recognised.
    package var heard: GraphPlan.Place? { plan.audio }

    package init(_ plan: GraphPlan, drive: (any DriveSink)?) {
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
        var first: [Int] = []
        var count = 0
        for device in plan.devices {
            first.append(count)
            count += device.streams.count
        }
        firstStream = first
        names = plan.decisionNames
        mel = plan.audio.map { MelFrontEnd(rate: Int(plan.devices[$0.device].streams[$0.stream].nominalRate)) }
        let eeg = plan.eeg.map { plan.devices[$0.device].streams[$0.stream] }
        let latencies = [plan.eeg, plan.audio].map { $0.map { plan.devices[$0.device].latency } ?? 0 }
        grid = FeatureGrid(
            eegChannels: eeg?.channelCount ?? 0, eegRate: eeg?.nominalRate ?? 250, lag: max(0, latencies[0] - latencies[1]))
        recognizer = plan.model.map { StreamingRecognizer($0) }
        film = plan.film != nil ? plan.readout.map { FilmListener($0, sink: drive) } : nil
    }

    deinit { film?.deallocate() }

    /// Takes one item, in the order of ``StampMerge``.
    package func take(_ item: PipelineItem, _ emit: (DecisionRecord) -> Void) {
        let time = item.header.hostTime
        lastTime = time
        if let event = item.header.event {
            take(event, device: item.device, emit)
        } else {
            take(samples: item, emit)
        }
        settle(now: time, emit)
    }

    /// No further item comes: what still waits is decided now or given up.
    package func finish(_ emit: (DecisionRecord) -> Void) {
        grid.headsetStreams(false)
        film?.audioInterrupted(at: lastTime)
        settle(now: lastTime, emit)
        abandonFilm(emit)
        endAbsence(emit)
    }

    /// When the last sample of a frame of the feature grid was sampled, as the sound's clock says by now.
    package func end(ofFrame number: UInt64) -> HostTime? {
        guard let mel, let audio = plan.audio else { return nil }
        let last = Double(number) * Double(mel.hop) + Double(mel.window - 1)
        return monitors[audio.device][audio.stream].clock?.host(at: last)
    }

    /// Drive frames that the film never answered.
    package var unansweredFrames: UInt64 { film?.unanswered ?? 0 }

    private func take(_ event: DeviceEvent, device: Int, _ emit: (DecisionRecord) -> Void) {
        emit(
            DecisionRecord(
                kind: .device, index: device, code: event.code.rawValue, a: event.value, hostTime: event.hostTime))
        if event.code == .reconnected {
            for stream in monitors[device].indices { monitors[device][stream].deviceReturned() }
        }
        if event.code == .lost || event.code == .reconnected {
            for stream in lines[device].indices {
                for line in lines[device][stream].indices { lines[device][stream][line].interrupt() }
            }
        }
        if device == plan.eeg?.device {
            if event.code == .lost || event.code == .stopped { grid.headsetStreams(false) }
        }
        if device == plan.film?.device, event.code == .lost || event.code == .reconnected { abandonFilm(emit) }
    }

    private func take(samples item: PipelineItem, _ emit: (DecisionRecord) -> Void) {
        let header = item.header
        let place = GraphPlan.Place(device: item.device, stream: Int(header.stream))
        monitors[place.device][place.stream].take(header)
        guard header.kind != .clockOffset else { return }
        if header.missingBefore > 0 {
            emit(
                DecisionRecord(
                    kind: .gap, index: firstStream[place.device] + place.stream,
                    a: header.firstCounter &- header.missingBefore, b: header.missingBefore, hostTime: header.hostTime))
        }
        if header.kind == .text { return takeText(item, place, emit) }
        if !lines[place.device][place.stream].isEmpty {
            converters[place.device][place.stream].withFloats(header, item.samples) { takeLines(header, $0, place, emit) }
        }
        guard place == plan.audio || place == plan.eeg || place == plan.film else { return }
        converters[place.device][place.stream].withFloats(header, item.samples) { samples in
            if place == plan.audio { takeAudio(header, samples) }
            if place == plan.eeg { grid.takeEEG(header, samples) }
            if place == plan.film { film?.takeStates(header, samples) }
        }
    }

    private func takeLines(
        _ header: SampleRingItem, _ values: UnsafeBufferPointer<Float>, _ place: GraphPlan.Place,
        _ emit: (DecisionRecord) -> Void
    ) {
        let clock = monitors[place.device][place.stream].clock
        let channels = Int(header.channels)
        for frame in 0..<Int(header.frames) {
            let counter = header.firstCounter &+ UInt64(frame)
            for line in 0..<min(channels, lines[place.device][place.stream].count) {
                let change = lines[place.device][place.stream][line].take(
                    values[frame * channels + line], counter: counter, time: clock?.host(at: Double(counter)))
                guard let change else { continue }
                emit(
                    DecisionRecord(
                        change, line: line, stream: firstStream[place.device] + place.stream, hostTime: header.hostTime))
            }
        }
    }

    private func takeText(_ item: PipelineItem, _ place: GraphPlan.Place, _ emit: (DecisionRecord) -> Void) {
        let header = item.header
        var at = monitors[place.device][place.stream].hostTime(of: header) ?? header.made
        if let mark = header.mark, monitors[place.device].indices.contains(mark.stream) {
            at = monitors[place.device][mark.stream].clock?.host(at: Double(mark.counter))
        }
        let bytes = UnsafeRawBufferPointer(item.samples).prefix(Int(header.textBytes))
        emit(
            DecisionRecord(
                marker: DecisionText(UnsafeRawBufferPointer(rebasing: bytes)),
                stream: firstStream[place.device] + place.stream, at: at, hostTime: header.hostTime))
    }

    private func takeAudio(_ header: SampleRingItem, _ samples: UnsafeBufferPointer<Float>) {
        guard let mel else { return }
        let hop = UInt64(mel.hop)
        var samples = samples
        var counter = header.firstCounter
        if nextAudio != counter || melStart == nil {
            // The first audio, or audio after a hole: frames begin anew on the grid of the counter.
            mel.reset()
            film?.audioInterrupted(at: header.hostTime)
            melStart = (counter + hop - 1) / hop * hop
        }
        nextAudio = counter + UInt64(header.frames)
        // Only the first channel is heard; samples before the grid's first point are dropped.
        let channels = Int(header.channels)
        if let start = melStart, counter < start {
            let dropped = min(Int(start - counter), Int(header.frames))
            samples = UnsafeBufferPointer(rebasing: samples[(dropped * channels)...])
            counter += UInt64(dropped)
        }
        if channels == 1 {
            feed(mel, samples, header.hostTime)
        } else {
            withUnsafeTemporaryAllocation(of: Float.self, capacity: samples.count / channels) { mono in
                for frame in 0..<mono.count { mono[frame] = samples[frame * channels] }
                feed(mel, UnsafeBufferPointer(mono), header.hostTime)
            }
        }
    }

    private func feed(_ mel: MelFrontEnd, _ samples: UnsafeBufferPointer<Float>, _ time: HostTime) {
        let hop = UInt64(mel.hop)
        mel.feed(samples) { features, energy in
            let start = (melStart ?? 0) + UInt64(mel.frames) * hop
            let number = start / hop
            // The frame's time is the middle of its window.
            let eegCounter = eegCounter(audioCounter: Double(start) + Double(mel.window) / 2)
            film?.take(number: number, features: features, energy: energy, at: time)
            if recognizer != nil {
                grid.takeAudio(number: number, features: features, eegCounter: eegCounter, at: time)
            }
        }
    }

    /// Which EEG sample was taken when this audio sample was taken, as the two clocks say.
    private func eegCounter(audioCounter: Double) -> Double? {
        guard let audio = plan.audio, let eeg = plan.eeg, !grid.isHeadsetAway,
            let time = monitors[audio.device][audio.stream].clock?.host(at: audioCounter)
        else { return nil }
        return monitors[eeg.device][eeg.stream].clock?.counter(at: time)
    }

    private func settle(now: HostTime, _ emit: (DecisionRecord) -> Void) {
        grid.drain(now: now) { frame, audio, eeg in
            if plan.eeg != nil { noteEEG(frame.number, isThere: eeg != nil, emit) }
            if let word = recognizer?.step(audio: audio, eeg: eeg) {
                emit(
                    DecisionRecord(
                        kind: .word, index: word.index, a: frame.number, x: word.logProbability, hostTime: now))
            }
        }
        let filmIndex = plan.film.map { firstStream[$0.device] + $0.stream } ?? 0
        film?.drain(
            now: now,
            named: { label, score, margin, first, last in
                emit(
                    DecisionRecord(
                        kind: .filmWord, index: label, a: first, b: last, x: score, y: margin, hostTime: now))
            },
            abandoned: { first, count in
                emit(DecisionRecord(kind: .gap, index: filmIndex, a: first, b: count, hostTime: now))
            })
    }

    private func abandonFilm(_ emit: (DecisionRecord) -> Void) {
        let index = plan.film.map { firstStream[$0.device] + $0.stream } ?? 0
        let time = lastTime
        film?.filmLost { first, count in
            if count > 0 { emit(DecisionRecord(kind: .gap, index: index, a: first, b: count, hostTime: time)) }
        }
    }

    /// Runs of frames without EEG become one decision each.
    private func noteEEG(_ frame: UInt64, isThere: Bool, _ emit: (DecisionRecord) -> Void) {
        if isThere { return endAbsence(emit) }
        if let run = absent {
            absent = (run.first, run.frames + 1)
        } else {
            absent = (frame, 1)
        }
    }

    private func endAbsence(_ emit: (DecisionRecord) -> Void) {
        guard let run = absent else { return }
        absent = nil
        emit(DecisionRecord(kind: .eegAbsent, a: run.first, b: run.frames, hostTime: lastTime))
    }
}
