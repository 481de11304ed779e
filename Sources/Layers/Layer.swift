import VectorInterface

/// What a layer's backward pass reads of what the forward pass computed.
public struct BackwardReads: OptionSet, Sendable {
    /// The bits of the set.
    public let rawValue: Int
    /// Creates a set from its bits.
    ///
    /// - Parameter rawValue: The bits.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// The inputs' values.
    public static let inputs = BackwardReads(rawValue: 1)
    /// The output's values.
    public static let output = BackwardReads(rawValue: 2)
}

/// How a layer's input gradients come from its output gradient; it decides which buffers may be
/// shared.
public enum GradientFlow: Sendable {
    /// Written to a buffer of its own.
    case separate
    /// Element by element, so the result may overwrite the output gradient.
    case elementwise
    /// One set of values serves every input, as in a sum; the layer writes it once, as the gradient
    /// of input 0.
    case shared
}

/// Memory that a layer wants from the network, in floats for a whole microbatch.
public struct LayerMemory: Sendable {
    /// Floats that live from the forward to the backward pass.
    public var savedCount = 0
    /// Floats that live during one pass only.
    public var scratchCount = 0
    /// Floats that are computed from the parameters alone, once for each change of them.
    public var preparedCount = 0

    /// Creates a request.
    ///
    /// - Parameters:
    ///   - savedCount: Floats that live from the forward to the backward pass.
    ///   - scratchCount: Floats that live during one pass only.
    ///   - preparedCount: Floats that are computed from the parameters alone.
    public init(savedCount: Int = 0, scratchCount: Int = 0, preparedCount: Int = 0) {
        self.savedCount = savedCount
        self.scratchCount = scratchCount
        self.preparedCount = preparedCount
    }
}

/// A step of a network, as configuration only.
///
/// What a layer computes with lies in the network's memory and is handed to it in a pass.
/// A new layer is one type that conforms to this protocol; nothing else changes. Only `outputShape`,
/// `forward` and `backward` must be written; the defaults of the others suit a layer without
/// parameters that needs nothing of its forward pass.
public protocol Layer: Sendable {
    /// The shape of the output.
    ///
    /// - Parameter inputs: The shapes of the inputs.
    /// - Returns: The shape.
    /// - Throws: `Failure` with `usage` if the layer cannot take these inputs.
    func outputShape(for inputs: [FeatureShape]) throws -> FeatureShape

    /// The parameters that the layer wants.
    ///
    /// - Parameter inputs: The shapes of the inputs.
    /// - Returns: Their specifications, in the order in which passes number them.
    func parameters(for inputs: [FeatureShape]) -> [ParameterSpecification]

    /// The running statistics that the layer keeps.
    ///
    /// - Parameter inputs: The shapes of the inputs.
    /// - Returns: Their specifications, in the order in which passes number them.
    func statistics(for inputs: [FeatureShape]) -> [StatisticSpecification]

    /// The memory that the layer wants.
    ///
    /// - Parameters:
    ///   - inputs: The shapes of the inputs.
    ///   - batch: The largest number of images of a pass.
    ///   - mode: What passes are for.
    /// - Returns: The request.
    func memory(for inputs: [FeatureShape], batch: Int, mode: PassMode) -> LayerMemory

    /// What the backward pass reads of the forward pass.
    var backwardReads: BackwardReads { get }
    /// How input gradients come from the output gradient.
    var gradientFlow: GradientFlow { get }
    /// How the gradient of one input comes from the output gradient.
    ///
    /// - Parameter index: Which input.
    /// - Returns: By default `gradientFlow`.
    func gradientFlow(ofInput index: Int) -> GradientFlow
    /// Whether `backward` can add its input gradient to what is there.
    var accumulatesInputGradient: Bool { get }
    /// Whether `backward` overwrites the output gradient that it is handed.
    var modifiesOutputGradient: Bool { get }

    /// The activation that the layer is, if it is nothing else; the network fuses it into the layer
    /// before where that can take it.
    var activation: FusedActivation? { get }
    /// The layer with an activation applied to its output, or nil if it cannot take one.
    ///
    /// - Parameter activation: What follows the layer.
    /// - Returns: The layer, or nil.
    func fusing(_ activation: FusedActivation) -> (any Layer)?
    /// The layer with the one behind it taken in, or nil if it cannot be.
    ///
    /// The result's inputs are those of the layer, then those of the other but the first; its
    /// parameters and statistics likewise, with their `owner` saying whose they are.
    ///
    /// - Parameters:
    ///   - next: What follows the layer and nothing else reads.
    ///   - name: Its name, which its parameters' names begin with.
    /// - Returns: The layer, or nil.
    func absorbing(_ next: any Layer, named name: String) -> (any Layer)?

    /// What the layer computes in inference, in the terms of formats of exchange; nil where these
    /// have none, as for layers that have taken in others.
    var operation: LayerOperation? { get }

    /// Computes what passes need of the parameters alone.
    ///
    /// - Parameter pass: Where everything lies.
    func prepare(_ pass: PreparationPass)

    /// Computes the output from the inputs.
    ///
    /// - Parameter pass: Where everything lies.
    func forward(_ pass: ForwardPass)

    /// Computes the gradients of the inputs and parameters from that of the output.
    ///
    /// Parameter gradients are overwritten, never accumulated.
    ///
    /// - Parameter pass: Where everything lies.
    func backward(_ pass: BackwardPass)
}

extension Layer {
    /// None.
    public func parameters(for inputs: [FeatureShape]) -> [ParameterSpecification] { [] }
    /// None.
    public func statistics(for inputs: [FeatureShape]) -> [StatisticSpecification] { [] }
    /// None.
    public func memory(
        for inputs: [FeatureShape], batch: Int, mode: PassMode
    ) -> LayerMemory { LayerMemory() }
    /// Nothing.
    public var backwardReads: BackwardReads { [] }
    /// Separate.
    public var gradientFlow: GradientFlow { .separate }
    /// The same for all inputs.
    public func gradientFlow(ofInput index: Int) -> GradientFlow { gradientFlow }
    /// False.
    public var accumulatesInputGradient: Bool { false }
    /// False.
    public var modifiesOutputGradient: Bool { false }
    /// None.
    public var activation: FusedActivation? { nil }
    /// Nil: it has no name elsewhere.
    public var operation: LayerOperation? { nil }
    /// Nothing.
    public func prepare(_ pass: PreparationPass) {}
    /// Nil: the activation stays a layer of its own.
    public func fusing(_ activation: FusedActivation) -> (any Layer)? { nil }
    /// Takes in activations that the layer can fuse.
    public func absorbing(_ next: any Layer, named name: String) -> (any Layer)? {
        next.activation.flatMap(fusing)
    }
}
