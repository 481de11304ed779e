/// How convolutions are computed.
public enum ConvolutionMethod: String, Sendable, Hashable, CaseIterable, Codable {
    /// Winograd's method for 3×3 convolutions of stride 1 with at least 16 channels on both sides, and
    /// the direct one for all others: a rule of thumb, not a measurement of the shape.
    case automatic = "auto"
    /// Matrix products over patches.
    case direct
    /// Winograd's F(4×4, 3×3) wherever the shape allows it.
    case winograd

    /// Whether a convolution is computed by Winograd's method.
    ///
    /// - Parameter shape: What is convolved with what.
    /// - Returns: Whether it is.
    public func usesWinograd(for shape: ConvolutionShape) -> Bool {
        guard WinogradConvolution.canCompute(shape) else { return false }
        switch self {
        case .direct: return false
        case .winograd: return true
        case .automatic:
            // With few channels the transforms outweigh the products that they save.
            return min(shape.inputChannels, shape.outputChannels) >= 16
                && shape.outputHeight >= 3 && shape.outputWidth >= 3
        }
    }
}
