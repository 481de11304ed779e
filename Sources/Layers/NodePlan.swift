/// How the gradient of an input comes about.
enum GradientMode: Equatable, Sendable {
    /// Written to the target, whose old values do not matter.
    case write
    /// Added to the target by the layer.
    case accumulate
    /// Written to the target, then added by the network to `sum`.
    case writeThenAdd(sum: Int)
}

/// The gradient of one input of a node.
struct InputGradient: Sendable {
    /// Where the layer writes, an offset in the arena, or nil if nobody needs the gradient.
    var target: Int?
    var mode = GradientMode.write
    /// Where the sum that is added to must be copied from first, because others still read it there.
    var copiedFrom: Int?
}

/// A node's backward pass.
struct BackwardNode: Sendable {
    /// Whether there is anything to compute.
    var isNeeded = false
    /// Where the output's gradient lies when the layer reads it.
    var outputGradient = 0
    /// Where the output's gradient must be copied from first, because others still read it there.
    var copiedFrom: Int?
    var inputGradients: [InputGradient] = []
}

/// A layer in its place: shapes and offsets, all fixed before the first step.
final class NodePlan: Sendable {
    let name: String
    let layer: any Layer
    let inputShapes: [FeatureShape]
    let outputShape: FeatureShape
    /// Offsets of the inputs in the arena; nil is the network's input.
    let inputs: [Int?]
    let output: Int
    let saved: Int
    let prepared: Int
    /// Offsets in the parameters' and in the statistics' slab.
    let parameters: [Int]
    let statistics: [Int]
    /// Whether each parameter is trained.
    let trained: [Bool]
    let backward: BackwardNode

    init(
        name: String, layer: any Layer, inputShapes: [FeatureShape], outputShape: FeatureShape,
        inputs: [Int?], output: Int, saved: Int, prepared: Int, parameters: [Int],
        statistics: [Int], trained: [Bool], backward: BackwardNode
    ) {
        self.name = name
        self.layer = layer
        self.inputShapes = inputShapes
        self.outputShape = outputShape
        self.inputs = inputs
        self.output = output
        self.saved = saved
        self.prepared = prepared
        self.parameters = parameters
        self.statistics = statistics
        self.trained = trained
        self.backward = backward
    }
}

/// The memory that a pass works in.
struct Storage {
    let batch: Int
    var arena: UnsafeMutablePointer<Float>
    var scratch: UnsafeMutablePointer<Float>
    var prepared: UnsafePointer<Float>
    var images: UnsafePointer<Float>
    var parameters: UnsafePointer<Float>
    var statistics: UnsafePointer<Float>
    var gradients: UnsafeMutablePointer<Float>
    var batchStatistics: UnsafeMutablePointer<Float>

    func values(at offset: Int?) -> UnsafePointer<Float> {
        offset.map { UnsafePointer(arena + $0) } ?? images
    }
}
