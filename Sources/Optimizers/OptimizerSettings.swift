import Diagnostics

/// The settings of all optimizers; nil leaves a setting at the default of the optimizer.
public struct OptimizerSettings: Hashable, Sendable, Codable {
    /// A setting, by its name in configuration files.
    public enum Name: String, Hashable, Sendable, Codable, CaseIterable {
        case momentum, nesterov, beta1, beta2, epsilon, alpha, centered
        case trustCoefficient = "trust_coefficient"
    }

    /// The share of the last step's direction that is kept, 0 ..< 1.
    public var momentum: Double?
    /// Whether the gradient is taken as if the momentum had already been followed.
    public var nesterov: Bool?
    /// The decay of the mean of gradients, 0 ..< 1.
    public var beta1: Double?
    /// The decay of the mean of squared gradients in Adam, AdamW, LAMB and Muon, 0 ..< 1.
    public var beta2: Double?
    /// What is added to a divisor, at least 0.
    public var epsilon: Double?
    /// The decay of the mean of squared gradients in RMSprop, 0 ..< 1.
    public var alpha: Double?
    /// Whether RMSprop divides by the deviation from the mean gradient.
    public var centered: Bool?
    /// The share of the norm of a tensor that a step of LARS has, above 0.
    public var trustCoefficient: Double?

    /// Creates settings; what is left out has the default of the optimizer.
    ///
    /// - Parameters:
    ///   - momentum: The share of the last step's direction that is kept.
    ///   - nesterov: Whether momentum is Nesterov's.
    ///   - beta1: The decay of the mean of gradients.
    ///   - beta2: The decay of the mean of squared gradients in Adam, AdamW, LAMB and Muon.
    ///   - epsilon: What is added to a divisor.
    ///   - alpha: The decay of the mean of squared gradients in RMSprop.
    ///   - centered: Whether RMSprop divides by the deviation from the mean gradient.
    ///   - trustCoefficient: The share of the norm of a tensor that a step of LARS has.
    public init(
        momentum: Double? = nil, nesterov: Bool? = nil, beta1: Double? = nil,
        beta2: Double? = nil, epsilon: Double? = nil, alpha: Double? = nil, centered: Bool? = nil,
        trustCoefficient: Double? = nil
    ) {
        self.momentum = momentum
        self.nesterov = nesterov
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.alpha = alpha
        self.centered = centered
        self.trustCoefficient = trustCoefficient
    }

    /// The settings that are given, with their values as text.
    var given: [(name: Name, value: String)] {
        let all: [(Name, String?)] = [
            (.momentum, momentum?.description), (.nesterov, nesterov?.description),
            (.beta1, beta1?.description), (.beta2, beta2?.description),
            (.epsilon, epsilon?.description), (.alpha, alpha?.description),
            (.centered, centered?.description),
            (.trustCoefficient, trustCoefficient?.description),
        ]
        return all.compactMap { name, value in value.map { (name, $0) } }
    }
}

/// A decay or a momentum that was checked to be in 0 ..< 1.
func checkedDecay(_ value: Double, _ name: OptimizerSettings.Name) throws -> Double {
    guard value >= 0 && value < 1 else {
        throw Failure(
            .usage, in: name.rawValue, expected: "at least 0 and less than 1", found: "\(value)")
    }
    return value
}

/// An epsilon that was checked to be a number of at least 0.
func checkedEpsilon(_ value: Double) throws -> Double {
    guard value >= 0 && value.isFinite else {
        throw Failure(
            .usage, in: OptimizerSettings.Name.epsilon.rawValue, expected: "at least 0",
            found: "\(value)")
    }
    return value
}
