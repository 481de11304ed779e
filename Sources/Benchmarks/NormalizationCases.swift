import Kernels
import Layers
import VectorInterface

/// The four passes over activations that batch normalisation takes, with a ReLU in them.
struct NormalizationCases {
    /// The shapes of one image's activations.
    let shapes: [FeatureShape]
    /// Images of a pass.
    let imageCount: Int

    /// Four cases for each shape.
    var all: [KernelCase] {
        shapes.flatMap { shape in
            let matrix = Matrix(
                rows: imageCount * shape.pixelCount, columns: shape.channels, text: "\(shape)")
            return [
                moments(matrix), normalization(matrix), gradientSums(matrix), gradient(matrix),
            ]
        }
    }

    /// Activations as a matrix with a row for each pixel.
    private struct Matrix {
        let rows: Int
        let columns: Int
        let text: String
        var count: Int { rows * columns }
        /// Floats of a sum in double for each column.
        var sumsCount: Int { 2 * columns }
    }

    private func moments(_ matrix: Matrix) -> KernelCase {
        KernelCase(
            "batch norm moments", shape: matrix.text, method: "vectors",
            work: KernelWork(readCount: matrix.count, writtenCount: 2 * matrix.sumsCount),
            buffers: [matrix.count, matrix.sumsCount, matrix.sumsCount]
        ) { buffers in
            Vectors.kernels.addShiftedMoments(
                of: buffers[0], pivot: buffers[0], rows: matrix.rows, columns: matrix.columns,
                sums: doubles(buffers[1], matrix.columns),
                squares: doubles(buffers[2], matrix.columns))
        }
    }

    private func normalization(_ matrix: Matrix) -> KernelCase {
        KernelCase(
            "batch norm normalise", shape: matrix.text, method: "relu",
            work: KernelWork(readCount: matrix.count, writtenCount: matrix.count),
            buffers: [matrix.count, matrix.columns, matrix.columns, matrix.count]
        ) { buffers in
            Vectors.kernels.normalize(
                buffers[0], rows: matrix.rows, columns: matrix.columns, scale: buffers[1],
                shift: buffers[2], .relu, into: buffers[3])
        }
    }

    private func gradientSums(_ matrix: Matrix) -> KernelCase {
        KernelCase(
            "batch norm gradient sums", shape: matrix.text, method: "relu",
            work: KernelWork(readCount: 2 * matrix.count, writtenCount: 2 * matrix.sumsCount),
            buffers: [matrix.count, matrix.count] + Array(repeating: matrix.columns, count: 3)
                + [matrix.sumsCount, matrix.sumsCount]
        ) { buffers in
            Vectors.kernels.normalizationGradientSums(
                buffers[0], outputGradient: buffers[1], rows: matrix.rows, columns: matrix.columns,
                scale: buffers[2], shift: buffers[3], mean: buffers[4], .relu,
                sums: doubles(buffers[5], matrix.columns),
                products: doubles(buffers[6], matrix.columns))
        }
    }

    private func gradient(_ matrix: Matrix) -> KernelCase {
        KernelCase(
            "batch norm gradient", shape: matrix.text, method: "relu",
            work: KernelWork(readCount: 2 * matrix.count, writtenCount: matrix.count),
            buffers: [matrix.count, matrix.count] + Array(repeating: matrix.columns, count: 5)
                + [matrix.count]
        ) { buffers in
            Vectors.kernels.normalizationGradient(
                buffers[0], outputGradient: buffers[1], rows: matrix.rows, columns: matrix.columns,
                scale: buffers[2], shift: buffers[3], mean: buffers[4], slope: buffers[5],
                offset: buffers[6], .relu, into: buffers[7])
        }
    }
}

/// A buffer of floats as half as many doubles.
private func doubles(
    _ buffer: UnsafeMutablePointer<Float>, _ count: Int
) -> UnsafeMutablePointer<Double> {
    UnsafeMutableRawPointer(buffer).bindMemory(to: Double.self, capacity: count)
}
