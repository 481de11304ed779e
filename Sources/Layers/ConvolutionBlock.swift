import Kernels
import VectorInterface

/// A convolution and what comes behind it, computed with as few passes over the activations as there
/// can be.
///
/// convolution → [max-pooling 2×2] → [batch normalisation] → [+ skip] → [activation] → [max-pooling]
///
/// The network makes it of single layers (see `Layer.absorbing`); results are the same up to
/// rounding. Only what the backward pass needs is ever written to memory: the normalisation's input,
/// which of a window's pixels was the largest, and the output. Moments and poolings are taken from
/// the convolution's output block by block in the cache, and in the backward pass the convolution
/// takes its output gradients from the computation that makes them.
///
/// Passes over the convolution's output, forward + backward: each reading or writing of an array of
/// its size counts 1, of pooled maps a quarter, of which pixel won a sixteenth. As single layers, with
/// the activation fused into the one before it, they take:
///
/// | convolution and | block | single layers |
/// |---|---|---|
/// | normalisation, activation | 3 + 4 | 4 + 6 |
/// | normalisation, skip, ReLU | 4 + 6 | 7 + 9 |
/// | normalisation, activation, pooling | 2.3 + 2.6 | 5.3 + 9.5 |
/// | pooling, normalisation, activation | 0.8 + 1.1 | 3 + 4.8 |
/// | ReLU, pooling | 0.3 + 1.3 | 2.3 + 7.5 |
///
/// Summed over a network, in MB of each image's traffic beyond the reading of inputs:
///
/// | network | blocks | single layers |
/// |---|---|---|
/// | resnet18 | 20.2 | 30.5 |
/// | cifar-net | 1.7 | 5.1 |
/// | mnist-cnn | 0.2 | 1.5 |
/// | speednet | 2.5 | 5.9 |
struct ConvolutionBlock: Layer {
    /// The convolution, without an activation of its own.
    let convolution: Convolution
    private(set) var pooling = Pooling.none
    private(set) var norm: BatchNorm?
    private var normName = ""
    private(set) var addsSkip = false
    private(set) var activation: FusedActivation

    /// Where the max-pooling stands.
    enum Pooling {
        case none
        /// Right behind the convolution, before normalisation and activation.
        case first
        case last
    }

    init(_ convolution: Convolution, _ activation: FusedActivation) {
        self.convolution = convolution
        self.activation = activation
    }

    // MARK: What it takes in

    func absorbing(_ next: any Layer, named name: String) -> (any Layer)? {
        var copy = self
        switch next {
        case let pool as MaxPool where pool.isOfPairs && pooling == .none && !addsSkip:
            // A ReLU may as well come behind the pooling: neither changes the order of values.
            copy.pooling = norm == nil ? .first : .last
        case let next as BatchNorm where norm == nil && activation == .identity:
            (copy.norm, copy.activation) = next.parts
            copy.normName = name
        case is Addition where norm != nil && activation == .identity && pooling == .none:
            guard !addsSkip else { return nil }
            copy.addsSkip = true
        default:
            guard let following = next.activation, canTake(following) else { return nil }
            copy.activation = following
        }
        return copy
    }

    /// The slope of an activation is told from the output unless the normalisation's input is there.
    private func canTake(_ following: FusedActivation) -> Bool {
        activation == .identity && pooling != .last
            && (following == .relu || (norm != nil && !addsSkip))
    }

    // MARK: Shapes

    func outputShape(for inputs: [FeatureShape]) throws -> FeatureShape {
        let maps = try convolution.outputShape(for: inputs)
        guard pooling == .none else { return try MaxPool(2).outputShape(for: [maps]) }
        return addsSkip ? try Addition().outputShape(for: [maps, inputs[1]]) : maps
    }

    func parameters(for inputs: [FeatureShape]) -> [ParameterSpecification] {
        var result = convolution.parameters(for: inputs)
        for var parameter in norm?.parameters(for: [channels(inputs)]) ?? [] {
            parameter.owner = normName
            result.append(parameter)
        }
        return result
    }

