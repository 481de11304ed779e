import Glibc

/// Copies between an input and the matrix of its patches, whose row for an output pixel holds the
/// input values that the pixel depends on, [kernelHeight, kernelWidth, inputChannel].
///
/// Source: Chellapilla, Puri & Simard 2006 (im2col), for channels innermost and by blocks of rows.
enum Patches {
    /// Gathers the patches of a run of output pixels, which are numbered over the whole batch.
    ///
    /// - Parameters:
    ///   - shape: The convolution.
    ///   - images: The input, [batch, inputHeight, inputWidth, inputChannel].
    ///   - pixels: The run, in 0 ..< batch · outputPixelCount.
    ///   - matrix: The patches, [pixels.count, patchCount].
    static func gather(
        _ shape: ConvolutionShape, from images: UnsafePointer<Float>, pixels: Range<Int>,
        into matrix: UnsafeMutablePointer<Float>
    ) {
        let segment = shape.kernelWidth * shape.inputChannels
        forEachRow(of: shape, pixels: pixels) { image, outputRow, columns, matrixRow in
            let input = images + image * shape.inputCount
            for kernelRow in 0..<shape.kernelHeight {
                let row = outputRow * shape.stride + kernelRow - shape.padding
                var target = matrix + matrixRow * shape.patchCount + kernelRow * segment
                let isInside = row >= 0 && row < shape.inputHeight
                let source = input + row * shape.inputWidth * shape.inputChannels
                for column in columns {
                    if isInside {
                        copySegment(shape, from: source, outputColumn: column, to: target)
                    } else {
                        fill(target, count: segment)
                    }
                    target += shape.patchCount
                }
            }
        }
    }

    /// Adds the patches of a run of output pixels to the places that they came from.
    ///
    /// - Parameters:
    ///   - shape: The convolution.
    ///   - matrix: The patches, [pixels.count, patchCount].
    ///   - pixels: The run, in 0 ..< batch · outputPixelCount.
    ///   - images: What is added to, [batch, inputHeight, inputWidth, inputChannel].
    static func scatterAdd(
        _ shape: ConvolutionShape, from matrix: UnsafePointer<Float>, pixels: Range<Int>,
        into images: UnsafeMutablePointer<Float>
    ) {
        let vectors = Vectors.kernels
        let channels = shape.inputChannels
        forEachRow(of: shape, pixels: pixels) { image, outputRow, columns, matrixRow in
            let output = images + image * shape.inputCount
            for kernelRow in 0..<shape.kernelHeight {
                let row = outputRow * shape.stride + kernelRow - shape.padding
                guard row >= 0 && row < shape.inputHeight else { continue }
                var source =
                    matrix + matrixRow * shape.patchCount
                    + kernelRow * shape.kernelWidth * channels
                for column in columns {
                    let first = column * shape.stride - shape.padding
                    let inside = clipped(first, shape)
                    if !inside.isEmpty {
                        vectors.accumulate(
                            source + (inside.lowerBound - first) * channels,
                            into: output + (row * shape.inputWidth + inside.lowerBound) * channels,
                            count: inside.count * channels)
                    }
                    source += shape.patchCount
                }
            }
        }
    }

    /// Splits a run of output pixels into parts that lie in one output row.
    @inline(__always)
    private static func forEachRow(
        of shape: ConvolutionShape, pixels: Range<Int>,
        _ body: (_ image: Int, _ outputRow: Int, _ columns: Range<Int>, _ matrixRow: Int) -> Void
    ) {
        var pixel = pixels.lowerBound
        while pixel < pixels.upperBound {
            let (image, inImage) = pixel.quotientAndRemainder(dividingBy: shape.outputPixelCount)
            let (row, column) = inImage.quotientAndRemainder(dividingBy: shape.outputWidth)
            let end = min(shape.outputWidth, column + pixels.upperBound - pixel)
            body(image, row, column..<end, pixel - pixels.lowerBound)
            pixel += end - column
        }
    }

    /// Copies one kernel row of one patch, with zeros where it leaves the input row.
    @inline(__always)
    private static func copySegment(
        _ shape: ConvolutionShape, from row: UnsafePointer<Float>, outputColumn: Int,
        to target: UnsafeMutablePointer<Float>
    ) {
        let channels = shape.inputChannels
        let first = outputColumn * shape.stride - shape.padding
        let inside = clipped(first, shape)
        if inside.count == shape.kernelWidth {
            copy(row + first * channels, to: target, count: shape.kernelWidth * channels)
            return
        }
        fill(target, count: shape.kernelWidth * channels)
        if !inside.isEmpty {
            copy(
                row + inside.lowerBound * channels,
                to: target + (inside.lowerBound - first) * channels, count: inside.count * channels)
        }
    }

    /// The columns of a kernel row at `first` that lie in the input.
    @inline(__always)
    private static func clipped(_ first: Int, _ shape: ConvolutionShape) -> Range<Int> {
        let lower = max(first, 0)
        return lower..<max(lower, min(first + shape.kernelWidth, shape.inputWidth))
    }

    /// A short copy as a loop of vectors: most segments are too short to earn a call of memcpy.
    @inline(__always)
    private static func copy(
        _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, count: Int
    ) {
        var index = 0
        while index &+ 16 <= count {
            let values = UnsafeRawPointer(source + index).loadUnaligned(as: SIMD16<Float>.self)
            UnsafeMutableRawPointer(target + index).storeBytes(of: values, as: SIMD16<Float>.self)
            index &+= 16
        }
        while index < count {
            target[index] = source[index]
            index &+= 1
        }
    }

    @inline(__always)
    private static func fill(_ target: UnsafeMutablePointer<Float>, count: Int) {
        memset(target, 0, count * MemoryLayout<Float>.stride)
    }
}
