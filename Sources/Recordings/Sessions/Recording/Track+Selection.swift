extension Recording.Track {
    /// A copy of the track without some channels.
    func without(_ channels: Set<Int>) -> Recording.Track { selecting((0..<self.channels).filter { !channels.contains($0) }) }

    /// A copy of the track with some channels alone, in the order asked for.
    /// - Parameters:
    ///   - channels: numbers from 0; each is one of the track's.
    ///   - samples: all by default. Gaps are left as they are.
    func selecting(_ channels: [Int], samples: Range<Int>? = nil) -> Recording.Track {
        let width = self.channels
        let rows = samples ?? 0..<self.samples
        func columns<Element>(_ elements: [Element]) -> [Element] {
            elements.count == width ? channels.map { elements[$0] } : []
        }
        func cells<Element>(_ elements: [Element]) -> [Element] {
            if channels.count == width, channels == Array(0..<width) {
                return Array(elements[rows.lowerBound * width..<rows.upperBound * width])
            }
            var kept: [Element] = []
            kept.reserveCapacity(rows.count * channels.count)
            for row in rows { for channel in channels { kept.append(elements[row * width + channel]) } }
            return kept
        }
        var track = self
        track.labels = columns(labels)
        track.units = columns(units)
        track.fullScale = columns(fullScale)
        track.channelDetails = columns(channelDetails)
        if let digitisation {
            track.digitisation?.channels = columns(digitisation.channels)
            track.digitisation?.signals = columns(digitisation.signals)
        }
        if samples != nil, !stamps.isEmpty { track.stamps = Array(stamps[rows]) }
        track.values =
            switch values {
            case .float32(let values): .float32(cells(values))
            case .double64(let values): .double64(cells(values))
            case .int8(let values): .int8(cells(values))
            case .int16(let values): .int16(cells(values))
            case .int32(let values): .int32(cells(values))
            case .int64(let values): .int64(cells(values))
            }
        return track
    }

    /// Seconds from the recording's start of each sample, by the rate and the gaps.
    var uniformStamps: [Double] {
        var stamps: [Double] = []
        stamps.reserveCapacity(samples)
        var frame = 0
        for run in runs() {
            if run.first != nil { stamps += (frame..<frame + run.count).lazy.map { start + Double($0) / rate } }
            frame += run.count
        }
        return stamps
    }
}
