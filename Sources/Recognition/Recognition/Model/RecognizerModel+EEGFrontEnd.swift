import SignalFeatures
import TensorFiles

extension RecognizerModel {
    private static let prefix = "front_end."

    /// What the front end learnt, as tensors of the model's file; none where nothing was.
    var frontEndTensors: [String: SafeTensors.Tensor] {
        guard let fit = eegFit else { return [:] }
        var tensors = [
            "mean": SafeTensors.Tensor(shape: [fit.mean.count], fit.mean),
            "deviation": SafeTensors.Tensor(shape: [fit.deviation.count], fit.deviation),
        ]
        if let aux = card.eegFrontEnd?.auxiliary.count, aux > 0 {
            tensors["regression"] = SafeTensors.Tensor(shape: [aux, fit.regression.count / aux], fit.regression)
        }
        if let kernel = fit.kernel {
            tensors["landmarks"] = SafeTensors.Tensor(shape: [kernel.count, kernel.features], kernel.landmarks)
            tensors["weights"] = SafeTensors.Tensor(shape: [kernel.components, kernel.count], kernel.weights)
            tensors["offsets"] = SafeTensors.Tensor(shape: [kernel.components], kernel.offsets)
        }
        if !fit.decoder.isEmpty {
            let outputs = EnvelopeDecoder.outputs
            tensors["decoder"] = SafeTensors.Tensor(shape: [outputs, fit.decoder.count / outputs], fit.decoder)
        }
        return Dictionary(uniqueKeysWithValues: tensors.map { (Self.prefix + $0.key, $0.value) })
    }

    /// Names of the tensors that a front end has.
    static func frontEndNames(_ specification: EEGFrontEndSpecification?) -> Set<String> {
        guard let specification else { return [] }
        var names = ["mean", "deviation"]
        if !specification.auxiliary.isEmpty { names.append("regression") }
        if specification.components > 0 { names += ["landmarks", "weights", "offsets"] }
        if specification.decoder != nil { names.append("decoder") }
        return Set(names.map { prefix + $0 })
    }

    /// Reads what a front end learnt.
    static func frontEndFit(
        _ specification: EEGFrontEndSpecification, _ file: SafeTensors, name: String
    ) throws(SafeTensors.FileError) -> EEGFrontEndFit {
        func values(_ tensor: String, _ shape: [Int?]) throws(SafeTensors.FileError) -> (values: [Double], shape: [Int]) {
            guard let found = file.tensors[prefix + tensor], let values = found.doubles else {
                throw SafeTensors.FileError(
                    file: name, problem: "it has no 64-bit tensor “\(prefix)\(tensor)”, which model.json's EEG front end needs")
            }
            guard found.shape.count == shape.count, zip(found.shape, shape).allSatisfy({ $1 == nil || $0 == $1 }) else {
                let expected = shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
                throw SafeTensors.FileError(
                    file: name, problem: "“\(prefix)\(tensor)” has the shape \(found.shape), expected [\(expected)]")
            }
            guard values.allSatisfy(\.isFinite) else {
                throw SafeTensors.FileError(file: name, problem: "“\(prefix)\(tensor)” has a value that is no finite number")
            }
            return (values, found.shape)
        }
        let width = specification.kernelFeatures
        let mean = try values("mean", [width]).values
        let deviation = try values("deviation", [width]).values
        guard deviation.allSatisfy({ $0 > 0 }) else {
            throw SafeTensors.FileError(file: name, problem: "“\(prefix)deviation” has a value that is not above 0")
        }
        let aux = specification.auxiliary.count
        let regression = aux > 0 ? try values("regression", [aux, specification.featureChannels.count]).values : []
        guard specification.components > 0 else {
            let decoder = try specification.decoder.map { decoder throws(SafeTensors.FileError) in
                let inputs = EnvelopeDecoder.inputs(decoder, channels: specification.featureChannels.count)
                return try values("decoder", [EnvelopeDecoder.outputs, inputs]).values
            }
            return EEGFrontEndFit(
                regression: regression, mean: mean, deviation: deviation, kernel: nil, decoder: decoder ?? [])
        }
        let landmarks = try values("landmarks", [nil, width])
        guard (1...specification.landmarks).contains(landmarks.shape[0]) else {
            throw SafeTensors.FileError(
                file: name, problem: "it has \(landmarks.shape[0]) landmarks, expected 1 … \(specification.landmarks)")
        }
        let weights = try values("weights", [specification.components, landmarks.shape[0]]).values
        let offsets = try values("offsets", [specification.components]).values
        let kernel = KernelPCA(
            degree: specification.degree, gamma: specification.gamma ?? 1 / Double(width), coef0: specification.coef0,
            features: width, landmarks: landmarks.values, weights: weights, offsets: offsets)
        return EEGFrontEndFit(regression: regression, mean: mean, deviation: deviation, kernel: kernel)
    }
}
