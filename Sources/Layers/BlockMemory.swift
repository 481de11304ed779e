import Kernels
import VectorInterface

/// What a convolution block keeps between and within passes, and how much of it.
struct BlockPlan {
    let algorithm: ConvolutionAlgorithm
    /// The convolution's output.
    let maps: PooledMaps
    let pooling: ConvolutionBlock.Pooling
    let hasNorm: Bool
    let isTraining: Bool
    private let batch: Int
    private let mapsShape: FeatureShape

    init(_ block: ConvolutionBlock, input: FeatureShape, batch: Int, mode: PassMode) {
        algorithm = block.convolution.algorithm(for: input)
        mapsShape = block.convolution.mapsShape(for: input)
        maps = PooledMaps(mapsShape)
        pooling = block.pooling
        hasNorm = block.norm != nil
        isTraining = mode == .training
        self.batch = batch
    }

    private var channels: Int { mapsShape.channels }
    private var pooledPixelCount: Int { maps.pooledHeight * maps.pooledWidth }

    /// Rows of the matrix that is normalised.
    func normRows(_ imageCount: Int) -> Int {
        imageCount * (pooling == .first ? pooledPixelCount : mapsShape.pixelCount)
    }

    // Saved: channel values, the normalisation's input, the winners.
    var valueCount: Int { hasNorm ? aligned(ChannelValues.count(channels: channels)) : 0 }
    var normInputCount: Int { hasNorm ? aligned(normRows(batch) * channels) : 0 }
    var winnerCount: Int {
        pooling == .none ? 0 : aligned((batch * pooledPixelCount * channels + 3) / 4)
    }
    /// In inference all of it is scratch memory, the normalisation's input only if it is pooled.
    var savedCount: Int { isTraining ? valueCount + normInputCount + winnerCount : 0 }
    private var inferenceCount: Int {
        isTraining ? 0 : valueCount + winnerCount + (pooling == .first ? normInputCount : 0)
    }

    // Scratch: the convolution's, moments, slopes, blocks of maps and of pooled maps.
    var convolutionCount: Int { aligned(algorithm.scratchCount(isTraining: isTraining)) }
    var momentCount: Int { aligned(2 * ChannelMoments.count(columns: channels)) }
    var slopeCount: Int { aligned(2 * channels) }
    private var blockCount: Int { aligned(algorithm.blockPixelCount * channels) }
    /// A block, or all maps where the convolution wants them in memory.
    var gradientCount: Int {
        storesGradients ? aligned(batch * mapsShape.count) : blockCount
    }
    /// A block of pooled pixels, with the rows that it may begin or end within.
    var pooledCount: Int {
        guard hasNorm && pooling == .first else { return 0 }
        return storesGradients ? normInputCount : blockCount
    }
    var storesGradients: Bool { isTraining && algorithm.readsStoredGradients }
    var scratchCount: Int {
        convolutionCount + momentCount + slopeCount + gradientCount + pooledCount + inferenceCount
    }
}

/// Where a convolution block finds its memory.
struct BlockMemory {
    let plan: BlockPlan
    let values: ChannelValues
    /// The matrix that is normalised, [row, channel].
    let normInput: UnsafeMutablePointer<Float>
    /// [window, channel].
    let winners: UnsafeMutablePointer<UInt8>
    let moments: ChannelMoments
    let slopes: UnsafeMutablePointer<Float>
    /// A block of the convolution's output.
    let block: UnsafeMutablePointer<Float>
    /// Where the convolution's output gradients go.
    let gradients: GradientTarget
    /// Where the pooled maps' gradients go.
    let pooled: GradientTarget

    init(_ block: ConvolutionBlock, _ pass: ForwardPass) {
        self.init(
            BlockPlan(
                block, input: pass.inputShape(), batch: pass.batch, mode: pass.context.mode),
            channels: block.convolution.channels, saved: pass.saved, scratch: pass.scratch)
    }

    init(_ block: ConvolutionBlock, _ pass: BackwardPass) {
        self.init(
            BlockPlan(block, input: pass.inputShape(), batch: pass.batch, mode: .training),
            channels: block.convolution.channels, saved: pass.saved, scratch: pass.scratch)
    }

    private init(
        _ plan: BlockPlan, channels: Int, saved: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) {
        self.plan = plan
        var place = scratch + plan.convolutionCount
        func take(_ count: Int) -> UnsafeMutablePointer<Float> {
            defer { place += count }
            return place
        }
        moments = ChannelMoments(doubles(take(plan.momentCount)), columns: channels)
        slopes = take(plan.slopeCount)
        block = take(plan.gradientCount)
        gradients = GradientTarget(base: block, isWhole: plan.storesGradients)
        pooled = GradientTarget(base: take(plan.pooledCount), isWhole: plan.storesGradients)
        let kept = plan.isTraining ? saved : place
        values = ChannelValues(kept, channels: channels)
        winners = UnsafeMutableRawPointer(kept + plan.valueCount)
            .assumingMemoryBound(to: UInt8.self)
        normInput = kept + plan.valueCount + plan.winnerCount
    }
}

/// Where computed gradients go: to a block that the next overwrites, or to their place among all.
struct GradientTarget {
    let base: UnsafeMutablePointer<Float>
    let isWhole: Bool

    func place(for rows: Range<Int>, columns: Int) -> UnsafeMutablePointer<Float> {
        isWhole ? base + rows.lowerBound * columns : base
    }
}
