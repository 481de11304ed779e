import Kernels
import Layers
import VectorInterface

/// Kernels that take each element by itself, sums of rows, and softmax.
struct ElementwiseCases {
    /// The layers of the networks.
    let sites: CatalogSites
    /// Images of a pass.
    let imageCount: Int

    /// Activations and additions, sums of rows, softmax.
    var all: [KernelCase] {
        let rectified = sites.inputShapes(of: ReLU.self)
        let smooth = sites.inputShapes(of: GELU.self)
        let sums = sites.inputShapes(of: Addition.self)
        return rectified.flatMap { activations(.relu, named: "relu", $0) }
            + smooth.flatMap { activations(.gelu, named: "gelu", $0) }
            + sums.map(addition) + biasedShapes.map(rowSums)
            + [10, 1000].map(softmax)
    }

    /// The outputs of layers with a bias, whose gradient is a sum of rows.
    private var biasedShapes: [FeatureShape] {
        distinct(
            sites.all.filter {
                ($0.layer as? Convolution)?.hasBias ?? ($0.layer is Dense)
            }.map(\.output))
    }

    private func activations(
        _ activation: FusedActivation, named name: String, _ shape: FeatureShape
    ) -> [KernelCase] {
        let count = imageCount * shape.count
        return [
            KernelCase(
                "activation", shape: "\(shape)", method: name,
                work: KernelWork(readCount: count, writtenCount: count), buffers: [count, count]
            ) { buffers in
                Vectors.kernels.activate(buffers[0], activation, into: buffers[1], count: count)
            },
            KernelCase(
                "activation gradient", shape: "\(shape)", method: name,
                work: KernelWork(readCount: 2 * count, writtenCount: count),
                buffers: [count, count, count]
            ) { buffers in
                Vectors.kernels.activationGradient(
                    at: buffers[0], activation, outputGradient: buffers[1], into: buffers[2],
                    count: count)
            },
        ]
    }

    private func addition(_ shape: FeatureShape) -> KernelCase {
        let count = imageCount * shape.count
        return KernelCase(
            "addition", shape: "\(shape)", method: "relu",
            work: KernelWork(readCount: 2 * count, writtenCount: count),
            buffers: [count, count, count]
        ) { buffers in
            Vectors.kernels.add(buffers[0], buffers[1], .relu, into: buffers[2], count: count)
        }
    }

    private func rowSums(_ shape: FeatureShape) -> KernelCase {
        let rows = imageCount * shape.pixelCount
        return KernelCase(
            "sum of rows", shape: "\(rows)×\(shape.channels)", method: "vectors",
            work: KernelWork(readCount: rows * shape.channels, writtenCount: shape.channels),
            buffers: [rows * shape.channels, shape.channels]
        ) { buffers in
            Vectors.kernels.sumRows(
                of: buffers[0], rows: rows, columns: shape.channels, accumulates: false,
                into: buffers[1])
        }
    }

    private func softmax(classCount: Int) -> KernelCase {
        let count = imageCount * classCount
        return KernelCase(
            "softmax", shape: "\(imageCount)×\(classCount)", method: "vectors",
            work: KernelWork(readCount: count, writtenCount: count + imageCount),
            buffers: [count, count, imageCount]
        ) { [imageCount] buffers in
            Vectors.kernels.softmax(
                buffers[0], rows: imageCount, columns: classCount, into: buffers[1],
                logNormalizers: buffers[2])
        }
    }
}
