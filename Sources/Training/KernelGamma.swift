import Datasets
import Randomness

/// γ of a kernel exp(−γ ‖x − y‖²), as it is asked for.
public enum KernelGamma: Hashable, Sendable, Codable, CodableAsText {
    /// 1 / (features · variance of all numbers of the training samples), as scikit-learn's "scale".
    case scale
    /// A number above 0.
    case value(Double)

    /// What messages say a text has to be.
    public static var expectation: String { "scale or a number above 0" }

    /// Reads a value.
    ///
    /// - Parameter text: What the user wrote.
    public init?(configurationText text: String) {
        if text == "scale" {
            self = .scale
        } else if let value = Double(configurationText: text), value > 0 {
            self = .value(value)
        } else {
            return nil
        }
    }

    /// The value as a user would write it.
    public var configurationText: String {
        switch self {
        case .scale: "scale"
        case .value(let value): value.configurationText
        }
    }

    /// The number for some samples.
    ///
    /// - Parameter samples: The training samples, as the network takes them.
    /// - Returns: γ; 1 where `scale` is asked for and all numbers are the same.
    func value(for samples: any InputSource) -> Double {
        guard case .scale = self else {
            if case .value(let value) = self { return value }
            return 1
        }
        let variance = samples.variance
        return variance > 0 ? 1 / (Double(samples.elementCount) * variance) : 1
    }
}

extension InputSource {
    /// The variance of all numbers of all samples, without random changes.
    fileprivate var variance: Double {
        var reader = makeReader()
        defer { reader.deallocate() }
        return withUnsafeTemporaryAllocation(of: Float.self, capacity: elementCount) { numbers in
            guard let base = numbers.baseAddress else { return 0 }
            var (sum, squares) = (0.0, 0.0)
            for sample in 0..<count {
                reader.read(sample, key: RandomKey(seed: 0), into: base)
                for number in numbers {
                    sum += Double(number)
                    squares += Double(number) * Double(number)
                }
            }
            let total = Double(count) * Double(elementCount)
            return max(0, squares / total - (sum / total) * (sum / total))
        }
    }
}
