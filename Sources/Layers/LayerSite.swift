/// A layer at its place in a network: what it is called and the shapes that it meets there.
public struct LayerSite: Sendable {
    /// What its parameters' names begin with, such as `blocks.0.conv1`.
    public let name: String
    /// The layer, before activations are fused into it.
    public let layer: any Layer
    /// The shapes of its inputs.
    public let inputs: [FeatureShape]
    /// The shape of its output.
    public let output: FeatureShape
}

extension NetworkDescription {
    /// The layers in the order of computation.
    ///
    /// - Returns: One site a layer.
    /// - Throws: `Failure` with `usage` if the layers do not fit together.
    public func sites() throws -> [LayerSite] {
        let shapes = try shapes()
        return zip(nodes, shapes).map { node, output in
            LayerSite(
                name: node.name, layer: node.layer,
                inputs: node.inputs.map { $0.index.map { shapes[$0] } ?? inputShape },
                output: output)
        }
    }

    /// The network with observers around some of its layers.
    ///
    /// - Parameter makeObservers: Takes a site and returns layers that keep the shape, one for each
    ///   of the site's inputs and one for its output; nil leaves the site as it is.
    /// - Returns: The network; names of parameters stay.
    /// - Throws: `Failure` with `usage` if the layers do not fit together.
    public func observed(
        by makeObservers: (LayerSite) -> (input: any Layer, output: any Layer)?
    ) throws -> NetworkDescription {
        var result = NetworkDescription(name, input: inputShape)
        // Where each old node's value is found in the new list.
        var moved: [NodeReference] = []
        for (node, site) in zip(nodes, try sites()) {
            let observers = makeObservers(site)
            let inputs = node.inputs.map { input in
                let source = input.index.map { moved[$0] } ?? input
                return observers.map { result.append($0.input, from: [source]) } ?? source
            }
            let output = result.append(node.layer, named: node.name, from: inputs)
            moved.append(observers.map { result.append($0.output, from: [output]) } ?? output)
        }
        return result
    }
}
