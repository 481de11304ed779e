/// Adds up the time that each layer of a network takes in each phase of its passes.
///
/// The clock is read once before a pass and once after each layer, so that all of a pass belongs to
/// one of its layers. Nothing is allocated after the start.
///
/// Not for use by two threads at a time.
public final class LayerTimer {
    /// What a layer does.
    public enum Phase: Int, Sendable, CaseIterable {
        /// It computes what passes need of the parameters alone.
        case prepare
        /// It computes its output.
        case forward
        /// It computes gradients.
        case backward
    }

    /// The number of layers.
    public let layerCount: Int
    /// [layer, phase].
    private var durations: [Duration]
    private var last = ContinuousClock.now

    /// Makes a timer that has measured nothing.
    ///
    /// - Parameter layerCount: The number of layers, `layerNames.count` of the network.
    public init(layerCount: Int) {
        self.layerCount = layerCount
        durations = Array(repeating: .zero, count: layerCount * Phase.allCases.count)
    }

    /// The time that a layer has taken since the start or the last `reset()`.
    ///
    /// - Parameters:
    ///   - layer: The number of the layer in the order of computation.
    ///   - phase: What it did.
    /// - Returns: The sum over all passes.
    public func duration(ofLayer layer: Int, _ phase: Phase) -> Duration {
        durations[layer * Phase.allCases.count + phase.rawValue]
    }

    /// Forgets what has been measured.
    public func reset() {
        for index in durations.indices { durations[index] = .zero }
    }

    /// Starts the clock for the first layer of a pass.
    func start() { last = .now }

    /// Gives a layer the time since the last call or `start()`.
    func record(_ phase: Phase, ofLayer layer: Int) {
        let now = ContinuousClock.now
        durations[layer * Phase.allCases.count + phase.rawValue] += now - last
        last = now
    }
}

extension NetworkDescription {
    /// A readable name for each layer: what its parameters' names begin with, and for a layer that
    /// has none and got no name the layer before it and its kind, such as `bns.0 MaxPool`.
    ///
    /// - Parameter hasParameters: Whether each layer has parameters.
    /// - Returns: The names.
    func readableNames(hasParameters: [Bool]) -> [String] {
        var names: [String] = []
        // The name before each unnamed layer, to which its kind is put.
        var stems: [String?] = []
        for (index, node) in nodes.enumerated() {
            if hasParameters[index] || !node.hasDefaultName {
                names.append(node.name)
                stems.append(node.name)
                continue
            }
            let stem = node.inputs.first?.index.flatMap { stems[$0] }
            let kind = "\(type(of: node.layer))"
            let name = stem.map { "\($0) \(kind)" } ?? kind
            let sameCount = names.count { $0 == name || $0.hasPrefix(name + " ") }
            names.append(sameCount == 0 ? name : "\(name) \(sameCount + 1)")
            stems.append(stem)
        }
        return names
    }
}

extension NetworkDescription.Node {
    /// Whether the name is one that `append` makes up.
    fileprivate var hasDefaultName: Bool { name.wholeMatch(of: /layers\.[0-9]+/) != nil }
}
