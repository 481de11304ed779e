import Kernels

/// A network made ready to run: every buffer has its place, and passes allocate nothing.
///
/// The network owns the memory of activations and their gradients. Parameters, statistics and
/// parameter gradients belong to the caller and are handed to each pass; whoever writes parameters
/// calls `parametersDidChange`.
///
/// Not for use by two threads at a time.
public final class Network {
    /// Where the parameters and statistics lie in their slabs.
    public let layout: ParameterLayout
    /// The most images of a pass.
    public let batch: Int
    /// The shape of one image's output.
    public let outputShape: FeatureShape
    /// What the memory is planned for; a network for inference needs far less.
    public let mode: PassMode
    /// A readable name for each layer in the order of computation: that of its parameters, or the
    /// layer before it and its kind.
    ///
    /// A layer that was fused into another has none.
    public let layerNames: [String]
    /// What takes the time of each layer; nil, as at the start, for none.
    public var timer: LayerTimer? {
        didSet {
            precondition(
                timer.map { $0.layerCount == nodes.count } ?? true,
                "a timer of \(timer?.layerCount ?? 0) layers for a network of \(nodes.count)")
        }
    }

    let nodes: [NodePlan]
    private let memory: Arena
    private let scratch: Arena
    private let prepared: PreparedParameters
    private let preparedLayers: [Int]

    /// Plans a network.
    ///
    /// - Parameters:
    ///   - description: The layers.
    ///   - batch: The most images of a pass, at least 1.
    ///   - mode: Whether passes will train.
    ///   - prepared: Where layers keep what they compute from their parameters, if not in memory of
    ///     the network's own.
    /// - Throws: `Failure` with `usage` if the layers do not fit together.
    public init(
        _ description: NetworkDescription, batch: Int, mode: PassMode,
        prepared: PreparedParameters? = nil
    ) throws {
        precondition(batch >= 1, "a pass needs at least 1 image, got \(batch)")
        let fused = description.fused()
        let plan = try NetworkPlan(
            fused, batch: batch, mode: mode, preparedMode: prepared?.mode ?? mode)
        let prepared = prepared ?? PreparedParameters(Arena(count: plan.preparedCount), mode: mode)
        precondition(
            prepared.memory.count == plan.preparedCount
                && (prepared.mode == .training || mode == .inference),
            "\(prepared.memory.count) floats for prepared parameters, \(plan.preparedCount) needed")
        self.prepared = prepared
        preparedLayers = prepared.layers(plan.preparedCounts)
        layout = plan.layout
        nodes = plan.nodes
        layerNames = fused.readableNames(hasParameters: nodes.map { !$0.parameters.isEmpty })
        outputShape = plan.outputShape
        memory = Arena(count: plan.arenaCount)
        scratch = Arena(count: plan.scratchCount)
        self.batch = batch
        self.mode = mode
    }

    /// Bytes of the memory for activations, what layers save, and scratch.
    public var memoryByteCount: Int {
        (memory.count + scratch.count) * MemoryLayout<Float>.stride
    }

    /// Tells that parameters have been written since the last pass.
    ///
    /// The next pass then computes anew what layers prepare from their parameters.
    public func parametersDidChange() { prepared.isCurrent = false }

    /// Computes what layers prepare from their parameters: this process's part of it.
    ///
    /// A pass that finds it not current does so itself, which is right where there is one part.
    ///
    /// - Parameter parameters: The parameters, `layout.slabCount` floats.
    public func prepare(_ parameters: UnsafePointer<Float>) {
        timer?.start()
        for index in preparedLayers {
            nodes[index].layer.prepare(
                PreparationPass(
                    mode: prepared.mode, node: nodes[index], parameters: parameters,
                    preparedBase: prepared.memory.base))
            timer?.record(.prepare, ofLayer: index)
        }
    }

    /// The parameters that a pass reads, and what a training pass writes besides.
    public struct Slabs {
        /// The parameters, `layout.slabCount` floats.
        public var parameters: UnsafePointer<Float>
        /// The running statistics, `layout.statisticsCount` floats.
        public var statistics: UnsafePointer<Float>
        /// Where the parameters' gradients go, `layout.slabCount` floats.
        public var gradients: UnsafeMutablePointer<Float>
        /// Where the microbatch's statistics go, each times the number of images,
        /// `layout.statisticsCount` floats.
        public var batchStatistics: UnsafeMutablePointer<Float>

        /// Groups the slabs of a training pass.
        ///
        /// - Parameters:
        ///   - parameters: The parameters.
        ///   - statistics: The running statistics.
        ///   - gradients: Where the parameters' gradients go.
        ///   - batchStatistics: Where the microbatch's statistics go.
        public init(
            parameters: UnsafePointer<Float>, statistics: UnsafePointer<Float>,
            gradients: UnsafeMutablePointer<Float>, batchStatistics: UnsafeMutablePointer<Float>
        ) {
            self.parameters = parameters
            self.statistics = statistics
            self.gradients = gradients
            self.batchStatistics = batchStatistics
        }
    }