    func statistics(for inputs: [FeatureShape]) -> [StatisticSpecification] {
        (norm?.statistics(for: [channels(inputs)]) ?? []).map {
            var statistic = $0
            statistic.owner = normName
            return statistic
        }
    }

    private func channels(_ inputs: [FeatureShape]) -> FeatureShape {
        .vector(convolution.channels)
    }

    /// The number of the normalisation's first parameter.
    private var normParameter: Int { convolution.hasBias ? 2 : 1 }

    func memory(for inputs: [FeatureShape], batch: Int, mode: PassMode) -> LayerMemory {
        let plan = BlockPlan(self, input: inputs[0], batch: batch, mode: mode)
        let own = convolution.memory(for: inputs, batch: batch, mode: mode)
        return LayerMemory(
            savedCount: plan.savedCount, scratchCount: plan.scratchCount,
            preparedCount: own.preparedCount)
    }

    // MARK: The backward pass's needs

    /// The convolution's input; the output where it tells the activation's slope.
    var backwardReads: BackwardReads {
        readsSlopeFromOutput ? [.inputs, .output] : .inputs
    }
    private var readsSlopeFromOutput: Bool {
        activation == .relu && (addsSkip || norm == nil)
    }
    var accumulatesInputGradient: Bool { true }
    var modifiesOutputGradient: Bool { readsSlopeFromOutput }
    /// The skip gets the gradient in front of the activation, where that lies.
    func gradientFlow(ofInput index: Int) -> GradientFlow { index == 0 ? .separate : .shared }

    // MARK: Passes

    func prepare(_ pass: PreparationPass) { convolution.prepare(pass) }

    func forward(_ pass: ForwardPass) {
        let memory = BlockMemory(self, pass)
        guard let norm else {
            convolution.compute(pass, into: poolingSink(memory, pass, activation))
            return
        }
        if pass.context.mode == .inference {
            infer(pass, norm, memory)
            return
        }
        let moments = memory.moments
        if pooling == .first {
            convolution.compute(
                pass, into: poolingSink(memory, pass, .identity, moments: moments))
        } else {
            convolution.compute(
                pass,
                into: StoredOutput(
                    memory.normInput, columns: convolution.channels, moments: moments))
        }
        norm.measure(
            moments, firstRow: memory.normInput, rows: memory.plan.normRows(pass.imageCount),
            pass: pass, statistic: 0, into: memory.values)
        norm.setAffine(pass, parameter: normParameter, of: memory.values)
        NormalizedOutput(self, pass, memory)
            .write(memory.normInput, rows: 0..<memory.plan.normRows(pass.imageCount))
    }

    /// With the running statistics the normalisation is known beforehand: each block of the
    /// convolution's output is finished in the cache.
    private func infer(_ pass: ForwardPass, _ norm: BatchNorm, _ memory: BlockMemory) {
        norm.takeRunningStatistics(pass, statistic: 0, into: memory.values)
        norm.setAffine(pass, parameter: normParameter, of: memory.values)
        let output = NormalizedOutput(self, pass, memory)
        if pooling == .first {
            convolution.compute(pass, into: poolingSink(memory, pass, .identity))
            output.write(memory.normInput, rows: 0..<memory.plan.normRows(pass.imageCount))
        } else {
            convolution.compute(
                pass, into: NormalizingSink(output: output, block: memory.block))
        }
    }

    private func poolingSink(
        _ memory: BlockMemory, _ pass: ForwardPass, _ activation: FusedActivation,
        moments: ChannelMoments? = nil
    ) -> PoolingSink {
        PoolingSink(
            maps: memory.plan.maps, activation: activation, block: memory.block,
            output: norm == nil ? pass.output : memory.normInput, winners: memory.winners,
            moments: moments)
    }

