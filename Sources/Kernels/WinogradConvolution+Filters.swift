import VectorInterface

/// The transforms of the filters and of their gradients.
extension WinogradConvolution {
    /// Transforms the filters for forward passes, for as many as they do not change.
    ///
    /// - Parameters:
    ///   - filters: [3, 3, inputChannel, outputChannel].
    ///   - transformed: `forwardFilterCount` floats.
    public func transformFilters(
        _ filters: UnsafePointer<Float>, into transformed: UnsafeMutablePointer<Float>
    ) {
        let vectors = Vectors.kernels
        forEachPanel(of: outputs) { panel, columns in
            for input in 0..<inputs {
                vectors.transformFilters(
                    filters + input * outputs + columns.lowerBound,
                    filterStride: inputs * outputs, channels: columns.count,
                    into: transformed + (panel * inputs + input) * panelWidth,
                    planeStride: filterPlaneStride(inputs, outputs))
            }
        }
    }

    /// Transforms the filters once more for the images' gradients, with inputs and outputs exchanged.
    ///
    /// 16 by 16 filters at a time, since the transform runs along channels that are neighbours.
    ///
    /// - Parameters:
    ///   - filters: [3, 3, inputChannel, outputChannel].
    ///   - transformed: `transformedFilterCount` floats, of which those behind the first
    ///     `forwardFilterCount` are written.
    public func transformTransposedFilters(
        _ filters: UnsafePointer<Float>, into transformed: UnsafeMutablePointer<Float>
    ) {
        let vectors = Vectors.kernels
        let transposed = transformed + forwardFilterCount
        let block = transformed + transposedFilterEnd
        let blockCount = Self.blockExtent * Self.blockExtent
        forEachPanel(of: inputs) { panel, columns in
            forEachPanel(of: outputs) { _, rows in
                for position in 0..<9 {
                    vectors.transpose(
                        filters + (position * inputs + columns.lowerBound) * outputs
                            + rows.lowerBound,
                        rows: columns.count, columns: rows.count, rowStride: outputs,
                        into: block + position * blockCount, targetStride: Self.blockExtent)
                }
                for output in rows {
                    vectors.transformFilters(
                        block + (output - rows.lowerBound) * Self.blockExtent,
                        filterStride: blockCount, channels: columns.count,
                        into: transposed + (panel * outputs + output) * panelWidth,
                        planeStride: filterPlaneStride(outputs, inputs))
                }
            }
        }
    }

    /// Panel by panel, so that writes go along each plane.
    @inline(__always)
    private func forEachPanel(
        of channels: Int, _ body: (_ panel: Int, _ columns: Range<Int>) -> Void
    ) {
        for panel in 0..<panelCount(channels) {
            body(panel, panel * panelWidth..<min(channels, (panel + 1) * panelWidth))
        }
    }

    /// dg ← Gᵀ dU G for all filters.
    func transformFilterGradients(
        _ gradients: UnsafePointer<Float>, into filters: UnsafeMutablePointer<Float>
    ) {
        forEachPanel(of: outputs) { panel, columns in
            for input in 0..<inputs {
                Vectors.kernels.transformFilterGradient(
                    gradients + (panel * gradientRows + input) * panelWidth,
                    planeStride: filterPlaneStride(gradientRows, outputs),
                    channels: columns.count,
                    into: filters + input * outputs + columns.lowerBound,
                    filterStride: inputs * outputs)
            }
        }
    }
}
