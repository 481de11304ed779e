import Randomness

/// What a forward pass is for.
public enum PassMode: Sendable {
    /// Batch statistics, dropout, and everything kept that the backward pass reads.
    case training
    /// Running statistics and no dropout.
    case inference
}

/// Which images a pass computes, and the key of its randomness.
public struct PassContext {
    /// The number of images, at most the network's batch.
    public let imageCount: Int
    /// What the pass is for.
    public let mode: PassMode
    /// The key of the run and epoch, for layers that draw random numbers.
    public let key: RandomKey
    /// The number in the data set of each image, [imageCount]; random numbers hang on it, so that
    /// they do not depend on where an image is computed.
    public let imageNumbers: UnsafePointer<Int32>

    /// Creates a context.
    ///
    /// - Parameters:
    ///   - imageCount: The number of images.
    ///   - mode: What the pass is for.
    ///   - key: The key of the run and epoch.
    ///   - imageNumbers: The number in the data set of each image, [imageCount].
    public init(
        imageCount: Int, mode: PassMode, key: RandomKey, imageNumbers: UnsafePointer<Int32>
    ) {
        self.imageCount = imageCount
        self.mode = mode
        self.key = key
        self.imageNumbers = imageNumbers
    }
}

/// Where a layer finds what it prepares from its parameters.
public struct PreparationPass {
    /// What the network's passes are for.
    public let mode: PassMode
    let node: NodePlan
    let parameters: UnsafePointer<Float>
    let preparedBase: UnsafeMutablePointer<Float>

    /// The shape of an input.
    ///
    /// - Parameter index: Which input.
    /// - Returns: The shape.
    public func inputShape(_ index: Int = 0) -> FeatureShape { node.inputShapes[index] }
    /// A parameter's values, in the layer's order of `parameters(for:)`.
    ///
    /// - Parameter index: Which parameter.
    /// - Returns: The first float.
    public func parameter(_ index: Int) -> UnsafePointer<Float> {
        parameters + node.parameters[index]
    }
    /// Where the prepared values go, `preparedCount` floats.
    public var prepared: UnsafeMutablePointer<Float> { preparedBase + node.prepared }
}

/// Where a layer's forward pass finds its operands.
public struct ForwardPass {
    /// Which images, and what for.
    public let context: PassContext
    let node: NodePlan
    let storage: Storage

    /// The most images of any pass, which memory is planned for.
    var batch: Int { storage.batch }
    /// The number of images.
    public var imageCount: Int { context.imageCount }
    /// The shape of an input.
    ///
    /// - Parameter index: Which input.
    /// - Returns: The shape.
    public func inputShape(_ index: Int = 0) -> FeatureShape { node.inputShapes[index] }
    /// The shape of the output.
    public var outputShape: FeatureShape { node.outputShape }
    /// An input's values, [imageCount, height, width, channel].
    ///
    /// - Parameter index: Which input.
    /// - Returns: The first float.
    public func input(_ index: Int = 0) -> UnsafePointer<Float> {
        storage.values(at: node.inputs[index])
    }
    /// Where the output goes, [imageCount, height, width, channel].
    public var output: UnsafeMutablePointer<Float> { storage.arena + node.output }
    /// A parameter's values, in the layer's order of `parameters(for:)`.
    ///
    /// - Parameter index: Which parameter.
    /// - Returns: The first float.
    public func parameter(_ index: Int) -> UnsafePointer<Float> {
        storage.parameters + node.parameters[index]
    }
    /// A running statistic's values, in the layer's order of `statistics(for:)`.
    ///
    /// - Parameter index: Which statistic.
    /// - Returns: The first float.
    public func runningStatistic(_ index: Int) -> UnsafePointer<Float> {
        storage.statistics + node.statistics[index]
    }
    /// Where a training pass writes this microbatch's value of a statistic, times `imageCount`.
    ///
    /// - Parameter index: Which statistic.
    /// - Returns: The first float.
    public func batchStatistic(_ index: Int) -> UnsafeMutablePointer<Float> {
        storage.batchStatistics + node.statistics[index]
    }
    /// What the backward pass will find again, `savedCount` floats.
    public var saved: UnsafeMutablePointer<Float> { storage.arena + node.saved }
    /// What `prepare` made of the parameters.
    public var prepared: UnsafePointer<Float> { storage.prepared + node.prepared }
    /// Memory for this pass alone, `scratchCount` floats, aligned to 64 bytes.
    public var scratch: UnsafeMutablePointer<Float> { storage.scratch }
    /// The layer's own key.
    public var key: RandomKey { context.key.derived(node.name) }
}

/// Where a layer's backward pass finds its operands.
public struct BackwardPass {
    /// Which images.
    public let context: PassContext
    let node: NodePlan
    let storage: Storage

    /// The most images of any pass, which memory is planned for.
    var batch: Int { storage.batch }
    /// The number of images.
    public var imageCount: Int { context.imageCount }
    /// The shape of an input.
    ///
    /// - Parameter index: Which input.
    /// - Returns: The shape.
    public func inputShape(_ index: Int = 0) -> FeatureShape { node.inputShapes[index] }
    /// The shape of the output.
    public var outputShape: FeatureShape { node.outputShape }
    /// An input's values; only if `backwardReads` has `.inputs`.
    ///
    /// - Parameter index: Which input.
    /// - Returns: The first float.
    public func input(_ index: Int = 0) -> UnsafePointer<Float> {
        storage.values(at: node.inputs[index])
    }
    /// The output's values; only if `backwardReads` has `.output`.
    public var output: UnsafePointer<Float> { UnsafePointer(storage.arena + node.output) }
    /// The gradient of the output; overwritten only if `modifiesOutputGradient`.
    public var outputGradient: UnsafeMutablePointer<Float> {
        storage.arena + node.backward.outputGradient
    }
    /// Where the gradient of an input goes, or nil if nobody needs it.
    ///
    /// - Parameter index: Which input.
    /// - Returns: The first float, or nil.
    public func inputGradient(_ index: Int = 0) -> UnsafeMutablePointer<Float>? {
        node.backward.inputGradients[index].target.map { storage.arena + $0 }
    }
    /// Whether the gradient of an input is to be added to what is there, which only layers with
    /// `accumulatesInputGradient` are asked.
    ///
    /// - Parameter index: Which input.
    /// - Returns: Whether to add.
    public func accumulates(_ index: Int = 0) -> Bool {
        node.backward.inputGradients[index].mode == .accumulate
    }
    /// A parameter's values.
    ///
    /// - Parameter index: Which parameter.
    /// - Returns: The first float.
    public func parameter(_ index: Int) -> UnsafePointer<Float> {
        storage.parameters + node.parameters[index]
    }
    /// Where the gradient of a parameter goes, or nil if it is frozen.
    ///
    /// - Parameter index: Which parameter.
    /// - Returns: The first float, or nil.
    public func parameterGradient(_ index: Int) -> UnsafeMutablePointer<Float>? {
        node.trained[index] ? storage.gradients + node.parameters[index] : nil
    }
    /// What the forward pass saved.
    public var saved: UnsafeMutablePointer<Float> { storage.arena + node.saved }
    /// What `prepare` made of the parameters.
    public var prepared: UnsafePointer<Float> { storage.prepared + node.prepared }
    /// Memory for this pass alone, `scratchCount` floats, aligned to 64 bytes.
    public var scratch: UnsafeMutablePointer<Float> { storage.scratch }
    /// The layer's own key.
    public var key: RandomKey { context.key.derived(node.name) }
}
