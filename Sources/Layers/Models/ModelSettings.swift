import Diagnostics

/// What can be chosen of a network besides its name, for the networks that have it.
public struct ModelSettings: Codable, Hashable, Sendable {
    /// The lengths of the hidden layers of `mlp`, from the input on; each at least 1.
    public var hidden: [Int]
    /// The random Fourier features of `svm`, at least 1.
    public var kernelFeatures: Int
    /// γ of the kernel exp(−γ ‖x − y‖²) of `svm`, above 0.
    public var kernelGamma: Double
    /// What the outputs of `mlp` are multiplied by and added to; nil for nothing.
    public var outputScale: OutputScale?

    /// Chooses.
    ///
    /// - Parameters:
    ///   - hidden: The lengths of the hidden layers of `mlp`.
    ///   - kernelFeatures: The random Fourier features of `svm`.
    ///   - kernelGamma: γ of the kernel of `svm`.
    public init(hidden: [Int] = [64, 32], kernelFeatures: Int = 1000, kernelGamma: Double = 1) {
        precondition(
            Self.areHidden(hidden) && kernelFeatures > 0 && kernelGamma > 0,
            "no network has \(hidden), \(kernelFeatures) features, γ = \(kernelGamma)")
        self.hidden = hidden
        self.kernelFeatures = kernelFeatures
        self.kernelGamma = kernelGamma
        outputScale = nil
    }

    private static let mostHidden = 1000
    private static let longestHidden = 1 << 20

    /// Whether layers can have the lengths, whose products then are whole numbers of 64 bits.
    ///
    /// - Parameter lengths: The lengths of hidden layers.
    /// - Returns: Whether they can.
    public static func areHidden(_ lengths: [Int]) -> Bool {
        lengths.count <= mostHidden && lengths.allSatisfy((1...longestHidden).contains)
    }

    /// What messages say lengths of hidden layers have to be.
    public static var hiddenExpectation: String {
        "at most \(mostHidden.grouped) lengths of 1 to \(longestHidden.grouped)"
    }

    /// Whether a network can have these settings, which may come from a file.
    public var arePossible: Bool {
        Self.areHidden(hidden) && (1...Int(Int32.max)).contains(kernelFeatures)
            && kernelGamma > 0 && kernelGamma.isFinite
    }
}

/// The size of the values that a network is to tell, so that its own outputs are about ±1.
public struct OutputScale: Codable, Hashable, Sendable {
    /// Their mean.
    public var mean: Float
    /// Their standard deviation, above 0.
    public var deviation: Float

    /// Tells the size of values.
    ///
    /// - Parameters:
    ///   - mean: Their mean.
    ///   - deviation: Their standard deviation, above 0.
    public init(mean: Float, deviation: Float) {
        self.mean = mean
        self.deviation = deviation
    }
}
