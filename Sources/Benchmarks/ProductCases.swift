import Kernels
import VectorInterface

/// The matrix products at one position of Winograd's method: planes of transformed tiles times
/// transformed filters, and planes times planes for the gradient of the filters.
struct ProductCases {
    /// The convolutions whose planes are multiplied.
    let shapes: [ConvolutionShape]

    private struct Channels: Hashable {
        let inputs: Int
        let outputs: Int
    }

    /// A few and many tiles for each pair of channels.
    var all: [KernelCase] {
        let channels = distinct(
            shapes.filter { ConvolutionMethod.automatic(for: $0) == .winograd }
                .map { Channels(inputs: $0.inputChannels, outputs: $0.outputChannels) })
        return channels.flatMap { channels in
            [32, 128].flatMap { tiles in
                [
                    product(m: tiles, n: channels.outputs, k: channels.inputs),
                    panelProduct(m: tiles, n: channels.outputs, k: channels.inputs),
                    gradientProduct(m: channels.inputs, n: channels.outputs, k: tiles),
                    panelGradientProduct(m: channels.inputs, n: channels.outputs, k: tiles),
                ]
            }
        }
    }

    private func work(m: Int, n: Int, k: Int) -> KernelWork {
        KernelWork(
            operations: 2 * Double(m * n * k), readCount: m * k + k * n, writtenCount: m * n)
    }

    private func product(m: Int, n: Int, k: Int) -> KernelCase {
        KernelCase(
            "product A·B", shape: "\(m)×\(n)×\(k)", method: "sgemm", work: work(m: m, n: n, k: k),
            buffers: [m * k, k * n, m * n]
        ) { buffers in
            MatrixProduct.multiply(
                buffers[0], stride: k, buffers[1], stride: n, into: buffers[2], stride: n, m: m,
                n: n, k: k)
        }
    }

    /// The same product of operands that lie in panels already, as the transforms write them.
    private func panelProduct(m: Int, n: Int, k: Int) -> KernelCase {
        let rows = (m + 11) / 12 * 12
        return KernelCase(
            "product A·B", shape: "\(m)×\(n)×\(k)", method: "panels",
            work: work(m: m, n: n, k: k),
            buffers: [rows * padded(k), k * padded(n), rows * padded(n)]
        ) { buffers in
            Vectors.kernels.multiplyPanels(
                buffers[0], aPanelStride: rows * panelWidth, buffers[1], into: buffers[2],
                cPanelStride: rows * panelWidth, rows: m, columns: n, k: k)
        }
    }

    private func panelGradientProduct(m: Int, n: Int, k: Int) -> KernelCase {
        KernelCase(
            "product Aᵀ·B", shape: "\(m)×\(n)×\(k)", method: "panels",
            work: work(m: m, n: n, k: k),
            buffers: [k * padded(m), k * padded(n), padded(m) * padded(n)]
        ) { buffers in
            Vectors.kernels.multiplyTransposedPanels(
                buffers[0], aPanelStride: k * panelWidth, buffers[1],
                bPanelStride: k * panelWidth, into: buffers[2], rows: m, columns: n, k: k,
                accumulates: false)
        }
    }

    private func padded(_ columns: Int) -> Int { panelCount(columns) * panelWidth }

    private func gradientProduct(m: Int, n: Int, k: Int) -> KernelCase {
        KernelCase(
            "product Aᵀ·B", shape: "\(m)×\(n)×\(k)", method: "sgemm", work: work(m: m, n: n, k: k),
            buffers: [k * m, k * n, m * n]
        ) { buffers in
            MatrixProduct.multiply(
                buffers[0], .transposed, stride: m, buffers[1], stride: n, into: buffers[2],
                stride: n, m: m, n: n, k: k)
        }
    }
}
