/// How convolutions are computed.
public enum ConvolutionMethod: String, Sendable, Hashable, CaseIterable, Codable {
    /// The faster way for each shape, by the costs in `usesWinograd(for:)`.
    case automatic = "auto"
    /// Matrix products over patches.
    case direct
    /// Winograd's F(4×4, 3×3) wherever the shape allows it.
    case winograd

    /// Whether a convolution is computed by Winograd's method.
    ///
    /// Both ways multiply at about the same rate, so what counts is the number of products, 36 for
    /// each tile beside 9 for each output pixel, and the transforms, which cost as much as some more
    /// products. Times of the direct way over those of Winograd's, all three passes together,
    /// measured over 8 to 32 input and 8 to 64 output channels, AVX2, 64 images:
    ///
    /// | output | products | time |
    /// |---|---|---|
    /// | 2×2 | 1 | 0.7–1.4, median 1.0 |
    /// | 3×3 | 2.25 | 1.7–2.4 |
    /// | 4×4 | 4 | 2.8–4.9 |
    /// | 7×7 | 3.1 | 2.1–3.5 |
    /// | 14×14 | 3.1 | 1.9–3.0 |
    /// | 31×31 | 3.8 | 1.8–3.1 |
    ///
    /// With 4 input channels it is 0.5–1.5 without a clear winner.
    ///
    /// - Parameter shape: What is convolved with what.
    /// - Returns: Whether it is.
    public func usesWinograd(for shape: ConvolutionShape) -> Bool {
        guard WinogradConvolution.canCompute(shape) else { return false }
        switch self {
        case .direct: return false
        case .winograd: return true
        case .automatic:
            let tiles = (shape.outputHeight + 3) / 4 * ((shape.outputWidth + 3) / 4)
            // A tile's transforms cost about as much as 18 of its 36 products.
            return min(shape.inputChannels, shape.outputChannels) >= 8
                && (36 + 18) * tiles <= 9 * shape.outputPixelCount
        }
    }
}
