import Kernels
import Layers

/// The layers of all networks for images that can be chosen by name, at their places.
struct CatalogSites {
    /// The sites of all networks, one network after the other.
    let all: [LayerSite]
    /// The number of parameters of each network, by its name.
    let parameterCounts: [(model: String, count: Int)]

    /// Collects the sites of the networks on the images that they are meant for.
    ///
    /// - Throws: `Failure` with `usage` if a network's layers do not fit together.
    init() throws {
        var all: [LayerSite] = []
        var parameterCounts: [(model: String, count: Int)] = []
        for entry in ModelCatalog.all where !entry.takesTables {
            let sites = try ModelCatalog.make(
                entry.name, input: Self.imageShape(for: entry.name), outputCount: Self.classCount
            ).sites()
            all += sites
            let parameters = sites.flatMap { $0.layer.parameters(for: $0.inputs) }
            parameterCounts.append(
                (entry.name, parameters.reduce(0) { $0 + $1.shape.reduce(1, *) }))
        }
        self.all = all
        self.parameterCounts = parameterCounts
    }

    /// The number of classes of the networks.
    static let classCount = 10

    /// The shape of the images that a network is meant for.
    ///
    /// - Parameter model: The network's name.
    /// - Returns: That of MNIST or of CIFAR-10.
    static func imageShape(for model: String) -> FeatureShape {
        model == "mnist-cnn"
            ? FeatureShape(height: 28, width: 28, channels: 1)
            : FeatureShape(height: 32, width: 32, channels: 3)
    }

    /// The different shapes of convolutions, in the order in which they first occur.
    var convolutions: [ConvolutionShape] { distinct(all.compactMap(\.convolution)) }

    /// The different input shapes of layers of a type, in the order in which they first occur.
    ///
    /// - Parameter type: The type of layer.
    /// - Returns: The shapes.
    func inputShapes(of type: (some Layer).Type) -> [FeatureShape] {
        distinct(all.filter { Swift.type(of: $0.layer) == type }.map { $0.inputs[0] })
    }
}

extension LayerSite {
    /// The shape of the convolution at the site; nil if the layer is something else.
    var convolution: ConvolutionShape? {
        guard let layer = layer as? Convolution else { return nil }
        return ConvolutionShape(
            inputHeight: inputs[0].height, inputWidth: inputs[0].width,
            inputChannels: inputs[0].channels, outputChannels: layer.channels,
            kernelHeight: layer.kernel, kernelWidth: layer.kernel, stride: layer.stride,
            padding: layer.padding)
    }
}

/// The elements without repetitions, in the order in which they first occur.
///
/// - Parameter elements: The elements.
/// - Returns: Each once.
func distinct<Element: Hashable>(_ elements: [Element]) -> [Element] {
    var seen: Set<Element> = []
    return elements.filter { seen.insert($0).inserted }
}
