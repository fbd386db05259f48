/// What makes features of a running EEG stream that can be asked for by the device's counter.
package protocol EEGFeatureSource: AnyObject {
    /// Values of one frame.
    var features: Int { get }
    /// The counter after the last sample; nil before the first.
    var end: UInt64? { get }
    /// Takes one sample of all channels, in volt.
    func feed(counter: UInt64, _ values: UnsafeBufferPointer<Float>)
    /// - Returns: false, with the target untouched, when there are none for the window that ends with this sample.
    func setFeatures(at counter: UInt64, _ target: UnsafeMutableBufferPointer<Float>) -> Bool
}

extension EEGFrontEnd: EEGFeatureSource {}
extension EEGWindowFrontEnd: EEGFeatureSource {}
