import Diagnostics
import Kernels
import VectorInterface

/// The sum of two inputs of the same shape, as at the end of a residual block.
///
/// Source: He et al. 2016.
public struct Addition: Layer {
    private var fusedActivation = FusedActivation.identity

    /// Creates an addition.
    public init() {}

    /// The same as the inputs'.
    public func outputShape(for inputs: [FeatureShape]) throws -> FeatureShape {
        guard inputs.count == 2 && inputs[0] == inputs[1] else {
            throw Failure(
                .usage, in: "sum", expected: "two inputs of the same shape",
                found: inputs.map(\.description).joined(separator: " and "),
                fix: "give the shortcut a 1×1 convolution of the same stride and channels")
        }
        return inputs[0]
    }

    /// A sum, unless an activation follows.
    public var operation: LayerOperation? { fusedActivation == .identity ? .addition : nil }
    /// With an activation the output, whose sign tells the slope.
    public var backwardReads: BackwardReads { fusedActivation == .identity ? [] : .output }
    /// Both inputs get the same gradient.
    public var gradientFlow: GradientFlow { .shared }
    /// True with an activation, whose slope is multiplied into it.
    public var modifiesOutputGradient: Bool { fusedActivation != .identity }

    /// Takes a ReLU.
    public func fusing(_ activation: FusedActivation) -> (any Layer)? {
        guard activation == .relu && fusedActivation == .identity else { return nil }
        var copy = self
        copy.fusedActivation = activation
        return copy
    }

    /// Adds.
    public func forward(_ pass: ForwardPass) {
        Vectors.kernels.add(
            pass.input(0), pass.input(1), fusedActivation, into: pass.output,
            count: pass.imageCount * pass.outputShape.count)
    }

    /// The output gradient serves both inputs where it lies.
    public func backward(_ pass: BackwardPass) {
        guard fusedActivation != .identity else { return }
        Vectors.kernels.activationGradient(
            at: pass.output, fusedActivation, outputGradient: pass.outputGradient,
            into: pass.outputGradient, count: pass.imageCount * pass.outputShape.count)
    }
}