    func backward(_ pass: BackwardPass) {
        let memory = BlockMemory(self, pass)
        let stored = StoredRows(memory.gradients.base, columns: convolution.channels)
        let algorithm = memory.plan.algorithm
        guard let norm else {
            rectify(pass)
            convolution.differentiate(
                pass, algorithm,
                unpooling(
                    memory, StoredRows(pass.outputGradient, columns: convolution.channels)),
                stored: stored)
            return
        }
        // In exact arithmetic a bias in front of a normalisation has no gradient.
        if convolution.hasBias, let gradient = pass.parameterGradient(1) {
            gradient.update(repeating: 0, count: convolution.channels)
        }
        let slopes = takeSums(pass, norm, memory)
        switch pooling {
        case .none:
            convolution.differentiate(
                pass, algorithm,
                NormalizationGradients(
                    input: memory.normInput, outputGradient: pass.outputGradient,
                    slopes: slopes, activation: addsSkip ? .identity : activation,
                    columns: convolution.channels, target: memory.gradients),
                stored: stored)
        case .first:
            let pooled = NormalizationGradients(
                input: memory.normInput, outputGradient: pass.outputGradient, slopes: slopes,
                activation: activation, columns: convolution.channels, target: memory.pooled)
            convolution.differentiate(
                pass, algorithm, unpooling(memory, pooled), stored: stored)
        case .last:
            convolution.differentiate(
                pass, algorithm,
                PooledNormalizationGradients(
                    maps: memory.plan.maps, input: memory.normInput,
                    outputGradient: pass.outputGradient, winners: memory.winners,
                    slopes: slopes, activation: activation, target: memory.gradients),
                stored: stored)
        }
    }

    /// Where there is no normalisation: the activation's slope, told from the output, and the bias.
    private func rectify(_ pass: BackwardPass) {
        let rows = pass.imageCount * pass.outputShape.pixelCount
        if activation != .identity {
            Vectors.kernels.activationGradient(
                at: pass.output, activation, outputGradient: pass.outputGradient,
                into: pass.outputGradient, count: rows * convolution.channels)
        }
        if convolution.hasBias, let gradient = pass.parameterGradient(1) {
            Vectors.kernels.sumRows(
                of: pass.outputGradient, rows: rows, columns: convolution.channels,
                accumulates: false, into: gradient)
        }
    }

    private func unpooling<Pooled: RowSource>(
        _ memory: BlockMemory, _ pooled: Pooled
    ) -> UnpooledGradients<Pooled> {
        UnpooledGradients(
            maps: memory.plan.maps, pooled: pooled, winners: memory.winners,
            target: memory.gradients)
    }

    /// The sums that the normalisation's gradient needs.
    private func takeSums(
        _ pass: BackwardPass, _ norm: BatchNorm, _ memory: BlockMemory
    ) -> NormalizationSlopes {
        let rows = memory.plan.normRows(pass.imageCount)
        let (values, sums) = (memory.values, memory.moments)
        if readsSlopeFromOutput {
            Vectors.kernels.rectifiedGradientSums(
                memory.normInput, output: pass.output, outputGradient: pass.outputGradient,
                rows: rows, columns: convolution.channels, mean: values.mean, sums: sums.sums,
                products: sums.squares)
        } else if pooling == .last {
            memory.plan.maps.addGradientSums(
                memory.normInput, outputGradient: pass.outputGradient, winners: memory.winners,
                imageCount: pass.imageCount, values, activation, into: sums)
        } else {
            Vectors.kernels.normalizationGradientSums(
                memory.normInput, outputGradient: pass.outputGradient, rows: rows,
                columns: convolution.channels, scale: values.scale, shift: values.shift,
                mean: values.mean, activation, sums: sums.sums, products: sums.squares)
        }
        return norm.finishGradients(
            pass, parameter: normParameter, values, rows: rows, sums: sums.sums,
            products: sums.squares, memory: memory.slopes)
    }
}