    /// Computes the outputs in inference mode.
    ///
    /// - Parameters:
    ///   - images: [imageCount, height, width, channel].
    ///   - context: Which images.
    ///   - parameters: The parameters, `layout.slabCount` floats.
    ///   - statistics: The running statistics, `layout.statisticsCount` floats.
    /// - Returns: The outputs, [imageCount, outputShape], valid until the next pass.
    public func infer(
        _ images: UnsafePointer<Float>, _ context: PassContext,
        parameters: UnsafePointer<Float>, statistics: UnsafePointer<Float>
    ) -> UnsafePointer<Float> {
        precondition(
            context.mode == .inference && mode == .inference,
            "infer() needs a network and a context for inference")
        // Inference writes neither gradients nor statistics; layers are never handed these.
        return run(
            storage(
                images,
                Slabs(
                    parameters: parameters, statistics: statistics, gradients: memory.base,
                    batchStatistics: memory.base)), context)
    }

    /// Computes the outputs in training mode and keeps what the backward pass needs.
    ///
    /// - Parameters:
    ///   - images: [imageCount, height, width, channel]; must stay until the backward pass is done.
    ///   - context: Which images.
    ///   - slabs: Parameters and where statistics go.
    /// - Returns: The outputs, [imageCount, outputShape], valid until the backward pass.
    public func forward(
        _ images: UnsafePointer<Float>, _ context: PassContext, slabs: Slabs
    ) -> UnsafePointer<Float> {
        precondition(mode == .training, "the network was planned for inference")
        return run(storage(images, slabs), context)
    }

    /// Where the caller puts the gradient of the loss with respect to the outputs,
    /// [imageCount, outputShape], between `forward` and `backward`.
    public var outputGradient: UnsafeMutablePointer<Float> {
        memory.base + nodes[nodes.count - 1].backward.outputGradient
    }

    /// Computes the gradients of all trainable parameters, overwriting `slabs.gradients`.
    ///
    /// - Parameters:
    ///   - images: The same as in the forward pass.
    ///   - context: The same as in the forward pass.
    ///   - slabs: The same as in the forward pass.
    ///   - areComplete: Called whenever the gradients from some position in the slab on are
    ///     complete, with that position.
    public func backward(
        _ images: UnsafePointer<Float>, _ context: PassContext, slabs: Slabs,
        areComplete: (Int) -> Void = { _ in }
    ) {
        let storage = storage(images, slabs)
        timer?.start()
        // By index, since a reversed copy of the list would be allocated.
        for index in nodes.indices.reversed() where nodes[index].backward.isNeeded {
            let node = nodes[index]
            prepareGradients(of: node, context)
            node.layer.backward(BackwardPass(context: context, node: node, storage: storage))
            addGradients(of: node, context)
            timer?.record(.backward, ofLayer: index)
            if let first = node.parameters.first {
                areComplete(first)
                timer?.start()
            }
        }
    }

    private func run(_ storage: Storage, _ context: PassContext) -> UnsafePointer<Float> {
        precondition(
            context.imageCount <= batch, "\(context.imageCount) images, at most \(batch) fit")
        timer?.start()
        if !prepared.isCurrent {
            precondition(
                prepared.partCount == 1, "a pass begins before all parts are prepared")
            prepare(storage.parameters)
            prepared.isCurrent = true
        }
        for (index, node) in nodes.enumerated() {
            node.layer.forward(ForwardPass(context: context, node: node, storage: storage))
            timer?.record(.forward, ofLayer: index)
        }
        return UnsafePointer(memory.base + nodes[nodes.count - 1].output)
    }

    private func storage(_ images: UnsafePointer<Float>, _ slabs: Slabs) -> Storage {
        Storage(
            batch: batch, arena: memory.base, scratch: scratch.base, prepared: prepared.memory.base,
            images: images,
            parameters: slabs.parameters, statistics: slabs.statistics,
            gradients: slabs.gradients, batchStatistics: slabs.batchStatistics)
    }

    /// Copies gradients that are about to be overwritten while others still read them.
    private func prepareGradients(of node: NodePlan, _ context: PassContext) {
        if let source = node.backward.copiedFrom {
            (memory.base + node.backward.outputGradient).update(
                from: memory.base + source, count: context.imageCount * node.outputShape.count)
        }
        for (index, gradient) in node.backward.inputGradients.enumerated() {
            guard let source = gradient.copiedFrom else { continue }
            let sum: Int? =
                switch gradient.mode {
                case .writeThenAdd(let sum): sum
                default: gradient.target
                }
            guard let sum else { continue }
            (memory.base + sum).update(
                from: memory.base + source,
                count: context.imageCount * node.inputShapes[index].count)
        }
    }

    /// Adds the gradients that the layer could not add itself.
    private func addGradients(of node: NodePlan, _ context: PassContext) {
        for (index, gradient) in node.backward.inputGradients.enumerated() {
            guard case .writeThenAdd(let sum) = gradient.mode, let target = gradient.target else {
                continue
            }
            Vectors.kernels.accumulate(
                memory.base + target, into: memory.base + sum,
                count: context.imageCount * node.inputShapes[index].count)
        }
    }
}
