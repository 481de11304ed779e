import Diagnostics
import Kernels

/// The windows of a pooling: which input pixels each output pixel depends on.
struct PoolingWindow: Sendable, Hashable {
    /// Rows and columns of a window.
    let kernel: Int
    /// Input pixels from one window to the next.
    let stride: Int
    /// Rows and columns around the input that windows may reach into.
    let padding: Int

    func outputShape(for input: FeatureShape) throws -> FeatureShape {
        try requireKernel(kernel, padding: padding, fits: input)
        return FeatureShape(
            height: (input.height + 2 * padding - kernel) / stride + 1,
            width: (input.width + 2 * padding - kernel) / stride + 1, channels: input.channels)
    }

    /// Floats of scratch memory for one window's offsets.
    var scratchCount: Int {
        kernel * kernel * MemoryLayout<Int>.stride / MemoryLayout<Float>.stride
    }

    /// Whether no input pixel lies in two windows, and each in one.
    func tiles(_ input: FeatureShape) -> Bool {
        kernel == stride && padding == 0 && input.height.isMultiple(of: kernel)
            && input.width.isMultiple(of: kernel)
    }

    /// Calls `body` for each output pixel of an image with the offsets, in floats, of the input pixels
    /// in its window.
    ///
    /// - Parameters:
    ///   - input: The input's shape.
    ///   - output: The output's shape.
    ///   - scratch: `scratchCount` floats.
    ///   - body: Takes the window's offsets from the image's first float, their number, and the
    ///     output pixel's offset from the output image's first float.
    @inline(__always)
    func forEach(
        input: FeatureShape, output: FeatureShape, scratch: UnsafeMutablePointer<Float>,
        _ body: (_ offsets: UnsafePointer<Int>, _ count: Int, _ target: Int) -> Void
    ) {
        let offsets = UnsafeMutableRawPointer(scratch)
            .bindMemory(to: Int.self, capacity: kernel * kernel)
        for row in 0..<output.height {
            let rows = span(row, input.height)
            for column in 0..<output.width {
                var count = 0
                for inputRow in rows {
                    for inputColumn in span(column, input.width) {
                        offsets[count] = (inputRow * input.width + inputColumn) * input.channels
                        count += 1
                    }
                }
                body(offsets, count, (row * output.width + column) * output.channels)
            }
        }
    }

    /// The part of a window in the input, in one direction.
    private func span(_ output: Int, _ extent: Int) -> Range<Int> {
        let first = output * stride - padding
        return max(first, 0)..<min(first + kernel, extent)
    }
}
